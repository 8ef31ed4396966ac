internal import Regression

/// One thing known at an origin that may tell who leaves, and how to put it to people.
struct ChurnFeature: Sendable {
  /// The name of the predictor.
  let name: String
  /// The value as a reason: `sell-out down 43 % against the three months before`.
  let phrase: @Sendable (Double) -> String
}

/// Rows subject × origin: what was known at the origin, and for past origins what followed, period by period.
struct ChurnRows {
  /// What followed an origin.
  struct Outcome {
    /// Occasions to leave that a full view would hold: the horizon's periods, or 1 for a contract that ends.
    var span: Int
    /// How many of them the history shows, whether or not the subject was still there.
    var seen: Int
    /// On which of them it left, 1 … seen; nil where it stayed.
    var leftAt: Int?
  }

  /// Numbers by feature, one per row; NaN where unknown.
  var numbers: [String: [Double]] = [:]
  var levels: [String: [String]] = [:]
  var outcomes: [Outcome] = []
  /// Index of the subject in its table.
  var subjects: [Int] = []
  /// Partner on which the errors are clustered.
  var clusters: [Int] = []
  /// Period from which the row looks ahead.
  var origins: [Int] = []
  /// Up to this origin rows of every sort can be seen; later ones must not judge a model in time.
  var comparableUntil = Int.max

  var count: Int { subjects.count }
  var departures: Int { outcomes.count { $0.leftAt != nil } }

  mutating func append(
    numbers row: [String: Double], levels names: [String: String], outcome: Outcome, subject: Int, cluster: Int,
    origin: Int
  ) {
    for (name, value) in row { numbers[name, default: []].append(value) }
    for (name, level) in names { levels[name, default: []].append(level) }
    outcomes.append(outcome)
    subjects.append(subject)
    clusters.append(cluster)
    origins.append(origin)
  }

  /// The predictor that counts the periods from the origin to the occasion.
  static let lead = "periods_ahead"

  /// The predictors of some rows, each with the number of periods ahead.
  func predictors(_ rows: [Int], leads: [Int]) -> Predictors {
    var predictors = Predictors(rowCount: rows.count)
    for (name, values) in numbers { predictors[name] = .numeric(rows.map { values[$0] }) }
    for (name, values) in levels {
      let names = Set(values).sorted()
      let code = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
      predictors[name] = .factor(codes: rows.map { code[values[$0]] ?? -1 }, levels: names)
    }
    predictors[ChurnRows.lead] = .numeric(leads.map(Double.init))
    return predictors
  }

  /// The first features with at least two different known values (the others cannot explain anything), one for every
  /// four departures: with more, a fit follows chance.
  func informative(_ features: [ChurnFeature], departures: Int) -> some Sequence<ChurnFeature> {
    let varying = features.filter { feature in
      guard let values = numbers[feature.name], let first = values.first(where: { !$0.isNaN }) else { return false }
      return values.contains { !$0.isNaN && $0 != first }
    }
    return varying.prefix(max(2, departures / 4))
  }
}

/// The occasions to leave that rows hold, one after the other up to the departure: the rows of a discrete-time hazard.
///
/// Source: Singer and Willett, "It's about time: using discrete-time survival analysis" (Journal of Educational
/// Statistics 18, 1993).
struct ChurnOccasions {
  /// The row of each occasion, and how many periods after its origin it lies.
  private(set) var rows: [Int] = []
  private(set) var leads: [Int] = []
  private(set) var left: [Double] = []

  init(_ sample: ChurnRows) {
    for (row, outcome) in sample.outcomes.enumerated() {
      for lead in stride(from: 1, through: outcome.leftAt ?? outcome.seen, by: 1) {
        rows.append(row)
        leads.append(lead)
        left.append(outcome.leftAt == lead ? 1 : 0)
      }
    }
  }

  func of(_ isUsed: (Int) -> Bool) -> [Int] { rows.indices.filter { isUsed(rows[$0]) } }
}
