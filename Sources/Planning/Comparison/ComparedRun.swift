import ChannelTypes
import Specifications
public import Tables

/// What comparisons need of a run: its key figures, what it promised, what its tables say came true, and its forecast.
public struct ComparedRun: Sendable {
  /// The last part of the folder's path, or the whole path where that does not tell runs apart.
  public let name: String
  /// What is forecast, such as `sell_out_qty`; empty where the run does not say.
  let measure: String
  /// Of `tableNames`, those that the run has.
  private let tables: [String: Table]

  private static let tableNames: Set = ["kpis", "promises", "realised", "forecast", "history"]

  init(name: String, measure: String, tables: some Sequence<Table>) {
    self.name = name
    self.measure = measure
    self.tables = Dictionary(
      tables.filter { Self.tableNames.contains($0.name) }.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }
    )
  }

  /// Runs from their folders, in the order given.
  ///
  /// - Returns: nil where a folder cannot be read; `findings` then says why of each.
  public static func read(_ folders: [String], findings: inout Findings) -> [ComparedRun]? {
    let paths = folders.map { $0.count > 1 && $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    let lastParts = paths.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    let isTelling = Set(lastParts).count == Set(paths).count
    var runs: [ComparedRun] = []
    for (path, lastPart) in zip(paths, lastParts) {
      guard let saved = SavedRun(path, only: tableNames, findings: &findings) else { continue }
      let settings = saved.record["report"]?["settings"]?.plainItems ?? []
      let measure = settings.compactMap(\.plainItems).first { $0.first?.plainText == "forecast.measure" }
      runs.append(
        ComparedRun(
          name: isTelling ? lastPart : path,
          measure: measure.flatMap { $0.count > 1 ? $0[1].plainText : nil } ?? "", tables: saved.tables))
    }
    return runs.count == folders.count ? runs : nil
  }
}

extension ComparedRun {
  /// Key figures in the run's order, each with one value.
  var figures: [RunComparison.Figure] {
    guard let table = tables["kpis"], let names = table.text("name"), let values = table.numbers("value") else {
      return []
    }
    let (labels, units, better) = (table.text("label"), table.text("unit"), table.text("better"))
    return (0..<table.rowCount).compactMap { row in
      guard let name = names[row] else { return nil }
      return RunComparison.Figure(
        name: name, label: labels?[row] ?? name, unit: units?[row] ?? "", better: better?[row] ?? "neutral",
        values: [values[row].isFinite ? values[row] : nil])
    }
  }

  var promises: [LedgerEntry] { tables["promises"].map(LedgerEntry.entries) ?? [] }
  var realised: [LedgerEntry] { tables["realised"].map(LedgerEntry.entries) ?? [] }

  /// The network or one of its regions in one period.
  struct Place: Hashable {
    /// Nil for the whole network.
    var region: String?
    var period: Period
  }

  /// What was expected of a place, with the range that the run itself calls 80 %; NaN where it has none.
  struct Expectation {
    var place: Place
    var mean: Double
    var lower: Double
    var upper: Double
  }

  /// The forecast of the network and of each region, in the run's order.
  var expectations: [Expectation] {
    guard let table = tables["forecast"], let means = table.numbers("mean") else { return [] }
    let (lower, upper) = (table.numbers("p10"), table.numbers("p90"))
    return Self.places(table).map { row, place in
      Expectation(place: place, mean: means[row], lower: lower?[row] ?? .nan, upper: upper?[row] ?? .nan)
    }
  }

  /// What was observed.
  var observations: [Place: Double] {
    guard let table = tables["history"], let values = table.numbers("value") else { return [:] }
    let known = Self.places(table).filter { values[$0.row].isFinite }.map { ($0.place, values[$0.row]) }
    return Dictionary(known, uniquingKeysWith: { first, _ in first })
  }

  private static func places(_ table: Table) -> [(row: Int, place: Place)] {
    guard let levels = table.text("level"), case .period(let periods)? = table[column: "period"]?.values else {
      return []
    }
    let regions = table.text("region")
    return (0..<table.rowCount).compactMap { row in
      guard let level = levels[row], level == "total" || level == "region", let period = periods[row] else {
        return nil
      }
      return (row, Place(region: level == "total" ? nil : regions?[row] ?? "", period: period))
    }
  }
}
