internal import LinearAlgebra

/// Which columns of a design with large factors depend on the ones before them or on the factors' levels.
///
/// The columns are taken in their order on the Schur complement of the factors: a column of which nothing is left after
/// the levels and the columns kept before it is dropped, and the combination that explains it is reported.
enum DependentColumns {
  /// A column of which less than this share of its squared length is left is dropped.
  private static let tolerance = 1e-10
  /// Parts of a combination that are reported.
  private static let reportedParts = 6

  /// - Returns: the matrix's columns that are kept, the names of levels to leave out, and both with their combinations.
  static func amongFactors(
    _ problem: GeneralizedLinearProblem
  ) -> (kept: [Int], levels: Set<String>, dropped: [DroppedColumn]) {
    let ones = problem.weights?.map { $0 > 0 ? 1.0 : 0 } ?? [Double](repeating: 1, count: problem.response.count)
    // Levels without a row must not divide by zero.
    var information = problem.information(ones)
    for level in information.diagonal.indices where information.diagonal[level] == 0 { information.diagonal[level] = 1 }
    let lengths = information.border.diagonal
    var work = information.absorbed().complement
    let names = problem.names
    var kept: [Int] = []
    var dropped: [DroppedColumn] = []
    var levels: Set<String> = []
    for j in 0..<work.columns {
      guard work[j, j] > tolerance * lengths[j] else {
        dropped.append(DroppedColumn(name: names[j], combination: combination(j, kept, information, names)))
        if j >= problem.design.names.count { levels.insert(names[j]) }
        continue
      }
      kept.append(j)
      // Sweep column j out of the later ones.
      for k in j + 1..<max(work.columns, j + 1) {
        let share = work[j, k] / work[j, j]
        if share == 0 { continue }
        for i in j + 1..<work.columns { work[i, k] -= share * work[i, j] }
      }
    }
    return (kept.filter { $0 < problem.design.names.count }, levels, dropped)
  }

  /// The kept columns and levels of the absorbed factor that add up to column j, the heaviest first.
  private static func combination(
    _ j: Int, _ kept: [Int], _ information: BlockInformation, _ names: [String]
  ) -> [DroppedColumn.Part] {
    let border = information.border.selecting(rows: kept).selecting(columns: kept)
    let reduced = BlockInformation(
      border: border, diagonal: information.diagonal, coupling: information.coupling.selecting(columns: kept))
    let right = kept.map { information.border[$0, j] } + information.coupling.column(j)
    guard let weights = reduced.factored()?.solve(right) else { return [] }
    let owners = kept.map { names[$0] } + names.suffix(information.diagonal.count)
    let parts = zip(owners, weights).filter { abs($1) > 1e-7 }.sorted { abs($0.1) > abs($1.1) }
    return parts.prefix(reportedParts).map { DroppedColumn.Part(column: $0, weight: $1) }
  }
}
