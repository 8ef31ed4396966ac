/// What a partner is held to, each against its own baseline, so that a good total hides no failure.
public enum ProbationIndicator: String, Sendable, Hashable, CaseIterable {
  /// The health score, 0 … 100.
  case score
  /// Hard gates of the scorecard that are failed.
  case gates
  /// Sales ÷ adjusted target.
  case attainment
  /// The quarter's revenue against the same months a year before: −0.2 is a fifth less. Months that were not
  /// reported in one of the years are left out of both; with fewer than two it is unknown.
  case growth
  /// Mean revenue of the quarter's reported months × 3; unknown with fewer than two.
  case revenue
  /// 0 … 100; the table of partners states it once, so it is known for the last quarter only.
  case satisfaction
  /// Complaints in the quarter: a count, since baselines for rare events are counts. Rates belong to the score.
  case complaints
  /// Days late, weighted by amount, of invoices due by the quarter's end and not paid before it began.
  case overdueDays = "overdue_days"
  /// Stock in days of expected demand; known for the last quarter only.
  case turnoverDays = "turnover_days"

  /// Whether a partner fails below its baseline; above it otherwise.
  public var higherIsBetter: Bool {
    switch self {
    case .score, .attainment, .growth, .revenue, .satisfaction: true
    case .gates, .complaints, .overdueDays, .turnoverDays: false
    }
  }

  /// Whether a value fails its baseline; nil where one of them is unknown.
  public func misses(_ value: Double, _ baseline: Double) -> Bool? {
    guard value.isFinite, baseline.isFinite else { return nil }
    return higherIsBetter ? value < baseline : value > baseline
  }

  /// What is proposed to a partner that fails, where the plan proposes nothing else.
  public var improvement: String {
    switch self {
    case .score: "go through the parts of the score with the account manager; act on the two lowest"
    case .gates: "meet the failed gate first: no score makes up for it"
    case .attainment: "agree sell-out by month for the rest of the year; joint promotion for the gap"
    case .growth: "visit the lost customers; review prices and range against rivals"
    case .revenue: "agree sell-out by month; check the range and stock-outs"
    case .satisfaction: "interview the partner; settle open complaints within the week"
    case .complaints: "train service staff; answer every complaint within the hours of the scorecard"
    case .overdueDays: "agree payment by instalments; deliver against payment until it is settled"
    case .turnoverDays: "stop orders of slow products; promote or transfer the excess"
    }
  }
}

/// Among whom a partner is compared.
public enum PeerGroup: String, Sendable, Hashable, CaseIterable {
  case network, region
  case channelType = "channel_type"
}

/// What an indicator is held to.
public enum ProbationBaseline: Sendable, Hashable {
  case fixed(Double)
  /// The partner's own median over up to so many known quarters before (two at least), times a share.
  case own(quarters: Int, share: Double)
  /// A quantile (0 … 1) of what the judged partners of a group reached in the same quarter.
  case peers(quantile: Double, within: PeerGroup)

  public var text: String {
    switch self {
    case .fixed: "stated in the plan"
    case .own(let quarters, let share): "\(share) x own median of \(quarters) quarters"
    case .peers(let quantile, let group): "quantile \(quantile) of the \(group.rawValue)"
    }
  }
}
