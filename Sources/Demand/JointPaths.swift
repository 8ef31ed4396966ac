internal import ChannelTypes
internal import LinearAlgebra
internal import Probability

/// Simulated futures of all series on common draws.
///
/// 1. The one-step errors of each series are centred and brought to the 90 % quantile of the normal distribution.
/// 2. Draw d picks one past period for each step ahead, the same for all series: what happened to series together in
///    that period happens to them together again, so that sums over series have the spread that sums have.
/// 3. A little noise of each series' own smooths the distribution between the past errors (the smoothed bootstrap of
///    Silverman & Young, Biometrika 74, 1987).
/// 4. Errors add up over the steps as the model says, and are scaled to its calibrated deviation at each step.
/// 5. Paths are shifted and held at zero so that their mean is the published mean.
struct JointPaths {
  let seed: UInt64
  let drawCount: Int
  let nonNegative: Bool
  let threads: Int
  /// The share of the smoothing noise in the deviation of an error.
  static let noise = 0.25
  /// How far back errors are taken from.
  static let memory = 60

  /// - Parameters:
  ///   - mean: units, series × horizon; NaN counts as 0.
  ///   - deviation: units, series × horizon, calibrated.
  ///   - run: the errors and weights of the model chosen for each series.
  func draw(_ panel: DemandPanel, mean: [Double], deviation: [Double], run: ModelRun) -> SamplePaths {
    let (horizon, end) = (run.horizon, run.end)
    let memory = min(end, Self.memory)
    var common = RandomStream(seed: seed, key: RandomStream.key("demand.paths"))
    let times = (0..<drawCount * horizon).map { _ in end - memory + common.index(below: max(1, memory)) }
    let values = parallelFill(count: panel.seriesCount, slot: horizon * drawCount, threads: threads) { series, slot in
      let name = "demand.paths/\(panel.partnerName(series))/\(panel.productName(series))"
      var stream = RandomStream(seed: seed, key: RandomStream.key(name))
      let errors = StandardErrors(run.residuals[run.residualRange(ofSeries: series)])
      let range = run.range(ofSeries: series)
      let weights = Array(run.weights[range])
      var norms: [Double] = []
      for weight in weights { norms.append((norms.last ?? 0) + weight * weight) }
      var shocks = [Double](repeating: 0, count: horizon)
      let (means, deviations) = (Array(mean[range]), Array(deviation[range]))
      for draw in 0..<drawCount {
        for step in 0..<horizon { shocks[step] = errors.draw(time: times[draw * horizon + step], &stream) }
        for step in 0..<horizon {
          var error = 0.0
          for lag in 0...step { error += weights[lag] * shocks[step - lag] }
          let value = means[step] + deviations[step] * (norms[step] > 0 ? error / norms[step].squareRoot() : 0)
          slot[step * drawCount + draw] = Float(value)
        }
      }
      for step in 0..<horizon { keepMean(means[step], slot, step * drawCount..<(step + 1) * drawCount) }
    }
    return SamplePaths(seriesCount: panel.seriesCount, horizon: horizon, drawCount: drawCount, values: values)
  }

  /// Shifts draws so that their mean, or the mean of what is left of them above zero, is the published one.
  private func keepMean(_ mean: Double, _ slot: UnsafeMutableBufferPointer<Float>, _ range: Range<Int>) {
    func moments(_ shift: Double) -> (mean: Double, positive: Double) {
      var (sum, positive) = (0.0, 0.0)
      for index in range {
        let value = Double(slot[index]) + shift
        if !nonNegative || value > 0 {
          sum += value
          positive += 1
        }
      }
      return (sum / Double(range.count), positive / Double(range.count))
    }
    guard mean > 0 || !nonNegative else {
      for index in range { slot[index] = 0 }
      return
    }
    // The mean above zero is convex and increasing in the shift: Newton's steps reach its root from the first one on.
    var shift = 0.0
    for _ in 0..<20 {
      let (current, positive) = moments(shift)
      guard positive > 0 else {
        // All draws lie below zero: the largest one is brought to the mean, and the search goes on from there.
        shift = mean - Double(range.reduce(-Float.infinity) { max($0, slot[$1]) })
        continue
      }
      if abs(current - mean) <= 1e-9 * abs(mean) { break }
      shift += (mean - current) / positive
    }
    for index in range {
      let value = slot[index] + Float(shift)
      slot[index] = nonNegative ? max(0, value) : value
    }
  }
}

/// One-step errors of one series with mean 0, measured in their own spread.
private struct StandardErrors {
  private var values: [Double]
  private let known: [Int]

  init(_ residuals: ArraySlice<Double>) {
    values = Array(residuals)
    known = values.indices.filter { !residuals[residuals.startIndex + $0].isNaN }
    guard known.count >= 3 else { return }
    let mean = known.reduce(0.0) { $0 + residuals[residuals.startIndex + $1] } / Double(known.count)
    var squares = 0.0
    for index in known {
      values[index] -= mean
      squares += values[index] * values[index]
    }
    // Deviations are calibrated on the quantile of errors below which 90 % lie; heavy tails raise the root mean square
    // above it. Series with mostly small errors keep half the root mean square at least.
    let root = (squares / Double(known.count)).squareRoot()
    let sizes = known.map { abs(values[$0]) }.sorted()
    let quantile = sizes[Int(Calibration.probability * Double(sizes.count - 1))]
    let unit = min(root, max(root / 2, quantile / Normal.standard.quantile((1 + Calibration.probability) / 2)))
    for index in known { values[index] = unit > 0 ? values[index] / unit : 0 }
  }

  /// The error of a past period, or of another one where it is unknown; normal where hardly any is known.
  func draw(time: Int, _ stream: inout RandomStream) -> Double {
    // One uniform number in every case keeps the draws of a series aligned.
    let uniform = stream.uniform()
    guard known.count >= 3 else { return Normal.standard.quantile(uniform) }
    let error = values[time].isNaN ? values[known[Int(uniform * Double(known.count))]] : values[time]
    // Uniform noise with variance 1 is √12 (u − ½).
    let noise = (uniform - 0.5) * 12.0.squareRoot() * JointPaths.noise
    return (error + noise) / (1 + JointPaths.noise * JointPaths.noise).squareRoot()
  }
}
