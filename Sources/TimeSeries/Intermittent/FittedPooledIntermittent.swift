internal import Glibc
internal import Probability

/// What a panel of occasional demand shares, ready to forecast any series of its kind; it can be saved.
public struct FittedPooledIntermittent: FittedPanelModel, Codable {
  let window: DemandWindow
  /// The logit of the panel's rate of demand.
  let offset: Double
  let occurrence: SIMD16<Double>
  let level: SIMD16<Double>
  /// For series of counts, and for the others.
  let sizes: [SizeRegression]

  /// Steps ahead; 1 where a sum of values is forecast.
  public var horizon: Int { window.horizon }

  /// The distribution at each step ahead (or of the sum), series after series; nil for a series without a known value.
  public func distributions(_ panel: SeriesPanel) -> [OccasionalDemand?] {
    var result: [OccasionalDemand?] = []
    result.reserveCapacity(panel.count * horizon)
    var phases = SeasonalDemand(season: panel.season)
    var history = SizeHistory(length: window.length)
    for series in 0..<panel.count {
      let values = panel.values(ofSeries: series)
      let state = DemandState(values)
      guard state.periods[0] > 0 else {
        result.append(contentsOf: repeatElement(nil, count: horizon))
        continue
      }
      let measure = panel.measure(ofSeries: series)
      let size = sizes[measure.group]
      phases.removeAll()
      history.removeAll()
      for (time, value) in values.enumerated() {
        phases.observe(value, time: time)
        if size.isCount { history.observe(values, time: time) }
      }
      let own = OwnSizes(history.sizes, length: window.length)
      let features = DemandFeatures(state, size.typical)
      for step in 1...horizon {
        let row = features.row(step: step, length: window.length, time: values.count - 1, phases)
        result.append(distribution(row, size, own, isWhole: measure.isWhole))
      }
    }
    return result
  }

  private func distribution(_ row: SIMD16<Double>, _ regression: SizeRegression, _ own: OwnSizes, isWhole: Bool)
    -> OccasionalDemand
  {
    let chance = sigmoid(offset + dot(levelRow(dot(row, occurrence)), level))
    let size = regression.size(row)
    return OccasionalDemand(
      occurrence: min(max(chance, 1e-9), 1 - 1e-9), least: regression.typical.least, excess: size.mean,
      shape: size.shape, own: own, ownShare: own.count / (own.count + regression.credibility),
      errors: regression.errors, isWhole: isWhole)
  }

  /// Medians and quantiles from the end of each series: whole numbers for series of whole numbers.
  public func forecast(_ panel: SeriesPanel, probabilities: [Double]) -> PanelForecast {
    var result = PanelForecast(seriesCount: panel.count, horizon: horizon, probabilities: probabilities)
    let width = probabilities.count
    result.quantiles.withUnsafeMutableBufferPointer { quantiles in
      for (place, distribution) in distributions(panel).enumerated() {
        guard let distribution else { continue }
        result.median[place] = distribution.quantile(0.5)
        distribution.quantiles(
          probabilities, into: UnsafeMutableBufferPointer(rebasing: quantiles[place * width..<(place + 1) * width]))
      }
    }
    return result
  }

  /// `count` draws for each step of each series, series × horizon × count, NaN where nothing is known. Draws of one step
  /// stand for themselves: for paths of a sum over several periods, draw from what ``PooledIntermittent/fitTotal``
  /// learnt. The n-th series draws the same whatever series follow.
  public func draws(_ panel: SeriesPanel, count: Int, seed: UInt64) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(panel.count * horizon * count)
    for (place, distribution) in distributions(panel).enumerated() {
      var stream = RandomStream(seed: seed, key: UInt64(place))
      for _ in 0..<count { result.append(distribution?.draw(&stream) ?? .nan) }
    }
    return result
  }
}
