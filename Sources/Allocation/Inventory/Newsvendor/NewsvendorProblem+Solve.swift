import Optimization
import Tables

extension NewsvendorProblem {
  /// The stocks with the least expected cost.
  ///
  /// 1. Where even the least stocks take more than a limit, the conflict.
  /// 2. The prices of the limits: one root, or two nested ones, since with the best first price for every second price
  ///    the usage of the second limit still falls with its own price (the dual function is concave).
  /// 3. Stocks at these prices; where stocks jump there, the mixture of the two sides that uses the limit exactly.
  /// 4. Packs: rounded within the limits, and improved over all packs that could be in a better solution.
  ///
  /// Complexity: 3 to 6 passes over the points for one limit and smooth demand, some 30 for two; up to 70 and 2,000
  /// where stocks come in steps.
  public func solve(within limits: AllocationLimits = AllocationLimits()) throws(AllocationProblemError)
    -> NewsvendorSolution
  {
    let findings = findings()
    if !findings.isEmpty { throw .invalid(findings) }
    // 1.
    if let conflict = conflict() { return NewsvendorSolution(.infeasible, conflict: conflict) }
    // 2.
    let formulation = NewsvendorFormulation(self)
    guard let answer = SharedPriceSolver(formulation).solve() else {
      throw .failed("no prices clear the shared limits")
    }
    // 3.
    var solution = NewsvendorSolution(
      .optimal, stocks: answer.stocks, objective: answer.cost, bound: answer.bound)
    let names = self.limits.map(\.name)
    for (name, price) in zip(names, [answer.prices.first, answer.prices.second]) {
      if name == "budget" { solution.budgetPrice = price } else { solution.spacePrice = price }
    }
    // 4.
    if pack.contains(where: { $0 > 0 }) { try round(&solution, answer, formulation, limits) }
    settle(&solution, formulation, prices: answer.prices)
    solution.bound = min(solution.bound, solution.objective)
    if solution.relativeGap > max(1e-9, limits.relativeGap) { solution.status = .feasible }
    return solution
  }

  /// Moves rounding errors of the limits to the point that takes most of them: what is left over is used where only one
  /// limit holds, what is too much is given back.
  private func settle(_ solution: inout NewsvendorSolution, _ formulation: NewsvendorFormulation, prices: SharedPrices)
  {
    for (name, limit) in limits {
      let price = name == "budget" ? solution.budgetPrice : solution.spacePrice
      for _ in 0..<3 {
        let left = limit.amount - limit.used(by: solution.stocks)
        let mayAdd = price > 0 && limits.count == 1 && left > 0 && left <= 1e-9 * limit.amount
        guard left < 0 || mayAdd, pack.isEmpty else { break }
        var (best, most) = (-1, 0.0)
        for point in solution.stocks.indices where limit.perUnit[point] * solution.stocks[point] > most {
          let wish = solution.stocks[point] + left / limit.perUnit[point]
          let (low, high) = bounds(point)
          guard wish >= low, wish <= high else { continue }
          (best, most) = (point, limit.perUnit[point] * solution.stocks[point])
        }
        guard best >= 0 else { break }
        solution.objective -= formulation.cost(of: solution.stocks[best], at: best)
        solution.stocks[best] += left / limit.perUnit[best]
        solution.objective += formulation.cost(of: solution.stocks[best], at: best)
      }
    }
  }

  /// Why even the least stocks take too much; nil where they do not.
  private func conflict() -> AllocationConflict? {
    guard !minimum.isEmpty else { return nil }
    for (name, limit) in limits {
      let needs = (0..<count).map { limit.perUnit[$0] * bounds($0).least }
      let needed = needs.reduce(0, +)
      guard needed > limit.amount * (1 + 1e-12) else { continue }
      // The largest needs that together are already too much: without any one of them the rest fits.
      var (members, sum) = ([Int](), 0.0)
      for point in (0..<count).sorted(by: { (needs[$1], $0) < (needs[$0], $1) }) where sum <= limit.amount {
        members.append(point)
        sum += needs[point]
      }
      var repairs = [
        AllocationConflict.Repair(changes: [.init(limit: name, from: limit.amount, to: needed)])
      ]
      let share = limit.amount / needed
      repairs.append(
        AllocationConflict.Repair(
          changes: (0..<count).filter { needs[$0] > 0 }.map {
            let least = bounds($0).least
            let unit = pack.isEmpty ? 0 : pack[$0]
            let to = unit > 0 ? (least * share / unit).rounded(.down) * unit : least * share
            return .init(limit: "minimum.\(self.name($0))", from: minimum[$0], to: to)
          }))
      return AllocationConflict(
        diagnostic: Diagnostic(
          AllocationCodes.limitsCollide, .error,
          "the minimum stocks need \(needed.short) of the \(name), which is \(limit.amount.short)", at: limit.place,
          hint: "raise \(name) to \(needed.short), or lower minimum stocks",
          notes: members.prefix(8).map { "\(self.name($0)): minimum \(minimum[$0]) takes \(needs[$0].short)" }),
        limits: [name] + members.map { "minimum.\(self.name($0))" }, repairs: repairs)
    }
    return nil
  }
}

extension Double {
  /// At most six digits, for messages.
  var short: String {
    let digits = abs(self) >= 1 && abs(self) < 1e15 ? (self * 100).rounded() / 100 : self
    return digits == digits.rounded() && abs(digits) < 1e15 ? String(Int(digits)) : String(digits)
  }
}
