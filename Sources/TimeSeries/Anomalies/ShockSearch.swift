import Glibc

/// An outlier or a shift, by its index among the known values.
struct Shock: Sendable, Hashable {
  let index: Int
  let kind: Anomaly.Kind
  var size: Double
  var score: Double
}

/// The search for shocks in a series without gaps and season.
///
/// Model: level ℓ with zₜ = ℓₜ + eₜ, ℓₜ₊₁ = ℓₜ + b + a eₜ. A unit outlier at T changes the errors by 1 at T and by
/// −a(1−a)ʲ⁻¹ j steps later; a unit shift by (1−a)ʲ. With R_T = e_T + (1−a) R_{T+1} from the end backwards,
///
///     shift:    Σ x e = R_T,               Σ x² = Σ_j (1−a)²ʲ
///     outlier:  Σ x e = e_T − a R_{T+1},   Σ x² = 1 + a² Σ_j (1−a)²ʲ
///
/// and size = Σxe/Σx², score = Σxe / (σ √Σx²). A shift makes the level look as if it wandered, which hides the shift;
/// where it is larger, its score is therefore √(2n log(L₀/L₁)), L₀ and L₁ the least mean absolute errors over all a and
/// b without and with it.
///
/// Source: Chen & Liu (JASA 88, 1993), section 1, for this model; the likelihood ratio of Hinkley (Biometrika 57, 1970).
/// Cost: O(n) for all positions together, times the number of weights tried.
struct ShockSearch {
  private let threshold: Double
  private(set) var shocks: [Shock] = []

  /// A shift needs so many values on each side; with fewer it is a run of outliers.
  private static let shortestSegment = 4
  private static let weights: [Double] = [0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]

  private var quiet: [Double]
  private var errors: [Double]
  private var level = LevelFit()
  private var spread = 0.0

  private struct LevelFit {
    var loss = Double.infinity
    var weight = 0.2
    var slope = 0.0
  }

  init(_ values: [Double], threshold: Double) {
    self.threshold = threshold
    quiet = values
    errors = values
  }

  mutating func run(limit: Int) {
    // 1. Take out the largest, as long as it is large.
    while shocks.count < limit {
      fitModel()
      guard spread > 0 else { break }
      let (outlier, shift) = (largestOutlier(), bestShift(among: shiftPositions))
      let isShift = abs(shift?.score ?? 0) > abs(outlier?.score ?? 0)
      guard let shock = isShift ? shift : outlier, abs(shock.score) > threshold else { break }
      remove(shock)
      shocks.append(shock)
    }
    // 2. Estimate each again with all others out, and drop what does not stand up to that.
    for _ in 0..<2 where spread > 0 { reestimate() }
    shocks.sort { $0.index < $1.index }
  }

  private var shiftPositions: Range<Int> {
    ShockSearch.shortestSegment..<max(ShockSearch.shortestSegment, quiet.count - ShockSearch.shortestSegment + 1)
  }

  private mutating func reestimate() {
    fitModel()
    var kept: [Shock] = []
    for shock in shocks {
      var back = shock
      back.size = -shock.size
      remove(back)
      var again: Shock?
      switch shock.kind {
      case .outlier:
        setErrors(level.weight, level.slope)
        again = largestOutlier(only: shock.index)
      case .levelShift:
        level = bestLevel()
        let near = max(shock.index - 2, shiftPositions.lowerBound)..<min(shock.index + 3, shiftPositions.upperBound)
        again = bestShift(among: near)
      }
      guard let again, abs(again.score) > threshold else { continue }
      remove(again)
      kept.append(again)
    }
    shocks = kept
  }

  private mutating func remove(_ shock: Shock) {
    switch shock.kind {
    case .outlier: quiet[shock.index] -= shock.size
    case .levelShift: for time in shock.index..<quiet.count { quiet[time] -= shock.size }
    }
  }

  private mutating func fitModel() {
    level = bestLevel()
    setErrors(level.weight, level.slope)
    spread = ShockSearch.spread(errors)
  }

  /// No slope, and that between the medians of the outer thirds.
  private var slopes: [Double] {
    let third = max(1, quiet.count / 3)
    let rise = RobustSpread.median(Array(quiet.suffix(third))) - RobustSpread.median(Array(quiet.prefix(third)))
    return [0, rise / Double(quiet.count - third)]
  }

  /// The smoothing weight and the slope that leave the smallest absolute errors.
  private mutating func bestLevel() -> LevelFit {
    var best = LevelFit()
    for slope in slopes {
      for weight in ShockSearch.weights {
        setErrors(weight, slope)
        let loss = meanError
        if loss < best.loss { best = LevelFit(loss: loss, weight: weight, slope: slope) }
      }
    }
    return best
  }

  private var meanError: Double {
    var sum = 0.0
    for error in errors { sum += abs(error) }
    return sum / Double(errors.count)
  }

  private mutating func setErrors(_ weight: Double, _ slope: Double) {
    var level = RobustSpread.median(Array(quiet.prefix(5))) - 2 * slope
    for time in quiet.indices {
      errors[time] = quiet[time] - level
      level += slope + weight * errors[time]
    }
  }

  /// The standard deviation of the values within 2.5 robust deviations, put right for what was left out: nearly as
  /// precise as the standard deviation where nothing is wrong.
  static func spread(_ errors: [Double]) -> Double {
    let rough = 1.4826 * RobustSpread.median(errors.map(abs))
    guard rough > 0 else { return 0 }
    var (count, squares) = (0, 0.0)
    for error in errors where abs(error) <= 2.5 * rough {
      count += 1
      squares += error * error
    }
    // Of a normal variable held to ±2.5: variance 1 − 5φ(2.5)/(2Φ(2.5) − 1) = 0.9113.
    return (squares / Double(max(1, count)) / 0.9113).squareRoot()
  }

  private func largestOutlier(only index: Int? = nil) -> Shock? {
    var best: Shock?
    let keep = 1 - level.weight
    var (sum, power) = (0.0, 0.0)
    for time in errors.indices.reversed() {
      let product = errors[time] - level.weight * sum
      let squares = 1 + level.weight * level.weight * power
      let score = product / (spread * squares.squareRoot())
      if abs(score) > abs(best?.score ?? 0), index == nil || index == time {
        best = Shock(index: time, kind: .outlier, size: product / squares, score: score)
      }
      sum = errors[time] + keep * sum
      power = 1 + keep * keep * power
    }
    return best
  }

  /// The shift with the larger score: that under the model of the wandering level, or that of a steadier level.
  private mutating func bestShift(among positions: Range<Int>) -> Shock? {
    guard !positions.isEmpty, level.loss > 0 else { return nil }
    setErrors(level.weight, level.slope)
    var best = steepestShift(level.weight, positions)
    best?.score /= spread
    guard let steady = steadyShift(among: positions), abs(steady.score) > abs(best?.score ?? 0) else { return best }
    return steady
  }

  /// The shift whose removal leaves the smallest absolute errors, each weight with the best position for it.
  private mutating func steadyShift(among positions: Range<Int>) -> Shock? {
    var best: (shock: Shock, loss: Double)?
    for slope in level.slope == 0 ? [0] : [0, level.slope] {
      for weight in ShockSearch.weights {
        setErrors(weight, slope)
        guard let shift = steepestShift(weight, positions) else { continue }
        let loss = meanError(without: shift, weight: weight)
        if loss < best?.loss ?? .infinity { best = (shift, loss) }
      }
    }
    guard let best, best.loss > 0, best.loss < level.loss else { return nil }
    var shock = best.shock
    let ratio = (2 * Double(errors.count) * log(level.loss / best.loss)).squareRoot()
    shock.score = shock.size < 0 ? -ratio : ratio
    return shock
  }

  /// The errors change by size·(1−a)ʲ from the shift on.
  private func meanError(without shift: Shock, weight: Double) -> Double {
    var (effect, sum) = (shift.size, 0.0)
    for time in errors.indices {
      sum += abs(time < shift.index ? errors[time] : errors[time] - effect)
      if time >= shift.index { effect *= 1 - weight }
    }
    return sum / Double(errors.count)
  }

  /// The shift with the largest score times σ at one weight.
  private func steepestShift(_ weight: Double, _ positions: Range<Int>) -> Shock? {
    var best: Shock?
    let keep = 1 - weight
    var (sum, power) = (0.0, 0.0)
    for time in errors.indices.reversed() {
      sum = errors[time] + keep * sum
      power = 1 + keep * keep * power
      guard positions.contains(time) else { continue }
      let score = sum / power.squareRoot()
      if abs(score) > abs(best?.score ?? 0) {
        best = Shock(index: time, kind: .levelShift, size: sum / power, score: score)
      }
    }
    return best
  }
}
