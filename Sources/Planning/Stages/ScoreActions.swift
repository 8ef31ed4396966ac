import ChannelTypes
import Partners
import Tables

/// What follows from the scores of the last quarter: the map, who moved on it, and what is proposed for whom.
struct ScoreActions {
  private let tables: ScoresTables
  private let rows: [Row]

  private struct Row {
    var partner: Int
    var score: Double
    var band: Int?
    var before: Int?
    var three: Double
    var threeRank = 0
    var growthAndSatisfaction: Double
    var list: String?
    var gates: [(name: String, found: Double, limit: Double)]
  }

  init(_ tables: ScoresTables) {
    self.tables = tables
    let (evaluation, last) = (tables.evaluation, tables.last)
    var rows = tables.active.map { partner in
      Row(
        partner: partner, score: evaluation.score(partner, last), band: tables.standing(partner, last).band,
        before: last > 0 ? tables.standing(partner, last - 1).band : nil,
        three: evaluation.mean([.sales, .share, .satisfaction], partner, last),
        growthAndSatisfaction: evaluation.mean([.growth, .satisfaction], partner, last),
        gates: evaluation.failedGates(partner, last))
    }
    // Ranks by three criteria, and the two ends by growth and satisfaction.
    let byThree = rows.indices.filter { !rows[$0].three.isNaN }.sorted {
      (-rows[$0].three, $0) < (-rows[$1].three, $1)
    }
    for (rank, index) in byThree.enumerated() { rows[index].threeRank = rank + 1 }
    let ordered = rows.indices.filter { !rows[$0].growthAndSatisfaction.isNaN }.sorted {
      (-rows[$0].growthAndSatisfaction, $0) < (-rows[$1].growthAndSatisfaction, $1)
    }
    let count = Int((Double(ordered.count) * tables.card.listPercent / 100).rounded())
    for index in ordered.prefix(count) { rows[index].list = "top" }
    for index in ordered.suffix(min(count, ordered.count - count)) { rows[index].list = "bottom" }
    self.rows = rows
  }

  /// `partner_map`: health and potential with their thresholds, the year's sales as the size of the bubble.
  func map() -> Table {
    let (tables, last) = (tables, tables.last)
    let panel = tables.panel
    return Table(
      name: "partner_map", rows: tables.active,
      columns: [
        .text("partner_id") { panel.partners[$0].id }, .text("region") { panel.partners[$0].region },
        .text("channel_type") { panel.partners[$0].channelType },
        .period("quarter", form: .quarter) { _ in panel.quarters[last] },
        .real("health") { tables.evaluation.score($0, last) },
        .real("potential") { tabled(tables.evaluation.potentials[panel.cell($0, last)], 4) },
        .real("health_threshold") { tabled(tables.standing($0, last).performanceThreshold, 4) },
        .real("potential_threshold") { tabled(tables.standing($0, last).potentialThreshold, 4) },
        .real("margin") { _ in tables.card.map.margin }, .money("annual_sales") { tables.annualSales($0) },
        .text("previous") { previous($0)?.rawValue },
        .text("quadrant") { tables.standing($0, last).quadrant?.rawValue },
        .text("moved") { moved($0) },
      ])
  }

  private func previous(_ partner: Int) -> PartnerScore.Quadrant? {
    tables.last > 0 ? tables.standing(partner, tables.last - 1).quadrant : nil
  }

  private func moved(_ partner: Int) -> String? {
    guard let before = previous(partner), let now = tables.standing(partner, tables.last).quadrant else { return nil }
    return before == now ? "no" : "yes"
  }

  /// `map_migration`: how many partners went from one quadrant to another in the last quarter; empty for not placed.
  func migration() -> Table {
    let quadrants: [PartnerScore.Quadrant?] = PartnerScore.Quadrant.allCases.map { $0 } + [nil]
    struct Cell: Hashable {
      var from: PartnerScore.Quadrant?
      var to: PartnerScore.Quadrant?
    }
    var counts: [Cell: Int] = [:]
    for partner in tables.active {
      counts[Cell(from: previous(partner), to: tables.standing(partner, tables.last).quadrant), default: 0] += 1
    }
    let cells = quadrants.flatMap { from in quadrants.map { Cell(from: from, to: $0) } }
    return Table(
      name: "map_migration", rows: cells.filter { $0.from != nil && $0.to != nil || counts[$0] != nil },
      columns: [
        .text("from") { $0.from?.rawValue }, .text("to") { $0.to?.rawValue }, .integer("partners") { counts[$0] ?? 0 },
      ])
  }

  /// `partner_actions`: the band of every partner with the plan's action for it, the line of the plan, what it was and
  /// why; the rank by three criteria (sales, share, satisfaction); the ends by growth and satisfaction; and what is
  /// proposed: reward, improve, exit, or replace by the candidate named.
  func actions() -> Table {
    let (tables, panel) = (tables, tables.panel)
    let bands = tables.card.bands
    var best: [String: String] = [:]
    for screened in tables.result.candidates where screened.passes && best[screened.candidate.region] == nil {
      best[screened.candidate.region] = screened.candidate.id
    }
    func successor(_ row: Row) -> String? {
      row.band == bands.count - 1 ? best[panel.partners[row.partner].region] : nil
    }
    func proposal(_ row: Row) -> String? {
      guard let band = row.band, !row.score.isNaN else { return nil }
      if band == 0 { return "reward" }
      guard band == bands.count - 1, tables.standing(row.partner, tables.last).quadrant == .exit else {
        return "improve"
      }
      return successor(row) == nil ? "exit" : "replace"
    }
    return Table(
      name: "partner_actions", rows: rows,
      columns: [
        .text("partner_id") { panel.partners[$0.partner].id }, .text("region") { panel.partners[$0.partner].region },
        .period("quarter", form: .quarter) { _ in panel.quarters[tables.last] }, .real("score") { $0.score },
        .text("band_before") { $0.before.map { bands[$0].name } }, .text("band") { $0.band.map { bands[$0].name } },
        .text("action") { $0.band.map { bands[$0].action } },
        .text("rule") { $0.band.map { "scorecard.bands.\(bands[$0].name)" } },
        .text("plan_line") { $0.band.flatMap { bands[$0].place?.description } }, .text("why") { why($0) },
        .real("three_criteria_score") { tabled($0.three, 4) },
        .integer("three_criteria_rank") { $0.threeRank == 0 ? nil : $0.threeRank },
        .real("growth_satisfaction") { tabled($0.growthAndSatisfaction, 4) },
        .text("list") { $0.list }, .text("proposal") { proposal($0) },
        .text("successor") { proposal($0) == "replace" ? successor($0) : nil },
      ])
  }

  private func why(_ row: Row) -> String? {
    guard let band = row.band, !row.score.isNaN else { return "no score in the quarter" }
    let bands = tables.card.bands
    var text = "score \(row.score.written)"
    if band > 0 { text += ", \(bands[band - 1].name) from \(bands[band - 1].from.written)" }
    if band < bands.count - 1 { text += ", \(bands[band].name) from \(bands[band].from.written)" }
    text += ", margin \(tables.card.bandMargin.written)"
    for gate in row.gates { text += "; gate \(gate.name): \(gate.found.written) above \(gate.limit.written)" }
    return text
  }
}
