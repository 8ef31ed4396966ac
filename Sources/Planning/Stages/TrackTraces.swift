import Allocation
import ChannelTypes
import Partners
import Specifications
import Tables

/// The arithmetic behind targets, attainments and coefficients of rewards of partners and regions:
///
/// - `target:2026-03`, `target:2026Q1`, `target:2026`: the share of the network's target, the strategy's weight, what
///   limits changed, rounding to whole units, and the adjustment to the market. The sum is exact: every step is a
///   difference of amounts that were rounded to the cent month by month.
/// - `attainment:2025Q4`: actual ÷ target as it was set, and what the adjustment of the target adds.
/// - `reward_coefficient:2026Q1`: 100 % less what the market took.
struct TrackTraces: Sendable {
  private let tracking: Tracking
  private let settings: TrackingSettings
  private let history: ChannelHistory
  private let currency: String
  private let plan: PlanParts
  /// By month of the cube and member of the solution, found by the partner's id.
  private let memberOfNode: [Int]
  private let solution: TargetSolution?
  /// Reference ÷ what it would be if the strategy weighed everybody alike, by member.
  private let strategyRatio: [Double]
  private let children: [[Int]]
  private let regionNodes: [Int]
  private let marketPlaces: [Int32: SourcePlace]
  private let market: MarketDemand?
  private let salesFile: String?
  private let salesPlaces: [Int: SourcePlace]
  private let targetPlaces: [Int: SourcePlace]
  private let targetFile: String?

  /// What the plan says, with the places.
  private struct PlanParts: Sendable {
    var annual: [(year: Int, place: SourcePlace)] = []
    var unit = SourcePlace.default
    var limits: [String: SourcePlace] = [:]
    var demand: [(region: String, place: SourcePlace)] = []
  }

  /// Tables with more rows are cited by file, not by line: to find lines the file is read again.
  private static let mostRows = 500_000

  init(
    _ context: StageContext, _ tracking: Tracking, settings: TrackingSettings, inputs: TrackInputs,
    market: MarketDemand?
  ) {
    self.tracking = tracking
    self.settings = settings
    self.market = market
    history = inputs.history
    currency = context.plan.currency
    let result = context.result(of: TargetsStage.self)
    solution = result?.solution
    let cube = tracking.revenue.cube
    var parts = PlanParts()
    if let targets = context.plan.targets {
      parts.annual = targets.annual.map { ($0.year, $0.amount.place) }
      parts.unit = targets.unit.place
      for limit in result?.problem.limits ?? [] { parts.limits[limit.name] = limit.place ?? .default }
    }
    parts.demand = context.plan.demand.factors.map { ($0.region, $0.factor.place) }
    plan = parts
    let members = Dictionary(
      (solution?.members ?? []).enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    memberOfNode = tracking.revenue.parents.indices.map { members[cube.nodes[$0].id] ?? -1 }
    strategyRatio = Self.strategyRatios(result)
    let regions = tracking.revenue.regionNodes.filter { !$0.key.isEmpty }.values.sorted()
    regionNodes = regions
    var children = [[Int]](repeating: [], count: cube.nodes.count)
    for (node, parents) in tracking.revenue.parents.enumerated() where parents.region >= 0 {
      children[parents.region].append(node)
    }
    self.children = children
    let quarters = cube.periods(.quarter)
    // 1. Places of the rows that are cited.
    let index = context.table(.marketIndex)
    let cited = Set((market?.rows ?? []).filter { $0 >= 0 }).sorted()
    let found = index?.source?.locate(cited.map { (Int($0), "index") }) ?? []
    marketPlaces = Dictionary(uniqueKeysWithValues: zip(cited, found.map(\.place)).map { ($0, $1) })
    let sales = context.table(.sales)
    salesFile = sales?.source?.file
    salesPlaces = Self.places(sales, "period") {
      inputs.history.partners.indices.flatMap { partner in
        quarters.compactMap { inputs.history.rows(partner: partner, months: inputs.history.months(in: $0)).first }
      }
    }
    let statements = context.table(.targets)
    targetFile = statements?.source?.file
    targetPlaces = Self.places(statements, "amount") {
      (Array(tracking.revenue.parents.indices) + regions).flatMap { node in
        quarters.compactMap { quarter in
          cube.months(in: quarter).lazy.map { Int(cube.rows[node * cube.monthCount + $0]) }.first { $0 >= 0 }
        }
      }
    }
  }

  private static func places(_ table: Table?, _ column: String, _ rows: () -> [Int]) -> [Int: SourcePlace] {
    guard let table, let source = table.source, table.rowCount <= mostRows else { return [:] }
    let rows = Set(rows()).sorted()
    return Dictionary(uniqueKeysWithValues: zip(rows, source.locate(rows.map { ($0, column) }).map(\.place)))
  }

  /// With shares sᵢ·wᵢ ∝ the references Rᵢ, the strategy's weights alone make wᵢ · Σs / Σ(s·w) of a member's share,
  /// and Σs / Σ(s·w) = Σ(Rᵢ/wᵢ) / ΣRᵢ.
  private static func strategyRatios(_ result: TargetsStage.Result?) -> [Double] {
    guard let result else { return [] }
    let (solution, problem) = (result.solution, result.problem)
    let months = solution.months.count
    let usesBase = problem.method == .minMaxGrowth || problem.method == .minMaxChange
    let weights = solution.members.map { member -> Double in
      let weight = usesBase ? 1 : problem.split.strategy == 1 ? member.strategy : 1
      return weight > 0 && weight.isFinite ? weight : 1
    }
    let sums = solution.members.indices.map { member in
      solution.reference[member * months..<(member + 1) * months].reduce(0, +)
    }
    let whole = sums.reduce(0, +)
    let alike = zip(sums, weights).reduce(0) { $0 + $1.0 / $1.1 }
    guard whole > 0, alike > 0 else { return weights.map { _ in 1 } }
    return weights.map { $0 * alike / whole }
  }
}

// MARK: The book

extension TrackTraces {
  var book: TraceBook {
    let (targets, attained, coefficients) = (targetItems, attainmentItems, coefficientItems)
    return TraceBook(joining: [
      TraceBook(count: targets.count) { self.target(targets[$0].node, targets[$0].period) },
      TraceBook(count: attained.count) { self.attainment(attained[$0].node, attained[$0].period) },
      TraceBook(count: coefficients.count) {
        self.coefficient(self.tracking.adjustments[coefficients[$0].adjustment], node: coefficients[$0].node)
      },
    ])
  }

  private typealias Item = (node: Int, period: Period)

  private var subjects: [Int] { Array(tracking.revenue.parents.indices) + regionNodes }

  /// Months, quarters and years that are not over.
  private var targetItems: [Item] {
    let cube = tracking.revenue.cube
    let periods = [PeriodForm.month, .quarter, .year].flatMap { cube.periods($0) }.filter {
      cube.months(in: $0).upperBound > cube.knownMonths
    }
    return subjects.flatMap { node in
      periods.filter { cube.total(cube.target, node, cube.months(in: $0)) != nil }.map { (node, $0) }
    }
  }

  /// Quarters that have begun and have a target.
  private var attainmentItems: [Item] {
    let cube = tracking.revenue.cube
    let quarters = cube.periods(.quarter).filter { cube.months(in: $0).lowerBound < cube.knownMonths }
    return subjects.flatMap { node in
      quarters.filter { cube.standing(node: node, in: $0)?.attainment.isFinite == true }.map { (node, $0) }
    }
  }

  private var coefficientItems: [(node: Int, adjustment: Int)] {
    let cube = tracking.revenue.cube
    var byRegion: [String: [Int]] = [:]
    for (index, item) in tracking.adjustments.enumerated() where item.isPlanned || item.answer.isLowered {
      byRegion[item.region, default: []].append(index)
    }
    return subjects.flatMap { node in
      (byRegion[cube.nodes[node].region] ?? []).filter { index in
        cube.total(cube.target, node, cube.months(in: tracking.adjustments[index].quarter)) != nil
      }.map { (node, $0) }
    }
  }

  private func subject(_ node: Int) -> String {
    let place = tracking.revenue.cube.nodes[node]
    return "\(place.level.rawValue):\(place.id)"
  }

  // MARK: Targets

  /// What a target is made of, in exact amounts.
  private struct Parts {
    var stated = Money.zero
    var share = Money.zero
    var strategy = Money.zero
    var limits = Money.zero
    var rounding = Money.zero
    var adjustment = Money.zero
    var statedRow: Int?
    var statedMonths = 0
    var plannedMonths = 0
  }

  private func parts(_ node: Int, _ months: Range<Int>) -> Parts {
    let cube = tracking.revenue.cube
    var parts = Parts()
    for month in months {
      let own = node * cube.monthCount + month
      guard cube.target[own] != Unknown.money else { continue }
      // A region whose months the table states is not the sum of its partners.
      let isSum = node >= tracking.revenue.parents.count && cube.rows[own] < 0
      for leaf in isSum ? children[node] : [node] {
        let cell = leaf * cube.monthCount + month
        guard cube.target[cell] != Unknown.money else { continue }
        parts.adjustment += cube.adjusted[cell] - cube.target[cell]
        guard let planned = planned(leaf, month), cube.rows[cell] < 0 else {
          parts.stated += cube.target[cell]
          parts.statedMonths += 1
          if parts.statedRow == nil, cube.rows[cell] >= 0 { parts.statedRow = Int(cube.rows[cell]) }
          continue
        }
        parts.plannedMonths += 1
        parts.share += planned.alike
        parts.strategy += planned.reference - planned.alike
        parts.limits += planned.projected - planned.reference
        parts.rounding += cube.target[cell] - planned.projected
      }
    }
    return parts
  }

  private func planned(_ node: Int, _ month: Int) -> (alike: Money, reference: Money, projected: Money)? {
    guard let solution, let first = solution.months.first, memberOfNode.indices.contains(node), memberOfNode[node] >= 0
    else { return nil }
    let step = month + tracking.revenue.cube.firstMonth.ordinal - first.ordinal
    guard solution.months.indices.contains(step) else { return nil }
    let cell = memberOfNode[node] * solution.months.count + step
    let ratio = strategyRatio[memberOfNode[node]]
    guard let alike = Money(rounding: solution.reference[cell] / ratio),
      let reference = Money(rounding: solution.reference[cell]),
      let projected = Money(rounding: solution.projected[cell])
    else { return nil }
    return (alike, reference, projected)
  }

  private func target(_ node: Int, _ period: Period) -> Trace {
    let cube = tracking.revenue.cube
    let months = cube.months(in: period)
    let parts = parts(node, months)
    let total = cube.total(cube.adjusted, node, months) ?? .zero
    var steps: [Trace.Step] = []
    if parts.statedMonths > 0 {
      steps.append(
        .init(
          "stated in the table of targets", "\(parts.statedMonths) amounts", amount: .money(parts.stated),
          from: statedSources(node, period, parts)))
    }
    if parts.plannedMonths > 0 { steps += plannedSteps(node, period, parts) }
    let quarters = Set(months.compactMap { cube.month($0).containing(.quarter) }).sorted()
    let moved = quarters.compactMap { adjustment(cube.nodes[node].region, $0) }.filter(\.answer.isLowered)
    if !moved.isEmpty || parts.adjustment != .zero {
      let factors = moved.map { "\($0.quarter): × \($0.answer.targetFactor) %" }
      var sources: [Trace.Source] = []
      if let elastic = settings.elastic { sources.append(.plan(key: "targets.elastic.drop_pct", place: elastic.place)) }
      sources += moved.map {
        .result(table: "target_adjust", condition: "region = \($0.region), quarter = \($0.quarter)")
      }
      steps.append(
        .init(
          "the region's market fell", factors.joined(separator: ", "), amount: .money(parts.adjustment), from: sources))
    }
    return Trace(
      subject(node), "target:\(period)", "Target of \(period)", .money(total), unit: currency, steps: steps)
  }

  private func plannedSteps(_ node: Int, _ period: Period, _ parts: Parts) -> [Trace.Step] {
    let isLeaf = memberOfNode.indices.contains(node)
    let annual = plan.annual.filter { period.containing(.year) == .year($0.year) }
    var steps = [
      Trace.Step(
        "share of the network's target", shareDetail(node), amount: .money(parts.share),
        from: annual.map { .plan(key: "targets.annual.\($0.year)", place: $0.place) }
          + [.plan(key: "targets.split", place: nil)])
    ]
    let region = tracking.revenue.cube.nodes[node].region
    if parts.strategy != .zero {
      let weight = isLeaf ? solution?.members[memberOfNode[node]].strategy ?? 1 : .nan
      steps.append(
        .init(
          "weight of the strategy",
          weight.isFinite ? "× \(weight.written) of its region, others' weights against it" : "",
          amount: .money(parts.strategy), from: [.plan(key: "targets.weights.region.\(region)", place: nil)]))
    }
    let id = tracking.revenue.cube.nodes[node].id
    let binding = (solution?.binding ?? []).filter { name in
      let words = name.split(separator: ".")
      return words.contains { $0 == id } || words.contains { $0 == region } || words.first == "annual"
    }
    let sources = binding.prefix(3).map { name in
      Trace.Source.plan(key: "targets.\(name)", place: plan.limits[name].flatMap { $0 == .default ? nil : $0 })
    }
    steps.append(
      .init(
        "limits: floors, caps, pins, growth and totals", "", amount: .money(parts.limits),
        from: sources + [.result(table: "targets_limits", condition: "all")]))
    steps.append(
      .init(
        "rounded to whole units", "sums stay exact", amount: .money(parts.rounding),
        from: [.plan(key: "targets.unit", place: plan.unit)]))
    return steps
  }

  private func shareDetail(_ node: Int) -> String {
    guard let solution, memberOfNode.indices.contains(node), memberOfNode[node] >= 0 else {
      return "sum of its partners and of its line for new customers"
    }
    let member = solution.members[memberOfNode[node]]
    func whole(_ value: Double) -> String { value.rounded().written }
    let line = member.isNewCustomers ? "customers still to be won; " : ""
    return line + "last year's sales \(whole(member.base ?? 0)), potential \(whole(member.potential)), staff "
      + member.capability.written
  }

  private func statedSources(_ node: Int, _ period: Period, _ parts: Parts) -> [Trace.Source] {
    let place = tracking.revenue.cube.nodes[node]
    let first = parts.statedRow.flatMap { targetPlaces[$0] } ?? targetFile.map { SourcePlace(file: $0) }
    return [
      .rows(
        table: "targets",
        condition: "level = \(place.level.rawValue), id = \(place.id), measure = revenue, period in \(period)",
        count: parts.statedMonths, first: first)
    ]
  }

  private func adjustment(_ region: String, _ quarter: Period) -> Tracking.RegionAdjustment? {
    guard let span = tracking.adjustmentIndex[region]?[quarter] else { return nil }
    return tracking.adjustments[span]
  }

  // MARK: Attainment

  private func attainment(_ node: Int, _ quarter: Period) -> Trace {
    let cube = tracking.revenue.cube
    let known = cube.months(in: quarter).clamped(to: 0..<cube.knownMonths)
    let actual = cube.total(cube.actual, node, known) ?? .zero
    let target = cube.total(cube.target, node, known) ?? .zero
    let due = cube.total(cube.adjusted, node, known) ?? .zero
    let value = actual.double / due.double
    let before = target > .zero ? actual.double / target.double : value
    var steps = [
      Trace.Step("actual", actual.plainDescription, from: sold(node, quarter)),
      Trace.Step(
        "actual ÷ target as it was set", "\(actual.plainDescription) ÷ \(target.plainDescription)",
        amount: .number(before), from: statedSources(node, quarter, parts(node, known))),
    ]
    if due != target {
      steps.append(
        .init(
          "the target was lowered with the market", "÷ \(due.plainDescription)", amount: .number(value - before),
          from: [
            .result(table: "target_adjust", condition: "region = \(cube.nodes[node].region), quarter = \(quarter)")
          ]))
    }
    return Trace(
      subject(node), "attainment:\(quarter)", "Attainment of \(quarter)", .number(value), unit: "share", steps: steps)
  }

  /// Rows of sales behind a partner's or region's actual.
  private func sold(_ node: Int, _ quarter: Period) -> [Trace.Source] {
    let leaves = node < tracking.revenue.parents.count ? [node] : children[node]
    let months = history.months(in: quarter)
    var (count, first) = (0, Int.max)
    for leaf in leaves where leaf < history.partners.count {
      let rows = history.rows(partner: leaf, months: months)
      count += rows.count
      first = min(first, rows.first ?? Int.max)
    }
    let place = tracking.revenue.cube.nodes[node]
    let key = place.level == .region ? "region" : "partner_id"
    return [
      .rows(
        table: "sales", condition: "\(key) = \(place.id), period in \(quarter)", count: count,
        first: salesPlaces[first] ?? salesFile.map { SourcePlace(file: $0) })
    ]
  }

  // MARK: Coefficients

  private func coefficient(_ item: Tracking.RegionAdjustment, node: Int) -> Trace {
    let answer = item.answer
    func number(_ value: Percent) -> Double { Double(value.tenThousandths) / 10_000 }
    var sources: [Trace.Source] = []
    if let elastic = settings.elastic { sources.append(.plan(key: "targets.elastic.drop_pct", place: elastic.place)) }
    if let market, !item.isFallback, let region = market.position(of: item.region), let first = item.market.months.first
    {
      let row = market.rows[region * market.monthCount + first]
      let last = market.firstMonth.advanced(by: item.market.months.upperBound - 1)
      sources.append(
        .rows(
          table: "market_index",
          condition: "region = \(item.region), period in \(market.firstMonth.advanced(by: first))..\(last)",
          count: item.market.months.count, first: marketPlaces[row]))
    }
    for factor in plan.demand where item.isPlanned && (factor.region == item.region || factor.region == "all") {
      sources.append(.plan(key: "demand.\(factor.region)", place: factor.place == .default ? nil : factor.place))
    }
    let change = "change \(item.market.change) %, trigger −\(answer.trigger) %"
    let effect = answer.isLowered ? "target × \(answer.targetFactor) %" : "the target stays"
    let steps = [
      Trace.Step("in full", amount: .number(100)),
      Trace.Step(
        "the region's market", "\(change): \(effect)", amount: .number(number(answer.rewardCoefficient) - 100),
        from: sources),
    ]
    return Trace(
      subject(node), "reward_coefficient:\(item.quarter)", "Coefficient of rewards in \(item.quarter)",
      .number(number(answer.rewardCoefficient)), unit: "%", steps: steps)
  }
}
