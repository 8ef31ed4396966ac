import ChannelTypes
import Optimization
import Tables

/// A formulation as a linear program with curved terms, in units of amount and of value that make both of magnitude 1.
struct BudgetCurved {
  let formulation: BudgetFormulation
  let amountUnit: Double
  let valueUnit: Double
  private(set) var program: CurvedProgram
  /// The variable of the reserve item.
  private var reserve: Int?
  private let firstRow = 1
  /// Variables of effective spend → their item.
  private var effectiveOwner: [Int: Int] = [:]

  private var problem: BudgetProblem { formulation.problem }

  init(_ formulation: BudgetFormulation) {
    self.formulation = formulation
    let problem = formulation.problem
    amountUnit = formulation.spendable > 0 ? formulation.spendable : 1
    let usesTail = problem.draws != nil && (problem.risk?.weight ?? 0) > 0
    let factors = usesTail ? problem.items.map { _ in 1.0 } : formulation.meanFactors
    let heights = problem.items.indices.map { index in
      problem.items[index].weight * factors[index]
        * problem.items[index].curve.value(at: formulation.units(of: index, formulation.spendable))
    }
    let height = max(heights.max() ?? 0, problem.reserveItem?.curve.value(at: formulation.spendable) ?? 0)
    valueUnit = height > 0 && height.isFinite ? height : 1
    program = CurvedProgram(LinearProgram(.maximise))
    addAmounts()
    addRows()
    addTerms(factors, hasTail: usesTail)
  }

  // MARK: - Parts

  private mutating func addAmounts() {
    let unspent = -problem.valueOfUnspent * amountUnit / valueUnit
    for index in 0..<formulation.count {
      let cap = min(formulation.upper[index], formulation.spendable)
      program.program.addVariable(
        lower: formulation.lower[index] / amountUnit, upper: max(cap, 0) / amountUnit, objective: unspent)
    }
    if let item = problem.reserveItem {
      let cap = min(item.cap?.double ?? .infinity, formulation.spendable)
      reserve = program.program.addVariable(
        lower: item.floor.double / amountUnit, upper: cap / amountUnit, objective: unspent)
    }
  }

  private mutating func addRows() {
    let all = Array(0..<formulation.count) + (reserve.map { [$0] } ?? [])
    let whole = formulation.spendable / amountUnit
    program.program.addSumRow(all, lower: problem.mustSpendAll ? whole : -.infinity, upper: whole)
    for row in formulation.rows {
      let terms = row.members.enumerated().map {
        (variable: $0.element, coefficient: row.coefficients?[$0.offset] ?? 1)
      }
      program.program.addRow(terms, lower: row.floor / amountUnit, upper: row.cap / amountUnit)
    }
  }

  private mutating func addTerms(_ factors: [Double], hasTail: Bool) {
    var owners: [Int?] = []
    func add(_ term: CurvedProgram.Term, _ owner: Int?) {
      program.terms.append(term)
      owners.append(owner)
    }
    let effective = problem.carryOver > 0 ? addEffectiveSpend() : Array(0..<formulation.count)
    for (index, item) in problem.items.enumerated() {
      var function = item.curve.curved(times: item.weight * factors[index])
      function.tiers = item.amountTiers
      var own = CurvedFunction(.zero)
      (own.anchor, own.charge) = (item.now.double, problem.stabilityPenalty)
      let domain = domain(of: item, index)
      let isPlain = !domain.allowsZero && domain.step == 0
      // What is not multiplied by the draws, or not a function of the same spend, is a term of its own.
      let isJoined = effective[index] == index && !(hasTail && own.charge > 0)
      if isJoined { (function.anchor, function.charge) = (own.anchor, own.charge) }
      if isJoined || function.amplitude > 0 {
        let upper = program.program.variables[effective[index]].upper
        add(
          .init(
            variable: effective[index], function: scaled(function), domain: isJoined ? domain : AmountDomain(0...upper)
          ), index)
      }
      if !isJoined, own.charge > 0 || !isPlain {
        add(.init(variable: index, function: scaled(own), domain: domain), nil)
      }
    }
    if let reserve, let item = problem.reserveItem {
      let variable = program.program.variables[reserve]
      add(
        .init(
          variable: reserve, function: scaled(item.curve.curved(times: 1)),
          domain: AmountDomain(variable.lower...max(variable.lower, variable.upper))), nil)
    }
    guard hasTail, let draws = problem.draws, let risk = problem.risk else { return }
    var all: [Double] = []
    all.reserveCapacity(draws.count * owners.count)
    for draw in 0..<draws.count {
      for owner in owners { all.append(owner.map { draws.factors[draw * formulation.count + $0] } ?? 1) }
    }
    program.tail = .init(factors: all, level: risk.level, weight: risk.weight)
  }

  /// Variables for the spend that acts: s = x + ρ · s before.
  private mutating func addEffectiveSpend() -> [Int] {
    let rate = problem.carryOver
    var variables = [Int](repeating: -1, count: formulation.count)
    for index in 0..<formulation.count {
      // Back to the first period without a variable, then forward.
      var chain: [Int] = []
      var next: Int? = index
      while let item = next, variables[item] < 0 {
        chain.append(item)
        next = formulation.earlier[item]
      }
      for item in chain.reversed() {
        let own = program.program.variables[item].upper
        if let before = formulation.earlier[item] {
          let earlier = variables[before]
          variables[item] = program.program.addVariable(upper: own + rate * program.program.variables[earlier].upper)
          program.program.addRow([(variables[item], 1), (item, -1), (earlier, -rate)], lower: 0, upper: 0)
        } else {
          let carried = rate * problem.items[item].carriedIn / amountUnit
          variables[item] = program.program.addVariable(upper: own + carried)
          program.program.addRow([(variables[item], 1), (item, -1)], lower: carried, upper: carried)
        }
        effectiveOwner[variables[item]] = item
      }
    }
    return variables
  }

  private func domain(of item: BudgetProblem.Item, _ index: Int) -> AmountDomain {
    let cap = min(formulation.upper[index], formulation.spendable) / amountUnit
    let floor = formulation.lower[index] / amountUnit
    let step = formulation.searchStep(of: index) / amountUnit
    let least = max(floor, (item.minimumOrZero?.double ?? 0) / amountUnit)
    // A floor above zero leaves no choice of nothing.
    let allowsZero = (item.minimumOrZero ?? .zero) > .zero && floor == 0
    var domain = AmountDomain(0...0, allowsZero: allowsZero)
    (domain.lower, domain.upper) = (least, cap)
    if step > 0 {
      domain.step = step
      domain.lower = (least / step - 1e-9).rounded(.up) * step
      domain.upper = (cap / step + 1e-9).rounded(.down) * step
    }
    return domain
  }

  /// Amounts in units of the whole, units bought as they are measured by the curve's own scale.
  private func scaled(_ function: CurvedFunction) -> CurvedFunction {
    var scaled = function
    scaled.amplitude /= valueUnit
    scaled.scale /= amountUnit
    scaled.anchor /= amountUnit
    scaled.charge *= amountUnit / valueUnit
    scaled.tiers = function.tiers.map {
      .init(start: $0.start / amountUnit, units: $0.units / amountUnit, rate: $0.rate)
    }
    return scaled
  }

  // MARK: - The optimum

  /// - Parameter held: amounts whose choices (nothing or not, the side of an S-curve) are kept.
  func optimum(_ solver: some Solver, heldAt held: BudgetOptimum? = nil) throws(AllocationError) -> BudgetOptimum {
    var program = program
    if let held {
      let effective = formulation.effective(held.amounts)
      for term in program.terms.indices {
        let variable = program.terms[term].variable
        // Effective spend follows the amounts; its own variables come after theirs.
        let value = variable < formulation.count ? held.amounts[variable] : variable == reserve ? held.reserve : nil
        let owner = effectiveOwner[variable].map { effective[$0] }
        if let value = value ?? owner { program.hold(term, at: value / amountUnit) }
      }
    }
    let best = try program.solve(
      with: HiGHSSolver(tolerance: 1e-9), relativeGap: problem.searchGap, nodes: problem.searchNodes)
    guard !best.values.isEmpty else { throw .noWholeUnits }
    let count = formulation.count
    let constant = problem.valueOfUnspent * formulation.spendable
    let priceUnit = valueUnit / amountUnit
    let amounts = best.values.prefix(count).map { max(0, $0 * amountUnit) }
    let reserved = reserve.map { best.values[$0] * amountUnit } ?? 0
    let priced = !best.duals.isEmpty
    let total = priced ? best.duals[0] * priceUnit : 0
    var prices = [Double](repeating: 0, count: count)
    if priced {
      for index in 0..<count {
        let tolerance = 1e-7 * amountUnit
        let atFloor =
          formulation.ranges[index].floorSource != nil && abs(amounts[index] - formulation.lower[index]) <= tolerance
        let atCap = abs(amounts[index] - formulation.upper[index]) <= tolerance
        if atFloor || atCap { prices[index] = best.reducedCosts[index] * priceUnit }
      }
    }
    return BudgetOptimum(
      amounts: amounts, reserve: reserved, objective: best.objective * valueUnit + constant,
      bound: best.bound * valueUnit + constant,
      totalPrice: total > 1e-9 * max(1, problem.valueOfUnspent) ? total + problem.valueOfUnspent : nil,
      rowPrices: formulation.rows.indices.map { priced ? best.duals[$0 + firstRow] * priceUnit : 0 },
      itemPrices: prices, method: .curved(nodes: best.nodes, isComplete: best.isOptimal))
  }
}

extension BudgetFormulation {
  func curvedOptimum(_ solver: some Solver) throws(AllocationError) -> BudgetOptimum {
    try BudgetCurved(self).optimum(solver)
  }

  /// Best whole steps around the optimum that keep every limit, and the reserve item's.
  func published(
    _ solver: some Solver
  ) throws(AllocationError) -> (optimum: BudgetOptimum, plan: [Money], reserve: Money) {
    if let tree = separable() { return try tree.published(solver) }
    let best = try curvedOptimum(solver)
    let (plan, reserve) = try rounded(best, solver)
    return (best, plan, reserve)
  }

  /// Whole steps near the amounts, the best of them to first order, which is all that matters a step away.
  func rounded(
    _ best: BudgetOptimum, _ solver: some Solver
  ) throws(AllocationError) -> (plan: [Money], reserve: Money) {
    let returns = marginalReturns(at: best.amounts)
    let unit = problem.step.double
    for (window, slack) in [(0.0, 0.0), (1, 0), (64, 0), (64, 2)] {
      var program = LinearProgram(.maximise)
      var base: [Double] = []
      var steps: [Money] = []
      for (index, item) in problem.items.enumerated() {
        let step = searchStep(of: index) > 0 ? item.step ?? problem.step : problem.step
        steps.append(step)
        let (low, high, start) = wholeRange(index, step: step.double, amount: best.amounts[index])
        base.append(start)
        // Amounts that were searched step by step stay unless nothing else works.
        let isFree = searchStep(of: index) == 0 || window > 1
        let ends = isFree ? (max(low - start, -window), min(high - start, window + 1)) : (0, 0)
        program.addVariable(
          lower: min(ends.0, ends.1), upper: max(ends.0, ends.1),
          objective: (item.weight * returns[index] - problem.valueOfUnspent) * step.double / unit, isInteger: true)
      }
      var all = problem.items.indices.map { (variable: $0, coefficient: steps[$0].double / unit) }
      if let item = problem.reserveItem {
        let start = (best.reserve / unit).rounded(.down)
        base.append(start)
        steps.append(problem.step)
        let slope = item.curve.slope(at: max(best.reserve, unit))
        let least = (item.floor.double / unit - 1e-6).rounded(.up) - start
        let most = ((item.cap?.double ?? .infinity) / unit + 1e-6).rounded(.down) - start
        program.addVariable(
          lower: max(least, -window), upper: max(max(least, -window), min(most, window + 1)),
          objective: slope - problem.valueOfUnspent, isInteger: true)
        all.append((base.count - 1, 1))
      }
      let placed = zip(base, steps).reduce(0) { $0 + $1.0 * $1.1.double / unit }
      let spent = (best.amounts.reduce(0, +) + best.reserve) / unit
      let cap = (spendable / unit + 1e-6).rounded(.down)
      let coarsest = steps.map { $0.double / unit }.max() ?? 1
      let least = problem.mustSpendAll ? cap : min(cap, (spent + 1e-4).rounded(.down)) - (coarsest > 1 ? coarsest : 0)
      program.addRow(all, lower: least - placed, upper: cap - placed)
      for row in rows {
        var terms: [(variable: Int, coefficient: Double)] = []
        var at = 0.0
        for (position, member) in row.members.enumerated() {
          let coefficient = (row.coefficients?[position] ?? 1) * steps[member].double / unit
          terms.append((member, coefficient))
          at += coefficient * base[member]
        }
        let give = row.coefficients == nil ? 0 : slack
        program.addRow(terms, lower: row.floor / unit - at - give - 1e-7, upper: row.cap / unit - at + give + 1e-7)
      }
      let answer: LinearSolution
      do { answer = try solver.solve(program) } catch { throw .solver(error) }
      guard answer.status.hasValues else { continue }
      let plan = zip(zip(base, answer.values), steps).map { counted, step in
        Money(tenThousandths: Int64((counted.0 + counted.1).rounded()) * step.tenThousandths)
      }
      return (Array(plan.prefix(count)), plan.count > count ? plan[count] : .zero)
    }
    throw .noWholeUnits
  }

  /// The whole steps between which a line may be, its choice of nothing or not held, and where to start.
  private func wholeRange(_ index: Int, step: Double, amount: Double) -> (low: Double, high: Double, start: Double) {
    let item = problem.items[index]
    var low = (ranges[index].floor.double / step - 1e-6).rounded(.up)
    var high = (min(ranges[index].cap?.double ?? .infinity, spendable) / step + 1e-6).rounded(.down)
    if let minimum = item.minimumOrZero, minimum > .zero, low == 0 {
      if amount < minimum.double * 0.5 { high = 0 } else { low = (minimum.double / step - 1e-6).rounded(.up) }
    }
    let scaled = amount / step
    let whole = abs(scaled - scaled.rounded()) < 1e-5 ? scaled.rounded() : scaled.rounded(.down)
    return (low, max(low, high), min(max(whole, low), max(low, high)))
  }
}
