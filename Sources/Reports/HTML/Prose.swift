/// Numbers inside the sentences of a page: as `NumberText` writes them, with a true minus sign.
enum Prose {
  static func signed(_ value: Double) -> String { NumberText.signed(value).typographic }
  static func signedCompact(_ value: Double) -> String { NumberText.signedCompact(value).typographic }
  static func signedPercent(_ share: Double) -> String { NumberText.signedPercent(share).typographic }

  /// Hyphens before digits as minus signs, where a number begins: for sentences that terminals print as well.
  static func withMinus(_ text: String) -> String {
    let characters = Array(text)
    return String(
      characters.indices.map { index in
        let startsNumber = index == 0 || " (.".contains(characters[index - 1])
        let hasDigit = index + 1 < characters.count && characters[index + 1].isNumber
        return characters[index] == "-" && startsNumber && hasDigit ? "\u{2212}" : characters[index]
      })
  }

  /// `6.1 % more`, `4.0 % less`, `as much`.
  static func moreOrLess(_ change: Double) -> String {
    let text = NumberText.percent(change.magnitude)
    return text == "0.0 %" ? "as much" : "\(text) \(change > 0 ? "more" : "less")"
  }

  /// `east, xian and wuhan`.
  static func list(_ items: [String]) -> String {
    items.count < 2 ? items.first ?? "" : items.dropLast().joined(separator: ", ") + " and " + (items.last ?? "")
  }

  /// Spend types, stages and limits are written with underscores in files.
  static func words(_ name: String) -> String { String(name.map { $0 == "_" ? " " : $0 }) }
}
