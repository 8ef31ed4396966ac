public import ChannelTypes

/// A partner's health in a quarter.
public struct PartnerScore: Sendable, Hashable {
  /// Where a partner stands on the map of performance and potential.
  public enum Quadrant: String, Sendable, Hashable, CaseIterable { case invest, grow, maintain, exit }

  public var partner: String
  public var quarter: Period
  /// 0 … 100; NaN where every indicator is missing.
  public var score: Double
  /// Names of the hard gates that it fails.
  public var failedGates: [String]
  /// Nil before the last quarter.
  public var quadrant: Quadrant?
  /// What the budget may multiply the partner's weight by; 1 is neutral.
  public var tilt: Double

  public init(
    partner: String, quarter: Period, score: Double, failedGates: [String] = [], quadrant: Quadrant? = nil,
    tilt: Double = 1
  ) {
    self.partner = partner
    self.quarter = quarter
    self.score = score
    self.failedGates = failedGates
    self.quadrant = quadrant
    self.tilt = tilt
  }
}

/// What the stages after scoring read of it.
public struct ScoreResult: Sendable {
  /// Quarters scored, ascending.
  public let quarters: [Period]
  /// Partners in the order of their table, quarters inside.
  public let scores: [PartnerScore]
  private var positions: [String: [Int: Int]] = [:]

  public init(quarters: [Period] = [], scores: [PartnerScore] = []) {
    self.quarters = quarters
    self.scores = scores
    for (index, score) in scores.enumerated() {
      positions[score.partner, default: [:]][score.quarter.ordinal] = index
    }
  }

  public func score(partner: String, quarter: Period) -> PartnerScore? {
    positions[partner]?[quarter.ordinal].map { scores[$0] }
  }

  /// The score of the last quarter.
  public func current(_ partner: String) -> PartnerScore? {
    quarters.last.flatMap { score(partner: partner, quarter: $0) }
  }
}
