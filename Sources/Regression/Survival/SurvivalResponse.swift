/// How long each row was observed, and whether the event ended its observation.
///
/// A row may come under observation late (`entry`: left truncation), and one subject may have several rows, each over
/// its own interval (entry, time] with its own values of the covariates: that is how covariates that change over time
/// are written (counting process form). Rows may belong to strata, each with its own baseline.
public struct SurvivalResponse: Sendable, Hashable {
  /// End of the observation, zero or later.
  public let time: [Double]
  /// Whether the event happened at `time`; otherwise the row is censored there.
  public let event: [Bool]
  /// The row is at risk after this time; nil where all rows are at risk from the beginning.
  public let entry: [Double]?
  public let strata: Strata?

  public var count: Int { time.count }

  /// - Parameters:
  ///   - time: n finite values ≥ 0.
  ///   - event: n values, at least one of them true.
  ///   - entry: n finite values ≥ 0, each before its time.
  /// - Throws: `notFinite`, `badInterval`, `noEvents`, `noRows`.
  public init(
    time: [Double], event: [Bool], entry: [Double]? = nil, strata: Strata? = nil
  ) throws(RegressionError) {
    precondition(event.count == time.count, "times and events differ in length")
    precondition(entry.map { $0.count == time.count } ?? true, "times and entries differ in length")
    precondition(strata.map { $0.codes.count == time.count } ?? true, "times and strata differ in length")
    guard !time.isEmpty else { throw .noRows(leftOut: 0) }
    guard time.allSatisfy(\.isFinite) else { throw .notFinite(column: "time") }
    if let row = time.firstIndex(where: { $0 < 0 }) { throw .badInterval(row: row, entry: nil, time: time[row]) }
    if let entry {
      guard entry.allSatisfy(\.isFinite) else { throw .notFinite(column: "entry") }
      if let row = entry.indices.first(where: { entry[$0] < 0 || entry[$0] >= time[$0] }) {
        throw .badInterval(row: row, entry: entry[row], time: time[row])
      }
    }
    guard event.contains(true) else { throw .noEvents }
    self.time = time
    self.event = event
    self.entry = entry
    self.strata = strata
  }

  /// The response of some of the rows.
  public func selecting(rows: [Int]) throws(RegressionError) -> SurvivalResponse {
    try SurvivalResponse(
      time: rows.map { time[$0] }, event: rows.map { event[$0] }, entry: entry.map { entry in rows.map { entry[$0] } },
      strata: strata?.selecting(rows: rows))
  }
}

/// A division of rows into strata.
public struct Strata: Sendable, Hashable {
  /// Per row an index into `names`.
  public let codes: [Int]
  public let names: [String]

  public init(codes: [Int], names: [String]) {
    precondition(codes.allSatisfy(names.indices.contains), "a stratum has no name")
    self.codes = codes
    self.names = names
  }

  /// Strata by their names, in ascending order of the names.
  public init(_ values: [String]) {
    names = Set(values).sorted()
    let code = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    codes = values.map { code[$0] ?? 0 }
  }

  public func selecting(rows: [Int]) -> Strata { Strata(codes: rows.map { codes[$0] }, names: names) }

  /// The codes of these rows among other names.
  func codes(among known: [String]) throws(RegressionError) -> [Int] {
    if names == known { return codes }
    let position = Dictionary(uniqueKeysWithValues: known.enumerated().map { ($1, $0) })
    let translated = names.map { position[$0] }
    if let row = codes.firstIndex(where: { translated[$0] == nil }) {
      throw .unseenLevel(predictor: "strata", level: names[codes[row]])
    }
    return codes.map { translated[$0] ?? 0 }
  }
}
