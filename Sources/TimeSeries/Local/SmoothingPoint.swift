/// A form with the unknowns that its likelihood is searched over.
struct SmoothingProblem {
  let form: ExponentialSmoothing.Form
  /// Periods in a season; 1 where the form has none.
  let season: Int
  /// Lanes of four that hold all unknowns.
  let lanes: Int
  /// The unknowns that move. Of the seasonal terms the last one stays: they are determined up to a constant that the
  /// level takes up, or up to a factor.
  let active: [Int]
  /// The largest β.
  var slopeCap: Double

  init(_ form: ExponentialSmoothing.Form, season: Int, slopeCap: Double) {
    self.form = form
    self.slopeCap = slopeCap
    self.season = form.season == .none ? 1 : season
    lanes = SmoothingWorkspace.lanes(season: self.season)
    var active = [0]
    if form.trend != .none { active.append(1) }
    if form.season != .none { active.append(2) }
    if form.trend == .damped { active.append(3) }
    active.append(SmoothingUnknown.level)
    if form.trend != .none { active.append(SmoothingUnknown.slope) }
    for index in 0..<self.season - 1 { active.append(SmoothingUnknown.seasonal + index) }
    self.active = active
  }

  var width: Int { lanes * 4 }
  var isRelative: Bool { form.error == .multiplicative }
}

/// Derivatives of α, β, γ and φ by the first four unknowns.
struct SmoothingDirections {
  var alpha: SIMD4<Double>
  var beta: SIMD4<Double>
  var gamma: SIMD4<Double>
  var phi: SIMD4<Double>
}

/// A view of a vector of unknowns: α, β/min(α, c), γ/(1 − α), φ, ℓ, b, s₁ … sₘ, with c the largest weight of the slope.
///
/// In these ratios the region 0 < β < min(α, c), 0 < γ < 1 − α is a box.
struct SmoothingPoint {
  let unknowns: UnsafeMutablePointer<Double>
  private let hasTrend: Bool
  private let isDamped: Bool
  private let isSeasonal: Bool
  private let slopeCap: Double

  init(_ unknowns: UnsafeMutablePointer<Double>, _ problem: SmoothingProblem) {
    self.unknowns = unknowns
    hasTrend = problem.form.trend != .none
    isDamped = problem.form.trend == .damped
    isSeasonal = problem.form.season != .none
    slopeCap = problem.slopeCap
  }

  var level: Double { unknowns[SmoothingUnknown.level] }
  var slope: Double { hasTrend ? unknowns[SmoothingUnknown.slope] : 0 }
  func seasonal(_ index: Int) -> Double { unknowns[SmoothingUnknown.seasonal + index] }

  var parameters: SmoothingParameters {
    let alpha = unknowns[0]
    return SmoothingParameters(
      alpha: alpha, beta: hasTrend ? unknowns[1] * min(alpha, slopeCap) : 0,
      gamma: isSeasonal ? unknowns[2] * (1 - alpha) : 0, phi: !hasTrend ? 0 : isDamped ? unknowns[3] : 1)
  }

  var directions: SmoothingDirections {
    let alpha = unknowns[0]
    var beta = SIMD4<Double>.zero
    if hasTrend { beta = alpha < slopeCap ? SIMD4(unknowns[1], alpha, 0, 0) : SIMD4(0, slopeCap, 0, 0) }
    return SmoothingDirections(
      alpha: SIMD4(1, 0, 0, 0), beta: beta,
      gamma: isSeasonal ? SIMD4(-unknowns[2], 0, 1 - alpha, 0) : .zero,
      phi: isDamped ? SIMD4(0, 0, 0, 1) : .zero)
  }

  static let lower = SIMD4<Double>(1e-4, 1e-4, 1e-4, 0.8)
  static let upper = SIMD4<Double>(0.9999, 0.9999, 0.9999, 0.98)
}
