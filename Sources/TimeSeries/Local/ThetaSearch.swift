/// The columns that the fit of one series reads, in storage that the next series reuses.
///
/// Nothing here depends on the parameters: the line through the values so far is a matter of the values alone.
struct ThetaColumns {
  /// Seasonally adjusted, from the first known value on.
  private(set) var values: [Double] = []
  /// The line that forecasts the value at the same place.
  private(set) var intercepts: [Double] = []
  private(set) var slopes: [Double] = []
  private(set) var seasonal = SeasonalDecomposition()
  /// Values before the first known one.
  private(set) var offset = 0
  /// Known values that are forecast and count in the sum of squares.
  private(set) var errorCount = 0
  private(set) var isConstant = false

  /// The first errors are forecasts from too little, and are not counted.
  static let uncounted = 3

  /// Reads a series with at least one known value.
  mutating func read(_ series: Span<Double>, season: Int, form: ThetaForm) {
    values.removeAll(keepingCapacity: true)
    (offset, errorCount, isConstant) = (0, 0, true)
    while series[offset].isNaN { offset += 1 }
    let first = series[offset]
    for time in offset..<series.count where !series[time].isNaN {
      if series[time] != first { isConstant = false }
      if time - offset >= Self.uncounted { errorCount += 1 }
    }
    if isConstant {
      seasonal.estimate(.none, series, season: season)
    } else {
      seasonal.testAndEstimate(series, season: season)
    }
    for time in offset..<series.count {
      values.append(seasonal.adjusted(series[time], phase: seasonal.phase(time)))
    }
    drawLines(form)
  }

  private mutating func drawLines(_ form: ThetaForm) {
    intercepts.removeAll(keepingCapacity: true)
    slopes.removeAll(keepingCapacity: true)
    guard form.isDynamic else {
      let line = ThetaLine.through(values.span)
      intercepts.append(contentsOf: repeatElement(line.intercept, count: values.count))
      slopes.append(contentsOf: repeatElement(line.slope, count: values.count))
      return
    }
    // The line that forecasts a value ends before it; the first value is its own forecast.
    var (intercept, slope, mean) = (values[0], 0.0, values[0])
    intercepts.append(intercept)
    slopes.append(slope)
    for count in stride(from: 1, to: values.count, by: 1) {
      intercepts.append(intercept)
      slopes.append(slope)
      let value = values[count]
      let point = value.isNaN ? intercept + slope * Double(count + 1) : value
      (intercept, slope, mean) = ThetaLine.after(point, count: count, slope: slope, mean: mean)
    }
  }

  /// The state at the end of the column, and each one-step error.
  func run(_ parameters: ThetaParameters, form: ThetaForm, _ onError: (Int, Double) -> Void) -> ThetaState {
    var state = ThetaState(
      parameters, isDynamic: form.isDynamic, first: values[0], intercept: intercepts[0], slope: slopes[0])
    for time in stride(from: 1, to: values.count, by: 1) {
      onError(time, values[time] - state.forecast)
      state.advance(values[time])
    }
    return state
  }
}

/// The parameters with the least sum of squared errors.
///
/// For a given α the errors are linear in the initial level and in the weight of the line, so that both follow from a
/// bounded least-squares problem with two unknowns; what remains is a search along α. Eight values of α go through the
/// series together, one in each lane.
struct ThetaSearch {
  typealias Lanes = SIMD8<Double>

  let form: ThetaForm
  static let smallestAlpha = 0.1
  static let largestAlpha = 0.99
  /// Each round divides the interval by 4.5; what is left at the end is below 1e-4.
  private static let rounds = 4

  struct Optimum {
    var parameters: ThetaParameters
    /// Σε² in the unit of the adjusted series.
    var squares: Double
  }

  /// - Parameter near: an α to search around, such as that of an earlier origin; the whole range where the least sum
  ///   of squares is not close to it.
  func minimise(_ columns: borrowing ThetaColumns, near: Double? = nil) -> Optimum {
    let width = Self.largestAlpha - Self.smallestAlpha
    if let near {
      let lower = max(Self.smallestAlpha, near - width / 15)
      let upper = min(Self.largestAlpha, near + width / 15)
      let best = refine(columns, lower, upper, best: nil, rounds: Self.rounds)
      let alpha = best.parameters.alpha
      let isInside =
        (alpha > lower + 0.01 || lower == Self.smallestAlpha) && (alpha < upper - 0.01 || upper == Self.largestAlpha)
      if isInside { return best }
    }
    // 1. A grid over the whole range: the sum of squares may have several valleys.
    var best: Optimum?
    for half in 0..<2 {
      var alphas = Lanes()
      for lane in 0..<8 { alphas[lane] = Self.smallestAlpha + width * Double(8 * half + lane) / 15 }
      improve(&best, columns, alphas)
    }
    // 2. The interval around the best of them, ever narrower.
    let alpha = best?.parameters.alpha ?? 0.5
    return refine(
      columns, max(Self.smallestAlpha, alpha - width / 15), min(Self.largestAlpha, alpha + width / 15), best: best,
      rounds: Self.rounds)
  }

  private func refine(
    _ columns: borrowing ThetaColumns, _ from: Double, _ to: Double, best start: Optimum?, rounds: Int
  ) -> Optimum {
    var (lower, upper, best) = (from, to, start)
    for _ in 0..<rounds {
      let step = (upper - lower) / 9
      var alphas = Lanes()
      for lane in 0..<8 { alphas[lane] = lower + step * Double(lane + 1) }
      improve(&best, columns, alphas)
      let alpha = best?.parameters.alpha ?? alphas[3]
      lower = max(lower, alpha - step)
      upper = min(upper, alpha + step)
    }
    return best ?? Optimum(parameters: .unfitted(columns.values[0]), squares: .infinity)
  }

  private func improve(_ best: inout Optimum?, _ columns: borrowing ThetaColumns, _ alphas: Lanes) {
    let moments = ThetaMoments(columns, alphas)
    for lane in 0..<8 {
      let solution = moments.solve(lane, isOptimized: form.isOptimized)
      if solution.squares < best?.squares ?? .infinity {
        best = Optimum(
          parameters: ThetaParameters(
            alpha: alphas[lane], lineWeight: solution.weight, initialLevel: columns.values[0] + solution.shift),
          squares: solution.squares)
      }
    }
  }
}

/// The sums of products of the least-squares problem at eight values of α.
///
/// With the level started at the first value, a forecast is s + δ·p + ω·x: s is simple exponential smoothing, δ the
/// shift of the initial level, p what is left of it, and x the line's part.
private struct ThetaMoments {
  typealias Lanes = SIMD8<Double>
  var pp = Lanes.zero
  var px = Lanes.zero
  var xx = Lanes.zero
  var pr = Lanes.zero
  var xr = Lanes.zero
  var rr = Lanes.zero

  @inline(never)
  init(_ columns: borrowing ThetaColumns, _ alphas: Lanes) {
    let (values, intercepts, slopes) = (columns.values.span, columns.intercepts.span, columns.slopes.span)
    let keep = 1 - alphas
    let inverse = 1 / alphas
    var level = Lanes(repeating: values[0])
    var shift = keep  // what is left of δ in the level
    var carried = Lanes.zero  // what ω has added to the level, at unknown values
    var decay = keep  // (1 − α)ᵗ
    for time in stride(from: 1, to: values.count, by: 1) {
      let next = decay * keep
      let line = intercepts[time] * decay + slopes[time] * (1 - next) * inverse
      if values[time].isNaN {
        carried += alphas * line
      } else {
        let part = carried + line
        let rest = values[time] - level
        if time >= ThetaColumns.uncounted {
          pp += shift * shift
          px += shift * part
          xx += part * part
          pr += shift * rest
          xr += part * rest
          rr += rest * rest
        }
        level += alphas * rest
        shift *= keep
        carried *= keep
      }
      decay = next
      // Powers that no longer matter would become denormal numbers, which are slow.
      if time & 63 == 0 {
        decay.replace(with: 0, where: decay .< ThetaLine.negligible)
        shift.replace(with: 0, where: shift .< ThetaLine.negligible)
      }
    }
  }

  /// Least squares in δ and 0 ≤ ω ≤ 1, or in δ alone with ω = ½. As the sum of squares is convex in both, the bounded
  /// minimum is the free one or lies where ω is at the bound that it passes.
  func solve(_ lane: Int, isOptimized: Bool) -> (shift: Double, weight: Double, squares: Double) {
    let (pp, px, xx) = (pp[lane], px[lane], xx[lane])
    let (pr, xr, rr) = (pr[lane], xr[lane], rr[lane])
    var weight = 0.5
    if isOptimized {
      let determinant = pp * xx - px * px
      if determinant > 1e-12 * pp * xx {
        weight = (pp * xr - px * pr) / determinant
      } else if xx > 0 {
        weight = xr / xx
      }
      weight = min(1, max(0, weight))
    }
    let shift = pp > 0 ? (pr - weight * px) / pp : 0
    let squares =
      rr + shift * (shift * pp - 2 * pr) + weight * (weight * xx - 2 * xr) + 2 * shift * weight * px
    return (shift, weight, max(0, squares))
  }
}

/// The parameters of a series and what they leave.
struct ThetaFit {
  let parameters: ThetaParameters
  /// Σε² over the counted errors, less one degree of freedom for each parameter.
  let variance: Double
  /// The place of the first counted error.
  let firstError: Int

  /// More errors than parameters are needed to fit them.
  private static let fewestErrors = 4

  init(_ columns: borrowing ThetaColumns, form: ThetaForm, near: Double? = nil) {
    guard columns.errorCount >= Self.fewestErrors, !columns.isConstant else {
      let parameters = ThetaParameters.unfitted(columns.values[0])
      var squares = 0.0
      var errors = 0
      _ = columns.run(parameters, form: form) { _, error in
        guard !error.isNaN else { return }
        squares += error * error
        errors += 1
      }
      self.parameters = parameters
      variance = errors > 0 ? squares / Double(errors) : 0
      firstError = 1
      return
    }
    let optimum = ThetaSearch(form: form).minimise(columns, near: near)
    parameters = optimum.parameters
    variance = optimum.squares / Double(max(1, columns.errorCount - (form.isOptimized ? 3 : 2)))
    firstError = ThetaColumns.uncounted
  }
}
