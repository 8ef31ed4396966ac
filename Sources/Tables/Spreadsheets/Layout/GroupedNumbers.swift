/// Numbers that are stored as text: `1200`, `1,234.50`, `15%`.
enum GroupedNumbers {
  struct Number {
    /// Without groups and sign of percentage.
    var digits: String
    var isGrouped: Bool
    var isPercentage: Bool
  }

  /// The number that a text says; nil where it is none, or where `1,200` could be 1.2 as well as 1200.
  /// - Parameter isCertain: whether another cell of the column shows that commas divide groups.
  static func number(_ text: String, isCertain: Bool) -> Number? {
    var plain = text.trimmed
    guard plain.utf8.count <= 40, let first = plain.utf8.first, first < 0x80 else { return nil }
    let isPercentage = plain.hasSuffix("%")
    if isPercentage { plain = plain.dropLast().trimmed }
    let (digits, groups) = withoutGroups(plain)
    guard let digits, groups == 0 || isCertain || isCertainlyGrouped(digits, groups) else { return nil }
    return Number(digits: digits, isGrouped: groups > 0, isPercentage: isPercentage)
  }

  /// Columns in which some text can only be a grouped number: two commas, or a comma and a point. The columns of the
  /// periods of a wide sheet count as one.
  static func certainColumns(_ grid: SheetGrid, _ rows: [Int], _ layout: SheetLayout) -> Set<Int> {
    let periods = Set(layout.periods.map(\.column))
    let numbers = Set(layout.fields.filter { $0.target?.isNumber == true }.map(\.column)).union(periods)
    var certain: Set<Int> = []
    for row in rows {
      for cell in grid.cells[grid.range(ofRow: row)] where cell.kind == .sharedText || cell.kind == .ownText {
        guard numbers.contains(Int(cell.column)), !certain.contains(Int(cell.column)) else { continue }
        let (digits, groups) = withoutGroups(grid.text(cell).trimmed)
        if let digits, groups > 0, isCertainlyGrouped(digits, groups) { certain.insert(Int(cell.column)) }
      }
    }
    return certain.isDisjoint(with: periods) ? certain : certain.union(periods)
  }

  private static func isCertainlyGrouped(_ digits: String, _ groups: Int) -> Bool {
    groups > 1 || digits.contains(".")
  }

  /// The digits with sign and point, and how many commas were between them; nil where it is no number.
  private static func withoutGroups(_ text: Substring) -> (digits: String?, groups: Int) {
    let unsigned = text.drop { $0 == "-" || $0 == "+" }
    guard text.count - unsigned.count <= 1 else { return (nil, 0) }
    let halves = unsigned.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = halves.first, !whole.isEmpty else { return (nil, 0) }
    let groups = whole.split(separator: ",", omittingEmptySubsequences: false)
    let isDigits = { (part: Substring) in !part.isEmpty && part.utf8.allSatisfy { $0 &- 48 < 10 } }
    guard groups.allSatisfy(isDigits), halves.dropFirst().allSatisfy(isDigits),
      groups.count == 1 || ((1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy { $0.count == 3 })
    else { return (nil, 0) }
    return (text.filter { $0 != "," && $0 != "+" }, groups.count - 1)
  }
}
