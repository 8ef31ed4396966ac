import ChannelTypes
import Partners
import Specifications
import Tables

extension PlanDecoder {
  /// A share of the whole: `0.03` is 3 %.
  private static let share = ScalarFormat.money(.between(.zero, Money(1)))
  private static let prize = ScalarFormat.money(.between(.zero, Money(1_000_000_000)))

  /// Reads the keys of `incentives:` that belong to recognition; the others are read by `incentives`.
  ///
  /// | key | meaning | unit, default |
  /// |---|---|---|
  /// | `grades` | levels by name, from the lowest; a list of such sections where they change, each with `from` | |
  /// | `points` | points of a quarter | |
  /// | `new_product` | reward for the first order of a new product | |
  /// | `star` | years in a row, loyalty bonus | |
  /// | `contest` | monthly prizes of region squads | |
  /// | `priority` | quarters in a row that bring priority in supply | |
  /// | `awards` | pools by name | |
  /// | `support` | tiers of service support by name, from the lowest | |
  func recognition(_ cursor: inout MappingCursor, _ settings: inout RecognitionSettings) {
    for key in ["grades", "points", "new_product", "star", "contest", "priority", "awards", "support"]
    where cursor.shape(of: key) != nil {
      settings.places[key] = cursor.origin(of: key).place
    }
    settings.rules.grades =
      cursor.shape(of: "grades") == .list
      ? cursor.sections("grades") { ladder(&$0) }
      : cursor.sectionIfPresent("grades") { ladder(&$0) }.map { [$0] } ?? []
    settings.rules.points = cursor.sectionIfPresent("points") { points(&$0) }
    settings.rules.firstOrder = cursor.sectionIfPresent("new_product") { firstOrder(&$0) } ?? nil
    settings.rules.star = cursor.sectionIfPresent("star") { star(&$0) }
    settings.rules.contest = cursor.sectionIfPresent("contest") { contest(&$0) }
    settings.rules.priority = cursor.sectionIfPresent("priority") { section in
      var rule = PriorityRule()
      rule.streak = section.read("streak", as: .integer(.between(1, 400)), default: rule.streak).value
      rule.factor = section.read("factor", as: .number(.between(1, 1000)), default: rule.factor).value
      return rule
    }
    settings.rules.pools = cursor.section("awards") { pools(&$0) }
    settings.rules.support = cursor.sectionIfPresent("support") { support(&$0) }
    check(settings, &cursor)
  }

  /// What must hold between the rules.
  private func check(_ settings: RecognitionSettings, _ cursor: inout MappingCursor) {
    let ladders = settings.rules.grades
    for (earlier, later) in zip(ladders, ladders.dropFirst()) {
      let (begins, next) = (earlier.from?.firstDay?.daysSinceEpoch, later.from?.firstDay?.daysSinceEpoch)
      guard next == nil || begins ?? .min >= next ?? .min else { continue }
      cursor.report(
        AwardsCodes.notAscending, "two versions of `incentives.grades` hold at the same time, or in the wrong order",
        at: settings.places["grades"] ?? .default, hint: "give each version but the first its own later `from`")
    }
    if case .points? = settings.rules.firstOrder?.reward, settings.rules.points == nil {
      cursor.report(
        AwardsCodes.reward, "first orders bring points, but the plan gives points no value",
        at: settings.places["new_product"] ?? .default,
        hint: "add `incentives.points`, or pay `first_order_cash`")
    }
  }

  /// `bronze: {sales: 300000, coverage: 1, rebate: 0.01, subsidy: 0, training_hours: 8, fund: 0}`: sales of a calendar
  /// year and outlets from which the level counts; rebate as a share of a quarter's sales; subsidy of a year; hours of
  /// training in a year; a brand fund, once.
  private func ladder(_ cursor: inout MappingCursor) -> GradeLadder {
    let from = cursor.read("from", as: .period())?.value
    let levels = cursor.keys.filter { $0 != "from" }.compactMap { name -> GradeLadder.Level? in
      let place = cursor.origin(of: name).place
      return cursor.section(name) { section in
        let sales = section.require("sales", as: Self.amount)
        var level = GradeLadder.Level(name, sales: sales?.value ?? .zero)
        level.coverage = section.read("coverage", as: .integer(.between(0, 1_000_000)), default: 0).value
        level.rebate = Self.percent(section.read("rebate", as: Self.share, default: .zero).value)
        level.subsidy = section.read("subsidy", as: Self.prize, default: .zero).value
        level.trainingHours = section.read("training_hours", as: .integer(.between(0, 100_000)), default: 0).value
        level.fund = section.read("fund", as: Self.prize, default: .zero).value
        level.place = place
        return sales == nil ? nil : level
      }
    }
    let ladder = GradeLadder(from: from, levels: levels)
    if !ladder.isProper {
      cursor.report(
        AwardsCodes.notAscending, "the levels of `\(cursor.path.joined(separator: "."))` do not rise",
        at: cursor.origin,
        hint: "write them from the lowest: sales must rise, coverage and rebate must not fall")
    }
    return ladder
  }

  /// A share with four decimals as a percentage.
  private static func percent(_ share: Money) -> Percent { Percent(tenThousandths: share.tenThousandths * 100) }

  private func points(_ cursor: inout MappingCursor) -> PointsRule {
    var rule = PointsRule()
    rule.weights = cursor.section("weights") { weights in
      PointsRule.Dimension.allCases.enumerated().map { index, dimension in
        let standard = Money(tenThousandths: rule.weights[index].tenThousandths / 100)
        return Self.percent(weights.read(dimension.rawValue, as: Self.share, default: standard).value)
      }
    }
    if !rule.isProper {
      let sum = rule.weights.reduce(Percent(0)) { Percent(tenThousandths: $0.tenThousandths + $1.tenThousandths) }
      cursor.report(
        AwardsCodes.weights, "the weights of points add up to \(sum) %, not to 100 %", at: cursor.origin(of: "weights"),
        hint: "change one of \(PointsRule.Dimension.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    rule.full = cursor.read("full", as: .integer(.between(1, 1_000_000)), default: rule.full).value
    rule.cap = cursor.read("cap_pct", as: .percent(.between(Percent(1), Percent(1000))), default: rule.cap).value
    rule.newCustomersGoal =
      cursor.read("new_customers", as: .integer(.between(1, 1_000_000)), default: rule.newCustomersGoal).value
    rule.value = cursor.read("value", as: .money(.between(.zero, Money(1000))), default: rule.value).value
    rule.redeemed = cursor.read("redeemed_pct", as: .percent(), default: rule.redeemed).value
    rule.form = cursor.read("redeemed_as", as: .choice, default: rule.form).value
    _ = cursor.read("reset", as: .word(of: ["quarterly"]), default: "quarterly")
    return rule
  }

  /// `first_order_points: x2` (the points of an order, doubled) or `first_order_cash: 500`.
  private func firstOrder(_ cursor: inout MappingCursor) -> FirstOrderRule? {
    let fund = cursor.require("fund", as: Self.prize)
    let multiple = cursor.read("first_order_points", as: .text)
    let cash = cursor.read("first_order_cash", as: Self.prize)
    let orderPoints = cursor.read("order_points", as: .integer(.between(1, 1_000_000)), default: 100).value
    let months = cursor.read("months", as: .integer(.between(1, 1200)), default: 12).value
    var reward = cash.map { FirstOrderRule.Reward.cash($0.value) }
    if let multiple {
      let digits =
        multiple.value.first.map { "x×*X".contains($0) } ?? false ? multiple.value.dropFirst() : multiple.value[...]
      if let factor = Int(digits), (1...1000).contains(factor) {
        reward = .points(factor)
      } else {
        cursor.report(
          AwardsCodes.reward, "`\(multiple.value)` is no multiple of points", at: multiple.place,
          hint: "write x2 for double points")
        return nil
      }
    }
    if (multiple == nil) == (cash == nil) {
      cursor.report(
        AwardsCodes.reward, "the first order of a new product brings points or cash, one of them", at: cursor.origin,
        hint: "write `first_order_points: x2` or `first_order_cash: 500`")
    }
    guard let reward, let fund else { return nil }
    var rule = FirstOrderRule(reward, fund: fund.value)
    rule.orderPoints = orderPoints
    rule.months = months
    return rule
  }

  private func star(_ cursor: inout MappingCursor) -> StarRule {
    var rule = StarRule()
    rule.years = cursor.read("years", as: .integer(.between(1, 50)), default: rule.years).value
    let rates = cursor.list("loyalty_pct", of: .percent(), default: [rule.low, rule.high], unique: false)
    let full = cursor.read("full_years", as: .integer(.between(1, 100)), default: max(rule.years, rule.fullYears))
    rule.fullYears = full.value
    let ends = rates.map(\.value)
    if ends.count == 2, ends[0] <= ends[1] {
      (rule.low, rule.high) = (ends[0], ends[1])
    } else {
      cursor.report(
        AwardsCodes.loyalty, "`loyalty_pct` is the lowest and the highest rate", at: cursor.origin(of: "loyalty_pct"),
        hint: "write [1, 3]")
    }
    if rule.fullYears < rule.years {
      cursor.report(
        AwardsCodes.loyalty, "the full rate comes after \(rule.fullYears) years, before the star after \(rule.years)",
        at: full.place, hint: "`full_years` must be at least `years`")
      rule.fullYears = rule.years
    }
    return rule
  }

  private func contest(_ cursor: inout MappingCursor) -> ContestRule {
    _ = cursor.read("every", as: .word(of: ["month"]), default: "month")
    let measure: Located<ContestRule.Measure> = cursor.read("by", as: .choice, default: .attainment)
    let top = cursor.read("top", as: .integer(.between(1, 1000)), default: 3)
    let prizes = cursor.list("prizes", of: Self.prize, unique: false).map(\.value)
    if prizes.count != top.value {
      cursor.report(
        AwardsCodes.prizes, "the contest has \(top.value) winners and \(prizes.count) prizes", at: top.place,
        hint: "list one prize for each rank under `prizes`")
    }
    return ContestRule(measure.value, prizes: prizes)
  }

  /// `innovation: {pool: 60000, winners: 3, by: new_products, every: year, nominated: [P001]}`.
  private func pools(_ cursor: inout MappingCursor) -> [PoolRule] {
    cursor.keys.compactMap { name in
      let place = cursor.origin(of: name).place
      if Award.takenNames.contains(name) {
        cursor.report(
          AwardsCodes.takenName, "no pool can be called `\(name)`", at: place, hint: "choose another name")
      }
      return cursor.section(name) { section in
        let pool = section.require("pool", as: Self.prize)
        var rule = PoolRule(name, pool: pool?.value ?? .zero)
        rule.winners = section.read("winners", as: .integer(.between(1, 100_000)), default: rule.winners).value
        rule.measure = section.read("by", as: .choice, default: rule.measure).value
        rule.every = section.read("every", as: .choice, default: rule.every).value
        rule.nominated = section.list("nominated", of: .text).map(\.value)
        rule.place = place
        return pool == nil ? nil : rule
      }
    }
  }

  /// `full: {dedicated_staff: 2, reports: 0.95, field_days: 6}`: people for our products only, share of months with
  /// reported sell-out, days of field service in a quarter.
  private func support(_ cursor: inout MappingCursor) -> SupportLadder {
    let tiers = cursor.keys.map { name in
      let place = cursor.origin(of: name).place
      return cursor.section(name) { section in
        var tier = SupportLadder.Tier(
          name, dedicatedStaff: section.read("dedicated_staff", as: .integer(.between(0, 1_000_000)), default: 0).value,
          reports: section.read("reports", as: .number(.between(0, 1)), default: 0).value,
          fieldDays: section.read("field_days", as: .number(.between(0, 92)), default: 0).value)
        tier.place = place
        return tier
      }
    }
    let ladder = SupportLadder(tiers)
    if !ladder.isProper {
      cursor.report(
        AwardsCodes.notAscending, "the tiers of `incentives.support` do not rise", at: cursor.origin,
        hint: "write them from the lowest: no threshold may fall")
    }
    return ladder
  }
}
