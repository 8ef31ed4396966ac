/// Replaces variables whose bounds are equal by their value.
public struct FixedVariables: Reduction {
  public struct Memory: Sendable {
    /// Per variable of the model: its index in the simpler one; nil where it is fixed.
    var places: [Int?]
    var values: [Double]
    /// Per fixed variable: its objective and its (constraint, coefficient) entries.
    var columns: [Int: (objective: Double, entries: [(constraint: Int, coefficient: Double)])]
  }

  public init() {}

  public func accepts(_ model: OptimizationModel) -> Bool { model.curves.isEmpty }

  public func apply(_ model: OptimizationModel) -> (model: OptimizationModel, memory: Memory) {
    var reduced = model
    var memory = Memory(places: [], values: model.variables.map(\.lower), columns: [:])
    reduced.variables = []
    for (index, variable) in model.variables.enumerated() {
      if variable.lower == variable.upper {
        memory.places.append(nil)
        memory.columns[index] = (model.objective[ModelVariable(index: index)], [])
      } else {
        memory.places.append(reduced.variables.count)
        reduced.variables.append(variable)
      }
    }
    func moved(_ expression: LinearExpression) -> LinearExpression {
      var moved = LinearExpression(expression.constant)
      for term in expression.terms {
        if let place = memory.places[term.variable.index] {
          moved.add(term.coefficient, ModelVariable(index: place))
        } else {
          moved.constant += term.coefficient * memory.values[term.variable.index]
        }
      }
      return moved
    }
    for index in model.constraints.indices {
      let expression = model.constraints[index].relation.expression
      for term in expression.terms where memory.places[term.variable.index] == nil {
        memory.columns[term.variable.index]?.entries.append((index, term.coefficient))
      }
      reduced.constraints[index].relation.expression = moved(expression)
    }
    reduced.objective = moved(model.objective)
    return (reduced, memory)
  }

  public func invert(_ solution: ModelSolution, _ memory: Memory) -> ModelSolution {
    guard solution.status.hasValues else { return solution }
    var inverted = solution
    inverted.values = memory.places.indices.map { index in
      memory.places[index].map { solution.values[$0] } ?? memory.values[index]
    }
    guard !solution.duals.isEmpty || memory.places.allSatisfy({ $0 == nil }) else { return inverted }
    // What a fixed variable would change: its objective less what its entries take of the constraints.
    inverted.reducedCosts = memory.places.indices.map { index in
      if let place = memory.places[index] { return solution.reducedCosts[place] }
      guard let column = memory.columns[index] else { return 0 }
      return column.entries.reduce(column.objective) {
        $0 - $1.coefficient * (solution.duals.isEmpty ? 0 : solution.duals[$1.constraint])
      }
    }
    return inverted
  }
}
