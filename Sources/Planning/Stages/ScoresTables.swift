import ChannelTypes
import Partners
import Tables

/// The output tables of the stage `scores`. Scores, sub-scores, percentiles and margins are points from 0 to 100; shares
/// of weights lie between 0 and 1; an empty cell is unknown.
struct ScoresTables {
  let result: ScoreResult
  let evaluation: ScoreEvaluation
  let standings: [ScoreStanding]
  let model: FirstYearModel?
  let partners: Table?
  let panel: ScorePanel
  let card: Scorecard
  /// The last quarter.
  let last: Int
  /// Partners that reported in it.
  let active: [Int]

  init(
    _ result: ScoreResult, _ evaluation: ScoreEvaluation, _ standings: [ScoreStanding], model: FirstYearModel?,
    partners: Table?
  ) {
    (self.result, self.evaluation, self.standings) = (result, evaluation, standings)
    (self.model, self.partners) = (model, partners)
    let panel = evaluation.panel
    let last = panel.quarters.count - 1
    (self.panel, card, self.last) = (panel, evaluation.card, last)
    active = panel.partners.indices.filter { panel.isActive[panel.cell($0, last)] }
  }

  var all: [Table] {
    let actions = ScoreActions(self)
    var tables = [
      scores(), parts(), weights(), actions.map(), actions.migration(), actions.actions(), classes(),
    ]
    if let grid = card.qualitative, let partners { tables.append(qualitative(grid, partners)) }
    if card.fitsWeights, let fitted = FittedWeights(evaluation) { tables += Self.fitted(fitted) }
    if !result.candidates.isEmpty { tables.append(candidates()) }
    if let model { tables.append(candidateModel(model)) }
    return tables
  }

  func standing(_ partner: Int, _ quarter: Int) -> ScoreStanding { standings[panel.cell(partner, quarter)] }

  func bandName(_ partner: Int, _ quarter: Int) -> String? {
    evaluation.score(partner, quarter).isNaN ? nil : standing(partner, quarter).band.map { card.bands[$0].name }
  }

  // MARK: Scores

  /// `scores`: every partner and quarter with sales. `change` is the sum of the three columns after it;
  /// `audit_score` the mean of attainment, complaint rate and service standard; `three_criteria_score` of sales, share
  /// and satisfaction; `trend` is in points a quarter.
  private func scores() -> Table {
    struct Row {
      var partner: Int
      var quarter: Int
      var score: Double
      var change: ScoreChange?
      var bottleneck: (indicator: ScoreIndicator, scaled: Double)?
      var gates: String
    }
    var rows: [Row] = []
    for partner in panel.partners.indices {
      for quarter in panel.quarters.indices where panel.isActive[panel.cell(partner, quarter)] {
        rows.append(
          Row(
            partner: partner, quarter: quarter, score: evaluation.score(partner, quarter),
            change: evaluation.change(partner, quarter), bottleneck: evaluation.bottleneck(partner, quarter),
            gates: evaluation.failedGates(partner, quarter).map(\.name).joined(separator: "|")))
      }
    }
    let dimensions = ScoreIndicator.Dimension.allCases.map { dimension in
      ColumnDefinition<Row>.real("\(dimension.rawValue)_score") {
        tabled(evaluation.subScore(dimension, $0.partner, $0.quarter), 4)
      }
    }
    let head: [ColumnDefinition<Row>] = [
      .text("partner_id") { panel.partners[$0.partner].id }, .text("region") { panel.partners[$0.partner].region },
      .text("channel_type") { panel.partners[$0.partner].channelType },
      .text("contract_tier") { panel.tier($0.partner, $0.quarter) },
      .period("quarter", form: .quarter) { panel.quarters[$0.quarter] }, .real("score") { $0.score },
      .text("grade") { card.grade($0.score, in: panel.quarters[$0.quarter])?.name },
      .text("band") { bandName($0.partner, $0.quarter) },
      .real("percentile") { tabled(evaluation.scorePercentiles[panel.cell($0.partner, $0.quarter)], 4) },
    ]
    let criteria: [ColumnDefinition<Row>] = [
      .real("audit_score") {
        tabled(evaluation.mean([.attainment, .complaintRate, .standardRate], $0.partner, $0.quarter), 4)
      },
      .real("three_criteria_score") {
        tabled(evaluation.mean([.sales, .share, .satisfaction], $0.partner, $0.quarter), 4)
      },
      .real("trend") { tabled(evaluation.trend($0.partner, $0.quarter), 4) },
      .real("change") { $0.change.map { tabled($0.total, 4) } ?? .nan },
      .real("change_performance") { $0.change?.performance ?? .nan },
      .real("change_reweighting") { $0.change?.reweighting ?? .nan },
      .real("change_coverage") { $0.change?.coverage ?? .nan },
    ]
    let tail: [ColumnDefinition<Row>] = [
      .text("weight_set") { evaluation.weightSet($0.partner, $0.quarter)?.name },
      .real("known_weight") { tabled(knownWeight($0.partner, $0.quarter), 4) },
      .text("failed_gates") { $0.gates.isEmpty ? nil : $0.gates },
      .text("bottleneck") { $0.bottleneck?.indicator.rawValue },
      .text("bottleneck_class") { $0.bottleneck?.indicator.bottleneck },
      .real("bottleneck_scaled") { tabled($0.bottleneck?.scaled ?? .nan, 4) },
      .real("tilt") { standing($0.partner, $0.quarter).tilt },
    ]
    return Table(name: "scores", rows: rows, columns: head + dimensions + criteria + tail)
  }

  /// The share of the weights whose indicators are known.
  private func knownWeight(_ partner: Int, _ quarter: Int) -> Double {
    guard let set = evaluation.weightSet(partner, quarter) else { return .nan }
    let total = set.weights.reduce(0) { $0 + $1.weight }
    return set.weights.reduce(0) { sum, item in
      evaluation.scaled(item.indicator, partner, quarter).isNaN ? sum : sum + item.weight / total
    }
  }

  /// `score_parts`: the last quarters indicator by indicator. The contributions of a partner and quarter sum to its
  /// score exactly; `used_weight` is the weight after those of unknown indicators went to the others.
  private func parts() -> Table {
    struct Row {
      var partner: Int
      var quarter: Int
      var part: ScorePart
    }
    var rows: [Row] = []
    let shown = max(0, panel.quarters.count - card.detailQuarters)..<panel.quarters.count
    for partner in panel.partners.indices {
      for quarter in shown where panel.isActive[panel.cell(partner, quarter)] {
        for part in evaluation.parts(partner, quarter) {
          rows.append(Row(partner: partner, quarter: quarter, part: part))
        }
      }
    }
    return Table(
      name: "score_parts", rows: rows,
      columns: [
        .text("partner_id") { panel.partners[$0.partner].id },
        .period("quarter", form: .quarter) { panel.quarters[$0.quarter] },
        .text("indicator") { $0.part.indicator.rawValue }, .text("dimension") { $0.part.indicator.dimension.rawValue },
        .text("department") { card.departments[$0.part.indicator] },
        .text("source") { panel.source($0.part.indicator, quarter: $0.quarter) },
        .integer("rows") { panel.rowCount($0.part.indicator, $0.partner, $0.quarter) },
        .text("status") { $0.part.value.isNaN ? "missing" : "known" },
        .text("better") { $0.part.indicator.isHigherBetter ? "higher" : "lower" },
        .text("unit") { $0.part.indicator.unit }, .real("value") { tabled($0.part.value, 6) },
        .text("peers") { $0.part.usesAllPeers ? "all" : "channel_type" },
        .real("peers_median") { tabled($0.part.peersMedian, 6) },
        .real("percentile") { tabled($0.part.percentile, 4) }, .real("scaled") { tabled($0.part.scaled, 4) },
        .real("weight") { tabled($0.part.weight, 6) },
        .real("used_weight") { tabled($0.part.usedWeight, 6) },
        .real("contribution") { $0.part.contribution },
      ])
  }

  /// `score_weights`: the versions of the weights, and what each changes against the one before for the same partners.
  private func weights() -> Table {
    struct Row {
      var set: Scorecard.WeightSet
      var indicator: ScoreIndicator
      var weight: Double
      var before: Double
    }
    let rows = card.weightSets.flatMap { set in
      let earlier = card.weightSets.filter {
        $0.from < set.from && ($0.channels == set.channels && $0.tiers == set.tiers || $0.isForAll)
      }.max { ($0.isForAll ? 0 : 1, $0.from.ordinal) < ($1.isForAll ? 0 : 1, $1.from.ordinal) }
      return ScoreIndicator.allCases.compactMap { indicator -> Row? in
        let weight = set.weights.first { $0.indicator == indicator }?.weight ?? 0
        let before = earlier.map { set in set.weights.first { $0.indicator == indicator }?.weight ?? 0 }
        guard weight > 0 || before ?? 0 > 0 else { return nil }
        return Row(set: set, indicator: indicator, weight: weight, before: before ?? .nan)
      }
    }
    return Table(
      name: "score_weights", rows: rows,
      columns: [
        .period("from", form: .quarter) { $0.set.from },
        .text("channel_type") { $0.set.channels.isEmpty ? nil : $0.set.channels.joined(separator: "|") },
        .text("contract_tier") { $0.set.tiers.isEmpty ? nil : $0.set.tiers.joined(separator: "|") },
        .text("indicator") { $0.indicator.rawValue }, .real("weight") { $0.weight }, .real("before") { $0.before },
        .real("change") { tabled($0.weight - $0.before, 6) }, .text("place") { $0.set.place?.description },
      ])
  }

  private static func fitted(_ fitted: FittedWeights) -> [Table] {
    [
      Table(
        name: "score_weights_fitted", rows: fitted.lines,
        columns: [
          .text("indicator") { $0.indicator.rawValue }, .real("plan") { $0.plan },
          .real("fitted") { tabled($0.fitted, 4) },
        ]),
      Table(
        name: "score_weights_quality", rows: fitted.quality,
        columns: [
          .text("weights") { $0.weights }, .real("rank_correlation") { tabled($0.rankCorrelation, 4) },
          .integer("partners") { $0.observations },
        ]),
    ]
  }
}

extension Scorecard.WeightSet {
  fileprivate var isForAll: Bool { channels.isEmpty && tiers.isEmpty }
}
