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

  /// - Parameter compared: the earliest first.
  public init(_ compared: [ComparedRun]) {
    runs = compared.map(\.name)
    figures = Self.joined(compared.map(\.figures))
    guard compared.count > 1, let first = compared.first, let last = compared.last else {
      (outcomes, movements) = ([], [])
      return
    }
    let realised = last.realised
    outcomes = Self.outcomes(first.promises, realised)
    movements = Self.movements(first.realised, realised)
  }

  /// Figures by name in the order in which runs show them first. Runs that call it otherwise, such as a sum over
  /// another number of periods, have a row of their own.
  private static func joined(_ runs: [[Figure]]) -> [Figure] {
    var order: [String] = []
    var figures: [String: Figure] = [:]
    for (index, run) in runs.enumerated() {
      for figure in run {
        let key = "\(figure.name)\n\(figure.label)\n\(figure.unit)"
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
