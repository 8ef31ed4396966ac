/// Naive2, the benchmark of the M competitions: the last value, seasonally adjusted where a test finds a season.
///
/// Source: Makridakis, Spiliotis & Assimakopoulos, "The M4 competition" (IJF 36, 2020), section 3.1 and the published
/// code: autocorrelation at the seasonal lag beyond 1.645 standard errors, classical multiplicative indices. Unknown
/// values count as the value before them; where an index is not above zero the last value stands alone.
public enum NaiveBenchmark {
  /// series × horizon, contiguous; NaN for a series without a known value. Quantiles are not given.
  public static func forecast(_ panel: SeriesPanel, horizon: Int, season: Int? = nil) -> PanelForecast {
    var result = PanelForecast(seriesCount: panel.count, horizon: horizon, probabilities: [])
    let season = season ?? panel.season
    for series in 0..<panel.count {
      let values = filled(panel.values(ofSeries: series))
      guard let last = values.last else { continue }
      let indices = isSeasonal(values, season) ? seasonalIndices(values, season: season) : nil
      for step in 0..<horizon {
        var forecast = last
        if let indices {
          forecast *= indices[(values.count + step) % season] / indices[(values.count - 1) % season]
        }
        result.median[series * horizon + step] = forecast
      }
    }
    return result
  }

  private static func isSeasonal(_ values: [Double], _ season: Int) -> Bool {
    SeasonalDecomposition.isSeasonal(values.span, season: season, minimumSeasons: 3)
  }

  /// Without unknown values at the start, and each other one replaced by the value before it.
  private static func filled(_ values: ArraySlice<Double>) -> [Double] {
    var filled: [Double] = []
    filled.reserveCapacity(values.count)
    for value in values {
      if !value.isNaN { filled.append(value) } else if let last = filled.last { filled.append(last) }
    }
    return filled
  }

  /// The mean ratio of each phase to a centred moving average, scaled to a mean of 1; nil where one is not above zero.
  private static func seasonalIndices(_ values: [Double], season: Int) -> [Double]? {
    let half = season / 2
    let isEven = season.isMultiple(of: 2)
    var sums = [Double](repeating: 0, count: season)
    var counts = sums
    for centre in half..<values.count - half {
      var trend = 0.0
      for index in centre - half...centre + half {
        let isEnd = isEven && (index == centre - half || index == centre + half)
        trend += isEnd ? values[index] / 2 : values[index]
      }
      let ratio = values[centre] * Double(season) / trend
      guard ratio.isFinite else { continue }
      sums[centre % season] += ratio
      counts[centre % season] += 1
    }
    let indices = sums.indices.map { counts[$0] > 0 ? sums[$0] / counts[$0] : 0 }
    let mean = indices.reduce(0, +) / Double(season)
    guard indices.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    return indices.map { $0 / mean }
  }
}
