extension Hierarchy {
  /// Forecasts of the coarsest level of ``chain``, split down to the bottom series by the shares of the finer levels'
  /// forecasts; equal shares where these add up to zero. Levels outside the chain are not looked at.
  ///
  /// Source: Hyndman & Athanasopoulos, *Forecasting: Principles and Practice* (3rd ed., 2021), section 11.3.
  /// - Parameter base: nodes × lane.
  /// - Returns: bottom series × lane.
  func splitDown(_ base: [Double], lanes: Int) -> [Double] {
    var values = base
    for link in chain.reversed() {
      let (above, below) = (levels[link.level].nodes, levels[link.source].nodes)
      var sums = [Double](repeating: 0, count: above.count * lanes)
      var sizes = [Double](repeating: 0, count: above.count)
      for (node, parent) in zip(below, link.parents) {
        sizes[Int(parent)] += 1
        for lane in 0..<lanes { sums[Int(parent) * lanes + lane] += base[node * lanes + lane] }
      }
      for (node, parent) in zip(below, link.parents) {
        for lane in 0..<lanes {
          let sum = sums[Int(parent) * lanes + lane]
          let share = sum != 0 ? base[node * lanes + lane] / sum : 1 / sizes[Int(parent)]
          values[node * lanes + lane] = values[(above.lowerBound + Int(parent)) * lanes + lane] * share
        }
      }
    }
    return Array(values[(aggregateCount * lanes)...])
  }
}
