/// The levels of a factor with the rare ones taken together: what a column of many levels becomes.
///
/// The most frequent level is the reference. Rows of rare levels, and of levels that were not there when the design was
/// fitted, share the column `x[(other)]`; missing ones have `x[missing]`.
public struct GroupedLevels: Sendable, Hashable, Codable {
  public let reference: String
  /// Levels with a column, in order.
  public let levels: [String]
  /// How many rare levels were taken together.
  public let merged: Int

  public static let otherLevel = "(other)"

  /// - Parameter leastRows: a level with fewer rows is rare.
  init(codes: [Int32], levels names: [String], leastRows: Int) {
    var counts = [Int](repeating: 0, count: names.count)
    var missing = 0
    for code in codes { if code < 0 { missing += 1 } else { counts[Int(code)] += 1 } }
    let present = names.indices.filter { counts[$0] > 0 }
    let frequent = present.filter { counts[$0] >= leastRows }
    merged = present.count - frequent.count
    let countOf = Dictionary(names.indices.map { (names[$0], counts[$0]) }, uniquingKeysWith: +)
    var kept = frequent.map { names[$0] }
    kept.sortAsLevels()
    if merged > 0 { kept.append(GroupedLevels.otherLevel) }
    if missing > 0 { kept.append(Design.missingLevel) }
    var rows = countOf
    rows[GroupedLevels.otherLevel] = codes.count - missing - frequent.reduce(0) { $0 + counts[$1] }
    rows[Design.missingLevel] = missing
    let base = kept.max { (rows[$0] ?? 0, $1) < (rows[$1] ?? 0, $0) } ?? ""
    reference = base
    levels = kept.filter { $0 != base }
  }

  /// The column of each level of a table: −1 for the reference. Levels without a column of their own are the others.
  func columns(of names: [String]) -> (columns: [Int32], missing: Int32) {
    let position = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, Int32($0)) })
    let other = position[GroupedLevels.otherLevel] ?? -1
    let columns = names.map { $0 == reference ? -1 : position[$0] ?? other }
    return (columns, position[Design.missingLevel] ?? -1)
  }
}
