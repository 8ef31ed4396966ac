/// A condition on rows: `split=train`, `week>=40`, `region!=north`. Two numbers compare as numbers, all else as text.
public struct RowFilter: Sendable, Hashable {
  enum Comparison: String, CaseIterable, Sendable {
    // Longer ones first: `<=` is not `<` with a value that begins with `=`.
    case atMost = "<="
    case atLeast = ">="
    case isNot = "!="
    case equals = "="
    case below = "<"
    case above = ">"
  }

  public let column: String
  let comparison: Comparison
  let value: String

  /// Nil where the text is no name, comparison and value.
  public init?(_ text: String) {
    guard let start = text.firstIndex(where: { "<>!=".contains($0) }) else { return nil }
    let rest = text[start...]
    guard let comparison = Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else { return nil }
    func trimmed(_ part: Substring) -> String {
      String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    column = trimmed(text[..<start])
    value = trimmed(rest.dropFirst(comparison.rawValue.count))
    self.comparison = comparison
    if column.isEmpty { return nil }
  }

  /// Whether a cell meets the condition; an empty cell is the empty text.
  public func holds(_ cell: String) -> Bool {
    if cell == value { return [.atMost, .atLeast, .equals].contains(comparison) }
    let isBelow: Bool
    if let own = Double(cell), let other = Double(value) {
      if own == other { return [.atMost, .atLeast, .equals].contains(comparison) }
      isBelow = own < other
    } else {
      isBelow = cell < value
    }
    switch comparison {
    case .isNot: return true
    case .equals: return false
    case .atMost, .below: return !cell.isEmpty && isBelow
    case .atLeast, .above: return !cell.isEmpty && !isBelow
    }
  }
}
