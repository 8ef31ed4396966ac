import Optimization
import Tables

/// Stock at the sites, and what it comes to in the scenarios.
public struct TwoStageStockSolution: Sendable {
  /// Units, by site.
  public var stock: [Double]
  /// Expected cost of buying, shipping and shortage, less salvage.
  public var cost: Double
  /// No stock costs less in expectation.
  public var bound: Double
  public var purchaseCost: Double
  /// Master programs solved.
  public var iterations: Int
  public var isOptimal: Bool
}

/// What is expected to happen with a stock.
public struct TwoStageStockOutlook: Sendable {
  /// Units, by site: not met, and left over.
  public var shortage: [Double]
  public var surplus: [Double]
  /// Units, by lane.
  public var shipped: [Double]
}

/// What it is worth to think of scenarios, and what it would be worth to know which one comes.
public struct ValueOfInformation: Sendable {
  /// Expected value of the best first decision.
  public var recourseProblem: Double
  /// Expected value of the best decision for each scenario, known in advance.
  public var waitAndSee: Double
  /// Expected value of the first decision that is best for the mean of the scenarios; infinite where it cannot be
  /// completed in some scenario.
  public var expectedMeanPlan: Double
  /// |wait and see − recourse problem|
  public var perfectInformation: Double { abs(waitAndSee - recourseProblem) }
  /// |recourse problem − expected mean plan|
  public var stochasticSolution: Double { abs(recourseProblem - expectedMeanPlan) }

  var json: JSONValue {
    .object([
      .init("recourseProblem", .number(recourseProblem)), .init("waitAndSee", .number(waitAndSee)),
      .init("expectedValueOfPerfectInformation", .number(perfectInformation)),
      .init("expectedValueOfMeanPlan", .number(expectedMeanPlan)),
      .init("valueOfStochasticSolution", .number(stochasticSolution)),
    ])
  }
}

extension TwoStageStockProblem {
  /// Solves the problem by the L-shaped method.
  ///
  /// - Throws: `invalid` with every defect; limits that contradict one another are found by `answer` only.
  public func solve(
    within limits: AllocationLimits = AllocationLimits()
  ) throws(AllocationProblemError) -> TwoStageStockSolution {
    try solve(TwoStageStockFormulation(valid()), within: limits).solution
  }

  /// - Throws: the defects, and limits that leave nothing.
  private func valid() throws(AllocationProblemError) -> TwoStageStockProblem {
    let defects = defects
    guard defects.isEmpty else { throw .invalid(defects) }
    if let conflict { throw .invalid([conflict.diagnostic]) }
    return self
  }

  typealias Session = LShapedMethod.Session<TransshipmentRecourse>

  private func solve(
    _ formulation: TwoStageStockFormulation, within limits: AllocationLimits
  ) throws(AllocationProblemError) -> (solution: TwoStageStockSolution, session: Session, found: LShapedMethod.Solution)
  {
    var method = LShapedMethod()
    method.relativeGap = max(method.relativeGap, limits.relativeGap)
    method.seconds = limits.seconds
    if let nodes = limits.nodes { method.iterations = max(1, nodes) }
    do {
      let session = try method.session(
        first: formulation.first, weights: formulation.weights, recourse: formulation.recourse)
      let found = try session.solve(from: start(formulation))
      let purchase = zip(sites, found.values).reduce(0) { $0 + $1.0.unitCost * $1.1 }
      return (
        TwoStageStockSolution(
          stock: found.values, cost: found.objective, bound: min(found.bound, found.objective), purchaseCost: purchase,
          iterations: found.iterations, isOptimal: found.isOptimal), session, found
      )
    } catch {
      throw .failed(error.description)
    }
  }

  /// Mean demand, brought between the limits.
  private func start(_ formulation: TwoStageStockFormulation) -> [Double] {
    var stock = formulation.meanDemand.indices.map {
      min(max(formulation.meanDemand[$0], formulation.lower[$0]), formulation.upper[$0])
    }
    let total = stock.reduce(0, +)
    if let quantityLimit, total > quantityLimit {
      let floor = formulation.lower.reduce(0, +)
      let share = total > floor ? max(0, quantityLimit - floor) / (total - floor) : 0
      for site in stock.indices {
        stock[site] = formulation.lower[site] + share * (stock[site] - formulation.lower[site])
      }
    }
    return stock
  }

  /// What is expected to be short, left over and shipped.
  public func outlook(of stock: [Double]) -> TwoStageStockOutlook {
    let formulation = TwoStageStockFormulation(self)
    var recourse = formulation.recourse
    var outlook = TwoStageStockOutlook(
      shortage: [Double](repeating: 0, count: sites.count), surplus: [Double](repeating: 0, count: sites.count),
      shipped: [Double](repeating: 0, count: lanes.count))
    for (index, scenario) in scenarios.enumerated() {
      let shipments = recourse.shipments(index, at: stock)
      for site in sites.indices {
        outlook.shortage[site] += scenario.probability * shipments.shortage[site]
        outlook.surplus[site] += scenario.probability * shipments.surplus[site]
      }
      for lane in lanes.indices { outlook.shipped[lane] += scenario.probability * shipments.arcs[lane] }
    }
    return outlook
  }

  /// Compares with the plan for mean demand, and with plans for demands that are known.
  ///
  /// Source: Birge & Louveaux, Introduction to Stochastic Programming (2nd edition, 2011), chapter 4.
  public func valueOfInformation(
    _ solution: TwoStageStockSolution
  ) throws(AllocationProblemError) -> ValueOfInformation {
    let formulation = TwoStageStockFormulation(self)
    var waitAndSee = 0.0
    var basis: NetworkBasis?
    for scenario in scenarios {
      let known = try formulation.known(scenario.demand, from: basis)
      waitAndSee += scenario.probability * known.cost
      basis = known.basis
    }
    let mean = try formulation.known(formulation.meanDemand, from: basis)
    var recourse = formulation.recourse
    var slopes = [Double](repeating: 0, count: sites.count)
    var expected = zip(sites, mean.stock).reduce(0) { $0 + $1.0.unitCost * $1.1 }
    for (index, scenario) in scenarios.enumerated() {
      expected += scenario.probability * recourse.evaluate(index, at: mean.stock, slopes: &slopes).value
    }
    return ValueOfInformation(
      recourseProblem: solution.cost, waitAndSee: waitAndSee, expectedMeanPlan: expected)
  }

  // MARK: Limits that contradict one another

  /// Why no stock is allowed; nil where some is. Dropping any one of the limits resolves the conflict.
  var conflict: AllocationConflict? {
    if let site = sites.first(where: { $0.minimum > ($0.maximum ?? .infinity) }), let maximum = site.maximum {
      let (low, high) = ("minimum.\(site.name)", "maximum.\(site.name)")
      return AllocationConflict(
        diagnostic: Diagnostic(
          TwoStageCodes.conflict, "\(site.name) needs \(site.minimum) units at least and \(maximum) at most",
          at: site.place, hint: "lower its minimum or raise its maximum"), limits: [low, high],
        repairs: [
          .init(changes: [.init(limit: high, from: maximum, to: site.minimum)]),
          .init(changes: [.init(limit: low, from: site.minimum, to: maximum)]),
        ])
    }
    let needed = sites.reduce(0) { $0 + $1.minimum }
    guard let quantityLimit, needed > quantityLimit else { return nil }
    // The largest minimums, until they are too many: without any one of them the rest fits.
    var members: [Site] = []
    var sum = 0.0
    for site in sites.sorted(by: { $0.minimum > $1.minimum }) {
      members.append(site)
      sum += site.minimum
      if sum > quantityLimit { break }
    }
    var repairs = [
      AllocationConflict.Repair(changes: [.init(limit: "quantity_limit", from: quantityLimit, to: needed)])
    ]
    // Or the minimums of the conflict give way, in the same proportion; all of them where those do not suffice.
    for yielding in [members, sites] {
      let total = yielding.reduce(0) { $0 + $1.minimum }
      let left = total - (needed - quantityLimit)
      guard total > 0, left >= 0 else { continue }
      repairs.append(
        .init(
          changes: yielding.filter { $0.minimum > 0 }.map {
            .init(limit: "minimum.\($0.name)", from: $0.minimum, to: $0.minimum * left / total)
          }))
      break
    }
    return AllocationConflict(
      diagnostic: Diagnostic(
        TwoStageCodes.conflict,
        "the sites' minimums need \(needed) units, and the shared limit is \(quantityLimit)", at: limitPlace,
        hint: "raise `quantity_limit`, or lower minimums",
        notes: members.map { "\($0.place.map { "\($0): " } ?? "")`minimum.\($0.name)` is \($0.minimum)" }),
      limits: ["quantity_limit"] + members.map { "minimum.\($0.name)" }, repairs: repairs)
  }

  /// The problem with the changes of a repair.
  func repaired(_ repair: AllocationConflict.Repair) -> TwoStageStockProblem {
    var problem = self
    for change in repair.changes {
      if change.limit == "quantity_limit" { problem.quantityLimit = change.to }
      for index in sites.indices {
        if change.limit == "minimum.\(sites[index].name)" { problem.sites[index].minimum = change.to }
        if change.limit == "maximum.\(sites[index].name)" { problem.sites[index].maximum = change.to }
      }
    }
    return problem
  }
}

extension TwoStageStockProblem: AllocationProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let defects = defects
    guard defects.isEmpty else { throw .invalid(defects) }
    if var conflict {
      for index in conflict.repairs.indices {
        let repaired = repaired(conflict.repairs[index])
        if repaired.conflict == nil { conflict.repairs[index].cost = try repaired.solve(within: limits).cost }
      }
      conflict.repairs.sort { ($0.cost ?? .infinity) < ($1.cost ?? .infinity) }
      var answer = AllocationAnswer(.infeasible, .minimise)
      answer.conflict = conflict
      return answer
    }
    let formulation = TwoStageStockFormulation(self)
    let (solution, session, found) = try solve(formulation, within: limits)
    let value = try valueOfInformation(solution)
    var prices: [LimitPrice] = []
    var binding: [String] = []
    if let quantityLimit, solution.stock.reduce(0, +) >= quantityLimit * (1 - 1e-9) {
      binding.append("quantity_limit")
      do {
        let price = try session.shadowPrice(ofUpper: 0, at: found)
        prices.append(
          LimitPrice(
            limit: "quantity_limit", value: quantityLimit, left: price.left, right: price.right,
            from: quantityLimit - price.leftReach, to: quantityLimit + price.rightReach))
      } catch {
        throw .failed(error.description)
      }
    }
    for (site, units) in zip(sites, solution.stock) {
      if site.minimum > 0, units <= site.minimum * (1 + 1e-9) { binding.append("minimum.\(site.name)") }
      if let maximum = site.maximum, units >= maximum * (1 - 1e-9) { binding.append("maximum.\(site.name)") }
    }
    return AllocationAnswer(
      solution.isOptimal ? .optimal : .feasible, .minimise, objective: solution.cost, bound: solution.bound,
      solution: json(solution, value), prices: prices, binding: binding)
  }

  private func json(_ solution: TwoStageStockSolution, _ value: ValueOfInformation) -> JSONValue {
    let outlook = outlook(of: solution.stock)
    let rows = sites.indices.map { site in
      JSONValue.object([
        .init("site", .string(sites[site].name)), .init("stock", .number(solution.stock[site])),
        .init("expectedShortage", .number(outlook.shortage[site])),
        .init("expectedSurplus", .number(outlook.surplus[site])),
      ])
    }
    let shipped = lanes.indices.filter { outlook.shipped[$0] > 1e-9 }.map { lane in
      JSONValue.object([
        .init("from", .string(sites[lanes[lane].from].name)), .init("to", .string(sites[lanes[lane].to].name)),
        .init("expectedUnits", .number(outlook.shipped[lane])),
      ])
    }
    return .object([
      .init("sites", .array(rows)), .init("transfers", .array(shipped)),
      .init("purchaseCost", .number(solution.purchaseCost)),
      .init("expectedRecourseCost", .number(solution.cost - solution.purchaseCost)), .init("value", value.json),
      .init("iterations", .integer(solution.iterations)),
    ])
  }
}
