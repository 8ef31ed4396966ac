import Optimization
import Probability
import Testing

/// Location against enumeration of every open set.
@Suite struct LocationTests {
  private struct Instance {
    var fixed: [Double]
    var costs: [Double]
    var demands: [Double]
    var capacities: [Double]

    init(seed: UInt64, demands count: Int, sites: Int, whole: Bool = true) {
      var stream = RandomStream(seed: 34, key: seed)
      func number(_ low: Double, _ high: Double) -> Double {
        let value = stream.uniform(low, high)
        return whole ? value.rounded() : value
      }
      fixed = (0..<sites).map { _ in number(10, 80) }
      costs = (0..<count * sites).map { _ in number(1, 60) }
      demands = (0..<count).map { _ in number(3, 12) }
      let total = demands.reduce(0, +)
      capacities = (0..<sites).map { _ in number(total / 4, total / 1.5) }
    }
  }

  /// All subsets of the sites.
  private func subsets(_ sites: Int) -> [[Bool]] {
    (0..<(1 << sites)).map { mask in (0..<sites).map { mask >> $0 & 1 == 1 } }
  }

  @Test(arguments: 0..<12)
  func uncapacitatedIsTheBestOfAllSubsets(seed: Int) {
    let instance = Instance(seed: UInt64(seed), demands: 12, sites: 8, whole: seed % 2 == 0)
    let problem = UncapacitatedLocation(fixedCosts: instance.fixed, costs: instance.costs)
    let best = subsets(8).map { problem.evaluate($0).cost }.min() ?? .nan
    let solution = problem.solve()
    #expect(solution.status == .optimal)
    #expect(abs(solution.objective - best) < 1e-9)
    #expect(solution.bound <= solution.objective && solution.bound > best - 1e-6)
  }

  @Test(arguments: 0..<10)
  func aGivenNumberOfSitesWithSomeHeld(seed: Int) {
    let instance = Instance(seed: UInt64(100 + seed), demands: 14, sites: 9)
    var choice = [SiteChoice](repeating: .free, count: 9)
    choice[seed % 9] = .open
    choice[(seed + 4) % 9] = .closed
    let problem = UncapacitatedLocation(
      fixedCosts: [Double](repeating: 0, count: 9), costs: instance.costs, openCount: 3...3, choice: choice)
    let allowed = subsets(9).filter { set in
      set.count { $0 } == 3 && set[seed % 9] && !set[(seed + 4) % 9]
    }
    let best = allowed.map { problem.evaluate($0).cost }.min() ?? .nan
    let solution = problem.solve()
    #expect(solution.objective == best)
    #expect(solution.bound == best)
    #expect(solution.isOpen[seed % 9] && !solution.isOpen[(seed + 4) % 9])
  }

  @Test func randomCostsNeedBranching() {
    // Costs without geometry leave a gap between Lagrangian and optimum (Körkel's kind of instance).
    var stream = RandomStream(seed: 7, key: 1)
    let costs = (0..<900).map { _ in (1000 + 1000 * stream.uniform()).rounded() }
    let fixed = (0..<30).map { _ in (1000 + 1000 * stream.uniform()).rounded() }
    let problem = UncapacitatedLocation(fixedCosts: fixed, costs: costs)
    let solution = problem.solve()
    #expect(solution.status == .optimal && solution.nodes > 0)
    // The mixed-integer program is a second witness.
    var program = LinearProgram(.minimise)
    let sites = fixed.map { program.addVariable(upper: 1, objective: $0, isInteger: true) }
    for demand in 0..<30 {
      let served = (0..<30).map { program.addVariable(upper: 1, objective: costs[demand * 30 + $0]) }
      program.addSumRow(served, lower: 1, upper: 1)
      for site in 0..<30 { program.addRow([(served[site], 1), (sites[site], -1)], upper: 0) }
    }
    let witness = try? HiGHSSolver().solve(program)
    #expect(abs((witness?.objective ?? .nan) - solution.objective) < 1e-6)
  }

  @Test func nobodyReachesEverybody() {
    let far = Double.infinity
    let problem = UncapacitatedLocation(fixedCosts: [1, 1, 1], costs: [1, far, far, far, 1, far, far, far, 1])
    #expect(problem.solve().objective == 6)
    var two = problem
    two.openCount = 0...2
    #expect(two.solve().status == .infeasible)
  }

  @Test(arguments: 0..<12)
  func wholeDemandsAreTheBestOfAllAssignments(seed: Int) throws {
    let instance = Instance(seed: UInt64(200 + seed), demands: 7, sites: 4)
    let problem = CapacitatedLocation(
      fixedCosts: instance.fixed, capacities: instance.capacities, costs: instance.costs, demands: instance.demands,
      isSplittable: false)
    var best = Double.infinity
    for code in 0..<(1 << 14) {
      var load = [0.0, 0, 0, 0]
      var cost = 0.0
      for demand in 0..<7 {
        let site = code >> (2 * demand) & 3
        load[site] += instance.demands[demand]
        cost += instance.costs[demand * 4 + site]
      }
      guard (0..<4).allSatisfy({ load[$0] <= instance.capacities[$0] }) else { continue }
      for site in 0..<4 where load[site] > 0 { cost += instance.fixed[site] }
      best = min(best, cost)
    }
    let solution = try problem.solve()
    if best.isFinite {
      #expect(solution.status == .optimal && solution.objective == best && solution.bound == best)
    } else {
      #expect(solution.status == .infeasible)
    }
  }

  @Test(arguments: 0..<6)
  func splitDemandsCostNoMoreThanWholeOnes(seed: Int) throws {
    let instance = Instance(seed: UInt64(300 + seed), demands: 9, sites: 5)
    var problem = CapacitatedLocation(
      fixedCosts: instance.fixed, capacities: instance.capacities, costs: instance.costs, demands: instance.demands,
      isSplittable: false)
    let whole = try problem.solve()
    problem.isSplittable = true
    let split = try problem.solve()
    #expect(split.status == .optimal)
    #expect(!whole.status.hasValues || split.objective <= whole.objective + 1e-9)
    for site in 0..<5 {
      let load = (0..<9).reduce(0) { $0 + split.share[$1 * 5 + site] * instance.demands[$1] }
      #expect(load <= (split.isOpen[site] ? instance.capacities[site] : 0) + 1e-6)
    }
    for demand in 0..<9 { #expect(abs((0..<5).reduce(0) { $0 + split.share[demand * 5 + $1] } - 1) < 1e-9) }
  }

  /// Warehouses of CSPLib problem 34 (Van Hentenryck): optimum 383.
  @Test func warehousesOfCSPLib() throws {
    let costs: [Double] = [
      20, 24, 11, 25, 30, 28, 27, 82, 83, 74, 74, 97, 71, 96, 70, 2, 55, 73, 69, 61, 46, 96, 59, 83, 4, 42, 22, 29, 67,
      59, 1, 5, 73, 59, 56, 10, 73, 13, 43, 96, 93, 35, 63, 85, 46, 47, 65, 55, 71, 95,
    ]
    for isSplittable in [true, false] {
      let problem = CapacitatedLocation(
        fixedCosts: [30, 30, 30, 30, 30], capacities: [1, 4, 2, 1, 3], costs: costs,
        demands: [Double](repeating: 1, count: 10), isSplittable: isSplittable)
      let solution = try problem.solve()
      #expect(solution.status == .optimal)
      #expect(abs(solution.objective - 383) < 1e-6)
    }
  }
}
