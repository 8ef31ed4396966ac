public import ChannelTypes
public import Optimization
public import Tables

/// Targets by member and month, with the proof of how near to the reference they are.
public struct TargetSolution: Sendable, Codable {
  public var members: [TargetProblem.Member]
  public var months: [Period]
  /// Member by member, month by month; whole multiples of the problem's unit. Of ratios: the ratios themselves.
  public var amounts: [Double]
  /// The same, as they would be if no limit held.
  public var reference: [Double]
  /// The reference within the limits, before it is rounded to whole units; of ratios the same as `amounts`.
  public var projected: [Double]
  /// Of ratios: what each ratio is a share of.
  public var weights: [Double]?
  /// What was minimised, at the published amounts.
  public var objective: Double
  public var bound: Double
  /// Whether a whole solution was found; the amounts are not rounded where not.
  public var isRounded: Bool
  /// Prepayment targets by member and month; nil where none were asked for.
  public var prepayments: [Double]?
  /// The largest growths of a min-max method, settled one after the other.
  public var levels: [Double]
  public var prices: [LimitPrice]
  public var binding: [String]

  public var relativeGap: Double { abs(bound - objective) / max(1, abs(objective)) }

  public subscript(member: Int, month: Int) -> Double { amounts[member * months.count + month] }

  /// Σ over months (Of ratios: the weighted mean.)
  public func total(member: Int) -> Double { aggregate((0..<months.count).map { member * months.count + $0 }) }

  /// A sum of targets, or the weighted mean of ratios.
  public func aggregate(_ cells: [Int]) -> Double {
    let sum = cells.reduce(0) { $0 + amounts[$1] * (weights?[$1] ?? 1) }
    guard let weights else { return sum }
    let weight = cells.reduce(0) { $0 + weights[$1] }
    return weight > 0 ? sum / weight : 0
  }
}

/// Why targets have no solution.
public enum TargetFailure: Error, Sendable {
  case invalid([Diagnostic])
  case infeasible(AllocationConflict)
  case failed(String)
}

extension TargetProblem {
  /// Divides the totals.
  ///
  /// 1. The projection of the reference onto the limits (or the smallest largest growth).
  /// 2. Controlled rounding to the unit: every sum that is limited stays exact.
  /// 3. Prices of the limits that hold; prepayments back from revenue.
  public func solve(
    with solver: some Solver = HiGHSSolver(), pricing: Bool = true
  ) throws(TargetFailure) -> TargetSolution {
    let findings = findings()
    guard findings.isEmpty else { throw .invalid(findings) }
    let formulation = TargetFormulation(self)
    if let defect = formulation.projection.defect {
      if let conflict = formulation.collidingBounds() { throw .infeasible(conflict) }
      throw .failed("the targets are not well formed: \(defect)")
    }
    do {
      guard let found = try formulation.minimise(solver) else {
        guard let conflict = try formulation.conflict(solver) else {
          throw TargetFailure.failed("no targets were found although the limits agree")
        }
        throw TargetFailure.infeasible(conflict)
      }
      return try solution(formulation, found, solver, pricing)
    } catch let failure as TargetFailure {
      throw failure
    } catch {
      throw .failed("\(error)")
    }
  }

  private func solution(
    _ formulation: TargetFormulation, _ found: TargetFormulation.Found, _ solver: some Solver, _ pricing: Bool
  ) throws(SolverError) -> TargetSolution {
    var whole: [Double]?
    if !isRatio {
      whole = try ControlledRounding(formulation.projection, amounts: found.projection.amounts).rounded(with: solver)
    }
    let cells = whole ?? found.projection.amounts
    let unit = formulation.unit
    let isFair = method == .minMaxGrowth || method == .minMaxChange
    let weights = isRatio ? TargetReference(self).weights : nil
    var solution = TargetSolution(
      members: members, months: months, amounts: cells.map { $0 * unit },
      reference: formulation.projection.reference.map { $0 * unit },
      projected: found.projection.amounts.map { $0 * unit }, weights: weights,
      objective: isFair ? found.fairness(cells) : formulation.distance(cells) * unit,
      bound: isFair
        ? found.levels.first ?? 0
        : (whole == nil ? found.projection.bound : formulation.wholeBound(found.projection)) * unit,
      isRounded: isRatio || whole != nil,
      prepayments: nil, levels: found.levels, prices: [], binding: formulation.binding(cells))
    if let weights {
      solution.amounts = zip(cells, weights).map { $1 > 0 ? $0 / $1 : 0 }
      solution.projected = solution.amounts
      solution.reference = zip(formulation.projection.reference, weights).map { $1 > 0 ? $0 / $1 : 0 }
    }
    if pricing && !isFair { solution.prices = formulation.prices(found.projection) }
    if let conversion, !isRatio {
      solution.prepayments = try Prepayments(conversion, solution: solution, unit: unit).targets(solver)
    }
    return solution
  }
}

extension TargetFormulation {
  struct Found {
    var projection: MarginProjectionSolution
    var levels: [Double]
    var fairness: ([Double]) -> Double
  }

  func minimise(_ solver: some Solver) throws(SolverError) -> Found? {
    switch problem.method {
    case .leastSquares, .kullbackLeibler:
      let solution = projection.solve()
      guard solution.status == .optimal else { return nil }
      return Found(projection: solution, levels: [], fairness: { _ in 0 })
    case .minMaxGrowth, .minMaxChange:
      let fair = FairProjection(projection, problem.method == .minMaxGrowth ? .growth : .change)
      guard let solution = try fair.solve(levels: problem.fairnessLevels) else { return nil }
      return Found(projection: solution.projection, levels: solution.levels, fairness: fair.largestGrowth)
    }
  }

  /// Σ D at amounts in units.
  func distance(_ amounts: [Double]) -> Double { projection.distanceSum(amounts) }

  /// The limits that the amounts meet exactly.
  func binding(_ amounts: [Double]) -> [String] {
    var names: [String] = []
    func note(_ source: Source?, _ value: Double) {
      guard let source, !source.limit.name.hasPrefix("held.") else { return }
      let tolerance = problem.isRatio ? 1e-9 * max(1e-9, abs(source.value)) : 1e-6
      if abs(source.value - value) <= tolerance, !names.contains(source.limit.name) { names.append(source.limit.name) }
    }
    for (place, family) in projection.families.enumerated() {
      var sums = [Double](repeating: 0, count: family.lower.count)
      for (cell, margin) in family.marginOfCell.enumerated() where margin >= 0 { sums[Int(margin)] += amounts[cell] }
      for (margin, sum) in sums.enumerated() {
        note(sources[place][margin].lower, sum)
        note(sources[place][margin].upper, sum)
      }
    }
    for cell in cellSources.keys.sorted() {
      note(cellSources[cell]?.lower, amounts[cell])
      note(cellSources[cell]?.upper, amounts[cell])
    }
    return names
  }

  /// No whole amounts that meet the margins have a smaller distance: at the prices, each cell takes the better of the
  /// whole numbers on either side of its amount (Lagrangian relaxation of the margins; Geoffrion, 1974).
  func wholeBound(_ solution: MarginProjectionSolution) -> Double {
    var price = [Double](repeating: 0, count: projection.reference.count)
    var bound = 0.0
    for (place, family) in projection.families.enumerated() {
      for (cell, margin) in family.marginOfCell.enumerated() where margin >= 0 {
        price[cell] += solution.prices[place][Int(margin)]
      }
      for (margin, lambda) in solution.prices[place].enumerated() where lambda != 0 {
        bound += lambda * (lambda > 0 ? family.lower[margin] : family.upper[margin])
      }
    }
    for cell in price.indices {
      let amount = solution.amounts[cell]
      let f = projection.reference[cell]
      func value(_ x: Double) -> Double { (f > 0 ? projection.distance(of: x, from: f) : 0) - price[cell] * x }
      let whole = [amount.rounded(.down), amount.rounded(.up)].filter {
        $0 >= projection.lower[cell] && $0 <= projection.upper[cell]
      }
      bound += whole.map(value).min() ?? value(amount)
    }
    return max(bound, solution.bound)
  }
}
