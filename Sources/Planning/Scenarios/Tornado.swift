import Specifications
public import Tables

/// What one uncertainty does to one figure, from its low to its high end.
public struct TornadoBar: Sendable, Hashable {
  public var uncertainty: String
  /// `demand.east`
  public var key: String
  /// What the key is set to at the ends: `*0.8`.
  public var low: String
  public var high: String
  public var figure: String
  public var label: String
  public var unit: String
  public var base: Double
  public var atLow: Double
  public var atHigh: Double
  /// Half of the wider 80 % interval of the two changes; NaN where the figure has no draws.
  public var noise: Double

  /// How far the figure moves between the ends.
  public var width: Double { max(base, atLow, atHigh) - min(base, atLow, atHigh) }

  /// The trials of the plan's uncertainties: the low and the high end of each in turn.
  public static func trials(_ uncertainties: [UncertaintySettings], findings: inout Findings) -> [Trial] {
    var trials: [Trial] = []
    for uncertainty in uncertainties {
      for (end, value) in [("low", uncertainty.low), ("high", uncertainty.high)] {
        var own = Findings(limit: findings.limit)
        if let patch = Patch(setting: "\(uncertainty.key.value)=\(value.value)", findings: &own) {
          trials.append(Trial("\(uncertainty.name) \(end)", changes: [patch]))
        } else {
          findings.merge(own)
        }
      }
    }
    return trials
  }

  /// The bars of every figure that moves, the widest uncertainty of each figure first.
  ///
  /// - Parameter answers: those of `trials`, in their order.
  public static func bars(_ uncertainties: [UncertaintySettings], _ answers: [TrialAnswer]) -> [TornadoBar] {
    guard answers.count == 2 * uncertainties.count, let first = answers.first else { return [] }
    var bars: [TornadoBar] = []
    for figure in first.figures {
      let own = uncertainties.enumerated().compactMap { index, uncertainty -> TornadoBar? in
        guard let low = answers[2 * index].figure(figure.name), let high = answers[2 * index + 1].figure(figure.name),
          low.value.isFinite, high.value.isFinite, !low.isSame || !high.isSame
        else { return nil }
        let widths = [low.noise, high.noise].compactMap { $0.map { $0.upperBound - $0.lowerBound } }
        return TornadoBar(
          uncertainty: uncertainty.name, key: uncertainty.key.value, low: uncertainty.low.value,
          high: uncertainty.high.value, figure: figure.name, label: figure.label, unit: figure.unit, base: figure.base,
          atLow: low.value, atHigh: high.value, noise: (widths.max() ?? .nan) / 2)
      }
      bars += own.sorted { ($1.width, $0.uncertainty) < ($0.width, $1.uncertainty) }
    }
    return bars
  }

  static func table(_ bars: [TornadoBar]) -> Table {
    Table(
      name: "tornado", rows: bars,
      columns: [
        .text("uncertainty", \.uncertainty), .text("key", \.key), .text("low", \.low), .text("high", \.high),
        .text("kpi", \.figure), .text("label", \.label), .text("unit", \.unit), .real("base") { tabled($0.base, 6) },
        .real("at_low") { tabled($0.atLow, 6) }, .real("at_high") { tabled($0.atHigh, 6) },
        .real("noise") { tabled($0.noise, 6) },
      ])
  }
}
