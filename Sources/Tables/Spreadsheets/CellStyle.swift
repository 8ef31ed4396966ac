import ChannelTypes

/// What matters of the style of a cell.
struct CellStyle: Sendable, Hashable {
  /// What a number of this style shows.
  enum Meaning: Sendable, Hashable {
    case number
    /// A date, shown as day, month or year.
    case date(PeriodForm)
    case percentage
    /// A number of this many digits with zeros in front, as codes are: `00012`.
    case padded(Int)
  }

  var meaning: Meaning
  var isLocked: Bool

  static let standard = CellStyle(meaning: .number, isLocked: true)

  /// The formats that are known by number only, in the meaning of both English and East Asian applications
  /// (ECMA-376 part 1, 18.8.30).
  static func meaning(ofBuiltIn number: Int) -> Meaning {
    switch number {
    case 9, 10: .percentage
    case 14, 15, 16, 22, 28...31, 51, 53, 54, 58: .date(.day)
    case 17, 27, 36, 50, 52, 57: .date(.month)
    default: .number
    }
  }

  /// What a format code shows: `yyyy"年"m"月"` a month, `0.0%` a percentage, `00000` a code.
  ///
  /// Looks at the first section, without quoted text, escaped characters and what stands in brackets. A time without a
  /// day is a number.
  static func meaning(ofCode code: String) -> Meaning {
    var letters: [Character] = []
    var isQuoted = false
    var isBracketed = false
    var isEscaped = false
    for character in code {
      if isEscaped {
        isEscaped = false
      } else if isQuoted {
        isQuoted = character != "\""
      } else if isBracketed {
        isBracketed = character != "]"
      } else if character == "\"" {
        isQuoted = true
      } else if character == "[" {
        isBracketed = true
      } else if "\\_*".contains(character) {
        isEscaped = true
      } else if character == ";" {
        break
      } else {
        letters.append(contentsOf: character.lowercased())
      }
    }
    let plain = String(letters)
    if plain.allSatisfy({ $0 == "0" }), plain.count > 1 { return .padded(min(plain.count, 32)) }
    if plain.contains("general") { return .number }
    if plain.contains("%") { return .percentage }
    let hasTime = "hs:".contains(where: plain.contains)
    if plain.contains("d") { return .date(.day) }
    if plain.contains("y") { return .date(plain.contains("m") ? .month : .year) }
    return plain.contains("m") && !hasTime ? .date(.month) : .number
  }
}
