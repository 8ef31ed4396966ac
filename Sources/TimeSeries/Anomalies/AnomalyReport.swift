import Glibc

/// What does not belong to the normal course of a series.
public struct Anomaly: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// One value that stands alone.
    case outlier
    /// From this position on the level is another.
    case levelShift
  }

  /// Index in the series.
  public let position: Int
  public let kind: Kind
  /// How much the value, or the level, is above what it would have been; in the unit of the series.
  public let size: Double
  /// The size in its own standard errors; its sign is that of the size.
  public let score: Double
}

/// The findings of a scan, and the series without them.
public struct AnomalyReport: Sendable, Hashable, Codable {
  /// In order of position.
  public let anomalies: [Anomaly]
  /// The series with outliers replaced by what was to be expected; shifts of the level are left, since the new level is
  /// real. Unknown and censored values are NaN.
  public let cleaned: [Double]
  /// As ``cleaned``, with everything before a shift brought to the level after it: the history of the level of today.
  public let levelled: [Double]

  init(cleaned: [Double]) {
    anomalies = []
    self.cleaned = cleaned
    levelled = cleaned
  }

  init(_ shocks: [Shock], _ measured: [Double], _ known: [Int], _ visible: [Double], isLogarithmic: Bool) {
    var cleaned = visible
    // 1. Outliers.
    for shock in shocks where shock.kind == .outlier {
      let position = known[shock.index]
      let expected = measured[position] - shock.size
      cleaned[position] = isLogarithmic ? exp(expected) : expected
    }
    // 2. Shifts: what comes before moves, additively or by a factor.
    var levelled = cleaned
    for shock in shocks where shock.kind == .levelShift {
      for time in 0..<known[shock.index] {
        levelled[time] = isLogarithmic ? levelled[time] * exp(shock.size) : levelled[time] + shock.size
      }
    }
    anomalies = shocks.map { shock in
      let position = known[shock.index]
      var size = shock.size
      if isLogarithmic {
        switch shock.kind {
        case .outlier: size = visible[position] - cleaned[position]
        case .levelShift:
          let after = cleaned[position...].filter { !$0.isNaN }
          size = RobustSpread.median(Array(after.prefix(24))) * (1 - exp(-shock.size))
        }
      }
      return Anomaly(position: position, kind: shock.kind, size: size, score: shock.score)
    }
    self.cleaned = cleaned
    self.levelled = levelled
  }
}
