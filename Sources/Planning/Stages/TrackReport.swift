import ChannelTypes
import Partners
import Specifications
import Tables

/// The tables, indicators and notes of the stage `track`.
struct TrackReport {
  let tracking: Tracking
  let result: TrackingResult
  let settings: TrackingSettings
  let inputs: TrackInputs
  let currency: String
  let conversion: [Double]
  let conversionPlace: SourcePlace?
  private let curves: ConversionCurves?
  private let open: [OpenPromises]
  private let plannedMonths: Int

  init(
    tracking: Tracking, result: TrackingResult, settings: TrackingSettings, inputs: TrackInputs, currency: String,
    conversion: [Double],
    conversionPlace: SourcePlace?
  ) {
    self.tracking = tracking
    self.result = result
    self.settings = settings
    self.inputs = inputs
    self.currency = currency
    self.conversion = conversion
    self.conversionPlace = conversionPlace
    plannedMonths = max(1, min(36, tracking.revenue.cube.monthCount - tracking.revenue.cube.knownMonths))
    curves = inputs.book.map { ConversionCurves($0) }
    if let book = inputs.book, let curves {
      open = OpenPromises.all(book, curves, months: plannedMonths, stuckAfter: settings.stuckMonths.value)
    } else {
      open = []
    }
  }

  var tables: [Table] {
    var tables = [attainment, adjustments]
    if !settings.assessments.isEmpty { tables.append(assessments) }
    if let book = inputs.book, let curves {
      tables += [conversionCurve(book, curves), cohorts(book), revenueFromOrders(book)]
    }
    return tables
  }

  private func label(_ owner: String) -> String? {
    owner.isEmpty ? nil : inputs.people[owner]?.label(owner) ?? owner
  }

  /// The year of the last month that is over: earlier ones are history.
  private var currentYear: Period {
    let cube = tracking.revenue.cube
    return cube.month(max(0, cube.knownMonths - 1)).containing(.year) ?? cube.firstMonth
  }

  // MARK: Attainment

  private struct Row {
    var measure: TargetCube.Measure
    var node: TargetCube.Node
    var standing: TargetStanding
    var chance: TargetChance
    var score: Double
  }

  /// `attainment`: measure × node × month, quarter and year. Amounts in the plan's currency, shares from 0 to 1.
  ///
  /// `target_to_date` is the adjusted target of the months that are over, `attainment` what they brought of it, `gap`
  /// what they brought above it; `run_rate` is what each remaining month of the year must bring. `probability`,
  /// `expected`, `expected_shortfall` and `required_uplift` look at the whole period. `z_region` is the distance from
  /// the region's attainment in the region's own spread. Partners and persons are listed from the year of the last
  /// known month on, regions and the company from the start.
  private var attainment: Table {
    let rows = self.rows
    return Table(
      name: "attainment", rows: rows,
      columns: [
        .text("measure") { $0.measure.rawValue }, .text("level") { $0.node.level.rawValue },
        .text("id") { $0.node.id.isEmpty ? nil : $0.node.id },
        .text("region") { $0.node.region.isEmpty ? nil : $0.node.region }, .text("owner") { label($0.node.owner) },
        .text("grain") { $0.standing.period.form.frequency?.rawValue },
        .text("period") { $0.standing.period.description }, .money("target") { $0.standing.target },
        .money("adjusted_target") { $0.standing.adjusted }, .money("target_to_date") { $0.standing.due },
        .money("actual") { $0.standing.actual }, .real("attainment") { $0.standing.attainment },
        .money("gap") { $0.standing.gap }, .real("year_attainment") { $0.standing.yearAttainment },
        .money("run_rate") { $0.standing.runRate }, .integer("open_months") { $0.standing.openMonths },
        .real("probability") { $0.chance.probability }, .money("expected") { Money(rounding: $0.chance.expected) },
        .money("expected_shortfall") { Money(rounding: $0.chance.shortfall) },
        .real("required_uplift") { tabled($0.chance.uplift, 6) }, .real("z_region") { tabled($0.score, 6) },
        .text("state") { state($0.standing) },
      ])
  }

  private func state(_ standing: TargetStanding) -> String {
    guard standing.hasTarget, let target = standing.adjusted else { return "no target" }
    guard let actual = standing.actual else { return standing.openMonths > 0 ? "planned" : "unknown" }
    if standing.openMonths == 0 { return actual >= target ? "met" : "missed" }
    return standing.attainment >= 1 ? "on track" : standing.attainment.isNaN ? "planned" : "behind"
  }

  private var rows: [Row] {
    let scores = Dictionary(
      result.attainments.filter { $0.regionScore.isFinite }.map {
        (ScoreKey(partner: $0.partner, quarter: $0.quarter), $0.regionScore)
      }, uniquingKeysWith: { first, _ in first })
    var rows: [Row] = []
    for cube in [tracking.revenue.cube] + tracking.others.map(\.cube) {
      let periods = [PeriodForm.month, .quarter, .year].flatMap { cube.periods($0) }
      let current = periods.filter { ($0.containing(.year) ?? currentYear) >= currentYear }
      for (index, node) in cube.nodes.enumerated() {
        let isWide = node.level == .company || node.level == .region
        for period in isWide ? periods : current {
          guard let standing = cube.standing(node: index, in: period) else { continue }
          // An actual of a node that never had a target says nothing here.
          if standing.target == nil, !isWide, standing.actual == .zero { continue }
          let chance =
            cube.measure == .revenue && period.form != .month
            ? tracking.chance(node: index, standing) : TargetChance()
          let score =
            node.level == .partner && period.form == .quarter
            ? scores[ScoreKey(partner: node.id, quarter: period)] ?? .nan : .nan
          rows.append(
            Row(measure: cube.measure, node: node, standing: standing, chance: chance, score: score))
        }
      }
    }
    return rows
  }

  private struct ScoreKey: Hashable {
    var partner: String
    var quarter: Period
  }

  // MARK: Adjustments

  /// `target_adjust`: the audit of targets that moved with their market, and of planned quarters that did not. Changes
  /// and factors in percent; targets of the region in the plan's currency, before and after.
  private var adjustments: Table {
    let cube = tracking.revenue.cube
    let rows = tracking.adjustments.filter { $0.isPlanned || $0.answer.isLowered }.compactMap {
      item -> (item: Tracking.RegionAdjustment, standing: TargetStanding)? in
      guard let node = tracking.revenue.regionNodes[item.region],
        let standing = cube.standing(node: node, in: item.quarter), standing.target != nil
      else { return nil }
      return (item, standing)
    }
    func percent(_ value: Percent) -> Double { Double(value.tenThousandths) / 10_000 }
    return Table(
      name: "target_adjust", rows: rows,
      columns: [
        .text("region") { $0.item.region },
        .period("quarter", form: .quarter) { $0.item.quarter },
        .text("action") { $0.item.answer.isLowered ? "lowered" : "kept" },
        .real("market_change_pct") { percent($0.item.market.change) },
        .real("recent_change_pct") { $0.item.market.recent.map(percent) ?? .nan },
        .real("assumed_demand") { $0.item.market.assumed },
        .text("market") { $0.item.isFallback ? "own sales" : "market_index" },
        .text("maturity") { $0.item.maturity }, .real("spread_pct") { tabled($0.item.spread * 100, 6) },
        .real("trigger_pct") { percent($0.item.answer.trigger) },
        .real("target_factor_pct") { percent($0.item.answer.targetFactor) },
        .real("reward_coefficient_pct") { percent($0.item.answer.rewardCoefficient) },
        .money("target_before") { $0.standing.target }, .money("target_after") { $0.standing.adjusted },
        .text("rule") { _ in "targets.elastic" },
        .text("place") { _ in settings.elastic?.place.description }, .text("why") { why($0.item) },
      ])
  }

  private func why(_ item: Tracking.RegionAdjustment) -> String {
    let (change, trigger) = (item.market.change, item.answer.trigger)
    guard change < Percent(0) else { return "the market did not fall" }
    let drop = Percent(tenThousandths: -change.tenThousandths)
    return drop >= trigger
      ? "the market fell by \(drop) %, \(trigger) % or more" : "the market fell by \(drop) %, less than \(trigger) %"
  }

  // MARK: Assessments

  /// `assessments`: what is to be assessed when, by whom, and how it stands. Amounts in the plan's currency, share and
  /// coverage from 0 to 1.
  private var assessments: Table {
    let list = Assessment.list(
      settings.assessments, cubes: [tracking.revenue.cube] + tracking.others.map(\.cube), from: currentYear,
      dueDays: settings.dueDays)
    var directors: [String: [String]] = [:]
    for (id, person) in inputs.people.sorted(by: { $0.key < $1.key }) where person.isDirector {
      directors[person.department, default: []].append(person.label(id))
    }
    func joined(_ words: [String]) -> String? { words.isEmpty ? nil : words.joined(separator: " | ") }
    return Table(
      name: "assessments", rows: list,
      columns: [
        .period("due_on", form: .day) { $0.due }, .text("measure") { $0.rule.measure.rawValue },
        .text("grain") { $0.standing.period.form.frequency?.rawValue },
        .text("period") { $0.standing.period.description }, .text("level") { $0.node.level.rawValue },
        .text("region") { $0.node.region.isEmpty ? nil : $0.node.region },
        .text("departments") { joined($0.rule.departments) },
        .text("responsible") {
          $0.node.level == .region
            ? label($0.node.owner) : joined($0.rule.departments.flatMap { directors[$0] ?? [] })
        },
        .text("status") { $0.isDue ? "due" : "coming" }, .money("target") { $0.standing.target },
        .money("adjusted_target") { $0.standing.adjusted }, .money("actual") { $0.standing.actual },
        .real("attainment") { $0.standing.attainment }, .text("verdict") { state($0.standing) },
      ])
  }

  // MARK: Promises

  /// `conversion_curve`: scope × kind × age in months. Money in the plan's currency, `hazard` and the shares of 1,
  /// `days` the mean from promise to shipment.
  private func conversionCurve(_ book: PromiseBook, _ curves: ConversionCurves) -> Table {
    var rows: [(partner: Int?, curve: ConversionCurve, shares: [Double], cumulative: [Double], age: Int)] = []
    func add(_ partner: Int?, _ curve: ConversionCurve) {
      let (shares, cumulative) = (curve.shares, curve.cumulative)
      for age in curve.ages.indices { rows.append((partner, curve, shares, cumulative, age)) }
    }
    for curve in curves.network { add(nil, curve) }
    for partner in book.partners.indices.sorted(by: { book.partners[$0] < book.partners[$1] }) {
      for curve in curves.partners[partner] { add(partner, curve) }
    }
    return Table(
      name: "conversion_curve", rows: rows,
      columns: [
        .text("scope") { $0.partner == nil ? "network" : "partner" },
        .text("partner_id") { $0.partner.map { book.partners[$0] } }, .text("kind") { $0.curve.kind.rawValue },
        .integer("age_months") { $0.age }, .integer("promises") { $0.curve.promises },
        .money("open_before") { $0.curve.ages[$0.age].atRisk }, .money("shipped") { $0.curve.ages[$0.age].converted },
        .real("hazard") { tabled($0.curve.ages[$0.age].hazard, 6) }, .real("share") { tabled($0.shares[$0.age], 6) },
        .real("cumulative_share") { tabled($0.cumulative[$0.age], 6) },
        .real("revenue_per_unit") { tabled($0.curve.revenueFactor, 6) }, .real("days") { tabled($0.curve.days, 6) },
      ])
  }

  /// `conversion_cohorts`: who answers × month of the prepayment: what came in and how much of it has been shipped
  /// within 0, 1 and 2 months and in all. Money in the plan's currency, rates of 1; a rate of an age that is not over
  /// is empty.
  private func cohorts(_ book: PromiseBook) -> Table {
    struct Key: Hashable {
      var owner: String
      var month: Int
    }
    struct Cohort {
      var paid = Money.zero
      var open = Money.zero
      var byAge = [Money](repeating: .zero, count: 3)
    }
    let owners = book.partners.map { id in
      tracking.revenue.partnerNodes[id].map { node in
        let staff = tracking.revenue.parents[node].formerStaff
        return staff >= 0 ? tracking.revenue.cube.nodes[staff].id : ""
      } ?? ""
    }
    func key(_ promise: PromiseBook.Promise) -> Key { Key(owner: owners[promise.partner], month: promise.month) }
    var cohorts: [Key: Cohort] = [:]
    for (index, promise) in book.promises.enumerated() where promise.kind == .prepayment {
      cohorts[key(promise), default: Cohort()].paid += promise.amount
      cohorts[key(promise), default: Cohort()].open += book.open[index]
    }
    for item in book.conversions where item.age < 3 {
      let promise = book.promises[item.promise]
      guard promise.kind == .prepayment else { continue }
      cohorts[key(promise)]?.byAge[item.age] += item.taken
    }
    let rows = cohorts.sorted { ($0.key.owner, $0.key.month) < ($1.key.owner, $1.key.month) }
    func rate(_ row: (key: Key, value: Cohort), _ age: Int) -> Double {
      guard row.key.month + age <= book.lastMonth, row.value.paid > .zero else { return .nan }
      return tabled(row.value.byAge[...age].total().double / row.value.paid.double, 6)
    }
    return Table(
      name: "conversion_cohorts", rows: rows,
      columns: [
        .text("owner") { label($0.key.owner) },
        .period("month", form: .month) { Period(form: .month, ordinal: $0.key.month) },
        .money("prepaid") { $0.value.paid }, .money("shipped") { $0.value.paid - $0.value.open },
        .money("open") { $0.value.open }, .real("rate_same_month") { rate($0, 0) },
        .real("rate_1_month") { rate($0, 1) }, .real("rate_2_months") { rate($0, 2) },
        .real("rate") { $0.value.paid > .zero ? tabled(1 - $0.value.open.double / $0.value.paid.double, 6) : .nan },
      ])
  }

  /// `revenue_from_orders`: partner × kind × planned month: the open balance, the part of it that is stuck, and what is
  /// expected of it: Σ balance × hazard of what remains. In the plan's currency.
  private func revenueFromOrders(_ book: PromiseBook) -> Table {
    let first = Period(form: .month, ordinal: book.lastMonth + 1)
    let ordered = open.sorted {
      (book.partners[$0.partner], $0.kind.rawValue) < (book.partners[$1.partner], $1.kind.rawValue)
    }
    // After the oldest age of the curve nothing is expected any more.
    let rows = ordered.flatMap { item in
      (0..<plannedMonths).filter { $0 == 0 || item.expected[$0] >= 0.005 }.map { (item: item, month: $0) }
    }
    return Table(
      name: "revenue_from_orders", rows: rows,
      columns: [
        .text("partner_id") { book.partners[$0.item.partner] },
        .text("region") { row in
          inputs.history.index(of: book.partners[row.item.partner]).map { inputs.history.partners[$0].region }
        },
        .text("kind") { $0.item.kind.rawValue }, .period("period", form: .month) { first.advanced(by: $0.month) },
        .money("open_balance") { $0.item.open }, .money("stuck_balance") { $0.item.stuck },
        .money("expected_shipped") { Money(rounding: $0.item.expected[$0.month]) },
        .money("expected_revenue") { Money(rounding: $0.item.revenue[$0.month]) },
      ])
  }

  // MARK: Indicators and notes

  var indicators: [Indicator] {
    let (revenue, cube) = (tracking.revenue, tracking.revenue.cube)
    let lowered = Set(tracking.adjustments.filter { $0.isPlanned && $0.answer.isLowered }.map(\.region))
    let partners = revenue.parents.indices.count { node in
      lowered.contains(cube.nodes[node].region) && !cube.nodes[node].id.hasPrefix("new:")
        && (cube.knownMonths..<max(cube.knownMonths, cube.monthCount)).contains { month in
          let cell = node * cube.monthCount + month
          return cube.target[cell] != Unknown.money && cube.adjusted[cell] < cube.target[cell]
        }
    }
    var indicators = [
      Indicator("targets_lowered", "Partners whose target was lowered", Double(partners), unit: "partners")
    ]
    func add(
      _ name: String, _ label: String, _ value: Double, _ unit: String, _ better: Indicator.Direction,
      draws: [Double] = []
    ) {
      if value.isFinite { indicators.append(Indicator(name, label, value, unit: unit, better: better, draws: draws)) }
    }
    if let past = cube.standing(node: revenue.company, in: currentYear) {
      add("target_attainment", "Attainment of the year \(currentYear)", past.attainment, "share", .higher)
    }
    if let year = cube.periods(.year).first(where: { (cube.months(in: $0).upperBound) > cube.knownMonths }),
      let standing = cube.standing(node: revenue.company, in: year)
    {
      let chance = tracking.chance(node: revenue.company, standing)
      add("target_chance", "Chance of the target of \(year)", chance.probability, "share", .higher)
      add(
        "target_shortfall", "Expected shortfall against the target", chance.shortfall, currency, .lower,
        draws: tracking.shortfalls(node: revenue.company, standing))
    }
    if !open.isEmpty {
      add("promises_open", "Prepayments and orders to be shipped", open.map(\.open).total().double, currency, .neutral)
      add("promises_stuck", "Prepayments and orders that are stuck", open.map(\.stuck).total().double, currency, .lower)
    }
    return indicators
  }

  var notes: [Diagnostic] {
    var notes: [Diagnostic] = []
    let stuck = open.map(\.stuck).total()
    if stuck > .zero {
      notes.append(
        Diagnostic(
          TrackCodes.stuck, .note,
          "\(stuck.plainDescription) of prepayments and orders have waited \(settings.stuckMonths.value) months or more",
          at: settings.stuckMonths.place))
    }
    func meanAge(_ shares: [Double]) -> Double {
      let sum = shares.reduce(0, +)
      return sum > 0 ? shares.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element } / sum : .nan
    }
    if let curve = curves?.network.first(where: { $0.kind == .prepayment }), !conversion.isEmpty {
      let (stated, found) = (meanAge(conversion), meanAge(curve.shares))
      if abs(stated - found) > 0.5 {
        let shares = curve.shares.prefix(6).map { (($0 * 100).rounded() / 100).written }.joined(separator: ", ")
        notes.append(
          Diagnostic(
            TrackCodes.curve, .note,
            "orders convert prepayments by [\(shares)], the plan by \(conversion.map(\.written).joined(separator: ", "))",
            at: conversionPlace))
      }
    }
    return notes
  }
}
