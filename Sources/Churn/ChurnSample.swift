internal import Regression

/// One thing known at an origin that may tell who leaves, and how to put it to people.
struct ChurnFeature: Sendable {
  /// The name of the predictor.
  let name: String
  /// The value as a reason: `sell-out down 43 % against the three months before`.
  let phrase: @Sendable (Double) -> String
}

/// Rows subject × origin: what was known at the origin, and for past origins what followed.
struct ChurnRows {
  /// Numbers by feature, one per row; NaN where unknown.
  var numbers: [String: [Double]] = [:]
  var levels: [String: [String]] = [:]
  /// 1 where the subject left within the horizon.
  var outcomes: [Double] = []
  /// Index of the subject in its table.
  var subjects: [Int] = []
  /// Partner on which the errors are clustered.
  var clusters: [Int] = []
  /// Period from which the row looks ahead.
  var origins: [Int] = []
  /// Up to this origin rows of every sort can be seen; later ones must not judge a model in time.
  var comparableUntil = Int.max

  var count: Int { subjects.count }

  mutating func append(
    numbers row: [String: Double], levels names: [String: String], outcome: Double, subject: Int, cluster: Int,
    origin: Int
  ) {
    for (name, value) in row { numbers[name, default: []].append(value) }
    for (name, level) in names { levels[name, default: []].append(level) }
    outcomes.append(outcome)
    subjects.append(subject)
    clusters.append(cluster)
    origins.append(origin)
  }

  var predictors: Predictors {
    var predictors = Predictors(rowCount: count)
    for (name, values) in numbers { predictors[name] = .numeric(values) }
    for (name, values) in levels {
      let names = Set(values).sorted()
      let code = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
      predictors[name] = .factor(codes: values.map { code[$0] ?? -1 }, levels: names)
    }
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
