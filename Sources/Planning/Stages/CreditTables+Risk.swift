import ChannelTypes
import Partners
import Specifications
import Tables

/// Accounts, stress and concentration.
extension CreditTables {
  /// Every partner and year with accounts; `missing` says why a year has no return. The factors are published in full, so
  /// that their product is `roe` to the last bit; `by_…` add up to `roe_change`.
  var dupont: Table {
    struct Row {
      var statement: FinancialStatement
      var own: DuPont?
      var before: DuPont?
      var effects: DuPont.Effects? { own.flatMap { own in before.map { own.effects(since: $0) } } }
    }
    let all = facts.statements.all
    let parts = all.map { DuPont($0) }
    let rows = all.indices.map { index in
      let follows =
        index > 0 && all[index - 1].partner == all[index].partner && all[index - 1].year == all[index].year - 1
      return Row(statement: all[index], own: parts[index], before: follows ? parts[index - 1] : nil)
    }
    return Table(
      name: "dupont", rows: rows,
      columns: [
        .text("partner_id") { $0.statement.partner },
        .period("year", form: .year) { .year($0.statement.year) }, .money("revenue") { $0.statement.revenue },
        .money("net_profit") { $0.statement.netProfit }, .money("assets") { $0.statement.assets },
        .money("equity") { $0.statement.equity }, .real("margin") { $0.own?.margin ?? .nan },
        .real("asset_turnover") { $0.own?.assetTurnover ?? .nan }, .real("leverage") { $0.own?.leverage ?? .nan },
        .real("roe") { $0.own?.returnOnEquity ?? .nan }, .real("roe_change") { $0.effects?.total ?? .nan },
        .real("by_margin") { $0.effects?.margin ?? .nan },
        .real("by_asset_turnover") { $0.effects?.assetTurnover ?? .nan },
        .real("by_leverage") { $0.effects?.leverage ?? .nan }, .text("driver") { $0.effects?.driver },
        .text("missing") { DuPont.gap(in: $0.statement) },
      ])
  }

  var ratios: Table {
    let year = report.sheet.years.last ?? 0
    func value(_ line: RatioSheet.Line, back: Int) -> Double {
      let index = line.values.count - 1 - back
      return index >= 0 ? tabled(line.values[index], 6) : .nan
    }
    return Table(
      name: "financial_ratios", rows: report.sheet.lines,
      columns: [
        .text("partner_id") { $0.partner }, .text("ratio") { $0.ratio.rawValue },
        .period("year", form: .year) { _ in .year(year) }, .real("value") { value($0, back: 0) },
        .real("one_year_before") { value($0, back: 1) }, .real("two_years_before") { value($0, back: 2) },
        .real("trend_per_year") { tabled($0.trend, 6) }, .real("benchmark") { tabled($0.benchmark, 6) },
        .text("benchmark_from") { $0.benchmarkFrom }, .text("standing") { $0.standing?.rawValue },
        .real("shortfall") { tabled($0.shortfall, 6) },
      ])
  }

  private struct StressRow {
    var member: Int
    var shock: Int
    var outcome: CreditStress.Outcome?
  }

  private var stressRows: [StressRow] {
    let shocks = facts.settings.stress.shocks
    let stress = report.stress
    return facts.members.indices.flatMap { member in
      let statement = facts.statements.latest(facts.members[member].id)
      return shocks.indices.map { shock in
        StressRow(
          member: member, shock: shock, outcome: statement.flatMap { stress.outcome($0, shocks[shock].value) })
      }
    }
  }

  private func exposure(_ member: Int) -> Money { report.lineOf[member].map { facts.lines[$0].limit } ?? .zero }

  /// `cash_proxy` is current assets without receivables and stock. `survives`: yes, no, or empty where accounts are
  /// missing. `loss_if_fails`: limit × loss given default, where the partner does not survive.
  var stress: Table {
    let shocks = facts.settings.stress.shocks
    let lossGivenDefault = facts.settings.lossGivenDefault.value / 100
    return Table(
      name: "stress", rows: stressRows,
      columns: [
        .text("shock") { shocks[$0.shock].value.name }, .text("partner_id") { facts.members[$0.member].id },
        .text("region") { facts.members[$0.member].region },
        .money("cash_proxy") { $0.outcome.flatMap { Money(rounding: $0.cash) } },
        .money("burn_per_month") { $0.outcome.flatMap { Money(rounding: $0.burnPerMonth) } },
        .real("runway_months") { tabled($0.outcome?.runwayMonths ?? .nan, 6) },
        .money("withheld") { $0.outcome.flatMap { Money(rounding: $0.withheld) } },
        .money("liquidity_gap") { $0.outcome.flatMap { Money(rounding: $0.gap) } },
        .text("survives") { $0.outcome.map { $0.survives ? "yes" : "no" } },
        .money("proposed_limit") { exposure($0.member) },
        .money("loss_if_fails") { row in
          row.outcome.flatMap { $0.survives ? .zero : Money(rounding: exposure(row.member).double * lossGivenDefault) }
        },
      ])
  }

  var stressScenarios: Table {
    struct Sum {
      var survivors = 0
      var failures = 0
      var unknown = 0
      var gap = 0.0
      var exposure = Money.zero
    }
    let shocks = facts.settings.stress.shocks
    var sums = [Sum](repeating: Sum(), count: shocks.count)
    for row in stressRows {
      guard let outcome = row.outcome else {
        sums[row.shock].unknown += 1
        continue
      }
      if outcome.survives {
        sums[row.shock].survivors += 1
      } else {
        sums[row.shock].failures += 1
        sums[row.shock].gap += outcome.gap
        sums[row.shock].exposure += exposure(row.member)
      }
    }
    return Table(
      name: "stress_scenarios", rows: shocks.indices,
      columns: [
        .text("shock") { shocks[$0].value.name }, .real("sales_pct") { tabled(-shocks[$0].value.salesLoss * 100, 6) },
        .real("delay_days") { shocks[$0].value.delayDays }, .integer("survive") { sums[$0].survivors },
        .integer("fail") { sums[$0].failures }, .integer("unknown") { sums[$0].unknown },
        .money("liquidity_gap") { Money(rounding: sums[$0].gap) }, .money("limits_of_failing") { sums[$0].exposure },
        .money("loss_of_failing") {
          Money(rounding: sums[$0].exposure.double * facts.settings.lossGivenDefault.value / 100)
        },
      ])
  }

  /// `potential` is the maturity of the region, `constraint` the ratio that is furthest on the wrong side of its
  /// benchmark.
  var matrix: Table {
    struct Row {
      var member: Int
      var assessed: CreditOutcome.Assessed
      var worst: RatioSheet.Line?
    }
    let rows = report.outcome.all.enumerated().map { member, assessed in
      let behind = report.sheet.lines(ofPartner: member).filter { $0.shortfall > 0 }
      return Row(member: member, assessed: assessed, worst: behind.max { $0.shortfall < $1.shortfall })
    }
    let lossGivenDefault = facts.settings.lossGivenDefault.value / 100
    return Table(
      name: "risk_matrix", rows: rows,
      columns: [
        .text("partner_id") { $0.assessed.partner }, .text("region") { $0.assessed.region },
        .real("default_probability") { tabled($0.assessed.chance.probability, 6) },
        .money("loss_if_default") { Money(rounding: exposure($0.member).double * lossGivenDefault) },
        .integer("likelihood") { $0.assessed.cell.likelihood }, .integer("impact") { $0.assessed.cell.impact },
        .text("risk") { $0.assessed.cell.rating }, .text("rating") { $0.assessed.rating },
        .text("potential") { facts.maturity[$0.assessed.region] }, .text("constraint") { $0.worst?.ratio.rawValue },
        .real("shortfall") { tabled($0.worst?.shortfall ?? .nan, 6) },
      ])
  }

  var grid: Table {
    let matrix = facts.settings.matrix
    let wide = matrix.impact.count + 1
    var sums = [(partners: Int, exposure: Money)](
      repeating: (0, .zero), count: (matrix.likelihood.count + 1) * wide)
    for (member, assessed) in report.outcome.all.enumerated() {
      let cell = (assessed.cell.likelihood - 1) * wide + assessed.cell.impact - 1
      sums[cell].partners += 1
      sums[cell].exposure += exposure(member)
    }
    func end(_ ends: [Double], _ level: Int) -> Double { level < ends.count ? tabled(ends[level] * 100, 6) : .nan }
    return Table(
      name: "risk_grid", rows: sums.indices,
      columns: [
        .integer("likelihood") { $0 / wide + 1 }, .real("likelihood_up_to_pct") { end(matrix.likelihood, $0 / wide) },
        .integer("impact") { $0 % wide + 1 }, .real("impact_up_to_pct") { end(matrix.impact, $0 % wide) },
        .text("risk") { matrix.grid[$0 / wide][$0 % wide] }, .integer("partners") { sums[$0].partners },
        .money("proposed_limits") { sums[$0].exposure },
      ])
  }

  /// The whole book, then every region in the order of the alphabet, by published limits and by what is owed today.
  /// `expected_shortfall`: the mean of the worst losses of a year on the published limits, by simulation.
  var concentration: Table {
    struct Row {
      var scope: String
      var basis: String
      var book: Concentration
      var amount: Money
      var share: Double
      var expectedLoss: Money?
      var shortfall: Double
    }
    let regions = Set(facts.lines.map(\.region)).sorted()
    let open = facts.collections.records.map { ($0, facts.index(of: $0.partner).map { facts.members[$0].region }) }
    var rows: [Row] = []
    func add(_ scope: String, _ basis: String, _ amounts: [Money], of whole: Money, _ loss: Money?, _ tail: Double) {
      let sum = amounts.total()
      rows.append(
        Row(
          scope: scope, basis: basis, book: Concentration(amounts), amount: sum,
          share: whole > .zero ? sum.double / whole.double : .nan, expectedLoss: loss, shortfall: tail))
    }
    let owed = open.map { $0.0.open }.total()
    let tail = report.losses.expectedShortfall(confidence: facts.settings.level.value / 100)
    for region in [nil] + regions.map(Optional.init) {
      let scope = region.map { "region:\($0)" } ?? "all"
      let lines = facts.lines.filter { region == nil || $0.region == region }
      let loss = lines.compactMap { report.expectedLoss($0.limit, $0.partner) }.total()
      add(scope, "limits", lines.map(\.limit), of: report.total, loss, region == nil ? tail : .nan)
      add(scope, "open", open.filter { region == nil || $0.1 == region }.map { $0.0.open }, of: owed, nil, .nan)
    }
    return Table(
      name: "concentration", rows: rows,
      columns: [
        .text("scope") { $0.scope }, .text("basis") { $0.basis }, .integer("partners") { $0.book.count },
        .money("amount") { $0.amount }, .real("share") { tabled($0.share, 6) },
        .real("hhi") { tabled($0.book.herfindahl, 6) }, .real("top_1_share") { tabled($0.book.topShare(1), 6) },
        .real("top_5_share") { tabled($0.book.topShare(5), 6) },
        .real("top_10_share") { tabled($0.book.topShare(10), 6) },
        .money("expected_loss") { $0.expectedLoss },
        .money("expected_shortfall") { $0.shortfall.isFinite ? Money(rounding: $0.shortfall) : nil },
      ])
  }
}
