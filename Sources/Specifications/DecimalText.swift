/// Numbers as people write them, and what they probably meant where it is not a number.
enum DecimalText {
  /// Whether the text is digits with at most one point; no sign.
  static func isNumber(_ text: some StringProtocol) -> Bool {
    var digits = 0
    var points = 0
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: "."): points += 1
      default: return false
      }
    }
    return digits > 0 && points <= 1
  }

  /// The number that a slip or a habit of writing stands for: full-width digits, separators, the letter O, a unit, 万.
  /// Nil where it is already a number or stays unreadable. For hints only: values are never guessed.
  static func repaired(_ text: String) -> String? {
    var digits = ""
    var zeros = 0
    for scalar in text.unicodeScalars {
      switch scalar {
      case "0"..."9", ".", "-": digits.unicodeScalars.append(scalar)
      case "\u{FF10}"..."\u{FF19}": digits.append(String(scalar.value - 0xFF10))
      case "．", "。": digits.append(".")
      case "－", "\u{2212}": digits.append("-")
      case "O", "o", "Ｏ": digits.append("0")
      case "l", "I": digits.append("1")
      case "万", "萬": zeros += 4
      case "亿", "億": zeros += 8
      case "k", "K": zeros += 3
      case "M": zeros += 6
      case ",", "，", "_", "'", " ", "\u{A0}", "\u{3000}", "%", "％", "¥", "￥", "元", "$", "€", "+": break
      default: return nil
      }
    }
    let magnitude = digits.drop { $0 == "-" }
    guard isNumber(magnitude), digits.count - magnitude.count <= 1 else { return nil }
    let repaired = digits.hasPrefix("-") ? "-" + shifted(magnitude, zeros) : shifted(magnitude, zeros)
    return repaired == text ? nil : repaired
  }

  /// The number times ten to the power of `places`.
  private static func shifted(_ number: Substring, _ places: Int) -> String {
    guard places > 0 else { return String(number) }
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? String(parts[1]) : ""
    let padded = fraction + String(repeating: "0", count: max(0, places - fraction.count))
    let rest = padded.dropFirst(places)
    let whole = (String(parts[0]) + padded.prefix(places)).drop { $0 == "0" }
    return (whole.isEmpty ? "0" : String(whole)) + (rest.isEmpty ? "" : "." + rest)
  }
}
