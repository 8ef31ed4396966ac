internal import ChannelTypes
internal import Synchronization
public import Tables

/// The arithmetic behind scores, places on the map, and candidates.
public struct ScoreTraces: Sendable {
  let result: ScoreResult
  let evaluation: ScoreEvaluation
  let standings: [ScoreStanding]
  let currency: String
  /// Where rows of the input tables are written.
  let places: RowPlaces

  public init(
    _ result: ScoreResult, _ evaluation: ScoreEvaluation, _ standings: [ScoreStanding], currency: String,
    sources: [String: any TableSource] = [:]
  ) {
    (self.result, self.evaluation, self.standings) = (result, evaluation, standings)
    self.currency = currency
    let shown = max(0, evaluation.panel.quarters.count - evaluation.card.detailQuarters)
    places = RowPlaces(sources) {
      Self.citedRows(result, evaluation, quarters: shown..<evaluation.panel.quarters.count)
    }
  }

  /// `score:<quarter>` of every partner and scored quarter, `map` of every partner placed, `first_year_sales` of every
  /// candidate with a prediction.
  public var book: TraceBook {
    let panel = evaluation.panel
    let last = panel.quarters.count - 1
    var scored: [(partner: Int, quarter: Int)] = []
    var placed: [Int] = []
    for partner in panel.partners.indices {
      for quarter in panel.quarters.indices where !evaluation.score(partner, quarter).isNaN {
        scored.append((partner, quarter))
      }
      if last >= 0, panel.isActive[panel.cell(partner, last)], standings[panel.cell(partner, last)].quadrant != nil {
        placed.append(partner)
      }
    }
    let predicted = result.candidates.filter { $0.predictedSales != nil }
    return TraceBook(joining: [
      TraceBook(count: scored.count) { [scored] in score(scored[$0].partner, scored[$0].quarter) },
      TraceBook(count: placed.count) { [placed] in map(placed[$0]) },
      TraceBook(count: predicted.count) { candidate(predicted[$0]) },
    ])
  }

  /// The rows that traces point at, by table: those of the quarters that are shown indicator by indicator.
  private static func citedRows(
    _ result: ScoreResult, _ evaluation: ScoreEvaluation, quarters: Range<Int>
  ) -> [String: Set<Int>] {
    let panel = evaluation.panel
    var rows: [String: Set<Int>] = ["candidates": Set(result.candidates.map(\.candidate.row).filter { $0 >= 0 })]
    for indicator in ScoreIndicator.allCases {
      for quarter in quarters {
        let table = panel.source(indicator, quarter: quarter)
        let start = panel.start(indicator, quarter)
        for partner in panel.partners.indices where panel.firstRows[start + partner] >= 0 {
          rows[table, default: []].insert(Int(panel.firstRows[start + partner]))
        }
      }
    }
    return rows
  }

  private func score(_ partner: Int, _ quarter: Int) -> Trace {
    let panel = evaluation.panel
    let (id, period) = (panel.partners[partner].id, panel.quarters[quarter])
    let set = evaluation.weightSet(partner, quarter)
    var steps = [
      Trace.Step(
        "weights", "set \(set?.name ?? "")", from: [.plan(key: "scorecard.weights", place: set?.place)])
    ]
    for part in evaluation.parts(partner, quarter) where part.weight > 0 {
      let source = rows(part.indicator, partner, quarter)
      guard !part.scaled.isNaN else {
        steps.append(
          Trace.Step(part.indicator.rawValue, "not known: its weight \(text(part.weight)) goes to the others"))
        continue
      }
      steps.append(
        Trace.Step(
          part.indicator.rawValue,
          "\(text(part.value)) against \(text(part.peersMedian)) of \(part.usesAllPeers ? "all partners" : "its peers")"
            + " is \(text(part.scaled)) of 100; × \(text(part.usedWeight))",
          amount: .number(part.contribution), from: [source]))
    }
    for gate in evaluation.failedGates(partner, quarter) {
      let place =
        gate.name == "complaint_hours" ? evaluation.card.gates.complaintPlace : evaluation.card.gates.overduePlace
      steps.append(
        Trace.Step(
          "gate failed: \(gate.name)", "\(text(gate.found)) above \(text(gate.limit))",
          from: [.plan(key: "scorecard.gates.\(gate.name)", place: place)]))
    }
    return Trace(
      "partner:\(id)", "score:\(period)", "Health score of \(period)",
      .number(evaluation.score(partner, quarter)), unit: "points", steps: steps)
  }

  private func rows(_ indicator: ScoreIndicator, _ partner: Int, _ quarter: Int) -> Trace.Source {
    let panel = evaluation.panel
    let cell = panel.start(indicator, quarter) + partner
    let table = panel.source(indicator, quarter: quarter)
    let id = panel.partners[partner].id
    let first = Int(panel.firstRows[cell])
    if first < 0 {
      return indicator == .attainment
        ? .trace(subject: "partner:\(id)", item: "attainment:\(panel.quarters[quarter])")
        : .result(table: "score_parts", condition: "partner_id = \(id), quarter = \(panel.quarters[quarter])")
    }
    let place = places[table, first]
    let whose =
      switch table {
      case "regions": "city = \(panel.partners[partner].city ?? "")"
      case "competitors": "region = \(panel.partners[partner].region), up to \(panel.quarters[quarter])"
      default: "partner_id = \(id), up to \(panel.quarters[quarter])"
      }
    return .rows(table: table, condition: whose, count: Int(panel.rowCounts[cell]), first: place)
  }

  private func map(_ partner: Int) -> Trace {
    let panel = evaluation.panel
    let last = panel.quarters.count - 1
    let here = panel.cell(partner, last)
    let standing = standings[here]
    let before = last > 0 ? standings[panel.cell(partner, last - 1)].quadrant : nil
    let place = evaluation.card.map.place
    let margin = text(evaluation.card.map.margin)
    let subject = "partner:\(panel.partners[partner].id)"
    let score = evaluation.score(partner, last)
    let potential = evaluation.potentials[here]
    return Trace(
      subject, "map", "Place on the map of performance and potential", .word(standing.quadrant?.rawValue ?? ""),
      steps: [
        Trace.Step(
          "performance", "\(text(score)) against \(text(standing.performanceThreshold)), margin \(margin)",
          from: [
            .trace(subject: subject, item: "score:\(panel.quarters[last])"),
            .plan(key: "scorecard.map.performance_quantile", place: place),
          ]),
        Trace.Step(
          "potential", "\(text(potential)) against \(text(standing.potentialThreshold)), margin \(margin)",
          from: [.plan(key: "scorecard.map.potential_quantile", place: place)]),
        Trace.Step("before", before?.rawValue ?? "not placed"),
      ])
  }

  private func candidate(_ screened: ScreenedCandidate) -> Trace {
    let place = places["candidates", screened.candidate.row]
    let id = screened.candidate.id
    var steps = screened.steps.map { step in
      Trace.Step(step.label, "× \(text(step.factor))", amount: .money(step.amount))
    }
    if !steps.isEmpty {
      steps[0].sources = [.rows(table: "candidates", condition: "candidate_id = \(id)", count: 1, first: place)]
    }
    for rule in screened.failedRules { steps.append(Trace.Step("must-have failed: \(rule)")) }
    for rule in screened.unknownRules { steps.append(Trace.Step("must-have not known: \(rule)")) }
    return Trace(
      "candidate:\(id)", "first_year_sales", "Sales of the first year, as likely above as below",
      .money(screened.predictedSales ?? .zero), unit: currency, steps: steps)
  }

  private func text(_ value: Double) -> String {
    value.isNaN ? "nothing" : ((value * 10_000).rounded() / 10_000).written
  }
}

/// Places of rows in the files that tables were read from, found when the first one is asked for: one scan of each file
/// for all rows that may be.
final class RowPlaces: Sendable {
  private let sources: [String: any TableSource]
  private let wanted: @Sendable () -> [String: Set<Int>]
  private let found = Mutex<[String: [Int: SourcePlace]]?>(nil)

  init(_ sources: [String: any TableSource], wanted: @escaping @Sendable () -> [String: Set<Int>]) {
    (self.sources, self.wanted) = (sources, wanted)
  }

  /// Nil where the table has no file or the row was not among those wanted.
  subscript(table: String, row: Int) -> SourcePlace? {
    found.withLock { found in
      if found == nil { found = locate() }
      return found?[table]?[row]
    }
  }

  private func locate() -> [String: [Int: SourcePlace]] {
    var places: [String: [Int: SourcePlace]] = [:]
    for (table, rows) in wanted() {
      guard let source = sources[table] else { continue }
      let order = rows.sorted()
      let column = ["candidates": "candidate_id", "regions": "city", "competitors": "region"][table] ?? "partner_id"
      let located = source.locate(order.map { ($0, column) }).map(\.place)
      places[table] = Dictionary(zip(order, located)) { first, _ in first }
    }
    return places
  }
}
