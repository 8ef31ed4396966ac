internal import Regression

/// Which columns a task reads, and as what.
struct WantedColumns {
  enum Kind {
    case number
    case level
    /// Numbers where the column holds numbers, else levels.
    case open
  }

  struct Column {
    var name: String
    var kind: Kind
    /// The task goes on where the table does not have it.
    var isOptional = false
  }

  private(set) var columns: [Column] = []

  /// The columns that a fit needs, without those that automatic terms are made of.
  init(fitting specification: RegressionSpecification, flexible: Set<String>) {
    let roles = specification.columns
    let hasWords = specification.event != nil
    if let response = specification.response {
      // 0, 1 or a share may turn out to be words, which a finding of its own explains.
      let isOutcome = specification.family == .binomial
      add(response, hasWords ? .level : isOutcome ? .open : .number)
    }
    if let survival = specification.survival {
      add(survival.time, .number)
      add(survival.event, hasWords ? .level : .open)
    }
    for name in roles.levels.sorted() { add(name, .level) }
    for name in flexible.sorted() { add(name, .open) }
    for name in roles.numbers.sorted() { add(name, .number) }
  }

  /// The columns that a prediction needs: those of the terms, offset and strata, and the factors of random effects.
  init(predicting specification: RegressionSpecification) {
    var plain = specification
    plain.random = []
    plain.response = nil
    plain.survival = nil
    plain.weights = nil
    plain.cluster = nil
    plain.folds = []
    plain.holdouts = []
    let needed = plain.columns
    for name in needed.levels.sorted() { add(name, .level) }
    for name in needed.numbers.sorted() { add(name, .number) }
    for effect in specification.random {
      for name in effect.slopes { add(name, .number) }
      for name in effect.grouping { add(name, .level) }
    }
  }

  private mutating func add(_ name: String, _ kind: Kind, isOptional: Bool = false) {
    guard !columns.contains(where: { $0.name == name }) else { return }
    columns.append(Column(name: name, kind: kind, isOptional: isOptional))
  }

  mutating func addAutomatic(_ names: [String]) { for name in names { add(name, .open, isOptional: true) } }

  func contains(_ name: String) -> Bool { columns.contains { $0.name == name } }
}
