internal import ChannelTypes
internal import Glibc
internal import Regression

/// The churn of partners: who sells nothing any more within the next periods.
///
/// A partner has left in the first period after its last sale, if its status says that it ended or if it has sold nothing
/// for `inactivePeriods` since; a pause from which it came back is not a departure. At each past origin the rows hold the
/// partners that had sold within the last `inactivePeriods`, what was known of them at that time, and whether they left
/// within the horizon. Figures that the tables give as of today only (grade, satisfaction, staff) are not used, because
/// they may already reflect the departure.
public struct PartnerChurn: Sendable, Hashable {
  /// Periods ahead; at least 1.
  public var horizon: Int
  /// Periods without sales after which a partner has left; at least 1.
  public var inactivePeriods: Int

  /// Departures that a fit needs at least.
  public static let leastDepartures = 10

  public init(horizon: Int, inactivePeriods: Int) {
    self.horizon = max(1, horizon)
    self.inactivePeriods = max(1, inactivePeriods)
  }

  /// - Parameter seed: of the folds.
  public func fit(_ history: PartnerHistory, seed: UInt64) throws(ChurnError) -> ChurnEstimate {
    let window = history.quarter
    let needed = 2 * window + horizon + inactivePeriods
    guard history.periodCount >= needed else {
      throw .shortHistory(kind: .partner, periods: history.periodCount, needed: needed)
    }
    let exits = history.partners.indices.map { history.exit($0, inactivePeriods: inactivePeriods) }
    let (past, censored) = pastRows(history, exits)
    let departures = Set(zip(past.subjects, past.outcomes).filter { $0.1.leftAt != nil }.map(\.0)).count
    guard departures >= PartnerChurn.leastDepartures else {
      throw .fewDepartures(kind: .partner, departures: departures, needed: PartnerChurn.leastDepartures)
    }
    let model = try ChurnModel(
      .partner, past, features: PartnerChurn.features, factors: ["channel_type"], departures: departures,
      horizon: horizon, seed: seed)
    // Who is there today.
    let today = history.periodCount - 1
    var current = ChurnRows()
    var silent = 0
    for partner in history.partners.indices where exits[partner] == nil && !history.isEnded[partner] {
      guard isActive(history, partner, at: today) else {
        silent += 1
        continue
      }
      append(&current, history, partner, today, outcome: .init(span: horizon, seen: 0))
    }
    let predictions = try model.predict(
      current, features: PartnerChurn.features, factorPhrases: ["channel_type": "sells as"])
    let subjects = zip(current.subjects, predictions).map { partner, prediction in
      ChurnEstimate.Subject(
        id: history.partners[partner], partner: history.partners[partner], region: history.regions[partner],
        left: prediction.left, lower: prediction.interval.lowerBound, upper: prediction.interval.upperBound,
        value: yearlyMargin(history, partner), mainReason: prediction.reason)
    }
    var remarks: [String] = []
    if censored > 0 { remarks.append("\(censored) rows partner × period whose outcome is not known yet were left out") }
    if silent > 0 { remarks.append("\(silent) partners that have never sold are not rated") }
    return ChurnEstimate(
      kind: .partner, horizon: horizon, subjects: subjects.sortedByValueAtRisk, terms: model.fit.regression.terms,
      dropped: model.fit.regression.dropped, ridge: model.fit.ridge, evaluations: model.evaluations,
      departures: departures,
      remarks: remarks)
  }

  /// Rows of all origins with what is known to have followed, and how many had to be left out because nothing is.
  private func pastRows(_ history: PartnerHistory, _ exits: [Int?]) -> (ChurnRows, censored: Int) {
    var rows = ChurnRows()
    var censored = 0
    // Without a status, a departure shows only after `inactivePeriods`: later origins would see survivors alone.
    let delay = history.isEnded.contains(true) ? 0 : inactivePeriods - 1
    let last = history.periodCount - 1 - delay
    for partner in history.partners.indices {
      guard let first = history.firstSale(partner), let lastSale = history.lastSale(partner) else { continue }
      let earliest = max(first + history.quarter - 1, 2 * history.quarter - 1)
      for origin in earliest...max(last, earliest) where origin < last && isActive(history, partner, at: origin) {
        var outcome = ChurnRows.Outcome(span: horizon, seen: min(horizon, last - origin))
        if let exit = exits[partner] {
          guard exit > origin else { continue }
          if exit <= origin + outcome.seen { outcome.leftAt = exit - origin }
        } else if origin + outcome.seen > lastSale {
          // Silent since, but not for long enough to say that it has gone.
          censored += 1
          continue
        }
        append(&rows, history, partner, origin, outcome: outcome)
      }
    }
    return (rows, censored)
  }

  private func isActive(_ history: PartnerHistory, _ partner: Int, at origin: Int) -> Bool {
    (max(0, origin - inactivePeriods + 1)...origin).contains { history.sells(partner, $0) }
  }

  /// Margin of the last year, or of what there is of it, for twelve months.
  private func yearlyMargin(_ history: PartnerHistory, _ partner: Int) -> Double {
    let year = history.frequency.periodsPerYear
    let mean = history.mean(history.margin, partner, history.periodCount - year..<history.periodCount)
    return mean.isNaN ? 0 : max(0, mean * Double(year))
  }

  private func append(
    _ rows: inout ChurnRows, _ history: PartnerHistory, _ partner: Int, _ origin: Int, outcome: ChurnRows.Outcome
  ) {
    rows.append(
      numbers: knownFigures(history, partner, origin), levels: ["channel_type": history.channels[partner]],
      outcome: outcome, subject: partner, cluster: partner, origin: origin)
  }

  /// What was known at the end of period `origin`.
  private func knownFigures(_ history: PartnerHistory, _ partner: Int, _ origin: Int) -> [String: Double] {
    let window = history.quarter
    let recent = origin - window + 1..<origin + 1
    let before = origin - 2 * window + 1..<origin - window + 1
    let first = history.firstSale(partner) ?? origin
    let level = history.mean(history.sales, partner, origin - 4 * window + 1..<origin + 1)
    let latest = (0...origin).last { history.sells(partner, $0) } ?? origin
    let seen = max(first, origin - 2 * window + 1)...origin
    let floor = 0.05 * level
    let trend = log(
      (history.mean(history.sales, partner, recent).orZero + floor)
        / (history.mean(history.sales, partner, before) + floor))
    let since = history.signed[partner] ?? first
    let tenure = Double(max(0, origin - since)) / Double(history.frequency.periodsPerYear)
    let sellIn = history.mean(history.sellIn, partner, recent)
    let stock = log((sellIn + floor) / (history.mean(history.sales, partner, recent).orZero + floor))
    var figures = [
      "sales_trend": trend.isNaN ? 0 : min(max(trend, -1.5), 1.5),
      "periods_since_sale": Double(origin - latest),
      "empty_periods_pct": 100 * Double(seen.count { !history.sells(partner, $0) }) / Double(seen.count),
      "log_sales": log(max(level.orZero, 0) + 1),
      "stockout_days_pct": 100 * history.mean(history.stockoutShare, partner, recent),
      "log_tenure": log(1 + tenure),
      "stock_building": stock.isNaN ? .nan : min(max(stock, -1.5), 1.5),
    ]
    if !history.incidents.isEmpty {
      figures["incidents"] =
        history.mean(history.incidents, partner, origin - 2 * window + 1..<origin + 1).orZero * Double(2 * window)
    }
    if !history.deliveryDelay.isEmpty {
      figures["delivery_delay_days"] = history.mean(history.deliveryDelay, partner, recent)
    }
    return figures
  }

  /// Those expected to matter most first.
  static let features = [
    ChurnFeature(name: "sales_trend") { value in
      let change = Int((100 * (exp(value) - 1)).rounded())
      return change < 0 ? "sales down \(-change) % on the quarter before" : "sales up \(change) % on the quarter before"
    },
    ChurnFeature(name: "stockout_days_pct") { "out of stock on \(Int($0.rounded())) % of days" },
    ChurnFeature(name: "incidents") { "\(Int($0.rounded())) complaints and incidents in two quarters" },
    ChurnFeature(name: "log_tenure") { "\(shortNumber(exp($0) - 1)) years with us" },
    ChurnFeature(name: "periods_since_sale") { "no sales for \(Int($0)) periods" },
    ChurnFeature(name: "log_sales") { _ in "size of its sales" },
    ChurnFeature(name: "delivery_delay_days") { "deliveries \(shortNumber($0)) days late" },
    ChurnFeature(name: "empty_periods_pct") { "no sales in \(Int($0.rounded())) % of the last periods" },
    ChurnFeature(name: "stock_building") { value in
      value > 0 ? "buys more than it sells" : "buys less than it sells"
    },
  ]
}

/// One decimal.
func shortNumber(_ value: Double) -> String {
  let tenths = (value * 10).rounded() / 10
  return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
}

extension Double {
  /// Zero where unknown.
  var orZero: Double { isNaN ? 0 : self }
}

extension Array where Element == ChurnEstimate.Subject {
  var sortedByValueAtRisk: [ChurnEstimate.Subject] {
    sorted { ($1.valueAtRisk, $1.probability, $0.id) < ($0.valueAtRisk, $0.probability, $1.id) }
  }
}
