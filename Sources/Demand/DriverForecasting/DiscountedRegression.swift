internal import LinearAlgebra

/// Regression of one series around a level that wanders: response and regressors alike are freed of their discounted
/// means over the periods before.
///
/// With level lₜ = Σ ωᵃ (y − xᵀβ) / Σ ωᵃ over earlier known periods of age a, the one-step error yₜ − xₜᵀβ − lₜ is
/// linear in β: the same filter on y and on each column of x gives a least-squares problem whose errors are independent
/// when y − xᵀβ is an integrated moving average (Harvey, *Forecasting, Structural Time Series Models and the Kalman
/// Filter*, 1989, section 3.4; discounting after Brown, *Smoothing, Forecasting and Prediction*, 1963). The first errors
/// of a series rest on few periods and count for less.
struct DiscountedRegression: Sendable {
  /// ω: 1 − the weight of the latest period.
  let discount: Double

  /// XᵀWX, XᵀWy and yᵀWy of one series, added up.
  struct Sums {
    var information: [Double]
    var score: [Double]
    var squares = 0.0
    var count = 0

    init(width: Int) {
      information = [Double](repeating: 0, count: width * width)
      score = [Double](repeating: 0, count: width)
    }

    /// Σ of squared errors with coefficients b.
    func squares(_ coefficients: [Double]) -> Double {
      let width = score.count
      var sum = squares
      for j in 0..<width {
        sum -= 2 * coefficients[j] * score[j]
        for i in 0..<width { sum += coefficients[i] * coefficients[j] * information[i + j * width] }
      }
      return max(0, sum)
    }
  }

  /// - Parameters:
  ///   - response: NaN where unknown.
  ///   - rows: period × width.
  func sums(_ response: [Double], _ rows: [Double], width: Int) -> Sums {
    var sums = Sums(width: width)
    var means = [Double](repeating: 0, count: width + 1)
    var current = means
    var weight = 0.0
    for time in response.indices {
      weight *= discount
      for column in means.indices { means[column] *= discount }
      let start = time * width
      guard Self.isKnown(response[time], rows, start, width) else { continue }
      for column in 0..<width { current[column] = rows[start + column] }
      current[width] = response[time]
      if weight > 1e-12 {
        // The variance of an error is (1 + 1 / weight) σ² while the level rests on few periods.
        let share = weight / (1 + weight) * (2 - discount)
        let error = current[width] - means[width] / weight
        for j in 0..<width {
          let left = share * (current[j] - means[j] / weight)
          sums.score[j] += left * error
          for i in 0...j { sums.information[i + j * width] += left * (current[i] - means[i] / weight) }
        }
        sums.squares += share * error * error
        sums.count += 1
      }
      weight += 1
      for column in means.indices { means[column] += current[column] }
    }
    for j in 0..<width { for i in 0..<j { sums.information[j + i * width] = sums.information[i + j * width] } }
    return sums
  }

  /// The level at the end of the history; nil where nothing is known.
  func level(_ response: [Double], _ rows: [Double], _ coefficients: [Double]) -> Double? {
    let width = coefficients.count
    var (sum, weight) = (0.0, 0.0)
    for time in response.indices {
      sum *= discount
      weight *= discount
      let start = time * width
      guard Self.isKnown(response[time], rows, start, width) else { continue }
      sum += response[time] - Self.product(rows, start, coefficients)
      weight += 1
    }
    return weight > 0 ? sum / weight : nil
  }

  static func product(_ rows: [Double], _ start: Int, _ coefficients: [Double]) -> Double {
    var sum = 0.0
    for column in coefficients.indices { sum += coefficients[column] * rows[start + column] }
    return sum
  }

  @inline(__always)
  private static func isKnown(_ response: Double, _ rows: [Double], _ start: Int, _ width: Int) -> Bool {
    guard !response.isNaN else { return false }
    for column in 0..<width where rows[start + column].isNaN { return false }
    return true
  }
}
