internal import ChannelTypes

/// Scores of every partner and quarter with all that they are made of.
///
///     score = Σ weight′ · scaled,   weight′ = weight / Σ weights of the indicators that are known
///
/// where `scaled` puts an indicator on 0 … 100 among the partners of the same channel type in the same quarter
/// (`RobustScale`; turned round where less is better). Contributions are whole ten-thousandths of a point and sum to
/// the score exactly: each is the rounded running sum less the one before.
///
/// Complexity: O(cells · log partners).
public struct ScoreEvaluation: Sendable {
  public let card: Scorecard
  public let panel: ScorePanel
  /// 0 … 100, higher is better; NaN where unknown. As the panel's cells.
  public private(set) var scaled: [Double]
  /// Where the figure itself stands among the peers, in percent: higher is more.
  public private(set) var percentiles: [Float]
  /// The set of weights that counts: quarter × partner; −1 where none fits or the partner did not report.
  public private(set) var weightSets: [Int32]
  /// Ten-thousandths of a point: quarter × partner; −1 where nothing is known.
  public private(set) var scoreUnits: [Int32]
  /// 0 … 100; NaN where unknown: quarter × partner.
  public private(set) var potentials: [Double]
  /// Percent of the partners of the same channel type with a lower score (half of those equal): quarter × partner.
  public private(set) var scorePercentiles: [Double]

  private var channels: [Int32]
  private var channelCount: Int
  /// Peers' medians: (indicator × quarter) × (channel type, then all).
  private var medians: [Double]
  private var usesAllPeers: [Bool]

  public init(_ panel: ScorePanel, _ card: Scorecard) {
    self.card = card
    self.panel = panel
    let cells = panel.isActive.count
    scaled = Array(repeating: .nan, count: panel.values.count)
    percentiles = Array(repeating: .nan, count: panel.values.count)
    weightSets = Array(repeating: -1, count: cells)
    scoreUnits = Array(repeating: -1, count: cells)
    potentials = Array(repeating: .nan, count: cells)
    scorePercentiles = Array(repeating: .nan, count: cells)
    var codes: [String: Int32] = [:]
    channels = panel.partners.map { partner in
      let name = partner.channelType ?? ""
      if let code = codes[name] { return code }
      let code = Int32(codes.count)
      codes[name] = code
      return code
    }
    channelCount = codes.count
    let groups = ScoreIndicator.allCases.count * panel.quarters.count * channelCount
    medians = Array(repeating: .nan, count: groups)
    usesAllPeers = Array(repeating: false, count: groups)
    for indicator in ScoreIndicator.allCases {
      for quarter in panel.quarters.indices { scale(indicator, quarter) }
    }
    chooseWeights()
    for quarter in panel.quarters.indices {
      for partner in panel.partners.indices where weightSets[panel.cell(partner, quarter)] >= 0 {
        scoreUnits[panel.cell(partner, quarter)] = total(partner, quarter)
      }
      rank(quarter)
      measurePotential(quarter)
    }
  }

  // MARK: Reading

  /// 0 … 100; NaN where nothing is known.
  public func score(_ partner: Int, _ quarter: Int) -> Double {
    let units = scoreUnits[panel.cell(partner, quarter)]
    return units < 0 ? .nan : Double(units) / 10_000
  }

  public func scaled(_ indicator: ScoreIndicator, _ partner: Int, _ quarter: Int) -> Double {
    scaled[panel.start(indicator, quarter) + partner]
  }

  /// The set of weights behind a score; nil where there is no score.
  public func weightSet(_ partner: Int, _ quarter: Int) -> Scorecard.WeightSet? {
    let index = weightSets[panel.cell(partner, quarter)]
    return index < 0 ? nil : card.weightSets[Int(index)]
  }

  /// The peers' median of an indicator for a partner, and whether all partners are the peers.
  public func peers(_ indicator: ScoreIndicator, _ partner: Int, _ quarter: Int) -> (median: Double, isAll: Bool) {
    let group = group(indicator, quarter) + Int(channels[partner])
    return (medians[group], usesAllPeers[group])
  }

  // MARK: Scaling

  private func group(_ indicator: ScoreIndicator, _ quarter: Int) -> Int {
    (indicator.index * panel.quarters.count + quarter) * channelCount
  }

  private mutating func scale(_ indicator: ScoreIndicator, _ quarter: Int) {
    let start = panel.start(indicator, quarter)
    let group = group(indicator, quarter)
    var known: [[Double]] = Array(repeating: [], count: channelCount)
    for partner in panel.partners.indices where !panel.values[start + partner].isNaN {
      known[Int(channels[partner])].append(panel.values[start + partner])
    }
    guard known.contains(where: { !$0.isEmpty }) else { return }
    let everyone = RobustScale(known.flatMap { $0 }, method: card.scale, bound: card.bound)
    let scales = known.map { values in
      values.count >= card.fewestPeers ? RobustScale(values, method: card.scale, bound: card.bound) : everyone
    }
    for channel in 0..<channelCount {
      medians[group + channel] = scales[channel].median
      usesAllPeers[group + channel] = known[channel].count < card.fewestPeers
    }
    for partner in panel.partners.indices {
      let value = panel.values[start + partner]
      guard !value.isNaN else { continue }
      let scale = scales[Int(channels[partner])]
      let height = scale.scaled(value)
      scaled[start + partner] = indicator.isHigherBetter ? height : 100 - height
      percentiles[start + partner] = Float(scale.percentile(value))
    }
  }

  /// The set of weights for every cell; few combinations of channel type and tier are looked up once each.
  private mutating func chooseWeights() {
    let tierCount = panel.tierNames.count + 1
    for quarter in panel.quarters.indices {
      var chosen = [Int32](repeating: -2, count: channelCount * tierCount)
      for partner in panel.partners.indices where panel.isActive[panel.cell(partner, quarter)] {
        let here = panel.cell(partner, quarter)
        let slot = Int(channels[partner]) * tierCount + Int(panel.tiers[here]) + 1
        if chosen[slot] == -2 {
          let set = card.weightSet(
            channel: panel.partners[partner].channelType, tier: panel.tier(partner, quarter),
            quarter: panel.quarters[quarter])
          chosen[slot] = Int32(set ?? -1)
        }
        weightSets[here] = chosen[slot]
      }
    }
  }

  /// The same sums in the same order as `parts` makes them, so that both give the same last digit.
  private func total(_ partner: Int, _ quarter: Int) -> Int32 {
    guard let set = weightSet(partner, quarter) else { return -1 }
    var (weights, sum) = (0.0, 0.0)
    for item in set.weights where !scaled(item.indicator, partner, quarter).isNaN { weights += item.weight }
    guard weights > 0 else { return -1 }
    for item in set.weights {
      let height = scaled(item.indicator, partner, quarter)
      if !height.isNaN { sum += item.weight / weights * height }
    }
    return Int32((min(100, max(0, sum)) * 10_000).rounded())
  }

  /// Σ weight · scaled / Σ weight over what is known; NaN without any.
  static func weighted(_ items: [(weight: Double, scaled: Double)]) -> Double {
    var (sum, weights) = (0.0, 0.0)
    for item in items where !item.scaled.isNaN {
      sum += item.weight * item.scaled
      weights += item.weight
    }
    return weights > 0 ? sum / weights : .nan
  }

  private mutating func rank(_ quarter: Int) {
    var scores: [[Double]] = Array(repeating: [], count: channelCount)
    for partner in panel.partners.indices {
      let score = score(partner, quarter)
      if !score.isNaN { scores[Int(channels[partner])].append(score) }
    }
    let scales = scores.map { RobustScale($0, method: .quantile) }
    for partner in panel.partners.indices {
      scorePercentiles[panel.cell(partner, quarter)] = scales[Int(channels[partner])].percentile(
        score(partner, quarter))
    }
  }

  /// Potential: the money that the city leaves, growth, and staff, each scaled among all partners.
  private mutating func measurePotential(_ quarter: Int) {
    let rules = card.map
    let active = panel.partners.indices.filter { panel.isActive[panel.cell($0, quarter)] }
    let room = RobustScale(active.map { panel.headroom[$0] }, method: .quantile)
    let staff = RobustScale(active.map { panel.partners[$0].staff }, method: .quantile)
    for partner in active {
      potentials[panel.cell(partner, quarter)] = Self.weighted([
        (rules.headroom, room.scaled(panel.headroom[partner])),
        (rules.growth, scaled(.growth, partner, quarter)),
        (rules.capability, staff.scaled(panel.partners[partner].staff)),
      ])
    }
  }
}
