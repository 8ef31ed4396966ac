/// Numbers inside the sentences of a page: as `NumberText` writes them, with a true minus sign.
enum Prose {
  static func signed(_ value: Double) -> String { NumberText.signed(value).typographic }
  static func signedCompact(_ value: Double) -> String { NumberText.signedCompact(value).typographic }
  static func signedPercent(_ share: Double) -> String { NumberText.signedPercent(share).typographic }

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
