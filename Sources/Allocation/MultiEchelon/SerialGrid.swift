import Glibc
import Probability

extension SerialRecursion {
  /// The recursion on a coarse grid of levels and demands, each rounded to the nearest point: the scheme behind published
  /// values of normal systems (Snyder & Shen's instances in stockpyl use 100 levels and 10 demands), which differ from
  /// the exact cost by a few tenths of a per cent. For comparison with those only.
  ///
  /// Levels reach from the 4σ quantile of total lead-time demand less its 8σ quantile up to the latter, demands of a
  /// stage from −4σ to 4σ with the tails in the end points. Below the levels costs follow their asymptote.
  func grid(_ grid: SerialStockProblem.Grid, mean: Double, deviation: Double) -> Result {
    let total = leadTimes.reduce(0, +)
    let spread = deviation * total.squareRoot()
    // Probabilities this near to one are multiples of 2⁻⁵³, which the published values have rounded as well.
    let upper = Normal.standard.quantile(Normal.standard.cumulative(8))
    let highest = mean * total + upper * spread
    let lowest = mean * total - 4 * spread - highest
    let step = (highest - lowest) / Double(grid.levels)
    guard step > 0 else { return normal(mean: mean, deviation: deviation) }
    let count = Int(((highest + step - lowest) / step).rounded(.up))
    let points = (0..<count).map { lowest + Double($0) * step }
    let last = points[count - 1]
    let asymptoteStart = lowest - highest
    var values = points.map { backlog * max(-$0, 0) }
    var levels: [Double] = []
    var cost = 0.0
    for stage in holding.indices {
      for index in points.indices { values[index] += holding[stage] * points[index] }
      func asymptote(_ x: Double) -> Double {
        let rounded = asymptoteStart + ((x - asymptoteStart) / step - 1e-9).rounded() * step
        var value = -backlog * (rounded - mean * leadTimes[..<stage].reduce(0, +))
        for below in 0...stage {
          value += holding[below] * (rounded - mean * leadTimes[below..<stage].reduce(0, +))
        }
        return value
      }
      let (demands, masses) = demandGrid(
        mean * leadTimes[stage], deviation * leadTimes[stage].squareRoot(), grid.demands)
      var next = values
      for (index, level) in points.enumerated() {
        next[index] = 0
        for (demand, mass) in zip(demands, masses) {
          let x = level - demand
          if x < lowest {
            next[index] += mass * asymptote(x)
          } else {
            let nearest = ((min(x, last) - lowest) / step - 1e-9).rounded()
            next[index] += mass * values[min(max(0, Int(nearest)), count - 1)]
          }
        }
      }
      var best = 0
      for index in points.indices where next[index] < next[best] { best = index }
      levels.append(points[best])
      cost = next[best]
      for index in best..<count { next[index] = cost }
      values = next
    }
    return Result(levels: levels, cost: cost)
  }

  private func demandGrid(_ mean: Double, _ deviation: Double, _ count: Int) -> (demands: [Double], masses: [Double]) {
    guard deviation > 0 else { return ([mean], [1]) }
    let step = 8 * deviation / Double(count)
    let demands = (0...count).map { mean - 4 * deviation + Double($0) * step }
    let normal = Normal(mean: mean, standardDeviation: deviation)
    var masses = demands.map { normal.cumulative($0 + step / 2) - normal.cumulative($0 - step / 2) }
    masses[0] = normal.cumulative(demands[0] + step / 2)
    masses[count] = 1 - normal.cumulative(demands[count] - step / 2)
    return (demands, masses)
  }
}
