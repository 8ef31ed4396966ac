import ChannelTypes
import Tables
import Testing

@testable import SampleNetwork

/// The truth is in the data: shapes, dates, hazards, responses.
struct TruthTests {
  /// The new year of 2024 fell on 10 February and that of 2023 on 22 January: the closed fortnight moves with it.
  @Test func theNewYearMovesBetweenMonths() throws {
    let specification = NetworkSpecification()
    #expect(SalesCalendar.newYearShares(specification, 0) == (1, 10.0 / 15))
    #expect(SalesCalendar.newYearShares(specification, 1) == (0, 5.0 / 15))
    #expect(SalesCalendar.newYearShares(specification, 12) == (12.0 / 21, 0))
    #expect(SalesCalendar.newYearShares(specification, 13) == (9.0 / 21, 1))
    #expect(SalesCalendar.newYearShares(specification, 5) == (0, 0))
    let units = try bundled.get().table("sales").sums("sell_out_qty", by: "period")
    func ratio(_ year: Int) throws -> Double {
      try #require(units["\(year)-02"]) / #require(units["\(year)-01"])
    }
    // A February without the holiday keeps most of January's sales, one with it loses nearly half.
    #expect(try ratio(2023) > 0.75)
    #expect(try ratio(2024) < 0.68)
  }

  @Test func saleDaysAreEvents() throws {
    let events = try bundled.get().table("events")
    let sums = try events.sums("value", by: "name")
    // Four years of events: three of history, one ahead.
    #expect(sums["618"] == 72)
    #expect(sums["double_eleven"] == 44)
    #expect(sums["lunar_new_year"] == 32)
  }

  @Test func planIsFeasibleByArithmetic() throws {
    let network = try bundled.get()
    let spent = network.lastQuarter.total
    let plan = network.plan(compressed: true)
    #expect(plan.contains("  sales:            data/sales.csv.gz\n"))
    // Spendable money lies within what regions may move to.
    let spendable = 0.92 * 1.08 * spent
    #expect(spendable > 0.75 * spent && spendable < 1.3 * spent)
  }

  /// Slopes against differences of the curve, and carry-over weights that add up to one.
  @Test func responsesAreConsistent() {
    let specification = NetworkSpecification()
    for region in SpendTruth.draw(specification, Geography(specification)) {
      for response in region {
        let x = response.usual
        let step = 1e-4 * x
        let difference = (response.margin(x + step) - response.margin(x - step)) / (2 * step)
        // The central difference errs by step² f‴ / 6, about 1e-8 of the slope.
        #expect(abs(difference - response.slope(x)) < 1e-6 * response.slope(x))
        #expect(abs(response.weights.reduce(0, +) - 1) < 1e-12)
        #expect(response.margin(0) == 0)
        #expect(response.slope(x) > 0.2 && response.slope(x) < 4)
      }
    }
  }

  /// Some responses are S-shaped: their slope rises before it falls. Concave families cannot follow them.
  @Test func someResponsesAreNotConcave() {
    let social = SpendTruth(.adsSocial, usual: 10_000, saturation: 1, response: 1)
    #expect(social.slope(4_000) > social.slope(500))
    #expect(social.slope(40_000) < social.slope(4_000))
    let weights = social.weights
    #expect(weights[1] > weights[0])
  }

  /// Departures against the sum of their chances: within three standard deviations of a Poisson count.
  @Test func hazardsShowInCounts() throws {
    let truth = try bundled.get().truth
    let partners = try #require(truth["partner_hazard"])
    try check(partners)
    let departures = try #require(partners["departures"]?.number)
    #expect((12...50).contains(departures))
    let ended = try bundled.get().table("partners").texts("status").count { $0 == "ended" }
    #expect(Double(ended) == departures)
    for segment in try #require(truth["customer_hazards"]).members {
      try check(segment.value)
      let due = try #require(segment.value["renewals_due"]?.number)
      let kept = try #require(segment.value["renewals"]?.number)
      let chance = try #require(segment.value["renewal_chance"]?.number)
      #expect(abs(kept - chance * due) <= 3 * (due * chance * (1 - chance)).squareRoot())
    }
  }

  private func check(_ hazard: JSONValue) throws {
    let expected = try #require(hazard["expected_departures"]?.number)
    let departures = try #require(hazard["departures"]?.number)
    #expect(abs(departures - expected) <= 3 * expected.squareRoot() + 1)
  }

  /// Low satisfaction, empty shelves and complaints lead to departures, as the hazard says.
  @Test func unhappyPartnersLeaveMoreOften() {
    let hazard = PartnerHazard()
    let calm = hazard.chance(trend: 0, satisfaction: 80, stockouts: 0.02, tenureYears: 6, complaints: 0)
    let upset = hazard.chance(trend: -0.5, satisfaction: 50, stockouts: 0.15, tenureYears: 1, complaints: 4)
    #expect(calm < 0.005)
    #expect(upset > 0.08)
  }

  /// Most demand can be served; what was cut off is on record month by month.
  @Test func stockHidesSomeDemand() throws {
    for month in try #require(try bundled.get().truth["demand"]).items {
      let asked = try #require(month["demanded_units"]?.number)
      let sold = try #require(month["sold_units"]?.number)
      #expect(sold < asked)
      #expect(sold > 0.8 * asked)
    }
  }

  /// The planted fall of one region's market shows in its published index.
  @Test func theRegionShiftShowsInTheMarketIndex() throws {
    let table = try bundled.get().table("market_index")
    let index = try #require(table.numbers("index"))
    let region = try #require(table.text("region"))
    let period = try #require(table.periods("period"))
    func mean(_ months: ClosedRange<Int>) -> Double {
      let rows = (0..<table.rowCount).filter {
        region[$0] == "xian" && months.contains(Int(period.ordinals[$0]) - Period.month(2023, 1).ordinal)
      }
      return rows.reduce(0) { $0 + index[$1] } / Double(rows.count)
    }
    let change = mean(20...25) / mean(14...19)
    // ln change −0.22 with half a year of growth at 9 % and a walk of a few percent.
    #expect((0.74...0.92).contains(change))
  }

  /// Stuffed partners take in more than they sell at quarter ends.
  @Test func stuffingShowsAtQuarterEnds() throws {
    let network = try bundled.get()
    let stuffed = Set(
      try #require(network.truth["level_shifts"]?["stuffed_partners"]).items.compactMap { value -> String? in
        if case .string(let id) = value { id } else { nil }
      })
    #expect(stuffed.count > 5)
    let sales = try network.table("sales")
    let partner = try #require(sales.text("partner_id"))
    let month = try #require(sales.periods("period"))
    let into = try #require(sales.numbers("sell_in_qty"))
    func quarterEndShare(_ members: (String) -> Bool) -> Double {
      var (end, all) = (0.0, 0.0)
      for row in 0..<sales.rowCount where members(partner[row] ?? "") {
        all += into[row]
        if (month[row]?.month ?? 1) % 3 == 0 { end += into[row] }
      }
      return end / all
    }
    #expect(quarterEndShare(stuffed.contains) > quarterEndShare { !stuffed.contains($0) } + 0.1)
  }
}
