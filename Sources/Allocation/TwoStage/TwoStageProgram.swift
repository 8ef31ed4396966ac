import Optimization
public import Tables

/// A two-stage stochastic program in the user's own words: decide, learn which scenario came, then complete the decision.
///
///     optimise   Σ objective_j · x_j + Σ over scenarios of probability_s · Σ objective_sk · y_sk
///     subject to constraints on x, and in every scenario constraints on x and y_s
///
/// Coefficients, limits, bounds and objectives of the second stage may differ between scenarios.
///
/// Source: Birge & Louveaux, Introduction to Stochastic Programming (2nd edition, 2011), chapters 1 and 4.
public struct TwoStageProgram: Sendable {
  public typealias Variable = LinearAllocationProblem.Variable
  public typealias Constraint = LinearAllocationProblem.Constraint

  /// What a scenario changes in the second stage. Variables count first-stage variables first, then recourse variables;
  /// constraints are those of the recourse.
  public enum Change: Sendable, Hashable {
    case coefficient(constraint: Int, variable: Int, Double)
    case atLeast(constraint: Int, Double)
    case atMost(constraint: Int, Double)
    case objective(recourse: Int, Double)
    case lower(recourse: Int, Double)
    case upper(recourse: Int, Double)
  }

  public struct Scenario: Sendable {
    public var name: String
    public var probability: Double
    public var changes: [Change]
    public var place: SourcePlace?

    public init(_ name: String, probability: Double, changes: [Change], at place: SourcePlace? = nil) {
      self.name = name
      self.probability = probability
      self.changes = changes
      self.place = place
    }
  }

  public var sense: AllocationAnswer.Sense
  public var first: [Variable]
  public var firstConstraints: [Constraint]
  public var recourse: [Variable]
  /// Terms count first-stage variables first, then recourse variables.
  public var recourseConstraints: [Constraint]
  public var scenarios: [Scenario]

  public init(
    _ sense: AllocationAnswer.Sense, first: [Variable], firstConstraints: [Constraint], recourse: [Variable],
    recourseConstraints: [Constraint], scenarios: [Scenario]
  ) {
    self.sense = sense
    self.first = first
    self.firstConstraints = firstConstraints
    self.recourse = recourse
    self.recourseConstraints = recourseConstraints
    self.scenarios = scenarios
  }

  /// Everything that is wrong with the problem.
  public var defects: [Diagnostic] {
    var found: [Diagnostic] = []
    func report(_ message: String, _ place: SourcePlace?) {
      found.append(Diagnostic(TwoStageCodes.improperStock, message, at: place))
    }
    if scenarios.isEmpty { report("there are no scenarios", nil) }
    var total = 0.0
    for scenario in scenarios {
      if !(scenario.probability >= 0) {
        report("the probability of scenario \(scenario.name) is \(scenario.probability)", scenario.place)
      }
      total += scenario.probability
    }
    if !scenarios.isEmpty, !(abs(total - 1) <= 1e-6) {
      report("the probabilities of the scenarios sum to \(total), not to 1", scenarios[0].place)
    }
    for constraint in firstConstraints + recourseConstraints where constraint.atLeast > constraint.atMost {
      report("\(constraint.name) is at least \(constraint.atLeast) and at most \(constraint.atMost)", constraint.place)
    }
    return found
  }
}

/// The second stage of one scenario, or of the mean of several.
struct RecourseData: Sendable {
  /// By constraint: its terms.
  var terms: [[(variable: Int, coefficient: Double)]]
  var atLeast: [Double]
  var atMost: [Double]
  var objective: [Double]
  var lower: [Double]
  var upper: [Double]
  var probability: Double
}

extension TwoStageProgram {
  /// The second stage with a scenario's changes.
  func data(_ scenario: Scenario) -> RecourseData {
    var data = RecourseData(
      terms: recourseConstraints.map(\.terms), atLeast: recourseConstraints.map(\.atLeast),
      atMost: recourseConstraints.map(\.atMost), objective: recourse.map(\.objective), lower: recourse.map(\.lower),
      upper: recourse.map(\.upper), probability: scenario.probability)
    for change in scenario.changes {
      switch change {
      case .coefficient(let constraint, let variable, let value):
        if let position = data.terms[constraint].firstIndex(where: { $0.variable == variable }) {
          data.terms[constraint][position].coefficient = value
        } else {
          data.terms[constraint].append((variable, value))
        }
      case .atLeast(let constraint, let value): data.atLeast[constraint] = value
      case .atMost(let constraint, let value): data.atMost[constraint] = value
      case .objective(let variable, let value): data.objective[variable] = value
      case .lower(let variable, let value): data.lower[variable] = value
      case .upper(let variable, let value): data.upper[variable] = value
      }
    }
    return data
  }

  /// The mean of every number over the scenarios.
  func mean(_ all: [RecourseData]) -> RecourseData {
    func mean(_ values: (RecourseData) -> [Double]) -> [Double] {
      let first = values(all[0])
      return first.indices.map { index in
        let present = all.map { values($0)[index] }
        if present.allSatisfy({ $0 == first[index] }) { return first[index] }
        return zip(all, present).reduce(0) { $0 + ($1.0.probability > 0 ? $1.0.probability * $1.1 : 0) }
      }
    }
    var result = all[0]
    result.probability = 1
    result.atLeast = mean(\.atLeast)
    result.atMost = mean(\.atMost)
    result.objective = mean(\.objective)
    result.lower = mean(\.lower)
    result.upper = mean(\.upper)
    for constraint in result.terms.indices {
      var sums: [Int: Double] = [:]
      for data in all {
        for term in data.terms[constraint] { sums[term.variable, default: 0] += data.probability * term.coefficient }
      }
      result.terms[constraint] = sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
    return result
  }

  /// One linear program over all scenarios given: first-stage variables, then the recourse variables of each in turn.
  /// Constraints of the first stage have tags from 0; those of the recourse follow, one tag for all scenarios.
  ///
  /// - Parameter fixed: first-stage values that are settled already.
  func program(over all: [RecourseData], fixed: [Double]? = nil) -> LinearProgram {
    var program = LinearProgram(sense == .maximise ? .maximise : .minimise)
    for (index, variable) in first.enumerated() {
      program.addVariable(
        lower: fixed?[index] ?? variable.lower, upper: fixed?[index] ?? variable.upper, objective: variable.objective,
        isInteger: variable.isInteger && fixed == nil)
    }
    for (index, constraint) in firstConstraints.enumerated() where fixed == nil {
      program.addRow(
        constraint.terms, lower: constraint.atLeast, upper: constraint.atMost, label: constraint.name, tag: index)
    }
    for data in all {
      let offset = program.variables.count - first.count
      for index in recourse.indices {
        program.addVariable(
          lower: data.lower[index], upper: data.upper[index], objective: data.probability * data.objective[index],
          isInteger: recourse[index].isInteger)
      }
      for (index, constraint) in recourseConstraints.enumerated() {
        let terms = data.terms[index].map { term in
          (
            variable: term.variable < first.count ? term.variable : term.variable + offset,
            coefficient: term.coefficient
          )
        }
        program.addRow(
          terms, lower: data.atLeast[index], upper: data.atMost[index], label: constraint.name,
          tag: firstConstraints.count + index)
      }
    }
    return program
  }
}
