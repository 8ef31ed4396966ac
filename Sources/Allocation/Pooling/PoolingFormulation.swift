import Probability
import Tables

extension PoolingProblem {
  /// Complexity: n · 2ⁿ up to 16 partners, draws · n² above.
  public func solve() throws(AllocationProblemError) -> PoolingSolution {
    if let defect { throw .invalid([defect]) }
    let count = partners.count
    let quantile = Normal.standard.quantile(serviceLevel)
    var everyone = Coalition()
    for index in 0..<count { everyone.add(index, to: self) }
    var solution = PoolingSolution(
      separateStock: quantile * partners.reduce(0) { $0 + $1.deviation },
      pooledStock: quantile * max(0, everyone.variance).squareRoot(), saving: everyone.saving(quantile),
      shares: [Double](repeating: 0, count: count), standardErrors: [Double](repeating: 0, count: count))
    if count <= Self.mostExact { exact(quantile, &solution) } else { sampled(quantile, &solution) }
    return solution
  }

  private static let mostExact = 16

  /// All groups, each from the one without its highest member.
  private func exact(_ quantile: Double, _ solution: inout PoolingSolution) {
    let count = partners.count
    var groups = [Coalition](repeating: Coalition(), count: 1 << count)
    var values = [Double](repeating: 0, count: 1 << count)
    for set in 1..<max(1, 1 << count) {
      let last = Int.bitWidth - 1 - set.leadingZeroBitCount
      groups[set] = groups[set ^ (1 << last)]
      groups[set].add(last, to: self)
      values[set] = groups[set].saving(quantile)
    }
    // The chance that exactly the members of S come before i: |S|! (n − |S| − 1)! / n!.
    var weights = [Double](repeating: 0, count: max(1, count))
    if count > 0 { weights[0] = 1 / Double(count) }
    for size in stride(from: 1, to: count, by: 1) {
      weights[size] = weights[size - 1] * Double(size) / Double(count - size)
    }
    for set in values.indices {
      for partner in 0..<count where set & (1 << partner) == 0 {
        solution.shares[partner] += weights[set.nonzeroBitCount] * (values[set | (1 << partner)] - values[set])
      }
    }
    var worst = 0.0
    for set in values.indices {
      var own = 0.0
      for partner in 0..<count where set & (1 << partner) != 0 { own += solution.shares[partner] }
      worst = max(worst, values[set] - own)
    }
    solution.worstExcess = worst
  }

  /// Orders of joining, drawn; the shares of every order add up to the saving.
  private func sampled(_ quantile: Double, _ solution: inout PoolingSolution) {
    var stream = RandomStream(seed: seed, key: 12)
    var squares = [Double](repeating: 0, count: partners.count)
    let rounds = max(2, draws)
    var order = Array(partners.indices)
    for _ in 0..<rounds {
      for index in stride(from: order.count - 1, to: 0, by: -1) {
        order.swapAt(index, stream.index(below: index + 1))
      }
      var group = Coalition()
      var before = 0.0
      for partner in order {
        group.add(partner, to: self)
        let value = group.saving(quantile)
        solution.shares[partner] += value - before
        squares[partner] += (value - before) * (value - before)
        before = value
      }
    }
    for partner in partners.indices {
      let mean = solution.shares[partner] / Double(rounds)
      let variance = max(0, squares[partner] / Double(rounds) - mean * mean)
      solution.shares[partner] = mean
      solution.standardErrors[partner] = (variance / Double(rounds - 1)).squareRoot()
    }
  }
}

/// A group, as far as its saving needs it.
private struct Coalition {
  private var members: [Int] = []
  private(set) var variance = 0.0
  private var separateCost = 0.0
  private var joiningCost = 0.0
  private var holdingCost = Double.infinity

  mutating func add(_ index: Int, to problem: PoolingProblem) {
    let partner = problem.partners[index]
    var covariance = 0.0
    for member in members {
      covariance += problem.correlations[index * problem.partners.count + member] * problem.partners[member].deviation
    }
    variance += partner.deviation * (partner.deviation + 2 * covariance)
    separateCost += partner.holdingCost * partner.deviation
    joiningCost += partner.joiningCost
    holdingCost = min(holdingCost, partner.holdingCost)
    members.append(index)
  }

  func saving(_ quantile: Double) -> Double {
    guard members.count > 1 else { return 0 }
    return max(0, quantile * (separateCost - holdingCost * max(0, variance).squareRoot()) - joiningCost)
  }
}

extension PoolingProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let solution = try solve()
    var answer = AllocationAnswer(.optimal, .maximise, objective: solution.saving, bound: solution.saving)
    let isSampled = solution.worstExcess == nil
    let rows = partners.indices.map { index in
      JSONValue.object(
        [
          JSONValue.Member("partner", .string(partners[index].name)),
          JSONValue.Member("share", .number(solution.shares[index])),
        ] + (isSampled ? [JSONValue.Member("standard_error", .number(solution.standardErrors[index]))] : []))
    }
    answer.solution = .object([
      JSONValue.Member("separate_safety_stock", .number(solution.separateStock)),
      JSONValue.Member("pooled_safety_stock", .number(solution.pooledStock)),
      JSONValue.Member("saving", .number(solution.saving)), JSONValue.Member("shares", .array(rows)),
      JSONValue.Member("worst_excess", solution.worstExcess.map { .number($0) } ?? .null),
    ])
    if solution.saving == 0 {
      answer.notes.append(
        Diagnostic(AllocationCodes.improperValue, .note, "joining costs more than the pool saves: everyone stays alone")
      )
    } else if let worst = solution.worstExcess, worst > 1e-9 * solution.saving {
      answer.notes.append(
        Diagnostic(
          AllocationCodes.improperValue, .note,
          "a group would save \(worst.written) more by a pool of its own: the split is fair, but not stable"))
    }
    return answer
  }
}
