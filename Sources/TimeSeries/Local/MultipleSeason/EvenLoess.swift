/// Locally weighted regression on equally spaced points.
///
/// At a position x the `window` nearest points get tricube weights (1 − (distance/h)³)³, h the distance of the farthest
/// of them, widened where the series is shorter than the window; a constant or a line is fitted by weighted least
/// squares and taken at x.
///
/// Source: Cleveland, Cleveland, McRae & Terpenning, "STL: a seasonal-trend decomposition procedure based on loess"
/// (Journal of Official Statistics 6, 1990), section 2.1. In the interior all windows are symmetric and their line
/// passes through the weighted mean, so that without robustness weights the fit is one moving average.
/// Cost: O(n · window), no allocation beyond the weights.
struct EvenLoess {
  /// Odd number of points in a window.
  let window: Int
  /// 0 for a local constant, 1 for a local line.
  let degree: Int
  /// Tricube weights of a symmetric window, normalised.
  private let interior: [Double]
  private var weights: [Double]

  init(window: Int, degree: Int) {
    self.window = max(3, window | 1)
    self.degree = degree
    let half = self.window / 2
    var symmetric = (0..<self.window).map { EvenLoess.tricube(Double(abs($0 - half)), width: Double(half)) }
    let sum = symmetric.reduce(0, +)
    for index in symmetric.indices { symmetric[index] /= sum }
    interior = symmetric
    weights = [Double](repeating: 0, count: self.window)
  }

  /// (1 − (distance/width)³)³, exactly one very near and zero at the border.
  private static func tricube(_ distance: Double, width: Double) -> Double {
    guard distance <= 0.999 * width else { return 0 }
    guard distance > 0.001 * width else { return 1 }
    let ratio = distance / width
    let inner = 1 - ratio * ratio * ratio
    return inner * inner * inner
  }

  /// Smooths `values`, and writes the curve from `extension` points before the first to `extension` points after the
  /// last into `output`, `stride` apart from `offset`.
  /// - Parameter robustness: a weight per value, or empty for equal weights.
  mutating func smooth(
    _ values: [Double], robustness: [Double], extension beyond: Int = 0, into output: inout [Double], offset: Int = 0,
    stride: Int = 1
  ) {
    let count = values.count
    guard count > 1 else {
      for index in 0..<count + 2 * beyond { output[offset + index * stride] = values.first ?? 0 }
      return
    }
    let half = window / 2
    for position in -beyond..<count + beyond {
      let place = offset + (position + beyond) * stride
      if robustness.isEmpty, position >= half, position + half < count {
        var sum = 0.0
        for index in 0..<window { sum += interior[index] * values[position - half + index] }
        output[place] = sum
      } else {
        output[place] = estimate(values, robustness, at: position)
      }
    }
  }

  /// The fit at one position, which may lie outside the series.
  private mutating func estimate(_ values: [Double], _ robustness: [Double], at position: Int) -> Double {
    let count = values.count
    let reach = min(window, count)
    let first = min(max(0, position - window / 2), count - reach)
    var width = Double(max(position - first, first + reach - 1 - position))
    if window > count { width += Double((window - count) / 2) }
    // 1. Tricube times robustness weights, normalised.
    var sum = 0.0
    for index in 0..<reach {
      var weight = EvenLoess.tricube(Double(abs(first + index - position)), width: width)
      if !robustness.isEmpty { weight *= robustness[first + index] }
      weights[index] = weight
      sum += weight
    }
    guard sum > 0 else { return values[min(max(position, 0), count - 1)] }
    for index in 0..<reach { weights[index] /= sum }
    // 2. A line: tilt the weights around their centre of gravity.
    if degree > 0 { tilt(reach: reach, first: first, position: position, range: Double(count - 1)) }
    var fit = 0.0
    for index in 0..<reach { fit += weights[index] * values[first + index] }
    return fit
  }

  private mutating func tilt(reach: Int, first: Int, position: Int, range: Double) {
    var centre = 0.0
    for index in 0..<reach { centre += weights[index] * Double(first + index) }
    var spread = 0.0
    for index in 0..<reach {
      let distance = Double(first + index) - centre
      spread += weights[index] * distance * distance
    }
    guard spread.squareRoot() > 0.001 * range else { return }
    let slope = (Double(position) - centre) / spread
    for index in 0..<reach { weights[index] *= slope * (Double(first + index) - centre) + 1 }
  }
}
