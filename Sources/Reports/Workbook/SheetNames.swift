/// Names of sheets that applications accept: at most 31 characters, none of `[]:*?/\`, no apostrophe at either end, not
/// `History`, and unique without regard to case.
///
/// Source: the rules of Microsoft Excel for naming worksheets.
struct SheetNames {
  private var taken: Set<String> = []

  /// A legal name as near to the wanted one as can be; a number at its end tells it from those before.
  mutating func add(_ wanted: String) -> String {
    let base = Self.legal(wanted)
    var name = base
    var number = 2
    while !taken.insert(name.lowercased()).inserted {
      let suffix = " (\(number))"
      name = Self.shortened(base, to: 31 - suffix.utf16.count) + suffix
      number += 1
    }
    return name
  }

  private static func legal(_ wanted: String) -> String {
    var name = String(Markup.printable(wanted).map { "[]:*?/\\\n\r\t".contains($0) ? "_" : $0 })
    name = shortened(name, to: 31)
    if name.hasPrefix("'") { name = "_" + name.dropFirst() }
    if name.hasSuffix("'") { name = name.dropLast() + "_" }
    // Excel keeps the name `History` for itself, in any case.
    if name.lowercased() == "history" { name += "_" }
    return name.allSatisfy(\.isWhitespace) ? "_" : name
  }

  /// The first characters, counted as the application counts them: in UTF-16 units.
  private static func shortened(_ text: String, to limit: Int) -> String {
    var result = ""
    var length = 0
    for character in text {
      length += character.utf16.count
      guard length <= limit else { break }
      result.append(character)
    }
    return result
  }

  /// A name inside the apostrophes of a reference.
  static func quoted(_ name: String) -> String { name.replacing("'", with: "''") }
}
