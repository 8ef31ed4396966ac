import ChannelTypes
public import Partners
import Tables

/// A health score of every partner and quarter, its place on the map, and candidates screened.
public struct ScoresStage: Stage {
  public static let name = StageName.scores
  public static let requiredTables: [InputTable] = [.sales, .partners]
  public static let optionalTables: [InputTable] = [
    .incidents, .finance, .receivables, .customers, .contracts, .competitors, .candidates, .regions, .deliveries,
    .orders, .inventory,
  ]
  public static let upstream: [StageName] = [.history]
  public static let optionalUpstream: [StageName] = [.track, .stock]
  public static let planSections = ["calendar", "scorecard", "currency"]

  public init() {}

  public func run(_ context: StageContext) throws(StageFailure) -> StageOutput<ScoreResult> {
    guard let settings = context.plan.scorecard else {
      throw .skipped(Diagnostic(ScoresCodes.nothing, .note, "the plan has no section `scorecard`"))
    }
    guard let history = context.result(of: HistoryStage.self), !history.wholeQuarters.isEmpty else {
      throw .skipped(Diagnostic(ScoresCodes.nothing, .note, "the history covers no whole quarter"))
    }
    // 1. Figures, scores, and what follows from them at every quarter's end.
    var card = settings.card
    if card.weightSets.isEmpty { card.weightSets = [.standard] }
    let panel = ScorePanel(Self.records(context, history), card)
    let evaluation = ScoreEvaluation(panel, card)
    let standings = evaluation.standings()
    // 2. Candidates against the partners that there are.
    let candidates = context.table(.candidates).map(Candidate.all) ?? []
    let model = candidates.isEmpty ? nil : FirstYearModel(history, regions: context.table(.regions))
    let screened = FirstYearModel.screen(candidates, model, settings.candidates)
    // 3. What is published.
    let result = ScoreResult(evaluation, standings, candidates: screened)
    let tables = ScoresTables(
      result, evaluation, standings, model: model, partners: context.table(.partners))
    return StageOutput(
      result, tables: tables.all, indicators: tables.indicators,
      notes: Self.notes(evaluation, hasCandidates: !candidates.isEmpty, model),
      traces: ScoreTraces(
        result, evaluation, standings, currency: context.plan.currency, sources: Self.sources(context)
      ).book)
  }

  private static func records(_ context: StageContext, _ history: ChannelHistory) -> ScoreRecords {
    var records = ScoreRecords(history: history)
    records.track = context.result(of: TrackStage.self)
    records.stock = context.result(of: StockStage.self)?.standings
    records.partners = context.table(.partners)
    records.incidents = context.table(.incidents)
    records.orders = context.table(.orders)
    records.customers = context.table(.customers)
    records.receivables = context.table(.receivables)
    records.finance = context.table(.finance)
    records.contracts = context.table(.contracts)
    records.regions = context.table(.regions)
    records.competitors = context.table(.competitors)
    records.deliveries = context.table(.deliveries)
    records.inventory = context.table(.inventory)
    return records
  }

  /// Larger tables are not searched for the places of rows.
  private static let mostRows = 2_000_000

  /// Where the rows of input tables can be seen.
  private static func sources(_ context: StageContext) -> [String: any TableSource] {
    var sources: [String: any TableSource] = [:]
    for name in requiredTables + optionalTables {
      guard let table = context.table(name), table.rowCount <= mostRows else { continue }
      sources[name.rawValue] = table.source
    }
    return sources
  }

  private static func notes(
    _ evaluation: ScoreEvaluation, hasCandidates: Bool, _ model: FirstYearModel?
  ) -> [Diagnostic] {
    let panel = evaluation.panel
    let last = panel.quarters.count - 1
    var notes: [Diagnostic] = []
    let active = panel.partners.indices.filter { panel.isActive[panel.cell($0, last)] }
    let weighed = Set(active.flatMap { evaluation.weightSet($0, last)?.weights.map(\.indicator) ?? [] })
    let unknown = ScoreIndicator.allCases.filter { indicator in
      weighed.contains(indicator) && active.allSatisfy { panel[indicator, $0, last].isNaN }
    }
    if !unknown.isEmpty {
      notes.append(
        Diagnostic(
          ScoresCodes.unknownIndicator, .note,
          "no partner has \(unknown.map(\.rawValue).quotedList) in \(panel.quarters[last]): their weights go to the others"
        ))
    }
    if panel.attainmentFromContracts[last], weighed.contains(.attainment), !unknown.contains(.attainment) {
      notes.append(
        Diagnostic(
          ScoresCodes.attainmentByContract, .note,
          "\(panel.quarters[last]) has no tracked targets: attainment is sales against the contract's annual target"))
    }
    let without = active.count { evaluation.weightSet($0, last) == nil }
    if without > 0 {
      notes.append(
        Diagnostic(ScoresCodes.noWeights, .warning, "no set of weights fits \(without) partners: they have no score"))
    }
    if hasCandidates, model == nil {
      notes.append(
        Diagnostic(ScoresCodes.fewPartners, .note, "fewer than twenty partners have a first year to learn from"))
    }
    return notes
  }
}
