import ChannelTypes
import Partners
import Tables

extension ScoresTables {
  // MARK: Classes and support

  /// Sales of the last four quarters that the history covers.
  func annualSales(_ partner: Int) -> Money {
    (max(0, last - 3)...last).map { panel.revenue[panel.cell(partner, $0)] }.total()
  }

  /// The first support tier whose conditions a partner meets; what is unknown meets none above zero.
  private func support(_ partner: Int) -> Scorecard.SupportTier? {
    func meets(_ value: Double, _ least: Double) -> Bool { least <= 0 || value >= least }
    return card.support.first { tier in
      meets(evaluation.score(partner, last), tier.score)
        && meets(panel.partners[partner].dedicatedStaff, tier.dedicatedStaff)
        && meets(panel[.attainment, partner, last], tier.attainment)
    }
  }

  /// `partner_classes`: class, tier, grade and support of every partner with sales in the last quarter.
  /// `contract_tier` is that of the contract, `size_tier` what the sales of four quarters would give.
  func classes() -> Table {
    Table(
      name: "partner_classes", rows: active,
      columns: [
        .text("partner_id") { panel.partners[$0].id }, .text("region") { panel.partners[$0].region },
        .text("class") { panel.partners[$0].channelType }, .text("contract_tier") { panel.tier($0, last) },
        .money("annual_sales") { annualSales($0) },
        .text("size_tier") { partner in card.tiers.first { annualSales(partner) >= $0.from }?.name },
        .text("grade") { card.grade(evaluation.score($0, last), in: panel.quarters[last])?.name },
        .text("grade_version") {
          card.grade(evaluation.score($0, last), in: panel.quarters[last])?.version.from.description
        },
        .text("support_tier") { support($0)?.name }, .real("support_level") { support($0)?.level ?? .nan },
      ])
  }

  /// `qualitative`: judgements of people, apart from the score; `combined` only where the plan gives them a weight.
  func qualitative(_ grid: QualitativeGrid, _ table: Table) -> Table {
    struct Row {
      var partner: Int
      var criterion: String
      var word: String?
      var points: Double
      var grid: Double
      var combined: Double
    }
    let rows = active.flatMap { partner -> [Row] in
      let judged = grid.judge(table, row: panel.partners[partner].row)
      let whole = grid.combined(judged.map(\.points), score: evaluation.score(partner, last))
      return judged.map {
        Row(
          partner: partner, criterion: $0.criterion, word: $0.word, points: $0.points, grid: whole.grid,
          combined: whole.combined)
      }
    }
    return Table(
      name: "qualitative", rows: rows,
      columns: [
        .text("partner_id") { panel.partners[$0.partner].id }, .text("criterion") { $0.criterion },
        .text("word") { $0.word }, .real("points") { $0.points }, .real("qualitative_score") { tabled($0.grid, 4) },
        .real("score") { evaluation.score($0.partner, last) }, .real("combined") { tabled($0.combined, 4) },
      ])
  }

  // MARK: Candidates

  /// `candidates`: from the best; sales are of the first year, `p10` to `p90` holds four cases of five.
  func candidates() -> Table {
    Table(
      name: "candidates", rows: result.candidates,
      columns: [
        .integer("rank") { $0.rank }, .text("candidate_id") { $0.candidate.id }, .text("name") { $0.candidate.name },
        .text("region") { $0.candidate.region }, .text("city") { $0.candidate.city },
        .text("passes") { $0.passes ? "yes" : "no" },
        .text("failed_rules") { $0.failedRules.isEmpty ? nil : $0.failedRules.joined(separator: "|") },
        .text("unknown_rules") { $0.unknownRules.isEmpty ? nil : $0.unknownRules.joined(separator: "|") },
        .money("predicted_sales") { $0.predictedSales }, .money("p10") { $0.lower }, .money("p90") { $0.upper },
        .money("target") { $0.target }, .real("probability") { tabled($0.probability, 4) },
        .real("screening_score") { tabled($0.score, 4) },
        .money("field_guess") { $0.candidate.expectedMonthlySales.map { $0 * 12 } },
      ])
  }

  /// `candidate_model`: the coefficients of ln first-year sales, and how far off held-out partners are.
  func candidateModel(_ model: FirstYearModel) -> Table {
    var rows = model.terms.map { (kind: "coefficient", name: $0.name, value: $0.coefficient) }
    rows += [
      ("quality", "partners", Double(model.observations)), ("quality", "held_out_rmse_ln", model.heldOutError),
      ("quality", "held_out_median_relative_error", model.heldOutRelativeError),
      ("quality", "held_out_r_squared", model.heldOutRSquared),
    ]
    return Table(
      name: "candidate_model", rows: rows,
      columns: [
        .text("kind") { $0.kind }, .text("name") { $0.name }, .real("value") { tabled($0.value, 6) },
      ])
  }

  // MARK: Key figures

  var indicators: [Indicator] {
    let scores = active.map { evaluation.score($0, last) }.filter { !$0.isNaN }
    var indicators = [
      Indicator(
        "score_partners", "Partners with a health score", Double(scores.count), unit: "partners"),
      Indicator(
        "score_gates_failed", "Partners that fail a hard gate",
        Double(active.count { !evaluation.failedGates($0, last).isEmpty }), unit: "partners", better: .lower),
      Indicator(
        "score_last_band", "Partners in the lowest band",
        Double(active.count { standing($0, last).band == card.bands.count - 1 }), unit: "partners", better: .lower),
    ]
    if !scores.isEmpty {
      let mean = scores.reduce(0, +) / Double(scores.count)
      indicators.insert(
        Indicator("score_mean", "Mean health score", tabled(mean, 4), unit: "points", better: .higher), at: 0)
    }
    if !result.candidates.isEmpty {
      indicators.append(
        Indicator(
          "candidates_passed", "Candidates that meet every rule", Double(result.candidates.count { $0.passes }),
          unit: "candidates", better: .higher))
    }
    return indicators
  }
}
