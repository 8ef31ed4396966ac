import Optimization
import Probability
import Testing

@Suite("Models and reductions")
struct OptimizationModelTests {
  @Test("expressions gather terms")
  func expressions() {
    var model = OptimizationModel(.minimise)
    let (x, y) = (model.variable("x"), model.variable("y"))
    let expression = 2 * x - y + 3.0 + x - 0.5 * (x + y)
    #expect(expression[x] == 2.5 && expression[y] == -1.5 && expression.constant == 3)
    #expect(expression.value(at: [2, 4]) == 2)
  }

  @Test("the Wyndor problem: values, duals and the bound that was a row")
  func wyndor() throws {
    var model = OptimizationModel(.maximise)
    let (x, y) = (model.variable("doors"), model.variable("windows"))
    let fixed = model.variable("fixed", 2...2)
    model.add(x <= 4.0, "plant 1")
    model.add(2 * y <= 12.0, "plant 2")
    model.add(3 * x + 2 * y + fixed <= 20.0, "plant 3")
    model.objective = 3 * x + 5 * y + 10.0
    let solution = try model.solve(with: HiGHSSolver())
    #expect(solution.status == .optimal && abs(solution.objective - 46) < 1e-9)
    #expect(zip(solution.values, [2, 6, 2]).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(zip(solution.duals, [0, 1.5, 1]).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(abs(solution.reducedCosts[fixed.index] + 1) < 1e-9)
  }

  @Test("curves: whatever their shape and wherever they stand, the best of a fine grid is found", arguments: 0..<24)
  func curves(seed: Int) throws {
    var stream = RandomStream(seed: 61, key: UInt64(seed))
    // Convex, concave or neither; whole arguments and values, so that the best lies on the grid.
    var slopes = (0..<4).map { _ in Double(stream.index(below: 9) - 4) }
    if seed % 3 == 0 { slopes.sort() } else if seed % 3 == 1 { slopes.sort(by: >) }
    var points = [(argument: -2.0, value: 1.0)]
    for slope in slopes {
      points.append((points[points.count - 1].argument + 2, points[points.count - 1].value + 2 * slope))
    }
    let function = try #require(PiecewiseLinear(points))
    var model = OptimizationModel(seed % 2 == 0 ? .minimise : .maximise)
    let x = model.variable("x", lower: -10, upper: 10)
    let y = model.variable("y", 0...3)
    let curve = model.curve(function, of: x)
    let sign = stream.uniform() < 0.5 ? 1.0 : -1.0
    model.objective = sign * curve + 0.5 * x + y
    model.add(x + y <= 5.0)
    if seed % 4 == 3 { model.add(curve + y >= -3.0) }
    let solution = try model.solve(with: HiGHSSolver())
    var best: Double?
    for step in -40...120 {
      for other in 0...60 {
        let (x, y) = (Double(step) / 20, Double(other) / 20)
        guard x >= -2, x <= 6, x + y <= 5 + 1e-9, seed % 4 != 3 || function(x) + y >= -3 - 1e-9 else { continue }
        let value = sign * function(x) + 0.5 * x + y
        best = best.map { model.sense == .minimise ? min($0, value) : max($0, value) } ?? value
      }
    }
    guard let best else {
      #expect(solution.status == .infeasible)
      return
    }
    #expect(solution.status == .optimal)
    let gain = model.sense == .minimise ? best - solution.objective : solution.objective - best
    // Corners may lie between grid points, never further than the slopes allow.
    #expect(gain > -1e-6 && gain < 0.5)
    #expect(abs(solution.values[2] - function(solution[x])) < 1e-6)
    #expect(abs(model.objective.value(at: solution.values) - solution.objective) < 1e-6)
  }

  @Test("convex curves that are minimised take no binaries, others do")
  func shapes() throws {
    let convex = try #require(PiecewiseLinear([(0, 0), (1, 1), (2, 3)]))
    for (sense, isLinear) in [(LinearProgram.Sense.minimise, true), (.maximise, false)] {
      var model = OptimizationModel(sense)
      let x = model.variable("x")
      model.objective = model.curve(convex, of: x) - 1.5 * x
      #expect(try model.reduced().model.program.hasIntegers != isLinear)
      #expect(try abs(model.solve(with: HiGHSSolver()).objective - (isLinear ? -0.5 : 0)) < 1e-9)
    }
  }

  @Test("semicontinuous: nothing, or at least the least")
  func semicontinuous() throws {
    for (need, expected) in [(2.0, 5.0), (0.0, 0.0), (7.0, 7.0)] {
      var model = OptimizationModel(.minimise)
      let x = model.variable("x", 5...20, .semicontinuous)
      model.add(x >= need, "need")
      model.objective = LinearExpression(x)
      let solution = try model.solve(with: HiGHSSolver())
      #expect(solution.status == .optimal && abs(solution[x] - expected) < 1e-9 && solution.values.count == 1)
    }
    var endless = OptimizationModel(.minimise)
    _ = endless.variable("x", lower: 5, .semicontinuous)
    #expect(throws: SolverError.self) { try endless.solve(with: HiGHSSolver()) }
  }

  @Test("reductions keep the optimum and the duals", arguments: 0..<20)
  func reductions(seed: Int) throws {
    var stream = RandomStream(seed: 62, key: UInt64(seed))
    var model = OptimizationModel(seed % 2 == 0 ? .minimise : .maximise)
    let variables = (0..<8).map { index in
      let lower = Double(stream.index(below: 3))
      return model.variable("x\(index)", lower...(lower + (index % 3 == 0 ? 0 : stream.uniform(1, 5))))
    }
    let inside = model.variables.map { ($0.lower + $0.upper) / 2 }
    for index in 0..<8 {
      var expression = LinearExpression(stream.uniform(-1, 1))
      for variable in variables where index % 2 == 0 || variable.index == index {
        expression.add(stream.uniform(-2, 2), variable)
      }
      model.add(LinearRelation(expression, upper: expression.value(at: inside) + stream.uniform(0, 1)), tag: index)
    }
    for variable in variables { model.objective.add(stream.uniform(-1, 1), variable) }
    let plain = try HiGHSSolver().solve(model.program)
    let solution = try model.solve(with: HiGHSSolver())
    try #require(plain.status == .optimal && solution.status == .optimal)
    #expect(abs(plain.objective - solution.objective) < 1e-7)
    #expect(model.program.violation(at: solution.values) < 1e-6)
    // Strong duality in the model's own constraints and bounds.
    let rows = zip(solution.duals, model.program.rowValues(at: solution.values)).reduce(0) { $0 + $1.0 * $1.1 }
    let bounds = zip(solution.reducedCosts, solution.values).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(rows + bounds - solution.objective) < 1e-6)
  }

  @Test("a conflict is told by tags")
  func conflict() throws {
    var model = OptimizationModel(.minimise)
    let (x, y) = (model.variable("x"), model.variable("y", 5...9, .semicontinuous))
    model.add(x + y <= 6.0, "total", tag: 0)
    model.add(x >= 2.0, "floor of x", tag: 1)
    model.add(y >= 1.0, "some y", tag: 2)
    model.add(x <= 100.0, "idle", tag: 3)
    let program = try model.reduced().model.program
    let explanation = try #require(
      try ConflictExplanation(of: program, weights: [0: 1, 1: 1, 2: 1], solver: HiGHSSolver()))
    #expect(explanation.conflict == [0, 1, 2])
    #expect(explanation.repairs.allSatisfy { abs($0.cost - 1) < 1e-6 })
  }
}
