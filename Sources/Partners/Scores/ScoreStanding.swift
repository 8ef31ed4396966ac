internal import ChannelTypes
internal import Probability

/// A two-sided switch that is left only beyond its threshold by a margin.
///
/// It is advanced once a quarter, at the quarter's end, so that it changes at most once in it; a second reading of the
/// same quarter changes nothing.
public struct HysteresisSwitch: Sendable, Hashable {
  public private(set) var isHigh: Bool?
  private var quarter: Int?

  public init() {}

  /// - Parameters:
  ///   - value: NaN leaves the state as it is.
  ///   - quarter: the ordinal of the quarter that ended.
  /// - Returns: whether the state changed; the first one is no change.
  @discardableResult
  public mutating func advance(_ value: Double, threshold: Double, margin: Double, quarter: Int) -> Bool {
    if let before = self.quarter, quarter <= before { return false }
    guard !value.isNaN, !threshold.isNaN else { return false }
    self.quarter = quarter
    let before = isHigh
    switch before {
    case nil: isHigh = value >= threshold
    case true?: isHigh = value >= threshold - margin
    case false?: isHigh = value > threshold + margin
    }
    return before != nil && before != isHigh
  }
}

/// The index of a band, from the best: a band is left only beyond its end by a margin, once a quarter.
public struct BandState: Sendable, Hashable {
  public private(set) var band: Int?
  private var quarter: Int?

  public init() {}

  /// - Parameters:
  ///   - bands: at least one, from the best.
  ///   - best: the best band that is open; a failed gate closes the first.
  @discardableResult
  public mutating func advance(
    _ score: Double, _ bands: [Scorecard.Band], margin: Double, best: Int = 0, quarter: Int
  ) -> Bool {
    if let before = self.quarter, quarter <= before { return false }
    guard !score.isNaN, !bands.isEmpty else { return false }
    self.quarter = quarter
    let last = bands.count - 1
    func place(_ score: Double) -> Int { bands.firstIndex { score >= $0.from } ?? last }
    let before = band
    var now = place(score)
    if let before, now < before {
      // Up only as far as the score reaches with the margin taken off; never below where it was.
      now = min(before, place(score - margin))
    } else if let before, now > before {
      now = max(before, place(score + margin))
    }
    band = min(last, max(now, best))
    return before != nil && before != band
  }
}

/// Where a partner stands at a quarter's end.
public struct ScoreStanding: Sendable, Hashable {
  /// Nil where performance or potential was never known.
  public var quadrant: PartnerScore.Quadrant?
  /// The index of the band; nil before the first score.
  public var band: Int?
  /// What the budget may multiply by; 1 is neutral.
  public var tilt = 1.0
  public var performanceThreshold = Double.nan
  public var potentialThreshold = Double.nan
}

extension ScoreEvaluation {
  /// Quadrant, band and tilt of every partner at every quarter's end: quarter × partner.
  ///
  /// Partners move over a threshold of the map, the quantile of the quarter, only by the margin; over an end of a band
  /// likewise; a failed gate closes the best band and holds the tilt at 1 or below. The tilt approaches
  /// `1 + strength · (score − 50) / 50` by at most a step a quarter.
  public func standings() -> [ScoreStanding] {
    var states = [(performance: HysteresisSwitch, potential: HysteresisSwitch, band: BandState, tilt: Double)](
      repeating: (.init(), .init(), .init(), 1), count: panel.partners.count)
    var standings: [ScoreStanding] = []
    standings.reserveCapacity(panel.isActive.count)
    for (quarter, period) in panel.quarters.enumerated() {
      let scores = panel.partners.indices.map { score($0, quarter) }
      let cells = panel.partners.indices.map { panel.cell($0, quarter) }
      let high = scores.filter { !$0.isNaN }.sorted().quantileOfAscending(card.map.performance)
      let promising = cells.map { potentials[$0] }.filter { !$0.isNaN }.sorted()
        .quantileOfAscending(card.map.potential)
      for partner in panel.partners.indices {
        let isGated = !failedGates(partner, quarter).isEmpty
        states[partner].performance.advance(
          scores[partner], threshold: high, margin: card.map.margin, quarter: period.ordinal)
        states[partner].potential.advance(
          potentials[cells[partner]], threshold: promising, margin: card.map.margin, quarter: period.ordinal)
        states[partner].band.advance(
          scores[partner], card.bands, margin: card.bandMargin, best: isGated ? 1 : 0, quarter: period.ordinal)
        states[partner].tilt = card.tilt.next(after: states[partner].tilt, score: scores[partner], isGated: isGated)
        standings.append(
          ScoreStanding(
            quadrant: Self.quadrant(states[partner].performance.isHigh, states[partner].potential.isHigh),
            band: states[partner].band.band, tilt: states[partner].tilt, performanceThreshold: high,
            potentialThreshold: promising))
      }
    }
    return standings
  }

  /// High in both: invest; promising but weak: grow; strong without room: maintain; neither: exit.
  static func quadrant(_ performance: Bool?, _ potential: Bool?) -> PartnerScore.Quadrant? {
    guard let performance, let potential else { return nil }
    return switch (performance, potential) {
    case (true, true): .invest
    case (false, true): .grow
    case (true, false): .maintain
    case (false, false): .exit
    }
  }
}

extension Scorecard.TiltRules {
  /// The tilt of the next quarter; an unknown score draws it back to 1.
  public func next(after tilt: Double, score: Double, isGated: Bool) -> Double {
    var aim = score.isNaN ? 1 : 1 + strength * (score - 50) / 50
    if isGated { aim = min(aim, 1) }
    return ((tilt + min(step, max(-step, aim - tilt))) * 1e6).rounded() / 1e6
  }
}
