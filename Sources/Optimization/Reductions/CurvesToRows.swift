/// Writes piecewise-linear curves with rows, and with binaries where there is no other way.
///
/// A convex curve whose value is only ever pushed down (minimised, or in constraints that small values help) needs no
/// more than y ≥ every one of its lines; a concave one that is pushed up, y ≤ every line. Any other curve is walked
/// segment by segment: x = x₀ + Σ δₖ and y = y₀ + Σ sₖ·δₖ, where a binary lets a segment begin only when the one before
/// is full (SOS2 in binaries).
///
/// Source: the incremental form of Markowitz & Manne, "On the solution of discrete programming problems" (Econometrica
/// 25, 1957); it is as tight as any, see Vielma, Ahmed & Nemhauser, "Mixed-integer models for nonseparable
/// piecewise-linear optimization" (Operations Research 58, 2010).
public struct CurvesToRows: Reduction {
  public struct Memory: Sendable {
    var variableCount: Int
    var constraintCount: Int
    /// Curves whose value may lie off the curve where nothing pushes it.
    var pushed: [OptimizationModel.Curve]
  }

  public init() {}

  public func accepts(_ model: OptimizationModel) -> Bool { true }

  public func apply(_ model: OptimizationModel) -> (model: OptimizationModel, memory: Memory) {
    var reduced = model
    var memory = Memory(
      variableCount: model.variables.count, constraintCount: model.constraints.count, pushed: [])
    reduced.curves = []
    for curve in model.curves {
      let argument = curve.argument.index
      reduced.variables[argument].lower = max(reduced.variables[argument].lower, curve.function.arguments[0])
      reduced.variables[argument].upper = min(
        reduced.variables[argument].upper, curve.function.arguments[curve.function.segmentCount])
      if curve.function.isConvex, model.pushes(curve.value, down: true) {
        addLines(curve, to: &reduced) { $0 >= $1 }
        memory.pushed.append(curve)
      } else if curve.function.isConcave, model.pushes(curve.value, down: false) {
        addLines(curve, to: &reduced) { $0 <= $1 }
        memory.pushed.append(curve)
      } else {
        addSegments(curve, to: &reduced)
      }
    }
    return (reduced, memory)
  }

  public func invert(_ solution: ModelSolution, _ memory: Memory) -> ModelSolution {
    var inverted = solution.prefix(variables: memory.variableCount, constraints: memory.constraintCount)
    guard solution.status.hasValues else { return inverted }
    for curve in memory.pushed {
      inverted.values[curve.value.index] = curve.function(inverted.values[curve.argument.index])
    }
    return inverted
  }

  private func addLines(
    _ curve: OptimizationModel.Curve, to model: inout OptimizationModel,
    _ relation: (LinearExpression, LinearExpression) -> LinearRelation
  ) {
    let function = curve.function
    for segment in 0..<function.segmentCount {
      let slope = function.slope(segment)
      let line = slope * curve.argument + (function.values[segment] - slope * function.arguments[segment])
      model.add(relation(LinearExpression(curve.value), line))
    }
  }

  private func addSegments(_ curve: OptimizationModel.Curve, to model: inout OptimizationModel) {
    let function = curve.function
    var argument = LinearExpression(function.arguments[0])
    var value = LinearExpression(function.values[0])
    var isFull: ModelVariable?
    for segment in 0..<function.segmentCount {
      let width = function.arguments[segment + 1] - function.arguments[segment]
      let part = model.variable("", 0...width)
      argument.add(1, part)
      value.add(function.slope(segment), part)
      if let isFull { model.add(part - width * isFull <= 0.0) }
      guard segment + 1 < function.segmentCount else { break }
      let full = model.variable("", 0...1, .integer)
      model.add(part - width * full >= 0.0)
      isFull = full
    }
    model.add(curve.argument.equals(argument))
    model.add(curve.value.equals(value))
  }
}

extension OptimizationModel {
  /// Whether a smaller (larger) value of a variable is never worse, in the objective and every constraint.
  fileprivate func pushes(_ variable: ModelVariable, down: Bool) -> Bool {
    let weight = (sense == .minimise ? 1 : -1) * objective[variable] * (down ? 1 : -1)
    guard weight >= 0, !curves.contains(where: { $0.argument == variable }) else { return false }
    return constraints.allSatisfy { constraint in
      let coefficient = constraint.relation.expression[variable] * (down ? 1 : -1)
      return coefficient == 0
        || (coefficient > 0 ? constraint.relation.lower == -.infinity : constraint.relation.upper == .infinity)
    }
  }
}
