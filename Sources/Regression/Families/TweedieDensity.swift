internal import Glibc
internal import Probability

/// The density of a Tweedie distribution with 1 < power < 2: a Poisson number of gamma amounts.
///
/// Source: Dunn and Smyth, "Series evaluation of Tweedie exponential dispersion model densities" (Statistics and
/// Computing 15, 2005), equations 2 and 15: the series is summed outwards from its largest term.
struct TweedieDensity {
  let power: Double

  /// Log of the probability of y = 0, or of the density at y > 0.
  func logDensity(_ y: Double, mean: Double, dispersion: Double) -> Double {
    let p = power
    guard p > 1, p < 2 else { return -saddlepoint(y, mean, dispersion) }
    guard y > 0 else { return -pow(mean, 2 - p) / (dispersion * (2 - p)) }
    let canonical = (y * pow(mean, 1 - p) / (1 - p) - pow(mean, 2 - p) / (2 - p)) / dispersion
    return canonical - log(y) + logSeries(y, dispersion)
  }

  /// log Σ_j W_j, with j = 1, 2, …
  private func logSeries(_ y: Double, _ dispersion: Double) -> Double {
    let p = power
    let alpha = (2 - p) / (1 - p)
    let z = -alpha * log(y) + alpha * log(p - 1) - (1 - alpha) * log(dispersion) - log(2 - p)
    func term(_ j: Double) -> Double { j * z - logGamma(j + 1) - logGamma(-alpha * j) }
    // 1. The largest term is near y^(2−p) / ((2 − p) φ).
    let peak = max(1, (pow(y, 2 - p) / ((2 - p) * dispersion)).rounded())
    let largest = term(peak)
    // 2. Sum to both sides until terms no longer count.
    var sum = 1.0
    var j = peak + 1
    while true {
      let next = term(j) - largest
      guard next > -37 else { break }
      sum += exp(next)
      j += 1
    }
    j = peak - 1
    while j >= 1 {
      let next = term(j) - largest
      guard next > -37 else { break }
      sum += exp(next)
      j -= 1
    }
    return largest + log(sum)
  }

  /// −log of the saddlepoint approximation, for powers whose series is not this one.
  private func saddlepoint(_ y: Double, _ mean: Double, _ dispersion: Double) -> Double {
    (log(2 * .pi * dispersion * pow(max(y, 1e-300), power))
      + Family.tweedie(power: power).deviance(y, mean) / dispersion) / 2
  }
}
