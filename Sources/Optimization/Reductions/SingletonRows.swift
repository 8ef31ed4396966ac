/// Turns constraints on a single variable into bounds; the dual of such a constraint is the variable's reduced cost.
public struct SingletonRows: Reduction {
  public struct Memory: Sendable {
    /// Per constraint of the model: its index in the simpler one; nil where it became a bound.
    var places: [Int?]
    /// The constraint, and its coefficient, that gave a variable its bound.
    var lower: [Int: (constraint: Int, coefficient: Double)]
    var upper: [Int: (constraint: Int, coefficient: Double)]
    var sense: LinearProgram.Sense
  }

  public init() {}

  public func accepts(_ model: OptimizationModel) -> Bool { model.curves.isEmpty }

  public func apply(_ model: OptimizationModel) -> (model: OptimizationModel, memory: Memory) {
    var reduced = model
    var memory = Memory(places: [], lower: [:], upper: [:], sense: model.sense)
    reduced.constraints = []
    for (index, constraint) in model.constraints.enumerated() {
      let expression = constraint.relation.expression
      guard expression.terms.count == 1, let term = expression.terms.first, abs(term.coefficient) > 1e-9,
        model.variables[term.variable.index].domain != .semicontinuous
      else {
        memory.places.append(reduced.constraints.count)
        reduced.constraints.append(constraint)
        continue
      }
      memory.places.append(nil)
      let ends = [
        (constraint.relation.lower - expression.constant) / term.coefficient,
        (constraint.relation.upper - expression.constant) / term.coefficient,
      ]
      let (least, most) = term.coefficient > 0 ? (ends[0], ends[1]) : (ends[1], ends[0])
      let variable = term.variable.index
      if least > reduced.variables[variable].lower {
        reduced.variables[variable].lower = least
        memory.lower[variable] = (index, term.coefficient)
      }
      if most < reduced.variables[variable].upper {
        reduced.variables[variable].upper = most
        memory.upper[variable] = (index, term.coefficient)
      }
    }
    return (reduced, memory)
  }

  public func invert(_ solution: ModelSolution, _ memory: Memory) -> ModelSolution {
    guard !solution.reducedCosts.isEmpty else { return solution }
    var inverted = solution
    inverted.duals = memory.places.map { place in place.map { solution.duals[$0] } ?? 0 }
    for (variable, cost) in solution.reducedCosts.enumerated() where cost != 0 {
      // A higher lower bound makes things worse: dearer when minimising, less when maximising.
      let isLower = (cost > 0) == (memory.sense == .minimise)
      guard let source = isLower ? memory.lower[variable] : memory.upper[variable] else { continue }
      inverted.duals[source.constraint] = cost / source.coefficient
      inverted.reducedCosts[variable] = 0
    }
    return inverted
  }
}
