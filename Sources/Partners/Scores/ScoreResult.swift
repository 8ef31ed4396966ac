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
  /// The grade of the score by the plan's table; nil without a score.
  public var grade: String?
  /// The band of the score, whose action the plan states: `reward`, `improve`, `remove`.
  public var band: String?

  public init(
    partner: String, quarter: Period, score: Double, failedGates: [String] = [], quadrant: Quadrant? = nil,
    tilt: Double = 1, grade: String? = nil, band: String? = nil
  ) {
    self.partner = partner
    self.quarter = quarter
    self.score = score
    self.failedGates = failedGates
    self.quadrant = quadrant
    self.tilt = tilt
    self.grade = grade
    self.band = band
  }
}

/// What the stages after scoring read of it.
public struct ScoreResult: Sendable {
  /// Quarters scored, ascending.
  public let quarters: [Period]
  /// Partners in the order of their table, quarters inside.
  public let scores: [PartnerScore]
  /// The indicators behind the scores; nil for a result that was made by hand.
  public var evaluation: ScoreEvaluation?
  /// Candidates with their prospects, from the best.
  public var candidates: [ScreenedCandidate]
  private var positions: [String: [Int: Int]] = [:]

  public init(
    quarters: [Period] = [], scores: [PartnerScore] = [], evaluation: ScoreEvaluation? = nil,
    candidates: [ScreenedCandidate] = []
  ) {
    self.quarters = quarters
    self.scores = scores
    self.evaluation = evaluation
    self.candidates = candidates
    for (index, score) in scores.enumerated() {
      positions[score.partner, default: [:]][score.quarter.ordinal] = index
    }
  }

  /// The scores of an evaluation with its standings.
  public init(_ evaluation: ScoreEvaluation, _ standings: [ScoreStanding], candidates: [ScreenedCandidate] = []) {
    let panel = evaluation.panel
    let last = panel.quarters.count - 1
    var scores: [PartnerScore] = []
    scores.reserveCapacity(standings.count)
    for partner in panel.partners.indices {
      for quarter in panel.quarters.indices {
        let standing = standings[panel.cell(partner, quarter)]
        let score = evaluation.score(partner, quarter)
        scores.append(
          PartnerScore(
            partner: panel.partners[partner].id, quarter: panel.quarters[quarter], score: score,
            failedGates: evaluation.failedGates(partner, quarter).map(\.name),
            quadrant: quarter == last && panel.isActive[panel.cell(partner, quarter)] ? standing.quadrant : nil,
            tilt: standing.tilt, grade: evaluation.card.grade(score, in: panel.quarters[quarter])?.name,
            band: score.isNaN ? nil : standing.band.map { evaluation.card.bands[$0].name }))
      }
    }
    self.init(quarters: panel.quarters, scores: scores, evaluation: evaluation, candidates: candidates)
  }

  public func score(partner: String, quarter: Period) -> PartnerScore? {
    positions[partner]?[quarter.ordinal].map { scores[$0] }
  }

  /// The score of the last quarter.
  public func current(_ partner: String) -> PartnerScore? {
    quarters.last.flatMap { score(partner: partner, quarter: $0) }
  }
}
