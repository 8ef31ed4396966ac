import ChannelTypes
import Churn
import Probability
import Regression
import Testing

struct PartnerChurnTests {
  static let network = SimulatedNetwork(partners: 240, periods: 36, seed: 7)
  static let estimate: ChurnEstimate? = try? PartnerChurn(horizon: 3, inactivePeriods: 3).fit(network.history, seed: 1)

  @Test func findsWhoLeavesAndWhy() throws {
    let estimate = try #require(Self.estimate)
    // The straight parts of the curves, per deviation of the figure.
    let trend = try #require(estimate.terms.first { $0.name == "smooth(sales_trend)[1]" })
    let stockout = try #require(estimate.terms.first { $0.name == "smooth(stockout_days_pct)[1]" })
    #expect(trend.statistic < -4 && trend.estimate < -0.1)
    #expect(stockout.statistic > 4 && stockout.estimate > 0.2)
    // What has no effect is not found (four standard errors).
    let channel = try #require(estimate.terms.first { $0.name.hasPrefix("channel_type") })
    #expect(abs(channel.statistic) < 4)
    #expect(estimate.departures > 60)
  }

  @Test func heldOutPredictionsAreCalibratedAndBeatTheMean() throws {
    let estimate = try #require(Self.estimate)
    #expect(estimate.evaluations.map(\.name) == ["held-out partners", "later periods", "without covariates"])
    let (heldOut, later, constant) = (
      estimate.evaluations[0].calibration, estimate.evaluations[1].calibration, estimate.evaluations[2].calibration
    )
    #expect(try #require(heldOut.auc) > 0.68)
    #expect(heldOut.logLoss < constant.logLoss)
    #expect(heldOut.brier < constant.brier)
    let slope = try #require(heldOut.slope)
    #expect(slope > 0.75 && slope < 1.35)
    #expect(try #require(later.auc) > 0.6)
    #expect(constant.auc == 0.5)
  }

  @Test func chancesAreCloseToTheTruth() throws {
    let estimate = try #require(Self.estimate)
    let pairs = estimate.subjects.compactMap { subject in
      Self.network.chances[subject.id].map { (subject, truth: $0) }
    }
    #expect(pairs.count == estimate.subjects.count)
    let meanTruth = pairs.reduce(0) { $0 + $1.truth } / Double(pairs.count)
    let meanEstimate = pairs.reduce(0) { $0 + $1.0.probability } / Double(pairs.count)
    #expect(abs(meanEstimate / meanTruth - 1) < 0.35)
    for (subject, _) in pairs {
      #expect(subject.lower <= subject.probability && subject.probability <= subject.upper)
      #expect(subject.lower >= 0 && subject.upper <= 1)
      #expect(subject.left.count == 3 && subject.left == subject.left.sorted())
      #expect(subject.value > 0 && subject.value.isFinite)
      #expect(!subject.mainReason.isEmpty)
    }
    // Those in the highest tenth by the estimate are in truth at more risk than the others.
    let ranked = pairs.sorted { $0.0.probability > $1.0.probability }
    let top = ranked.prefix(ranked.count / 10)
    #expect(top.reduce(0) { $0 + $1.truth } / Double(top.count) > 1.8 * meanTruth)
    #expect(zip(estimate.subjects, estimate.subjects.dropFirst()).allSatisfy { $0.valueAtRisk >= $1.valueAtRisk })
  }

  @Test func thoseWhoLeftAreNotRated() throws {
    let estimate = try #require(Self.estimate)
    let rated = Set(estimate.subjects.map(\.id))
    for (index, ended) in Self.network.history.isEnded.enumerated() where ended {
      #expect(!rated.contains("P\(index)"))
    }
  }

  @Test func theLastPeriodsDoNotLeakIntoThePast() throws {
    // Sales after the last origin whose outcome is known may change figures of today, not the fit.
    var history = Self.network.history
    for partner in history.partners.indices {
      let offset = partner * history.periodCount + history.periodCount - 1
      if history.sales[offset] > 0 { history.sales[offset] *= 3 }
      history.stockoutShare[offset] = 0.9
    }
    let changed = try PartnerChurn(horizon: 3, inactivePeriods: 3).fit(history, seed: 1)
    #expect(changed.terms == (try #require(Self.estimate)).terms)
  }

  @Test func withoutAStatusSilenceTells() throws {
    let network = SimulatedNetwork(partners: 240, periods: 36, seed: 7, statusIsKnown: false)
    let estimate = try PartnerChurn(horizon: 3, inactivePeriods: 3).fit(network.history, seed: 1)
    let known = try #require(Self.estimate)
    #expect(estimate.departures > known.departures * 8 / 10)
    #expect(try #require(estimate.calibration?.auc) > 0.65)
  }

  @Test func sameSeedSameResult() throws {
    let again = try PartnerChurn(horizon: 3, inactivePeriods: 3).fit(Self.network.history, seed: 1)
    let first = try #require(Self.estimate)
    #expect(again.subjects == first.subjects)
    #expect(again.ridge == first.ridge)
  }

  @Test func refusesWhatTheDataCannotSupport() {
    let short = SimulatedNetwork(partners: 20, periods: 11, seed: 1)
    #expect(throws: ChurnError.shortHistory(kind: .partner, periods: 11, needed: 12)) {
      try PartnerChurn(horizon: 3, inactivePeriods: 3).fit(short.history, seed: 1)
    }
    let few = SimulatedNetwork(partners: 8, periods: 30, seed: 1)
    #expect(throws: ChurnError.self) { try PartnerChurn(horizon: 3, inactivePeriods: 3).fit(few.history, seed: 1) }
  }

  @Test func aPauseIsNoDeparture() {
    // Sales in periods 0–4 and 9: a pause of four, then back.
    let sales: [Double] = [5, 5, 5, 5, 5, 0, 0, 0, 0, 5, 0, 0]
    let history = PartnerHistory(
      partners: ["A"], regions: [""], channels: [""], firstPeriod: .month(2025, 1), periodCount: 12, frequency: .month,
      sales: sales, margin: sales, sellIn: sales, stockoutShare: sales, signed: [nil], isEnded: [false])
    #expect(history.exit(0, inactivePeriods: 3) == nil)
    #expect(history.exit(0, inactivePeriods: 2) == 10)
  }
}
