import ChannelTypes
import Partners
import Specifications
import Tables

extension PlanDecoder {
  func credit(_ cursor: inout MappingCursor) -> CreditSettings {
    let standard = CreditSettings()
    var credit = standard
    credit.total = cursor.read("total", as: .money(.atLeast(.zero)))
    credit.defaultDays = cursor.read("default_days", as: .integer(.between(1, 3650)), default: 60)
    func percent(_ key: String, _ value: Located<Double>, upTo most: Double = 100) -> Located<Double> {
      cursor.read(key, as: .number(.between(0, most)), default: value.value)
    }
    credit.lossGivenDefault = percent("loss_given_default_pct", standard.lossGivenDefault)
    credit.margin = percent("margin_pct", standard.margin)
    credit.capitalCost = percent("capital_cost_pct", standard.capitalCost, upTo: 1000)
    credit.expectedLoss = cursor.read("expected_loss_pct", as: .number(.between(0, 100)))
    credit.tailLoss = cursor.read("tail_loss_pct", as: .number(.between(0, 100)))
    credit.level = cursor.read("level", as: .number(.between(50, 99.9)), default: standard.level.value)
    credit.maxMove = percent("max_move_pct", standard.maxMove, upTo: 1000)
    credit.prepayAbove = percent("prepay_above_pct", standard.prepayAbove)
    credit.correlation = cursor.read("correlation", as: .number(.between(0, 0.95)), default: standard.correlation.value)
    let smallest = Money(tenThousandths: 100)
    credit.unit = cursor.read(
      "unit", as: .money(.between(smallest, Money(1_000_000_000))), default: standard.unit.value)
    credit.demandElasticity = cursor.read(
      "demand_elasticity", as: .number(.between(0, 10)), default: standard.demandElasticity.value)
    credit.bands = cursor.section("bands") { creditBands(&$0, standard.bands) }
    let high = credit.prepayAbove
    if high.value < credit.bands.lowUpTo.value {
      cursor.report(
        CreditCodes.contradictingTerms,
        "low risk goes up to \(credit.bands.lowUpTo.value) %, but high risk begins above \(high.value) %",
        at: credit.bands.lowUpTo.place, hint: "lower `bands.low.up_to_pct` or raise `prepay_above_pct`",
        notes: ["high risk is written at \(high.place)"])
    }
    credit.ratings = creditRatings(&cursor, standard.ratings)
    credit.stress = cursor.section("stress") { creditStress(&$0, standard.stress) }
    credit.benchmarks = cursor.section("benchmarks") { benchmarks in
      FinancialRatio.allCases.compactMap { ratio in
        benchmarks.read(ratio.rawValue, as: .number(.between(-1e6, 1e6))).map { (ratio, $0) }
      }
    }
    credit.matrix = cursor.section("matrix") { riskMatrix(&$0, standard.matrix) }
    credit.extending = cursor.section("extension") { creditExtension(&$0, standard.extending) }
    cursor.section("cash") { cash in
      credit.cash.discount = cash.read(
        "discount_pct", as: .number(.between(0, 99)), default: standard.cash.discount.value)
      credit.cash.partnerRate = cash.read(
        "partner_rate_pct", as: .number(.between(0, 1000)), default: standard.cash.partnerRate.value)
    }
    credit.fundLevel = cursor.read("fund_level", as: .number(.between(50, 99.9)), default: standard.fundLevel.value)
    credit.overstockLoss = cursor.read(
      "overstock_loss_pct", as: .number(.between(0, 100)), default: standard.overstockLoss.value)
    return credit
  }

  private func creditBands(
    _ cursor: inout MappingCursor, _ standard: CreditSettings.BandSettings
  ) -> CreditSettings.BandSettings {
    var bands = standard
    for band in RiskBand.allCases {
      let isWritten = cursor.keys.contains(band.rawValue)
      if isWritten { bands.places[band] = cursor.origin(of: band.rawValue).place }
      cursor.section(band.rawValue) { section in
        if band == .low {
          bands.lowUpTo = section.read(
            "up_to_pct", as: .number(.between(0, 100)), default: standard.lowUpTo.value)
        }
        let days: Located<Int>? = section.read("days", as: .integer(.between(1, 3650)))
        let prepays: Located<Bool>? = section.read("prepay", as: .flag)
        if let days, let prepays, prepays.value {
          section.report(
            CreditCodes.contradictingTerms, "`\(band.rawValue)` pays before delivery and within \(days.value) days",
            at: days.place, hint: "remove `days` or `prepay`", notes: ["prepayment is written at \(prepays.place)"])
        }
        if let days { bands.days[band] = days } else if prepays?.value == true { bands.days[band] = nil }
        bands.reviewDays[band] = section.read(
          "review_days", as: .integer(.between(1, 3650)), default: standard.reviewDays[band]?.value ?? 365)
      }
    }
    for (safer, riskier) in [(RiskBand.low, RiskBand.mid), (.mid, .high)] {
      let (safe, risky) = (bands.days[safer]?.value ?? 0, bands.days[riskier]?.value ?? 0)
      guard risky > safe, let place = bands.days[riskier]?.place else { continue }
      cursor.report(
        CreditCodes.contradictingTerms,
        "`\(riskier.rawValue)` risk gets \(risky) days, `\(safer.rawValue)` only \(safe)", at: place,
        hint: "riskier partners need terms that are as short or shorter")
    }
    return bands
  }

  private func creditRatings(
    _ cursor: inout MappingCursor, _ standard: [(name: String, upTo: Located<Double>)]
  ) -> [(name: String, upTo: Located<Double>)] {
    cursor.section("ratings") { ratings in
      guard !ratings.keys.isEmpty else { return standard }
      var read: [(name: String, upTo: Located<Double>)] = []
      for name in ratings.keys {
        guard let upTo = ratings.require(name, as: .number(.between(0, 100))) else { continue }
        if let last = read.last, last.upTo.value >= upTo.value {
          ratings.report(
            CreditCodes.contradictingTerms,
            "rating `\(name)` ends at \(upTo.value) %, not above `\(last.name)` at \(last.upTo.value) %",
            at: upTo.place, hint: "list ratings from the best, with rising chances of default")
        }
        read.append((name, upTo))
      }
      return read
    }
  }

  private func creditStress(
    _ cursor: inout MappingCursor, _ standard: CreditSettings.StressSettings
  ) -> CreditSettings.StressSettings {
    var stress = standard
    stress.variableCost = cursor.read(
      "variable_cost_pct", as: .number(.between(0, 100)), default: standard.variableCost.value)
    stress.months = cursor.read("months", as: .number(.between(0, 120)), default: standard.months.value)
    let shocks = cursor.section("shocks") { shocks in
      shocks.keys.map { name in
        let place = shocks.origin(of: name).place
        return shocks.section(name) { shock in
          let sales = shock.read("sales_pct", as: .number(.between(-100, 0)), default: 0).value
          let delay = shock.read("delay_days", as: .number(.between(0, 3650)), default: 0).value
          return Located(CreditShock(name, salesLoss: -sales / 100, delayDays: delay), at: place)
        }
      }
    }
    if !shocks.isEmpty { stress.shocks = shocks }
    return stress
  }

  private func riskMatrix(_ cursor: inout MappingCursor, _ standard: RiskMatrix) -> RiskMatrix {
    var matrix = standard
    let place = cursor.origin.place
    let percent = ScalarFormat<Double>.number(.between(0, 100))
    matrix.likelihood = cursor.list("likelihood_pct", of: percent, default: standard.likelihood.map { $0 * 100 })
      .map { $0.value / 100 }
    matrix.impact = cursor.list("impact_pct", of: percent, default: standard.impact.map { $0 * 100 })
      .map { $0.value / 100 }
    let words = ["low", "mid", "high"]
    let rows = cursor.section("grid") { grid in
      grid.keys.map { grid.list($0, of: .word(of: words), unique: false).map(\.value) }
    }
    if !rows.isEmpty { matrix.grid = rows }
    func rank(_ word: String) -> Int { words.firstIndex(of: word) ?? 0 }
    func rises(_ values: [Double]) -> Bool { zip(values, values.dropFirst()).allSatisfy { $0 < $1 } }
    func check(_ isFine: Bool, _ message: String, _ hint: String) {
      if !isFine { cursor.report(CreditCodes.contradictingGrid, message, at: place, hint: hint) }
    }
    check(
      rises(matrix.likelihood) && rises(matrix.impact), "the levels of the risk matrix do not rise",
      "list the upper ends of the levels in rising order")
    let (tall, wide) = (matrix.likelihood.count + 1, matrix.impact.count + 1)
    let fits = matrix.grid.count == tall && matrix.grid.allSatisfy { $0.count == wide }
    check(
      fits, "the grid does not have \(tall) rows of \(wide) ratings",
      "one row for each level of likelihood, one rating for each of impact, each one more than `_pct` lists")
    guard fits else { return standard }
    let growsRight = matrix.grid.allSatisfy { row in zip(row, row.dropFirst()).allSatisfy { rank($0) <= rank($1) } }
    let growsDown = zip(matrix.grid, matrix.grid.dropFirst()).allSatisfy { upper, lower in
      zip(upper, lower).allSatisfy { rank($0) <= rank($1) }
    }
    check(
      growsRight && growsDown, "a likelier or graver risk has a lower rating in the grid",
      "ratings never fall along a row or down a column")
    return matrix
  }

  private func creditExtension(
    _ cursor: inout MappingCursor, _ standard: CreditSettings.ExtensionSettings
  ) -> CreditSettings.ExtensionSettings {
    var settings = standard
    let maturities = ScalarFormat<String>.word(of: ["emerging", "growing", "mature"])
    settings.maturities = cursor.list("maturity", of: maturities, default: standard.maturities).map(\.value)
    settings.bands = cursor.list("bands", of: .choice, default: standard.bands).map(\.value)
    settings.days = cursor.list("days", of: .integer(.between(1, 365)), default: standard.days.map(\.value))
      .sorted { $0.value < $1.value }
    settings.salesLift = cursor.read(
      "sales_lift_pct", as: .number(.between(0, 100)), default: standard.salesLift.value)
    settings.exposure = cursor.read("exposure_pct", as: .number(.between(0, 100)), default: standard.exposure.value)
    settings.matureService = cursor.read(
      "mature_service_pct", as: .number(.between(0, 100)), default: standard.matureService.value)
    return settings
  }
}
