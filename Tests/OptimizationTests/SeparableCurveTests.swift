import Foundation
import Optimization
import Probability
import Testing

@Suite("Separable allocation over S-curves and other shapes")
struct SeparableCurveTests {
  /// Few S-curves in two groups with floors and caps, small enough for a grid.
  private struct Small {
    var problem: SeparableAllocation
    /// The best objective over amounts that are multiples of total / cells.
    var gridBest: Double

    init(seed: Int, cells: Int = 150) {
      var stream = RandomStream(seed: 4711, key: UInt64(seed))
      let total = exp(stream.uniform(2, 6))
      let unit = total / Double(cells)
      let mustSpend = stream.uniform() < 0.5
      let value = mustSpend ? 0 : stream.uniform(0, 0.3)
      problem = SeparableAllocation(cap: total, floor: mustSpend ? total : 0, valueOfUnspent: value)
      var nothing = [Double](repeating: -.infinity, count: cells + 1)
      nothing[0] = 0
      // What a set of items earns at most with every number of units; −∞ where it cannot take them.
      func best(_ functions: [ReturnFunction], _ uppers: [Int]) -> [Double] {
        var table = nothing
        for (function, upper) in zip(functions, uppers) {
          let values = (0...upper).map { function.value(at: Double($0) * unit) }
          table = (0...cells).map { sum -> Double in
            (0...min(sum, upper)).map { table[sum - $0] + values[$0] }.max() ?? -.infinity
          }
        }
        return table
      }
      var whole = nothing
      for _ in 0..<2 {
        let count = 1 + stream.index(below: 3)
        let uppers = (0..<count).map { _ in cells / 3 + stream.index(below: cells) }.map { min($0, cells) }
        let room = min(cells, uppers.reduce(0, +))
        let floor = stream.uniform() < 0.5 ? stream.index(below: cells / 4) : 0
        let cap = max(floor, stream.uniform() < 0.5 ? cells / 2 + stream.index(below: cells / 2) : room)
        let group = problem.addGroup(floor: Double(floor) * unit, cap: Double(min(cap, room)) * unit)
        let functions = (0..<count).map { _ -> ReturnFunction in
          let amplitude = exp(stream.uniform(0, 2)) * total
          let scale = total * stream.uniform(0.1, 0.7)
          switch stream.index(below: 4) {
          case 0: return .logistic(amplitude: amplitude, midpoint: scale, width: scale * stream.uniform(0.1, 0.5))
          case 1: return .logarithm(amplitude: amplitude / 4, scale: scale)
          default: return .hill(amplitude: amplitude, scale: scale, shape: stream.uniform(1.1, 7))
          }
        }
        for (function, upper) in zip(functions, uppers) {
          problem.addItem(function, in: group, upper: Double(upper) * unit)
        }
        let own = best(functions, uppers)
        whole = (0...cells).map { sum -> Double in
          let taken = (floor...min(cap, room)).prefix { $0 <= sum }
          let sums: [Double] = taken.map { amount in whole[sum - amount] + own[amount] }
          return sums.max() ?? -.infinity
        }
      }
      let kept = (0...cells).map { sum -> Double in value * Double(cells - sum) * unit }
      gridBest = mustSpend ? whole[cells] : zip(whole, kept).map(+).max() ?? -.infinity
    }
  }

  @Test("small problems: a grid finds nothing better, and the bound holds", arguments: 0..<40)
  func grid(seed: Int) throws {
    let small = Small(seed: seed)
    guard small.gridBest.isFinite else { return }
    let solution = try small.problem.solve()
    let scale = max(1, abs(small.gridBest))
    #expect(small.problem.violation(at: solution.amounts) <= 1e-10 * small.problem.groups[0].cap)
    #expect(solution.relativeGap <= 1e-9)
    #expect(solution.bound >= small.gridBest - 1e-9 * scale)
    #expect(solution.objective >= small.gridBest - 1e-9 * scale)
    // A grid of 150 cells is not far from the truth either.
    #expect(solution.objective <= small.gridBest + 0.2 * scale)
  }

  @Test("two equal S-curves: all on one, and the equal split is a trap")
  func twin() throws {
    // Known answers: budget_scurve_twin, from a grid of 60,001 splits.
    var problem = SeparableAllocation(cap: 60, valueOfUnspent: 0)
    for _ in 0..<2 { problem.addItem(.hill(amplitude: 100, scale: 50, shape: 4), upper: 100) }
    let trap = try problem.stationaryTrap(at: [30, 30])
    #expect(trap.isStationary)
    #expect(trap.isTrap)
    #expect(abs(trap.value - 22.946175637393768) < 1e-12)
    #expect(abs(trap.best.objective - 67.4648620510151) < 1e-10)
    #expect(trap.best.relativeGap <= 1e-9)
    #expect(abs((trap.best.amounts.max() ?? 0) - 60) < 1e-9)
    // What one more unit is worth is the slope of the curve that has it all, not of a chord.
    let slope = ReturnFunction.hill(amplitude: 100, scale: 50, shape: 4).slope(at: 60)
    let price = try problem.limitPrices(of: trap.best).first { $0.limit == .cap(group: 0) }
    #expect(abs((price?.right ?? 0) - slope) < 1e-9)
    #expect(abs((price?.left ?? 0) - slope) < 1e-9)
    #expect(abs(trap.best.groupPrices[0] - slope) < 1e-9)
    #expect(try !problem.stationaryTrap(at: [20, 40]).isStationary)
  }

  @Test("identical curves are told apart by their order, not by searching")
  func identical() throws {
    var problem = SeparableAllocation(cap: 1003, valueOfUnspent: 0)
    for _ in 0..<60 { problem.addItem(.hill(amplitude: 100, scale: 50, shape: 4), upper: 250) }
    let solution = try problem.solve()
    #expect(solution.relativeGap <= 1e-9)
    #expect(solution.nodes <= 200, "\(solution.nodes) nodes")
  }

  @Test("the prototype's S-curves: no worse, at a gap of 1e-9")
  func peers() throws {
    // Objectives of the prototype's search at a gap of 1e-6.
    let known = [
      ("a_scurve_n6", 36965.01218140854), ("a_scurve_n10", 0), ("a_scurve_similar_n10", 26776.501112335813),
      ("a_scurve_similar_n100", 293611.3999265833), ("a_scurve_twin", 67.46486205101509),
    ]
    for (name, objective) in known {
      guard let data = FileManager.default.contents(atPath: PeerInstances.folder + "/" + name + ".json") else {
        print("skipped: \(name).json is not there")
        continue
      }
      let instance = try JSONDecoder().decode(PeerInstances.SCurves.self, from: data)
      let solution = try instance.problem.solve()
      #expect(solution.relativeGap <= 1e-9, "\(name)")
      #expect(solution.objective >= objective * (1 - 1e-12), "\(name)")
      #expect(instance.problem.violation(at: solution.amounts) <= 1e-10 * instance.total)
    }
  }

  @Test("order and unit do not matter", arguments: 0..<10)
  func invariance(seed: Int) throws {
    var stream = RandomStream(seed: 99, key: UInt64(seed))
    let curves = (0..<12).map { _ in
      (a: stream.uniform(50, 100), k: stream.uniform(10, 40), s: stream.uniform(2, 5))
    }
    func problem(_ order: [Int], unit: Double) -> SeparableAllocation {
      var problem = SeparableAllocation(cap: 90 * unit, valueOfUnspent: 0)
      for index in order {
        let (a, k, s) = curves[index]
        problem.addItem(.hill(amplitude: a * unit, scale: k * unit, shape: s), upper: 150 * unit)
      }
      return problem
    }
    let forward = try problem(Array(0..<12), unit: 1).solve()
    let backward = try problem((0..<12).reversed(), unit: 1).solve()
    let scaled = try problem(Array(0..<12), unit: 1e4).solve()
    #expect(abs(forward.objective - backward.objective) <= 2e-9 * forward.objective)
    #expect(abs(forward.objective * 1e4 - scaled.objective) <= 2e-9 * scaled.objective)
  }

  @Test("nothing or a minimum: as good as trying every choice", arguments: 0..<15)
  func minimumOrNothing(seed: Int) throws {
    var stream = RandomStream(seed: 3, key: UInt64(seed))
    let total = 100.0
    let items = (0..<6).map { _ in
      (
        function: ReturnFunction.logarithm(amplitude: stream.uniform(5, 30), scale: stream.uniform(2, 30)),
        minimum: stream.uniform(5, 45)
      )
    }
    var problem = SeparableAllocation(cap: total, valueOfUnspent: 0.1)
    for item in items { problem.addItem(item.function, upper: 80, domain: ItemDomain(minimumIfAny: item.minimum)) }
    let solution = try problem.solve()
    var best = -Double.infinity
    for choice in 0..<64 {
      var fixed = SeparableAllocation(cap: total, valueOfUnspent: 0.1)
      for (index, item) in items.enumerated() {
        let isOn = choice >> index & 1 == 1
        fixed.addItem(item.function, lower: isOn ? item.minimum : 0, upper: isOn ? 80 : 0)
      }
      if let found = try? fixed.solve() { best = max(best, found.objective) }
    }
    #expect(problem.violation(at: solution.amounts) <= 1e-9)
    #expect(solution.relativeGap <= 1e-9)
    #expect(abs(solution.objective - best) <= 1e-8 * best)
  }

  @Test("whole steps: as good as trying every number", arguments: 0..<15)
  func steps(seed: Int) throws {
    var stream = RandomStream(seed: 8, key: UInt64(seed))
    let total = 30
    let functions = (0..<5).map { index -> ReturnFunction in
      index % 2 == 0
        ? .hill(amplitude: stream.uniform(5, 30), scale: stream.uniform(2, 15), shape: stream.uniform(1.5, 4))
        : .exponentialSaturation(amplitude: stream.uniform(5, 30), scale: stream.uniform(2, 15))
    }
    var problem = SeparableAllocation(cap: Double(total), valueOfUnspent: 0)
    for function in functions { problem.addItem(function, upper: 20, domain: ItemDomain(step: 1)) }
    let solution = try problem.solve()
    var table = [Double](repeating: 0, count: total + 1)
    for function in functions {
      table = (0...total).map { sum in
        (0...min(sum, 20)).reduce(0) { max($0, table[sum - $1] + function.value(at: Double($1))) }
      }
    }
    #expect(solution.amounts.reduce(true) { $0 && abs($1 - $1.rounded()) < 1e-9 })
    #expect(abs(solution.objective - table[total]) <= 1e-9 * table[total])
    #expect(solution.relativeGap <= 1e-9)
  }

  @Test("an average over draws, and penalties for moving, satisfy the optimality conditions", arguments: 0..<10)
  func composed(seed: Int) throws {
    var stream = RandomStream(seed: 21, key: UInt64(seed))
    var problem = SeparableAllocation(cap: 100, valueOfUnspent: 0.01)
    for index in 0..<8 {
      let draws = (0..<7).map { _ in
        ReturnFunction.hill(amplitude: stream.uniform(20, 60), scale: stream.uniform(5, 40))
      }
      let mean = ReturnFunction.average(of: draws)
      switch index % 3 {
      case 0: problem.addItem(mean, upper: 60)
      case 1: problem.addItem(mean.withMovePenalty(around: 12, absolute: 0.2), upper: 60)
      default: problem.addItem(mean.withMovePenalty(around: 20, quadratic: 0.03), upper: 60)
      }
    }
    #expect(problem.isConcave)
    let solution = try problem.solve()
    #expect(solution.relativeGap <= 1e-12)
    #expect(problem.violation(at: solution.amounts) <= 1e-10)
    let price = solution.groupPrices[0]
    for (index, item) in problem.items.enumerated() {
      let x = solution.amounts[index]
      if x < 60 - 1e-9 { #expect(item.function.slope(at: x) <= price * (1 + 1e-6)) }
      if x > 1e-9 { #expect(item.function.slopeBefore(x) >= price * (1 - 1e-6)) }
    }
  }

  @Test("tiers of unit prices: as good as a grid", arguments: 0..<10)
  func tiers(seed: Int) throws {
    var stream = RandomStream(seed: 33, key: UInt64(seed))
    let functions = (0..<3).map { _ in
      ReturnFunction.logarithm(amplitude: stream.uniform(10, 30), scale: stream.uniform(3, 20)).throughTiers([
        .init(from: 0, unitsPerAmount: 1), .init(from: stream.uniform(10, 30), unitsPerAmount: stream.uniform(1.5, 4)),
      ])
    }
    var problem = SeparableAllocation(cap: 60, valueOfUnspent: 0)
    for function in functions { problem.addItem(function) }
    let solution = try problem.solve()
    let cells = 240
    var table = [Double](repeating: 0, count: cells + 1)
    for function in functions {
      let values = (0...cells).map { function.value(at: 60 * Double($0) / Double(cells)) }
      table = (0...cells).map { sum in (0...sum).reduce(0) { max($0, table[sum - $1] + values[$1]) } }
    }
    #expect(solution.relativeGap <= 1e-9)
    #expect(solution.objective >= table[cells] - 1e-9)
    // Half a cell too little on every curve, at slopes below 30 · 4 / 3.
    #expect(solution.objective <= table[cells] + 3 * 0.125 * 40)
  }

  @Test("a share of the parent is kept, and lifting it gains nothing it forbids")
  func shareBand() throws {
    var problem = SeparableAllocation(cap: 100, valueOfUnspent: 0.6)
    let region = problem.addGroup(cap: 80)
    let inner = problem.addGroup(under: region)
    problem.addItem(.logarithm(amplitude: 60, scale: 10), in: inner)
    problem.addItem(.logarithm(amplitude: 20, scale: 10), in: region)
    problem.addItem(.hill(amplitude: 30, scale: 10))
    let free = try problem.solve()
    problem.addShareBand(of: inner, from: 0.2, to: 0.5)
    let solution = try problem.solve()
    let totals = problem.groupTotals(of: solution.amounts)
    // Tangents close the gap to 1e-13, amounts to about the root of that.
    #expect(totals[inner] <= 0.5 * totals[region] + 1e-5)
    #expect(solution.relativeGap <= 1e-9)
    #expect(solution.objective < free.objective)
    // Half each: both move together, at the mean of their slopes.
    let mean = (60 / (10 + solution.amounts[0]) + 20 / (10 + solution.amounts[1])) / 2
    #expect(abs(mean - solution.groupPrices[region]) < 1e-3)
  }

  @Test("S-curves with sets that cross the tree: as good as a grid", arguments: 0..<4)
  func crossingCurves(seed: Int) throws {
    var stream = RandomStream(seed: 55, key: UInt64(seed))
    let cells = 24
    var problem = SeparableAllocation(cap: 24, valueOfUnspent: 0)
    let regions = [problem.addGroup(cap: 15), problem.addGroup(cap: 14)]
    let functions = (0..<4).map { _ in
      ReturnFunction.hill(amplitude: stream.uniform(5, 15), scale: stream.uniform(3, 9), shape: stream.uniform(2, 5))
    }
    for index in 0..<4 { problem.addItem(functions[index], in: regions[index / 2], upper: 20) }
    problem.addCrossing([0, 2], floor: 4, cap: 13)
    let solution = try problem.solve()
    var best = -Double.infinity
    for a in 0...15 {
      for b in 0...(15 - a) {
        for c in max(0, 4 - a)...max(0, max(4 - a, min(13 - a, 14))) where a + c <= 13 && c <= 14 {
          let d = min(14 - c, cells - a - b - c)
          guard d >= 0 else { continue }
          for rest in 0...d {
            let amounts = [a, b, c, rest].map(Double.init)
            best = max(best, zip(functions, amounts).reduce(0) { $0 + $1.0.value(at: $1.1) })
          }
        }
      }
    }
    #expect(problem.violation(at: solution.amounts) <= 1e-6)
    #expect(solution.relativeGap <= 1e-6)
    #expect(solution.bound >= best - 1e-9)
    #expect(solution.objective >= best - 1e-5 * best)
  }

  @Test("what no search could enumerate or no curve can be is refused, with its place")
  func refusals() {
    var fine = SeparableAllocation(cap: 1e9, valueOfUnspent: 0)
    fine.addItem(.logarithm(amplitude: 1, scale: 1), domain: ItemDomain(step: 0.01))
    #expect(throws: AllocationError.self) { try fine.solve() }
    for bad in [
      ReturnFunction.hill(amplitude: .nan, scale: 1, shape: 2), .logistic(amplitude: 1, midpoint: 1, width: 0),
    ] {
      var problem = SeparableAllocation(cap: 10, valueOfUnspent: 0)
      problem.addItem(bad)
      #expect(throws: AllocationError.improper("the function of item 0")) { try problem.solve() }
    }
  }
}
