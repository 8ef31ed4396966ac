import ChannelTypes
import Partners
import Specifications
import Tables

extension PlanDecoder {
  /// Keys of `incentives:` below which there are rules, with what each pays for.
  private static let ruleKinds: [IncentiveRuleKind] = [
    IncentiveRuleKind("commission", ledger: "commission", basis: .quarterlySales, links: [.reward]),
    IncentiveRuleKind(
      "over_target_bonus", ledger: "bonus", basis: .quarterlySales, links: [.reward], shape: .aboveTarget("rate")),
    IncentiveRuleKind("rebates.quarterly", ledger: "rebate", basis: .quarterlySales, trace: "rebate"),
    IncentiveRuleKind("rebates.annual", ledger: "rebate", basis: .annualSales, trace: "rebate"),
    IncentiveRuleKind(
      "rebates.grade", ledger: "rebate", basis: .quarterlySales, shape: .grade, trace: "grade_rebate"),
    IncentiveRuleKind(
      "rebates.market", ledger: "rebate", basis: .annualSales, shape: .market, trace: "market_rebate"),
    IncentiveRuleKind("store_fit", ledger: "store_fit", basis: .annualSellOut, links: [], shape: .steps),
    IncentiveRuleKind(
      "reinvestment", ledger: "fund", basis: .annualSales, links: [], shape: .aboveTarget("share")),
  ]

  /// Reads `incentives:`; what belongs to points, grades and awards is read by `recognition`.
  ///
  /// | key | meaning | unit, default |
  /// |---|---|---|
  /// | `payment_days` | from the end of a period to the day on which its payout is due | days, 30 |
  /// | `close_pct` | how close below a tier is close | % of where the tier begins, 10 |
  /// | `commission`, `rebates.quarterly`, `rebates.annual` | `mode` and `tiers` of sales and rates | money, share |
  /// | `over_target_bonus` | `rate` on the sales above the target of the quarter | share |
  /// | `rebates.grade` | the rate of the partner's grade | |
  /// | `rebates.market` | `mode` and `rows`: `penetration` of the city's potential, `tiers` | share, as above |
  /// | `store_fit` | `steps` of sales and amounts, `cap`, `per_outlet` | money; no cap; false |
  /// | `reinvestment` | `share` of the sales above the target of the year | share |
  ///
  /// Each rule, or each version in a list of them, may further have:
  ///
  /// | key | meaning | default |
  /// |---|---|---|
  /// | `basis` | what is counted over which period | sales of the quarter; of the year for annual rules |
  /// | `from`, `to` | the first and last settlement period in which it is in force | no bound |
  /// | `links` | `reward`, `turnover`: what a payout is multiplied by | commission and bonus: reward; rebates: both |
  /// | `multipliers` | sales of a `product`, `role` or `family` that count more or less | 1 |
  /// | `paid_in` | `cash`, `discount`, `in_kind`, or shares of them | cash |
  /// | `nets` | of `rebates.annual`: rules whose payouts count towards it | `rebates.quarterly` |
  /// | `payment_days` | as above, for the rule alone | as above |
  func incentives(_ cursor: inout MappingCursor) -> IncentiveSettings {
    var settings = IncentiveSettings()
    recognition(&cursor, &settings.recognition)
    settings.closePercent = cursor.read("close_pct", as: .number(.between(0, 100)), default: 10)
    let days = cursor.read("payment_days", as: .integer(.between(0, 3650)), default: 30).value
    var versions: [IncentiveRule] = []
    for kind in Self.ruleKinds where !kind.isRebate {
      versions += rules(kind, kind.name, days, &cursor)
    }
    cursor.section("rebates") { rebates in
      for kind in Self.ruleKinds where kind.isRebate {
        versions += rules(kind, String(kind.name.dropFirst("rebates.".count)), days, &rebates)
      }
    }
    // In the order of the kinds above: what the ledger pays without naming a rule goes to them in this order.
    let order = Dictionary(uniqueKeysWithValues: Self.ruleKinds.enumerated().map { ($1.name, $0) })
    versions = versions.enumerated().sorted { left, right in
      (order[left.element.name] ?? 0, left.offset) < (order[right.element.name] ?? 0, right.offset)
    }.map(\.element)
    settings.rules = IncentiveRules(versions)
    IncentiveChecks(rules: settings.rules).report(to: &cursor)
    return settings
  }

  /// One version, or a list of them where terms change.
  private func rules(
    _ kind: IncentiveRuleKind, _ key: String, _ days: Int, _ cursor: inout MappingCursor
  ) -> [IncentiveRule] {
    if cursor.shape(of: key) == .list {
      return cursor.sections(key) { rule(kind, days, &$0) }.compactMap(\.self)
    }
    return (cursor.sectionIfPresent(key) { rule(kind, days, &$0) } ?? nil).map { [$0] } ?? []
  }

  private func rule(_ kind: IncentiveRuleKind, _ days: Int, _ cursor: inout MappingCursor) -> IncentiveRule? {
    let basis = cursor.read("basis", as: .choice, default: kind.basis).value
    let read = formula(kind.shape, &cursor)
    var rule = IncentiveRule(
      kind.name, ledgerKind: kind.ledger, traceName: kind.trace, basis: basis, formula: read?.formula ?? .grade,
      at: cursor.origin.place)
    rule.places = read?.places ?? []
    rule.multipliers = cursor.section("multipliers") { multipliers(&$0) }
    let links = cursor.list("links", of: .choice, default: kind.links)
    rule.links = Set(links.map(\.value))
    if kind.name == "rebates.annual" {
      let quarterly = ["rebates.quarterly", "rebates.grade"]
      rule.nets = cursor.list("nets", of: .word(of: quarterly), default: ["rebates.quarterly"]).map(\.value)
    }
    rule.forms = forms(&cursor)
    rule.paymentDays = cursor.read("payment_days", as: .integer(.between(0, 3650)), default: days).value
    let from = cursor.read("from", as: .period())
    let to = cursor.read("to", as: .period())
    rule.from = settlement(from, basis.grain, isEnd: false, &cursor)
    rule.to = settlement(to, basis.grain, isEnd: true, &cursor)
    if let begin = rule.from, let end = rule.to, let place = to?.place, end.ordinal < begin.ordinal {
      cursor.report(
        IncentivesCodes.period, "the version ends in \(end), before it begins in \(begin)", at: place,
        hint: "swap `from` and `to`")
    }
    return read == nil ? nil : rule
  }

  /// A bound of a version as a settlement period: a month or a day must begin (or end) one.
  private func settlement(
    _ bound: Located<Period>?, _ grain: PeriodForm, isEnd: Bool, _ cursor: inout MappingCursor
  ) -> Period? {
    guard let bound else { return nil }
    let word = grain == .quarter ? "quarter" : "year"
    // The last day of the bound lies in the last period, the first day in the first.
    let lastDay = bound.value.advanced(by: 1).firstDay.map { CivilDate(daysSinceEpoch: $0.daysSinceEpoch - 1) }
    guard let day = isEnd ? lastDay : bound.value.firstDay, let whole = Period.day(day).containing(grain) else {
      cursor.report(
        IncentivesCodes.period, "`\(bound.value)` names no \(word), which is what the rule settles", at: bound.place,
        hint: grain == .quarter ? "write 2026Q1" : "write 2026")
      return nil
    }
    let edge = isEnd ? bound.value.advanced(by: 1).firstDay : bound.value.firstDay
    let wanted = isEnd ? whole.advanced(by: 1).firstDay : whole.firstDay
    if edge != wanted {
      cursor.report(
        IncentivesCodes.period,
        "the rule settles whole \(word)s, but \(bound.value) is not where one \(isEnd ? "ends" : "begins")",
        at: bound.place, hint: "write \(whole) or the \(word) after it")
    }
    return whole
  }

  // MARK: Formulas

  private func formula(
    _ shape: IncentiveRuleKind.Shape, _ cursor: inout MappingCursor
  ) -> (formula: IncentiveFormula, places: [SourcePlace])? {
    switch shape {
    case .tiers:
      return schedule(&cursor, mode: mode(&cursor)).map { (.tiers($0.schedule), $0.places) }
    case .aboveTarget(let key):
      return cursor.require(key, as: .share()).map { (.aboveTarget($0.value), [$0.place]) }
    case .grade: return (.grade, [])
    case .steps:
      let steps = cursor.pairs("steps", of: Self.threshold, and: Self.threshold)
      let cap = cursor.read("cap", as: Self.threshold)?.value
      let perOutlet = cursor.read("per_outlet", as: .flag, default: false).value
      requireList("steps", steps.isEmpty, "[[600000, 6000], [1000000, 10000]]", &cursor)
      checkAscending(steps.map { ($0.first.value, $0.first.place) }, "step", &cursor)
      checkAscending(steps.map { ($0.second.value, $0.second.place) }, "amount of a step", &cursor)
      let values = steps.map { IncentiveFormula.Step(from: $0.first.value, amount: $0.second.value) }
      return (.steps(values, cap: cap, perOutlet: perOutlet), steps.map(\.second.place))
    case .market:
      let mode = mode(&cursor)
      let rows = cursor.sections("rows") { row -> (row: IncentiveFormula.MarketRow, places: [SourcePlace])? in
        let penetration = row.require("penetration", as: .share())
        let read = schedule(&row, mode: mode)
        guard let penetration, let read else { return nil }
        return (.init(penetration: penetration.value, schedule: read.schedule), [penetration.place] + read.places)
      }.compactMap(\.self)
      requireList("rows", rows.isEmpty, "- {penetration: 0, tiers: [[0, 0.01]]}", &cursor)
      return mode == nil ? nil : (.market(rows.map(\.row)), rows.flatMap { $0.places.dropFirst() })
    }
  }

  private static let threshold = ScalarFormat.money(.between(.zero, Money(1_000_000_000_000)))

  /// Never by default: the same tiers pay differently on the excess and on the whole.
  private func mode(_ cursor: inout MappingCursor) -> TierSchedule.Mode? {
    cursor.require(
      "mode", as: .choice,
      hint: "write `mode: on_excess` (each rate on the sales inside its tier) or `mode: on_whole` (the rate reached "
        + "on all sales)")?.value
  }

  private func schedule(
    _ cursor: inout MappingCursor, mode: TierSchedule.Mode?
  ) -> (schedule: TierSchedule, places: [SourcePlace])? {
    let tiers = cursor.pairs("tiers", of: Self.threshold, and: .share())
    requireList("tiers", tiers.isEmpty, "[[0, 0.10], [100000, 0.12]]", &cursor)
    checkAscending(tiers.map { ($0.first.value, $0.first.place) }, "tier", &cursor)
    guard let mode else { return nil }
    let values = tiers.map { TierSchedule.Tier(from: $0.first.value, rate: $0.second.value) }
    return (TierSchedule(mode, tiers: values), tiers.map(\.second.place))
  }

  private func requireList(_ key: String, _ isEmpty: Bool, _ example: String, _ cursor: inout MappingCursor) {
    guard isEmpty, cursor.shape(of: key) == nil else { return }
    cursor.report(
      SpecificationCodes.missingKey, "`\(cursor.name(key))` is missing", at: cursor.origin,
      hint: "add `\(key): \(example)`")
  }

  private func checkAscending(_ values: [(Money, SourcePlace)], _ noun: String, _ cursor: inout MappingCursor) {
    for (left, right) in zip(values, values.dropFirst()) where left.0 >= right.0 {
      cursor.report(
        IncentivesCodes.tiers,
        "the \(noun) at \(right.0.plainDescription) does not lie above the one before it, "
          + left.0.plainDescription, at: right.1, hint: "write them in ascending order, each once",
        notes: ["the one before is written at \(left.1)"])
    }
  }

  // MARK: Details

  /// `{product: {5g-cpe: 1.5}, role: {new: 1.2}}`
  private func multipliers(_ cursor: inout MappingCursor) -> [IncentiveRule.Multiplier] {
    IncentiveRule.Multiplier.Scope.allCases.flatMap { scope in
      cursor.section(scope.rawValue) { ids in
        ids.keys.compactMap { id in
          ids.require(id, as: .share(.between(Percent(0), Percent(1000)))).map {
            IncentiveRule.Multiplier(scope, id, factor: $0.value, at: $0.place)
          }
        }
      }
    }
  }

  /// `paid_in: cash`, or `paid_in: {cash: 0.6, discount: 0.4}`.
  private func forms(_ cursor: inout MappingCursor) -> [IncentiveRule.FormShare] {
    guard cursor.shape(of: "paid_in") == .section else {
      let form = cursor.read("paid_in", as: ScalarFormat<Award.Form>.choice, default: .cash).value
      return [.init(form, Percent(100))]
    }
    return cursor.section("paid_in") { forms in
      let shares = Award.Form.allCases.compactMap { form in
        forms.read(form.rawValue, as: .share()).map { IncentiveRule.FormShare(form, $0.value) }
      }
      let total = shares.reduce(0) { $0 + $1.share.tenThousandths }
      if total != Percent(100).tenThousandths {
        forms.report(
          IncentivesCodes.forms, "the parts of a payout add up to \(Percent(tenThousandths: total)) %, not 100 %",
          at: forms.origin, hint: "give the rest to one of cash, discount, in_kind")
      }
      return shares.isEmpty ? [.init(.cash, Percent(100))] : shares
    }
  }
}

/// What a key of `incentives:` stands for.
struct IncentiveRuleKind {
  enum Shape {
    case tiers, grade, steps, market
    /// The key of the rate.
    case aboveTarget(String)
  }

  let name: String
  let ledger: String
  let basis: IncentiveRule.Basis
  let links: [IncentiveRule.Link]
  let shape: Shape
  let trace: String

  init(
    _ name: String, ledger: String, basis: IncentiveRule.Basis,
    links: [IncentiveRule.Link] = IncentiveRule.Link.allCases, shape: Shape = .tiers, trace: String? = nil
  ) {
    (self.name, self.ledger, self.basis, self.links, self.shape) = (name, ledger, basis, links, shape)
    self.trace = trace ?? name
  }

  var isRebate: Bool { name.hasPrefix("rebates.") }
}

/// What must hold between the versions and rows of rules.
struct IncentiveChecks {
  let rules: IncentiveRules

  func report(to cursor: inout MappingCursor) {
    let (overlaps, gaps) = rules.conflicts()
    for (left, right) in overlaps {
      cursor.report(
        IncentivesCodes.overlap, "two versions of `incentives.\(left.name)` are in force at the same time",
        at: right.place, hint: "end the first with `to:` before the second begins with `from:`",
        notes: ["the other version is written at \(left.place)"])
    }
    for (left, right) in gaps {
      cursor.report(
        IncentivesCodes.gap,
        "no version of `incentives.\(left.name)` is in force between \(Self.text(left.to)) and "
          + Self.text(right.from),
        severity: .warning, at: right.place, hint: "nothing is paid under the rule in between",
        notes: ["the version before is written at \(left.place)"])
    }
    for rule in rules.versions {
      if case .market(let rows) = rule.formula { checkMarket(rule, rows, &cursor) }
    }
  }

  private static func text(_ period: Period?) -> String { period?.description ?? "always" }

  /// A rebate by sales and penetration must not fall in either: rates rise along a row, and from row to row.
  private func checkMarket(
    _ rule: IncentiveRule, _ rows: [IncentiveFormula.MarketRow], _ cursor: inout MappingCursor
  ) {
    for (left, right) in zip(rows, rows.dropFirst()) where left.penetration >= right.penetration {
      cursor.report(
        IncentivesCodes.tiers, "the rows of `incentives.\(rule.name)` do not rise in penetration", at: rule.place,
        hint: "write them in ascending order, each once")
    }
    func rate(_ schedule: TierSchedule, _ sales: Money) -> Percent {
      schedule.tier(at: sales).map { schedule.tiers[$0].rate } ?? Percent(0)
    }
    let thresholds = Set(rows.flatMap(\.schedule.tiers).map(\.from)).sorted()
    let falls =
      rows.contains { row in zip(row.schedule.tiers, row.schedule.tiers.dropFirst()).contains { $0.rate > $1.rate } }
      || zip(rows, rows.dropFirst()).contains { left, right in
        thresholds.contains { rate(left.schedule, $0) > rate(right.schedule, $0) }
      }
    if falls {
      cursor.report(
        IncentivesCodes.falling, "a rate of `incentives.\(rule.name)` falls as sales or penetration rise",
        at: rule.place, hint: "rates must not fall along a row, nor from one row to the next")
    }
  }
}
