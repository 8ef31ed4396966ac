/// One indicator's part in a score.
public struct ScorePart: Sendable, Hashable {
  public var indicator: ScoreIndicator
  /// NaN where unknown.
  public var value: Double
  public var peersMedian: Double
  /// Whether all partners are the peers, the channel type having too few.
  public var usesAllPeers: Bool
  /// 0 … 100, higher is better.
  public var scaled: Double
  /// Percent of the peers with less.
  public var percentile: Double
  /// As the plan gives it; 0 where the indicator is shown only.
  public var weight: Double
  /// After the weights of unknown indicators went to the others; 0 where unknown.
  public var usedWeight: Double
  /// Points of the score, whole ten-thousandths.
  public var contribution: Double
}

/// Why a score differs from the one a quarter before; the three parts sum to the change.
public struct ScoreChange: Sendable, Hashable {
  /// The same indicators by the same weights: what the partner did.
  public var performance: Double
  /// Other weights on the same figures.
  public var reweighting: Double
  /// Indicators that are newly known or no longer known.
  public var coverage: Double

  public var total: Double { performance + reweighting + coverage }
}

extension ScoreEvaluation {
  /// All indicators that have a weight or a value, in their order. The contributions sum to the score exactly.
  public func parts(_ partner: Int, _ quarter: Int) -> [ScorePart] {
    let weights = Dictionary(
      (weightSet(partner, quarter)?.weights ?? []).map { ($0.indicator, $0.weight) }, uniquingKeysWith: +)
    let present = ScoreIndicator.allCases.filter { !scaled($0, partner, quarter).isNaN }
    let total = present.reduce(0) { $0 + (weights[$1] ?? 0) }
    var (running, written) = (0.0, 0.0)
    return ScoreIndicator.allCases.compactMap { indicator in
      let value = panel[indicator, partner, quarter]
      let weight = weights[indicator] ?? 0
      guard weight > 0 || !value.isNaN else { return nil }
      let scaled = scaled(indicator, partner, quarter)
      let used = scaled.isNaN || total <= 0 ? 0 : weight / total
      var contribution = 0.0
      if used > 0 {
        running += used * scaled
        let upTo = (min(100, running) * 10_000).rounded()
        contribution = (upTo - written) / 10_000
        written = upTo
      }
      let peers = peers(indicator, partner, quarter)
      return ScorePart(
        indicator: indicator, value: value, peersMedian: peers.median, usesAllPeers: peers.isAll, scaled: scaled,
        percentile: Double(percentiles[panel.start(indicator, quarter) + partner]), weight: weight, usedWeight: used,
        contribution: contribution)
    }
  }

  /// Σ weight · scaled / Σ weight of one dimension; NaN where none of it is known.
  public func subScore(_ dimension: ScoreIndicator.Dimension, _ partner: Int, _ quarter: Int) -> Double {
    guard let set = weightSet(partner, quarter) else { return .nan }
    return Self.weighted(
      set.weights.filter { $0.indicator.dimension == dimension }.map {
        ($0.weight, scaled($0.indicator, partner, quarter))
      })
  }

  /// The plain mean of some indicators on 0 … 100: criteria that are looked at beside the score.
  public func mean(_ indicators: [ScoreIndicator], _ partner: Int, _ quarter: Int) -> Double {
    Self.weighted(indicators.map { (1, scaled($0, partner, quarter)) })
  }

  /// The change since the quarter before; nil where one of the scores is missing.
  ///
  /// On the indicators known in both quarters: performance = new figures − old figures by the old weights, reweighting =
  /// new weights − old weights on the new figures; coverage is the rest.
  public func change(_ partner: Int, _ quarter: Int) -> ScoreChange? {
    guard quarter > 0, let old = weightSet(partner, quarter - 1), let new = weightSet(partner, quarter) else {
      return nil
    }
    let total = score(partner, quarter) - score(partner, quarter - 1)
    guard !total.isNaN else { return nil }
    func weighted(_ set: Scorecard.WeightSet, figures: Int) -> Double {
      Self.weighted(
        set.weights.filter {
          !scaled($0.indicator, partner, quarter - 1).isNaN && !scaled($0.indicator, partner, quarter).isNaN
        }.map { ($0.weight, scaled($0.indicator, partner, figures)) })
    }
    let before = weighted(old, figures: quarter - 1)
    let after = weighted(old, figures: quarter)
    let reweighted = weighted(new, figures: quarter)
    guard !before.isNaN, !reweighted.isNaN else { return ScoreChange(performance: 0, reweighting: 0, coverage: total) }
    func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
    let (performance, reweighting) = (rounded(after - before), rounded(reweighted - after))
    return ScoreChange(
      performance: performance, reweighting: reweighting, coverage: rounded(total - performance - reweighting))
  }

  /// Points a quarter over the last four scores: the median of the slopes between all pairs, which one odd quarter
  /// does not move; NaN with fewer than two. Source: Sen, "Estimates of the regression coefficient based on Kendall's
  /// tau" (*Journal of the American Statistical Association* 63, 1968).
  public func trend(_ partner: Int, _ quarter: Int) -> Double {
    let known = (max(0, quarter - 3)...quarter).filter { !score(partner, $0).isNaN }
    guard known.last == quarter else { return .nan }
    var slopes: [Double] = []
    for (index, a) in known.enumerated() {
      for b in known.dropFirst(index + 1) { slopes.append((score(partner, b) - score(partner, a)) / Double(b - a)) }
    }
    return RobustScale(slopes).median
  }

  /// The weighted indicator furthest below its peers; nil where none is below.
  public func bottleneck(_ partner: Int, _ quarter: Int) -> (indicator: ScoreIndicator, scaled: Double)? {
    guard let set = weightSet(partner, quarter) else { return nil }
    var worst: (indicator: ScoreIndicator, scaled: Double)?
    for indicator in ScoreIndicator.allCases where set.weights.contains(where: { $0.indicator == indicator }) {
      let height = scaled(indicator, partner, quarter)
      if height < worst?.scaled ?? 50 { worst = (indicator, height) }
    }
    return worst
  }

  /// The hard gates that a partner fails in a quarter, with what was found. What is not recorded fails no gate.
  public func failedGates(_ partner: Int, _ quarter: Int) -> [(name: String, found: Double, limit: Double)] {
    let here = panel.cell(partner, quarter)
    var failed: [(name: String, found: Double, limit: Double)] = []
    if let limit = card.gates.complaintHours, panel.worstComplaintHours[here] > limit {
      failed.append(("complaint_hours", panel.worstComplaintHours[here], limit))
    }
    if let limit = card.gates.overdueDays, panel.overdueDays[here] > limit {
      failed.append(("overdue_days", panel.overdueDays[here], limit))
    }
    return failed
  }
}
