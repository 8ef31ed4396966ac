import ChannelTypes
import Probability

/// Every partner's way through the states, with the baselines that it was held to.
public struct ProbationHistory: Sendable {
  public let panel: IndicatorPanel
  public let rule: ProbationRule
  /// Same shape as the panel's values; NaN where there is none.
  public let baselines: [Double]
  /// Same shape.
  public let tracks: [ProbationRule.Track]

  /// - Parameters:
  ///   - baselines: one for each indicator of the panel.
  ///   - partners: in the panel's order.
  /// Complexity: O(values), and O(n log n) a quarter for baselines from peers.
  public init(
    _ panel: IndicatorPanel, baselines rules: [ProbationBaseline], partners: [Partner], rule: ProbationRule
  ) {
    precondition(rules.count == panel.indicators.count, "each indicator has one baseline")
    self.panel = panel
    self.rule = rule
    var baselines = [Double](repeating: .nan, count: panel.values.count)
    for (position, baseline) in rules.enumerated() {
      switch baseline {
      case .fixed(let value):
        for index in stride(from: position, to: baselines.count, by: rules.count) { baselines[index] = value }
      case .own(let quarters, let share): Self.own(panel, position, quarters, share, &baselines)
      case .peers(let quantile, let group): Self.peers(panel, position, quantile, group, partners, &baselines)
      }
    }
    var tracks = [ProbationRule.Track](repeating: .init(), count: panel.values.count)
    for partner in 0..<panel.partnerCount {
      for position in panel.indicators.indices {
        var track = ProbationRule.Track()
        for quarter in panel.judged[partner] {
          let cell = panel.cell(partner, quarter, position)
          let isBelow = panel.indicators[position].misses(panel.values[cell], baselines[cell])
          track = rule.advanced(track, isBelow: isBelow, quarter: panel.quarters[quarter])
          tracks[cell] = track
        }
      }
    }
    (self.baselines, self.tracks) = (baselines, tracks)
  }

  private static func own(
    _ panel: IndicatorPanel, _ position: Int, _ quarters: Int, _ share: Double, _ baselines: inout [Double]
  ) {
    for partner in 0..<panel.partnerCount {
      var known: [Double] = []
      for quarter in panel.judged[partner] {
        let cell = panel.cell(partner, quarter, position)
        let before = known.suffix(quarters).sorted()
        if before.count >= 2 { baselines[cell] = share * before.quantileOfAscending(0.5) }
        if panel.values[cell].isFinite { known.append(panel.values[cell]) }
      }
    }
  }

  private static func peers(
    _ panel: IndicatorPanel, _ position: Int, _ quantile: Double, _ group: PeerGroup, _ partners: [Partner],
    _ baselines: inout [Double]
  ) {
    var numbers: [String: Int] = [:]
    let groups = partners.map { partner -> Int in
      let name =
        switch group {
        case .network: ""
        case .region: partner.region
        case .channelType: partner.channelType ?? ""
        }
      if let number = numbers[name] { return number }
      numbers[name] = numbers.count
      return numbers.count - 1
    }
    for quarter in panel.quarters.indices {
      var values = [[Double]](repeating: [], count: numbers.count)
      for partner in 0..<panel.partnerCount where panel.judged[partner].contains(quarter) {
        let value = panel.values[panel.cell(partner, quarter, position)]
        if value.isFinite { values[groups[partner]].append(value) }
      }
      // A quantile of fewer than five says little.
      let levels = values.map { $0.count >= 5 ? $0.sorted().quantileOfAscending(quantile) : .nan }
      for partner in 0..<panel.partnerCount where panel.judged[partner].contains(quarter) {
        baselines[panel.cell(partner, quarter, position)] = levels[groups[partner]]
      }
    }
  }
}

extension ProbationHistory {
  /// The indicator that decides a partner's state: the worst state, then most quarters below, then the panel's order.
  /// Nil where all are ok.
  public func leading(partner: Int, quarter: Int) -> Int? {
    var leading: Int?
    for position in panel.indicators.indices {
      let track = tracks[panel.cell(partner, quarter, position)]
      guard track.state > .ok else { continue }
      if let best = leading {
        let other = tracks[panel.cell(partner, quarter, best)]
        if (track.state, track.below) <= (other.state, other.below) { continue }
      }
      leading = position
    }
    return leading
  }

  /// Judged partners and quarters, in the order of the partners.
  public func statuses(_ partners: [Partner]) -> [ProbationStatus] {
    var statuses: [ProbationStatus] = []
    for (partner, facts) in partners.enumerated() {
      for quarter in panel.judged[partner] {
        let leading = leading(partner: partner, quarter: quarter)
        let track = leading.map { tracks[panel.cell(partner, quarter, $0)] }
        let cells = panel.cell(partner, quarter, 0)..<panel.cell(partner, quarter, panel.indicators.count)
        let below = tracks[cells].reduce(0) { max($0, $1.below) }
        statuses.append(
          ProbationStatus(
            partner: facts.id, quarter: panel.quarters[quarter], state: track?.state ?? .ok, quartersBelow: below,
            indicator: leading.map { panel.indicators[$0] }))
      }
    }
    return statuses
  }

  /// The state of the last quarter; nil for a partner that is not judged in it.
  public func current(_ partner: Int) -> ProbationStatus.State? {
    let last = panel.quarters.count - 1
    guard panel.judged[partner].contains(last) else { return nil }
    return leading(partner: partner, quarter: last).map { tracks[panel.cell(partner, last, $0)].state } ?? .ok
  }
}
