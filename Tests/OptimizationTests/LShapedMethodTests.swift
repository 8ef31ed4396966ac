import Optimization
import Probability
import Testing

/// Random transshipment under scenarios, against one linear program over all of them.
struct LShapedMethodTests {
  struct Instance {
    var sites: Int
    var scenarios: Int
    var arcs: [TransshipmentRecourse.Arc] = []
    var unitCost: [Double] = []
    var shortage: [Double] = []
    var surplus: [Double] = []
    var demand: [Double] = []
    var limit = 0.0

    init(seed: UInt64, sites: Int, scenarios: Int) {
      var stream = RandomStream(seed: seed)
      self.sites = sites
      self.scenarios = scenarios
      for source in 0..<sites {
        arcs.append(.init(source: source, sink: source, cost: 0))
        for sink in 0..<sites where sink != source && stream.uniform() < 0.4 {
          arcs.append(.init(source: source, sink: sink, cost: stream.uniform(1, 6)))
        }
        unitCost.append(stream.uniform(2, 5))
        shortage.append(stream.uniform(8, 20))
        surplus.append(source % 3 == 0 ? -1 : 0)
      }
      for _ in 0..<(scenarios * sites) { demand.append(stream.uniform(0, 50).rounded()) }
      limit = (20 * Double(sites)).rounded()
    }

    var recourse: TransshipmentRecourse {
      TransshipmentRecourse(
        sources: sites, sinks: sites, arcs: arcs, surplusCost: surplus, shortageCost: shortage, demands: demand)
    }

    var first: LinearProgram {
      var program = LinearProgram(.minimise)
      for site in 0..<sites { program.addVariable(upper: limit, objective: unitCost[site]) }
      program.addSumRow(0..<sites, upper: limit)
      return program
    }

    /// All scenarios at once.
    func extensive(limit: Double) -> LinearProgram {
      var program = LinearProgram(.minimise)
      for site in 0..<sites { program.addVariable(upper: limit, objective: unitCost[site]) }
      program.addSumRow(0..<sites, upper: limit)
      let weight = 1 / Double(scenarios)
      for scenario in 0..<scenarios {
        var out = (0..<sites).map { [(variable: $0, coefficient: -1.0)] }
        var into = [[(variable: Int, coefficient: Double)]](repeating: [], count: sites)
        for arc in arcs {
          let variable = program.addVariable(objective: weight * arc.cost)
          out[arc.source].append((variable, 1))
          into[arc.sink].append((variable, 1))
        }
        for site in 0..<sites {
          out[site].append((program.addVariable(objective: weight * surplus[site]), 1))
          into[site].append((program.addVariable(objective: weight * shortage[site]), 1))
          let needed = demand[scenario * sites + site]
          program.addRow(out[site], lower: 0, upper: 0)
          program.addRow(into[site], lower: needed, upper: needed)
        }
      }
      return program
    }
  }

  @Test(arguments: [1, 4, 50]) func equalsTheProgramOfAllScenarios(groups: Int) throws {
    for seed in UInt64(1)...4 {
      let instance = Instance(seed: seed, sites: 6, scenarios: 12)
      var method = LShapedMethod()
      method.groups = groups
      let weights = [Double](repeating: 1 / 12, count: 12)
      let session = try method.session(first: instance.first, weights: weights, recourse: instance.recourse)
      var limit = instance.limit
      for _ in 0..<3 {
        try session.setRowBounds(0, lower: -.infinity, upper: limit)
        let solution = try session.solve(from: [Double](repeating: 0, count: 6))
        let whole = try HiGHSSolver().solve(instance.extensive(limit: limit))
        #expect(solution.isOptimal)
        // The whole program is solved to HiGHS's tolerance of 1e-7.
        #expect(abs(solution.objective - whole.objective) < 1e-6 * whole.objective)
        #expect(solution.bound <= solution.objective * (1 + 1e-12))
        #expect(solution.bound >= solution.objective * (1 - 1e-9))
        #expect(solution.values.reduce(0, +) <= limit * (1 + 1e-9))
        limit *= 0.8
      }
    }
  }

  /// The line of a scenario supports its value everywhere, and touches it where it was found.
  @Test func linesSupportTheRecourse() {
    let instance = Instance(seed: 9, sites: 8, scenarios: 5)
    var recourse = instance.recourse
    var stream = RandomStream(seed: 10)
    var slopes = [Double](repeating: 0, count: 8)
    var lines: [(scenario: Int, intercept: Double, slopes: [Double])] = []
    for step in 0..<200 {
      let supplies = (0..<8).map { _ in step % 7 == 0 ? 0 : stream.uniform(0, 60).rounded() }
      let scenario = step % 5
      let found = recourse.evaluate(scenario, at: supplies, slopes: &slopes)
      let touched = zip(slopes, supplies).reduce(found.intercept) { $0 + $1.0 * $1.1 }
      #expect(abs(found.value - touched) < 1e-9 * max(1, abs(found.value)))
      for line in lines where line.scenario == scenario {
        let below = zip(line.slopes, supplies).reduce(line.intercept) { $0 + $1.0 * $1.1 }
        #expect(below <= found.value + 1e-9 * max(1, abs(found.value)))
      }
      lines.append((scenario, found.intercept, slopes))
    }
  }

  /// Dual pivots reach the same cost as the primal network simplex method.
  @Test func equalsNetworkSimplex() throws {
    let instance = Instance(seed: 3, sites: 10, scenarios: 6)
    var recourse = instance.recourse
    var stream = RandomStream(seed: 4)
    var slopes = [Double](repeating: 0, count: 10)
    for scenario in 0..<6 {
      let supplies = (0..<10).map { _ in stream.uniform(0, 40) }
      let demand = instance.demand[(scenario * 10)..<((scenario + 1) * 10)]
      var flow = NetworkFlow(
        supplies: supplies + demand.map { -$0 } + [demand.reduce(0, +) - supplies.reduce(0, +)])
      for arc in instance.arcs { flow.arcs.append(.init(from: arc.source, to: 10 + arc.sink, cost: arc.cost)) }
      for site in 0..<10 {
        flow.arcs.append(.init(from: site, to: 20, cost: instance.surplus[site]))
        flow.arcs.append(.init(from: 20, to: 10 + site, cost: instance.shortage[site]))
      }
      let found = recourse.evaluate(scenario, at: supplies, slopes: &slopes)
      #expect(abs(found.value - (try flow.solve().objective)) < 1e-9 * max(1, abs(found.value)))
    }
  }
}
