internal import Glibc
public import Probability

/// The distribution of a demand that is often zero: a chance of any demand, and the distribution of its size.
public struct OccasionalDemand: Sendable, Hashable {
  /// P(demand > 0).
  public let occurrence: Double
  /// The smallest demand: 1 for counts, 0 for amounts.
  let least: Double
  /// Counts: the mean of what a demand exceeds `least` by, and the shape of the gamma variable behind it. Amounts: the
  /// mean and shape of a gamma variable or, where there are errors, the median and the scale of the logarithm.
  let excess: Double
  let shape: Double
  /// The sizes that the series has shown, and their share in the distribution of the size; counts only.
  let own: OwnSizes
  let ownShare: Double
  /// The standardized errors of the logarithm of amounts, ascending, equally likely; none for other families.
  let errors: [Double]
  /// Whether amounts come in whole units.
  let isWhole: Bool

  var isCount: Bool { least > 0 }

  init(
    occurrence: Double, least: Double, excess: Double, shape: Double, own: OwnSizes = OwnSizes(), ownShare: Double = 0,
    errors: [Double] = [], isWhole: Bool = false
  ) {
    self.occurrence = occurrence
    self.least = least
    self.excess = excess
    self.shape = shape
    self.errors = errors
    self.isWhole = isWhole
    self.own = own
    self.ownShare = excess > CountTail.longestMean || own.values.isEmpty ? 0 : ownShare
  }

  public var mean: Double { occurrence * sizeMoments.mean }

  public var variance: Double { occurrence * sizeMoments.square - mean * mean }

  private var sizeMoments: (mean: Double, square: Double) {
    guard errors.isEmpty else {
      let sizes = errors.map { excess * exp(shape * $0) }
      let count = Double(sizes.count)
      return (sizes.reduce(0, +) / count, sizes.reduce(0) { $0 + $1 * $1 } / count)
    }
    let spread = (isCount ? excess : 0) + excess * excess / shape
    let size = least + excess
    let seen = own.moments
    return (
      (1 - ownShare) * size + ownShare * seen.mean, (1 - ownShare) * (spread + size * size) + ownShare * seen.square
    )
  }

  /// The smallest x with P(demand ≤ x) ≥ `probability`: a whole number for counts.
  public func quantile(_ probability: Double) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 1) { result in
      quantiles([probability], into: result)
      return result[0]
    }
  }

  /// A draw.
  public func draw(_ stream: inout RandomStream) -> Double { quantile(stream.uniform()) }

  /// Quantiles at ascending probabilities in one pass.
  func quantiles(_ probabilities: [Double], into result: UnsafeMutableBufferPointer<Double>) {
    var tail = CountTail(excess: excess, shape: shape, own: own, ownShare: ownShare)
    for (index, probability) in probabilities.enumerated() {
      // 1. No demand; a rounding error must not make a demand of it.
      let given = (probability - (1 - occurrence)) / occurrence
      guard given > 1e-12 else {
        result[index] = 0
        continue
      }
      // 2. The quantile of the size at the probability that is left.
      let share = min(given, 1 - 1e-12)
      guard isCount else {
        let amount =
          errors.isEmpty
          ? gammaQuantile(share, mean: excess, shape: shape) : excess * exp(shape * errorQuantile(share))
        result[index] = isWhole ? max(1, amount.rounded()) : amount
        continue
      }
      result[index] = tail.quantile(share)
    }
  }
}

extension OccasionalDemand {
  /// Linear between the middles of the steps of the errors' distribution.
  private func errorQuantile(_ probability: Double) -> Double {
    let place = min(max(probability * Double(errors.count) - 0.5, 0), Double(errors.count - 1))
    let below = min(Int(place), errors.count - 2)
    return errors[below] + (place - Double(below)) * (errors[below + 1] - errors[below])
  }
}

/// The quantiles of one plus a negative binomial, mixed with sizes seen, at ascending probabilities: the masses are added
/// up once.
private struct CountTail {
  private let excess: Double
  private let shape: Double
  private let own: OwnSizes
  private let ownShare: Double
  private var count = 1.0
  private var mass: Double
  /// P(size ≤ count) of the smooth part, and of the sizes seen.
  private var smooth: Double
  private var seen = 0.0
  /// Sizes seen up to the count.
  private var place = 0

  /// Above this mean the gamma variable of equal mean and variance, rounded, stands in for the sum of masses.
  static let longestMean = 400.0

  init(excess: Double, shape: Double, own: OwnSizes, ownShare: Double) {
    self.excess = excess
    self.shape = shape
    self.own = own
    self.ownShare = ownShare
    mass = exp(shape * log(shape / (shape + excess)))
    smooth = mass
    passSeen()
  }

  private mutating func passSeen() {
    while place < own.values.count, own.values[place] <= count {
      seen = own.cumulative[place]
      place += 1
    }
  }

  mutating func quantile(_ probability: Double) -> Double {
    if excess > CountTail.longestMean {
      let variance = excess + excess * excess / shape
      return 1 + gammaQuantile(probability, mean: excess, shape: excess * excess / variance).rounded()
    }
    let ratio = excess / (shape + excess)
    while (1 - ownShare) * smooth + ownShare * seen < probability, mass > 1e-300 || place < own.values.count {
      mass *= ratio * (count - 1 + shape) / count
      count += 1
      smooth += mass
      if ownShare > 0 { passSeen() } else { place = own.values.count }
    }
    return count
  }
}

/// The quantile of a gamma variable by Newton steps on the logarithm, held inside a bracket.
func gammaQuantile(_ probability: Double, mean: Double, shape: Double) -> Double {
  // 1. The start: Wilson & Hilferty's cube of a normal, or the power law that holds near zero.
  let score = Normal.standard.quantile(probability)
  let root = 1 - 1 / (9 * shape) + score / (3 * shape.squareRoot())
  let powerLaw = (log(probability) + logGamma(shape + 1)) / shape
  var point = root > 0.2 ? log(shape * root * root * root) : powerLaw
  var (lower, upper) = (-Double.infinity, Double.infinity)
  // 2. Newton: d P / d log x = x f(x).
  for _ in 0..<60 {
    let x = exp(point)
    let error = 1 - upperIncompleteGamma(shape, x) - probability
    if error > 0 { upper = point } else { lower = point }
    let slope = exp(shape * point - x - logGamma(shape))
    var next = slope > 1e-300 ? point - error / slope : .nan
    if !(next > lower && next < upper) || abs(next - point) > 3 {
      next = lower.isFinite && upper.isFinite ? (lower + upper) / 2 : point + (error > 0 ? -1 : 1)
    }
    if abs(next - point) < 1e-11 { break }
    point = next
    if point < -600 { return 0 }
  }
  return exp(point) * mean / shape
}
