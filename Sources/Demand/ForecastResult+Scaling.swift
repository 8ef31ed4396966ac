public import ChannelTypes

extension ForecastResult {
  /// The same forecast with the demand of every region and period multiplied by a factor; itself where all are 1.
  ///
  /// - Parameter factors: region × period, in the panel's order of regions; zero or above.
  public func scaled(byRegion factors: [[Double]]) -> ForecastResult {
    scaled(by: PanelFactors(panel, horizon: horizon) { region, _, step in factors[region][step] })
  }

  /// The same forecast with demand multiplied by factors, to be sold at other prices; itself where all are 1.
  ///
  /// Means are rounded again to thousandths of a unit; sample paths keep their draws.
  /// - Parameters:
  ///   - factors: zero or above.
  ///   - prices: what a unit is worth against the history; nil for the same.
  /// Complexity: O(series · horizon · draws).
  public func scaled(by factors: PanelFactors, prices: PanelFactors? = nil) -> ForecastResult {
    let prices = prices.flatMap { $0.isNeutral ? nil : $0 }
    guard !factors.isNeutral || prices != nil else { return self }
    var means = meanThousandths
    for (index, key) in panel.series.enumerated() {
      for step in 0..<horizon where factors[key, step] != 1 {
        let cell = index * horizon + step
        means[cell] = Int64(min(max((Double(means[cell]) * factors[key, step]).rounded(), -9e18), 9e18))
      }
    }
    return ForecastResult(
      panel: panel, firstPeriod: firstPeriod, horizon: horizon, meanThousandths: means, paths: paths(times: factors),
      choices: choices, accuracy: accuracy, coherence: coherence, priceFactors: prices)
  }

  /// Units at the prices of the plan: times the value of a unit in the history they are revenue. The paths themselves
  /// where prices stay.
  public var valuePaths: SamplePaths { priceFactors.map { paths(times: $0) } ?? paths }

  /// Expected units of a series, at the prices of the plan.
  public func valueMean(series: Int, step: Int) -> Double {
    mean(series: series, step: step) * priceFactor(series: series, step: step)
  }

  /// What a unit is worth in a planned period, against the history.
  public func priceFactor(series: Int, step: Int) -> Double { priceFactors?[panel.series[series], step] ?? 1 }

  private func paths(times factors: PanelFactors) -> SamplePaths {
    guard !factors.isNeutral else { return paths }
    var values = paths.values
    let drawCount = paths.drawCount
    values.withUnsafeMutableBufferPointer { values in
      for (index, key) in panel.series.enumerated() {
        for step in 0..<horizon where factors[key, step] != 1 {
          let scale = Float(factors[key, step])
          let cell = index * horizon + step
          for draw in cell * drawCount..<(cell + 1) * drawCount { values[draw] *= scale }
        }
      }
    }
    return SamplePaths(
      seriesCount: paths.seriesCount, horizon: paths.horizon, drawCount: drawCount, values: values)
  }
}
