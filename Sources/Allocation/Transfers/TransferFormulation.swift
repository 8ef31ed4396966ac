public import Optimization

extension TransferProblem {
  /// Solves the product exactly. Arcs that gain less than doing nothing, or than promoting, are left out first.
  public func solve(with solver: some Solver = HiGHSSolver()) throws(SolverError) -> TransferSolution {
    var solution = TransferSolution(
      promoted: [Int](repeating: 0, count: surpluses.count), objective: 0, bound: 0)
    let formulation = TransferFormulation(self)
    guard !formulation.program.variables.isEmpty else { return solution }
    let answer = try solver.solve(formulation.program)
    guard answer.status == .optimal else { throw .failed("transfers without an optimum") }
    // Whole units, priced without the preference for near arcs.
    for (variable, index) in formulation.useful.enumerated() {
      let units = Int(answer.values[variable].rounded())
      guard units > 0 else { continue }
      solution.moved.append((index, units))
      solution.objective += gain(arcs[index]) * Double(units)
    }
    for (offset, index) in formulation.promotable.enumerated() {
      let units = Int(answer.values[formulation.useful.count + offset].rounded())
      solution.promoted[index] = units
      solution.objective += (surpluses[index].promotion ?? 0) * Double(units)
    }
    solution.bound = max(formulation.bound(answer.duals), solution.objective)
    return solution
  }
}

/// The transportation program of a product, with what is worth moving only.
private struct TransferFormulation {
  private let problem: TransferProblem
  private(set) var program = LinearProgram(.maximise)
  /// Arcs with a variable, then surpluses with one for promotion, in the order of variables.
  let useful: [Int]
  let promotable: [Int]
  /// The row of each surplus and of each shortage; nil where it has none.
  private var giverRow: [Int?]
  private var receiverRow: [Int?]

  init(_ problem: TransferProblem) {
    self.problem = problem
    promotable = problem.surpluses.indices.filter {
      (problem.surpluses[$0].promotion ?? 0) > 0 && problem.surpluses[$0].units > 0
    }
    useful = problem.arcs.indices.filter { index in
      let arc = problem.arcs[index]
      return problem.gain(arc) > max(0, problem.surpluses[arc.from].promotion ?? 0)
        && problem.surpluses[arc.from].units > 0 && problem.shortages[arc.to].units > 0
    }
    var given = [[Int]](repeating: [], count: problem.surpluses.count)
    var received = [[Int]](repeating: [], count: problem.shortages.count)
    for index in useful {
      let arc = problem.arcs[index]
      // A preference too small to show in any amount of money.
      let preference = arc.isNear ? 0 : 1e-6
      let variable = program.addVariable(objective: problem.gain(arc) - preference)
      given[arc.from].append(variable)
      received[arc.to].append(variable)
    }
    for index in promotable {
      given[index].append(program.addVariable(objective: problem.surpluses[index].promotion ?? 0))
    }
    giverRow = []
    receiverRow = []
    for (index, variables) in given.enumerated() {
      giverRow.append(
        variables.isEmpty ? nil : program.addSumRow(variables, upper: Double(problem.surpluses[index].units)))
    }
    for (index, variables) in received.enumerated() {
      receiverRow.append(
        variables.isEmpty ? nil : program.addSumRow(variables, upper: Double(problem.shortages[index].units)))
    }
  }

  /// The weak dual at the program's prices, each giver's raised to what its best way still gains: valid whatever the
  /// solver's tolerance, and without the preference for near arcs.
  func bound(_ duals: [Double]) -> Double {
    let receiverPrice = receiverRow.map { $0.map { max(0, duals[$0]) } ?? 0 }
    var giverPrice = problem.surpluses.map { max(0, $0.promotion ?? 0) }
    for index in useful {
      let arc = problem.arcs[index]
      giverPrice[arc.from] = max(giverPrice[arc.from], problem.gain(arc) - receiverPrice[arc.to])
    }
    return zip(giverPrice, problem.surpluses).reduce(0) { $0 + $1.0 * Double($1.1.units) }
      + zip(receiverPrice, problem.shortages).reduce(0) { $0 + $1.0 * Double($1.1.units) }
  }
}
