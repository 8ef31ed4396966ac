import ChannelTypes

extension ForecastResult {
  /// The same forecast with the demand of every region and period multiplied by a factor; itself where all are 1.
  ///
  /// Means are rounded again to thousandths of a unit; sample paths keep their draws.
  /// - Parameter factors: region × period, in the panel's order of regions; zero or above.
  /// Complexity: O(series · horizon · draws).
  public func scaled(byRegion factors: [[Double]]) -> ForecastResult {
    guard factors.contains(where: { $0.contains { $0 != 1 } }) else { return self }
    var means = meanThousandths
    var values = paths.values
    for (index, key) in panel.series.enumerated() {
      for step in 0..<horizon where factors[key.region][step] != 1 {
        let factor = factors[key.region][step]
        let cell = index * horizon + step
        means[cell] = Int64((Double(means[cell]) * factor).rounded())
        let scale = Float(factor)
        for draw in cell * paths.drawCount..<(cell + 1) * paths.drawCount { values[draw] *= scale }
      }
    }
    return ForecastResult(
      panel: panel, firstPeriod: firstPeriod, horizon: horizon, meanThousandths: means,
      paths: SamplePaths(
        seriesCount: paths.seriesCount, horizon: paths.horizon, drawCount: paths.drawCount, values: values),
      choices: choices, accuracy: accuracy, coherence: coherence)
  }
}
