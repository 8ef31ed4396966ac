/// Writes x ∈ {0} ∪ [l, u] with a binary b: l·b ≤ x ≤ u·b.
public struct SemicontinuousToBinary: Reduction {
  public struct Memory: Sendable {
    var variableCount: Int
    var constraintCount: Int
  }

  public init() {}

  /// Whether every semicontinuous variable has finite bounds.
  public func accepts(_ model: OptimizationModel) -> Bool {
    model.variables.allSatisfy { $0.domain != .semicontinuous || ($0.lower.isFinite && $0.upper.isFinite) }
  }

  public func apply(_ model: OptimizationModel) -> (model: OptimizationModel, memory: Memory) {
    var reduced = model
    for (index, variable) in model.variables.enumerated() where variable.domain == .semicontinuous {
      reduced.variables[index].domain = .continuous
      // Zero between the bounds is nothing special; bounds that exclude each other leave zero.
      if variable.lower <= 0 && variable.upper >= 0 { continue }
      reduced.variables[index].lower = min(0, variable.lower)
      reduced.variables[index].upper = max(0, variable.upper)
      let value = ModelVariable(index: index)
      guard variable.lower <= variable.upper else {
        (reduced.variables[index].lower, reduced.variables[index].upper) = (0, 0)
        continue
      }
      let isOn = reduced.variable("", 0...1, .integer)
      reduced.add(value - variable.lower * isOn >= 0.0, variable.label)
      reduced.add(value - variable.upper * isOn <= 0.0, variable.label)
    }
    return (reduced, Memory(variableCount: model.variables.count, constraintCount: model.constraints.count))
  }

  public func invert(_ solution: ModelSolution, _ memory: Memory) -> ModelSolution {
    solution.prefix(variables: memory.variableCount, constraints: memory.constraintCount)
  }
}

extension ModelSolution {
  /// The solution without variables and constraints that a reduction added at the end.
  func prefix(variables: Int, constraints: Int) -> ModelSolution {
    var prefix = self
    prefix.values = Array(values.prefix(variables))
    prefix.reducedCosts = Array(reducedCosts.prefix(variables))
    prefix.duals = Array(duals.prefix(constraints))
    return prefix
  }
}
