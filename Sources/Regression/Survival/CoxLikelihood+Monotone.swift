internal import LinearAlgebra

extension CoxLikelihood {
  /// The columns of a direction along which the partial likelihood rises without end: at every event time no row at
  /// risk moves up more than those with the event do. Nil where the direction is not such a one.
  ///
  /// Source: Bryson and Johnson, "The incidence of monotone likelihood in the Cox model" (Technometrics 23, 1981). With
  /// such data Newton's directions tend to a direction of this kind, hence the tolerance. Cost: O(n log n).
  func monotoneColumns(_ direction: [Double], iteration: Int) -> [Int]? {
    let change = changes(direction)
    let rows = risk.last.indices.filter { risk.last[$0] >= 0 }
    guard let lowest = rows.map({ change[$0] }).min(), let highest = rows.map({ change[$0] }).max() else { return nil }
    let spread = highest - lowest
    guard spread > 1e-3 else { return nil }
    let largest = largestAtRisk(change, rows)
    var worst = 0.0
    for row in risk.eventRows { worst = max(worst, largest[Int(risk.last[Int(row)])] - change[Int(row)]) }
    guard worst <= (iteration < 12 ? 1e-9 : 1e-5) * spread else { return nil }
    let atRisk = risk.last.map { $0 < 0 ? 0.0 : 1.0 }
    let effects = direction.indices.map { index in
      abs(direction[index]) * weightedMoments(matrix.column(columns[index]), weights: atRisk).deviation
    }
    let strongest = effects.max() ?? 0
    return direction.indices.filter { effects[$0] > 0.05 * strongest }
  }

  private func changes(_ direction: [Double]) -> [Double] {
    var change = [Double](repeating: 0, count: matrix.rows)
    for (index, column) in columns.enumerated() where direction[index] != 0 {
      for (i, value) in matrix.column(column).enumerated() { change[i] += direction[index] * (value - centres[index]) }
    }
    return change
  }

  /// Per block the largest change of a row at risk: rows in descending order fill the blocks that are still empty, and
  /// filled ones are skipped over by path halving.
  private func largestAtRisk(_ change: [Double], _ rows: [Int]) -> [Double] {
    var largest = [Double](repeating: -.infinity, count: risk.blockCount)
    var firstBlock = [Int](repeating: 0, count: risk.blockCount)
    for blocks in risk.strata { for block in blocks { firstBlock[block] = blocks.lowerBound } }
    var next = Array(0...risk.blockCount)
    for row in rows.sorted(by: { change[$0] > change[$1] }) {
      let last = Int(risk.last[row])
      let before = risk.before.map { Int($0[row]) } ?? -1
      var block = before >= 0 ? before + 1 : firstBlock[last]
      while true {
        while next[block] != block {
          next[block] = next[next[block]]
          block = next[block]
        }
        guard block <= last else { break }
        largest[block] = change[row]
        next[block] = block + 1
      }
    }
    return largest
  }
}
