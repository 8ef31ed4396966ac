public import ChannelTypes
public import Tables

/// Run folders side by side: key figures that differ, and what an earlier run promised against what a later one
/// says came true.
public struct RunComparison: Sendable {
  /// One key figure in every run; nil where a run has none.
  public struct Figure: Sendable, Hashable {
    public var name: String
    public var label: String
    public var unit: String
    /// `higher`, `lower` or `neutral`.
    public var better: String
    public var values: [Double?]

    /// Whether the runs agree.
    public var isSame: Bool { Set(values).count == 1 }
  }

  /// A promise of an earlier run that a later one can judge.
  public struct Outcome: Sendable, Hashable {
    public var measure: LedgerEntry.Measure
    public var id: String
    public var period: Period
    public var promised: Double
    public var realised: Double
    public var basis: String

    public var difference: Double { realised - promised }
  }

  /// A measure that no run promises, at the end of the earlier run's history and of the later one's.
  public struct Movement: Sendable, Hashable {
    public var measure: LedgerEntry.Measure
    public var id: String
    public var before: Period
    public var after: Period
    public var amountBefore: Double
    public var amountAfter: Double
  }

  /// The folders' names.
  public let runs: [String]
  public let figures: [Figure]
  /// Of the first run against the last; empty where the later run's history ends before the earlier run's plan starts.
  public let outcomes: [Outcome]
  public let movements: [Movement]

  /// - Returns: nil where a folder cannot be read; `findings` then says why.
  public init?(_ folders: [String], findings: inout Findings) {
    var all: [[(key: String, figure: Figure)]] = []
    let errors = findings.errorCount
    for folder in folders { all.append(Self.figures(folder, &findings)) }
    guard findings.errorCount == errors, let first = folders.first, let last = folders.last else { return nil }
    runs = folders.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    figures = Self.joined(all)
    let promised = Self.entries(first, "promises", &findings)
    let realised = Self.entries(last, "realised", &findings)
    outcomes = folders.count > 1 ? Self.outcomes(promised, realised) : []
    let before = Self.entries(first, "realised", &findings)
    movements = folders.count > 1 ? Self.movements(before, realised) : []
  }

  private static func entries(_ folder: String, _ name: String, _ findings: inout Findings) -> [LedgerEntry] {
    let path = "\(folder)/\(name).csv"
    return FileSystem.exists(path) ? LedgerEntry.read(path, findings: &findings) : []
  }

  private static func figures(_ folder: String, _ findings: inout Findings) -> [(key: String, figure: Figure)] {
    let schema = Schema(
      "kpis",
      [
        ColumnSchema("stage", .text, "The stage"), ColumnSchema("name", .text, required: true, "The figure"),
        ColumnSchema("label", .text, "What it is"), ColumnSchema("value", .real, "Its value"),
        ColumnSchema("unit", .text, "Its unit"), ColumnSchema("better", .text, "Which way is better"),
      ])
    guard
      let table = TableReader.read(TableReference(path: folder + "/kpis.csv"), schema: schema, findings: &findings),
      let names = table.text("name"), let values = table.numbers("value")
    else { return [] }
    let (labels, units, better) = (table.text("label"), table.text("unit"), table.text("better"))
    return (0..<table.rowCount).compactMap { row in
      guard let name = names[row] else { return nil }
      return (
        name,
        Figure(
          name: name, label: labels?[row] ?? name, unit: units?[row] ?? "", better: better?[row] ?? "neutral",
          values: [values[row].isFinite ? values[row] : nil])
      )
    }
  }

  /// Figures by name in the order in which runs show them first.
  private static func joined(_ runs: [[(key: String, figure: Figure)]]) -> [Figure] {
    var order: [String] = []
    var figures: [String: Figure] = [:]
    for (index, run) in runs.enumerated() {
      for (key, figure) in run {
        if figures[key] == nil {
          order.append(key)
          figures[key] = figure
          figures[key]?.values = Array(repeating: nil, count: runs.count)
        }
        figures[key]?.values[index] = figure.values[0]
      }
    }
    return order.compactMap { figures[$0] }
  }

  private struct Key: Hashable {
    var measure: LedgerEntry.Measure
    var id: String
    var period: Period
  }

  /// Promises whose period the later history covers.
  private static func outcomes(_ promised: [LedgerEntry], _ realised: [LedgerEntry]) -> [Outcome] {
    let known = Dictionary(
      realised.map { (Key(measure: $0.measure, id: $0.id, period: $0.period), $0.amount) }, uniquingKeysWith: +)
    return promised.compactMap { entry in
      known[Key(measure: entry.measure, id: entry.id, period: entry.period)].map {
        Outcome(
          measure: entry.measure, id: entry.id, period: entry.period, promised: entry.amount, realised: $0,
          basis: entry.basis)
      }
    }
  }

  /// The last period of each history, where they differ.
  private static func movements(_ before: [LedgerEntry], _ after: [LedgerEntry]) -> [Movement] {
    func last(_ entries: [LedgerEntry]) -> [Key: LedgerEntry] {
      var latest: [Key: LedgerEntry] = [:]
      for entry in entries where !entry.measure.isSum {
        let key = Key(measure: entry.measure, id: entry.id, period: .year(0))
        if let old = latest[key], old.period >= entry.period { continue }
        latest[key] = entry
      }
      return latest
    }
    let (old, new) = (last(before), last(after))
    return old.compactMap { key, entry in
      new[key].flatMap { later in
        later.period == entry.period
          ? nil
          : Movement(
            measure: key.measure, id: key.id, before: entry.period, after: later.period, amountBefore: entry.amount,
            amountAfter: later.amount)
      }
    }.sorted { ($0.measure.rawValue, $0.id) < ($1.measure.rawValue, $1.id) }
  }
}

extension RunComparison {
  /// Every outcome: `measure, id, period, promised, realised, difference, basis`.
  public var outcomeTable: Table {
    Table(
      name: "outcomes", rows: outcomes,
      columns: [
        .text("measure") { $0.measure.rawValue }, .text("id") { $0.id }, .text("period") { $0.period.description },
        .real("promised") { $0.promised }, .real("realised") { $0.realised },
        .real("difference") { ($0.difference * 10_000).rounded() / 10_000 }, .text("basis") { $0.basis },
      ])
  }

  /// Sums over regions by measure, basis and period, in order.
  public var totals: [Outcome] {
    struct Group: Hashable {
      var measure: LedgerEntry.Measure
      var basis: String
      var period: Period
    }
    var order: [Group] = []
    var sums: [Group: Outcome] = [:]
    for outcome in outcomes where outcome.measure.isSum {
      let group = Group(measure: outcome.measure, basis: outcome.basis, period: outcome.period)
      if sums[group] == nil {
        order.append(group)
        sums[group] = Outcome(
          measure: outcome.measure, id: "all", period: outcome.period, promised: 0, realised: 0, basis: outcome.basis)
      }
      sums[group]?.promised += outcome.promised
      sums[group]?.realised += outcome.realised
    }
    return order.compactMap { sums[$0] }
  }
}
