/// An optimisation problem as its author thinks of it: named variables, relations with the place that they come from,
/// piecewise-linear curves, and variables that are zero or at least something.
///
///     var model = OptimizationModel(.maximise)
///     let x = model.variable("x", upper: 40)
///     let y = model.variable("y", 5...20, .semicontinuous)
///     model.add(x + 2 * y <= 50.0, "machine hours", tag: 3)
///     model.objective = 3 * x + model.curve(discount, of: y)
///     let solution = try model.solve(with: HiGHSSolver())
///
/// A chain of reductions turns it into a `LinearProgram`, and the program's solution back into the model's.
public struct OptimizationModel: Sendable {
  public enum Domain: Sendable, Hashable {
    case continuous
    case integer
    /// Zero, or between the bounds.
    case semicontinuous
  }

  public struct Variable: Sendable, Hashable {
    public var label: String
    public var lower: Double
    public var upper: Double
    public var domain: Domain
  }

  public struct Constraint: Sendable, Hashable {
    public var relation: LinearRelation
    public var label: String
    /// By which its author finds it again: constraints of one tag are one limit of the user's.
    public var tag: Int?
  }

  /// value = function(argument).
  public struct Curve: Sendable, Hashable {
    public var function: PiecewiseLinear
    public var argument: ModelVariable
    public var value: ModelVariable
  }

  public var sense: LinearProgram.Sense
  public var objective = LinearExpression()
  public internal(set) var variables: [Variable] = []
  public internal(set) var constraints: [Constraint] = []
  public internal(set) var curves: [Curve] = []

  public init(_ sense: LinearProgram.Sense) { self.sense = sense }

  public mutating func variable(
    _ label: String = "", lower: Double = 0, upper: Double = .infinity, _ domain: Domain = .continuous
  ) -> ModelVariable {
    variables.append(Variable(label: label, lower: lower, upper: upper, domain: domain))
    return ModelVariable(index: variables.count - 1)
  }

  public mutating func variable(
    _ label: String = "", _ range: ClosedRange<Double>, _ domain: Domain = .continuous
  ) -> ModelVariable {
    variable(label, lower: range.lowerBound, upper: range.upperBound, domain)
  }

  /// A function of a variable, which it keeps between the function's first and last point.
  public mutating func curve(_ function: PiecewiseLinear, of argument: ModelVariable) -> LinearExpression {
    let value = variable("", lower: -.infinity)
    curves.append(Curve(function: function, argument: argument, value: value))
    return LinearExpression(value)
  }

  /// Adds a constraint and returns its index.
  @discardableResult
  public mutating func add(_ relation: LinearRelation, _ label: String = "", tag: Int? = nil) -> Int {
    constraints.append(Constraint(relation: relation, label: label, tag: tag))
    return constraints.count - 1
  }
}

/// The answer to a model, in the model's variables and constraints. Arrays are empty without values; duals also where
/// something had to be whole.
public struct ModelSolution: Sendable {
  public var status: SolveStatus
  public var objective: Double
  public var bound: Double
  public var values: [Double]
  /// Per constraint: the change of the optimum per unit by which its binding bound moves up.
  public var duals: [Double]
  /// Per variable: the same for its bounds.
  public var reducedCosts: [Double]

  public subscript(variable: ModelVariable) -> Double { values[variable.index] }
}

extension OptimizationModel {
  /// The linear program of a model without curves and semicontinuous variables: constraint by constraint a row.
  ///
  /// Use it to explain a conflict by tags, or to price limits on either side.
  public var program: LinearProgram {
    var program = LinearProgram(sense)
    for (index, variable) in variables.enumerated() {
      program.addVariable(
        lower: variable.lower, upper: variable.upper, objective: objective[ModelVariable(index: index)],
        isInteger: variable.domain == .integer, label: variable.label)
    }
    for constraint in constraints {
      let relation = constraint.relation
      program.addRow(
        relation.expression.terms.map { ($0.variable.index, $0.coefficient) },
        lower: relation.lower - relation.expression.constant, upper: relation.upper - relation.expression.constant,
        label: constraint.label, tag: constraint.tag)
    }
    return program
  }

  /// The model reduced to a linear program, with all its tags.
  ///
  /// - Throws: `refused` where a curve or semicontinuous variable has no linear form: it has no finite upper bound.
  public func reduced() throws(SolverError) -> ReductionChain {
    try ReductionChain(self, [SemicontinuousToBinary(), CurvesToRows()])
  }

  /// Reduces the model, solves it, and takes the solution back.
  public func solve(
    with solver: some Solver, limits: SolverLimits = SolverLimits(), observer: SolverObserver? = nil
  ) throws(SolverError) -> ModelSolution {
    let chain = try ReductionChain(self, [SemicontinuousToBinary(), CurvesToRows(), SingletonRows(), FixedVariables()])
    let answer = try solver.solve(chain.model.program, limits: limits, observer: observer)
    let constant = chain.model.objective.constant
    return chain.invert(
      ModelSolution(
        status: answer.status, objective: answer.objective + constant, bound: answer.bound + constant,
        values: answer.values, duals: answer.duals, reducedCosts: answer.reducedCosts))
  }
}
