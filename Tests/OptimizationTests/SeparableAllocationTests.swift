import Foundation
import Optimization
import Probability
import Testing

@Suite("Separable allocation")
struct SeparableAllocationTests {
  @Test("the textbook pair of logarithms: 40 and 20 at a price of 2")
  func textbook() throws {
    // KKT: 100 / (10 + x) = 60 / (10 + y) = price, x + y = 60.
    var problem = SeparableAllocation(cap: 60, valueOfUnspent: 0)
    problem.addItem(.logarithm(amplitude: 100, scale: 10))
    problem.addItem(.logarithm(amplitude: 60, scale: 10))
    let solution = try problem.solve()
    // Closed form; the tolerance is a few units in the last place.
    #expect(abs(solution.amounts[0] - 40) < 1e-12)
    #expect(abs(solution.amounts[1] - 20) < 1e-12)
    #expect(abs(solution.groupPrices[0] - 2) < 1e-14)
    #expect(abs(solution.objective - 226.8605) < 5e-5)
    #expect(solution.relativeGap < 1e-14)
  }

  @Test("money stays unspent where it earns less than it is worth")
  func unspent() throws {
    var problem = SeparableAllocation(cap: 1000, valueOfUnspent: 1)
    problem.addItem(.logarithm(amplitude: 100, scale: 10))
    problem.addItem(.hill(amplitude: 5, scale: 10))
    let solution = try problem.solve()
    // 100 / (10 + x) = 1 at x = 90; the second line starts at a slope of 0.5.
    #expect(abs(solution.amounts[0] - 90) < 1e-12)
    #expect(solution.amounts[1] == 0)
    #expect(solution.groupLimitPrices[0] == 0)
    #expect(solution.relativeGap < 1e-15)
  }

  @Test("random trees: limits kept, gap closed, prices satisfy the optimality conditions", arguments: 0..<60)
  func trees(seed: Int) throws {
    let problem = RandomProblem(seed: UInt64(seed), crossing: false).problem
    let solution = try problem.solve()
    check(problem, solution)
  }

  @Test("random regions × types with limits on both: the same", arguments: 0..<80)
  func crossing(seed: Int) throws {
    let problem = RandomProblem(seed: UInt64(seed), crossing: true).problem
    let solution = try problem.solve()
    check(problem, solution)
  }

  private func check(_ problem: SeparableAllocation, _ solution: SeparableSolution) {
    let scale = problem.groups[0].cap
    #expect(problem.violation(at: solution.amounts) <= 1e-10 * scale)
    #expect(solution.relativeGap <= 1e-9, "gap \(solution.relativeGap) after \(solution.iterations) iterations")
    var crossingPrice = [Double](repeating: 0, count: problem.items.count)
    for (set, price) in zip(problem.crossings, solution.crossingPrices) {
      for item in set.items { crossingPrice[item] += price }
    }
    let typical = max(problem.valueOfUnspent, solution.groupPrices.map(abs).max() ?? 1)
    // A gap of 1e-13 leaves slopes about its root apart, times the curvature.
    let tolerance = typical * (solution.method == .prices ? 1e-7 : 2e-3)
    for (index, item) in problem.items.enumerated() where item.function.family != .zero {
      // Stationarity: slope = price inside the box, ≤ at its lower end, ≥ at its upper.
      let price = solution.groupPrices[item.group] + crossingPrice[index]
      let slope = item.function.slope(at: solution.amounts[index])
      if solution.amounts[index] > item.lower + 1e-9 * scale { #expect(slope >= price - tolerance) }
      if solution.amounts[index] < min(item.upper, scale) - 1e-9 * scale { #expect(slope <= price + tolerance) }
    }
    // Complementary slackness of group limits.
    for (group, total) in problem.groupTotals(of: solution.amounts).enumerated() {
      let price = solution.groupLimitPrices[group]
      if price > 1e-9 * typical { #expect(abs(total - problem.groups[group].cap) <= 1e-10 * scale) }
      if price < -1e-9 * typical { #expect(abs(total - problem.groups[group].floor) <= 1e-10 * scale) }
    }
  }

  @Test("order of items and groups does not matter", arguments: 0..<10)
  func permutation(seed: Int) throws {
    let random = RandomProblem(seed: UInt64(seed), crossing: true)
    let (first, second) = (random.problem, random.reversed())
    let (a, b) = try (first.solve(), second.solve())
    #expect(abs(a.objective - b.objective) <= 1e-9 * max(1, abs(a.objective)))
    let count = first.items.count
    for index in 0..<count where first.items[index].function.family != .zero {
      // The optimum is unique where curves are strictly concave; amounts are flat to first order around it.
      #expect(abs(a.amounts[index] - b.amounts[count - 1 - index]) <= 1e-6 * first.groups[0].cap)
    }
  }

  @Test("a change of currency changes nothing but the unit", arguments: 0..<10)
  func currency(seed: Int) throws {
    let random = RandomProblem(seed: UInt64(seed), crossing: true)
    let (a, b) = try (random.problem.solve(), random.scaled(by: 7.3).solve())
    #expect(abs(a.objective * 7.3 - b.objective) <= 1e-9 * max(1, abs(b.objective)))
    for index in a.amounts.indices where random.problem.items[index].function.family != .zero {
      #expect(abs(a.amounts[index] * 7.3 - b.amounts[index]) <= 1e-6 * random.problem.groups[0].cap)
    }
  }

  @Test("nothing feasible is better: random feasible points stay below the bound", arguments: 0..<20)
  func weakDuality(seed: Int) throws {
    let problem = RandomProblem(seed: UInt64(seed), crossing: true).problem
    let solution = try problem.solve()
    var stream = RandomStream(seed: 5, key: UInt64(seed))
    for _ in 0..<20 {
      // A vertex of the feasible set in a random direction, and a mixture with the optimum.
      var program = problem.limitProgram()
      program.sense = .maximise
      for index in program.variables.indices { program.variables[index].objective = stream.normal() }
      let corner = try HiGHSSolver().solve(program).values
      let share = stream.uniform()
      let mixed = zip(corner, solution.amounts).map { share * $0 + (1 - share) * $1 }
      #expect(problem.objective(at: corner) <= solution.bound + 1e-6 * abs(solution.bound))
      #expect(problem.objective(at: mixed) <= solution.bound + 1e-6 * abs(solution.bound))
    }
  }

  @Test("a piecewise-linear program on a fine grid finds no more", arguments: 0..<12)
  func piecewiseLinear(seed: Int) throws {
    let random = RandomProblem(seed: UInt64(seed), crossing: true, powers: false)
    let problem = random.problem
    let solution = try problem.solve()
    // Tangents from outside bound the optimum from above, chords from inside bound it from below.
    let (above, below) = try gridBounds(problem, pieces: 400)
    #expect(solution.objective <= above * (1 + 1e-9))
    #expect(solution.objective >= below * (1 - 1e-9))
    #expect(above - below <= 1e-3 * abs(above), "the grid is fine enough to tell")
  }

  @Test("whole units keep every limit and lose next to nothing", arguments: 0..<40)
  func wholeUnits(seed: Int) throws {
    let random = RandomProblem(seed: UInt64(seed), crossing: seed % 2 == 0)
    let problem = random.problem
    let rounded = try problem.wholeUnits(of: problem.solve(), unit: 0.01, solver: HiGHSSolver())
    #expect(problem.violation(at: rounded.amounts) < 1e-6)
    // A cent costs its square times the curvature: more than rounding error only on curves that bend within a unit.
    #expect(rounded.relativeGap <= 1e-7)
    let spent = rounded.units.reduce(0, +)
    let cap = Int64((problem.groups[0].cap * 100).rounded())
    #expect(spent <= cap)
    if try problem.solve().groupLimitPrices[0] > 1e-6 { #expect(spent == cap, "a held total is met to the cent") }
  }

  @Test("floors above caps are infeasible, not wrong")
  func infeasible() {
    var problem = SeparableAllocation(cap: 10, valueOfUnspent: 1)
    let group = problem.addGroup(floor: 11)
    problem.addItem(.logarithm(amplitude: 100, scale: 10), in: group)
    #expect(throws: AllocationError.infeasible) { try problem.solve() }
  }

  @Test("a cap of zero on a steep curve")
  func zeroCap() throws {
    var problem = SeparableAllocation(cap: 100, valueOfUnspent: 1)
    let closed = problem.addGroup(cap: 0)
    problem.addItem(.power(amplitude: 100, scale: 10, shape: 0.5), in: closed)
    problem.addItem(.power(amplitude: 100, scale: 10, shape: 0.1))
    let solution = try problem.solve()
    #expect(solution.amounts[0] == 0)
    #expect(solution.relativeGap < 1e-12)
  }

  @Test("the prototype's instances close their gap")
  func peers() throws {
    let folder = PeerInstances.folder
    let names = ["a_hill1_n10_g3", "a_hill1_n1000_g30"]
    // Objectives of the prototype, with a gap of 1e-16.
    let known = [155838.94670507647, 13908888.70647768]
    for (name, objective) in zip(names, known) {
      let path = folder + "/" + name + ".json"
      guard let data = FileManager.default.contents(atPath: path) else {
        print("skipped: \(name).json is not there")
        continue
      }
      let instance = try JSONDecoder().decode(PeerInstances.Hill.self, from: data)
      let problem = instance.problem
      let clock = ContinuousClock()
      var solution = try problem.solve()
      let time = try clock.measure { solution = try problem.solve() }
      print("\(name): \(time), gap \(solution.relativeGap)")
      #expect(solution.relativeGap <= 1e-12)
      #expect(abs(solution.objective - objective) <= 1e-10 * objective)
      #expect(problem.violation(at: solution.amounts) <= 1e-10 * instance.total)
    }
  }

  /// Upper and lower bounds of the optimum by linear programs over tangents and chords on a grid.
  private func gridBounds(_ problem: SeparableAllocation, pieces: Int) throws -> (above: Double, below: Double) {
    var bounds: [Double] = []
    for tangents in [true, false] {
      let limits = problem.limitProgram()
      var program = LinearProgram(.maximise)
      for variable in limits.variables {
        program.addVariable(
          lower: variable.lower, upper: min(variable.upper, problem.groups[0].cap), objective: -problem.valueOfUnspent)
      }
      for index in problem.items.indices {
        let function = problem.items[index].function
        let (lower, upper) = (program.variables[index].lower, program.variables[index].upper)
        let value = program.addVariable(lower: -.infinity, objective: 1)
        let grid = (0...pieces).map { lower + (upper - lower) * pow(Double($0) / Double(pieces), 2) }
        for piece in 0...pieces where tangents || piece < pieces {
          let x = grid[piece]
          let slope =
            tangents
            ? function.slope(at: x)
            : upper > lower ? (function.value(at: grid[piece + 1]) - function.value(at: x)) / (grid[piece + 1] - x) : 0
          // value − slope · x ≤ f(grid point) − slope · grid point
          program.addRow(
            [(variable: value, coefficient: 1), (variable: index, coefficient: -slope)],
            upper: function.value(at: x) - slope * x)
          if upper <= lower { break }
        }
      }
      for row in limits.rows.indices {
        program.addSumRow(
          limits.columns[limits.rowStart[row]..<limits.rowStart[row + 1]], lower: limits.rows[row].lower,
          upper: limits.rows[row].upper)
      }
      let answer = try HiGHSSolver().solve(program)
      #expect(answer.status == .optimal)
      bounds.append(answer.objective + problem.valueOfUnspent * problem.groups[0].cap)
    }
    return (bounds[0], bounds[1])
  }
}
