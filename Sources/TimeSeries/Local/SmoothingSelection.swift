import Glibc

/// One form with the unknowns that fit a series best.
struct SmoothingFit {
  let form: ExponentialSmoothing.Form
  let parameters: SmoothingParameters
  /// The state before the first value, in units of the scale.
  let start: SmoothingState
  /// AICc in the unit of the series; NaN where no form was fitted.
  let criterion: Double
}

/// Fits forms to one series and keeps the likeliest after a charge for its unknowns (AICc).
///
/// Forms that share trend and season share their recursions, additive and relative errors only weigh them differently:
/// one scout serves both. A form starts from the best points of the regions of the scout's grid, and from the optimum of
/// the narrower form that it contains.
struct SmoothingSelection: ~Copyable {
  private let workspace: SmoothingWorkspace
  private let forms: [ExponentialSmoothing.Form]
  private let season: Int
  private let slopeCap: Double
  private let isPositive: Bool
  private let maximumPasses: Int
  /// 2n·log of the scale: what the likelihood in the unit of the series has more.
  private let unit: Double
  private var best: SmoothingFit?

  /// Differences of the likelihood that do not matter: far less than what one more unknown costs.
  private static let tolerance = 1e-5
  /// What a slope weight beyond the cap costs in AICc: a likelihood ratio of e¹⁰. From 20 to 40 origins inside the
  /// training data of public sets do not tell the values apart; at 10 they forecast worse.
  private static let wideSlopeSurcharge = 20.0
  /// Places in the workspace: starts by region for additive and for relative errors, the optima of the last trend, a
  /// start from there, and room for steps.
  private enum Place {
    static func start(isRelative: Bool, region: Int) -> Int { (isRelative ? SmoothingScout.regionCount : 0) + region }
    static let startCount = 2 * SmoothingScout.regionCount
    static func optimum(isRelative: Bool) -> Int { startCount + (isRelative ? 1 : 0) }
    static let widened = startCount + 2
    static let trial = startCount + 3
  }

  init(
    _ series: Span<Double>, scale: Double, forms: [ExponentialSmoothing.Form], season: Int, slopeCap: Double,
    isPositive: Bool, maximumPasses: Int
  ) {
    self.season = forms.contains { $0.season != .none } ? season : 1
    workspace = SmoothingWorkspace(series, scale: scale, season: self.season)
    self.forms = forms
    self.slopeCap = slopeCap
    self.isPositive = isPositive
    self.maximumPasses = maximumPasses
    unit = 2 * Double(workspace.knownCount) * log(scale)
  }

  /// The form with the smallest AICc; nil where there is none to choose from.
  consuming func choose() -> SmoothingFit? {
    for rule in ExponentialSmoothing.Season.allCases where forms.contains(where: { $0.season == rule }) {
      let terms = workspace.seasonalTerms(rule)
      // Likelihoods of the last trend, for additive and for relative errors.
      var narrower: [Double] = [.infinity, .infinity]
      for trend in ExponentialSmoothing.Trend.allCases { fit(trend, rule, terms, &narrower) }
    }
    return best
  }

  private mutating func fit(
    _ trend: ExponentialSmoothing.Trend, _ rule: ExponentialSmoothing.Season, _ terms: [Double],
    _ narrower: inout [Double]
  ) {
    let problems = forms.filter { $0.trend == trend && $0.season == rule }.map {
      SmoothingProblem($0, season: season, slopeCap: slopeCap)
    }
    guard let first = problems.first else { return }
    // 1. Initial states from the first seasons, smoothing parameters from the grid.
    scout(first, terms)
    // 2. Downhill from there.
    for problem in problems {
      let kind = problem.isRelative ? 1 : 0
      narrower[kind] = fit(problem, hasNarrower: narrower[kind].isFinite)
    }
  }

  /// Fits one form; leaves its optimum as that of the last trend.
  private mutating func fit(_ problem: SmoothingProblem, hasNarrower: Bool) -> Double {
    let isRelative = problem.isRelative
    let optimum = workspace.point(Place.optimum(isRelative: isRelative))
    var starts = (0..<(problem.form.season == .none ? 2 : SmoothingScout.regionCount)).map {
      Place.start(isRelative: isRelative, region: $0)
    }
    if hasNarrower {
      let widened = workspace.point(Place.widened)
      widened.update(from: optimum, count: problem.width)
      widen(widened, to: problem.form.trend)
      starts.append(Place.widened)
    }
    // The likelihood that the best form so far would have with as many unknowns.
    let rival = (best?.criterion ?? .infinity) - unit - charge(problem)
    var best = SmoothingMinimum(likelihood: .infinity, passes: 0)
    for place in starts where best.passes < maximumPasses {
      let minimum = workspace.minimise(
        problem, workspace.point(place), trial: workspace.point(Place.trial),
        maximumPasses: maximumPasses - best.passes, tolerance: Self.tolerance, target: min(rival, best.likelihood))
      best.passes += minimum.passes
      guard minimum.likelihood < best.likelihood else { continue }
      best.likelihood = minimum.likelihood
      optimum.update(from: workspace.point(place), count: problem.width)
    }
    keep(problem, optimum, best.likelihood)
    tryWide(problem, optimum, best)
    return best.likelihood
  }

  /// Where the slope's weight ends at its cap, looks beyond: a weight up to α has to be far likelier.
  private mutating func tryWide(
    _ problem: SmoothingProblem, _ optimum: UnsafeMutablePointer<Double>, _ minimum: SmoothingMinimum
  ) {
    let parameters = SmoothingPoint(optimum, problem).parameters
    guard problem.form.trend != .none, slopeCap < 1, minimum.likelihood.isFinite,
      optimum[1] > 0.99, parameters.alpha > slopeCap
    else { return }
    var wide = problem
    wide.slopeCap = 1
    let point = workspace.point(Place.widened)
    point.update(from: optimum, count: problem.width)
    point[1] = parameters.beta / parameters.alpha
    let rival = (best?.criterion ?? .infinity) - unit - charge(problem) - Self.wideSlopeSurcharge
    let second = workspace.minimise(
      wide, point, trial: workspace.point(Place.trial), maximumPasses: maximumPasses, tolerance: Self.tolerance,
      target: min(rival, minimum.likelihood - Self.wideSlopeSurcharge))
    if second.likelihood + Self.wideSlopeSurcharge < minimum.likelihood {
      keep(wide, point, second.likelihood, surcharge: Self.wideSlopeSurcharge)
    }
  }

  /// The unknowns of a form as those of the next wider one: the same forecasts, or nearly.
  private func widen(_ point: UnsafeMutablePointer<Double>, to trend: ExponentialSmoothing.Trend) {
    if trend == .damped { point[3] = SmoothingPoint.upper[3] }
    if trend == .additive {
      point[1] = 0.05
      point[SmoothingUnknown.slope] = 0
    }
  }

  private func scout(_ problem: SmoothingProblem, _ terms: [Double]) {
    let grid = SmoothingScout(problem)
    let states = workspace.point(Place.widened)
    for (unknown, value) in [0.5, 0.02, 0.05, 0.9].enumerated() { states[unknown] = value }
    workspace.writeStart(states, trend: problem.form.trend, season: problem.form.season, terms: terms)
    for index in 0..<Place.startCount { workspace.point(index).update(from: states, count: problem.width) }
    var best = SIMD8<Double>(repeating: .infinity)
    func look<Rule: SeasonRule>(_ rule: Rule.Type) {
      workspace.scout(
        grid, problem, from: states, isPositive: isPositive, rule, best: &best, starts: { workspace.point($0) })
    }
    switch problem.form.season {
    case .none:
      look(NoSeason.self)
      guard problem.form.trend != .none else { return }
      // A line through the start may pass below zero where the values do not: also try one through the first two.
      workspace.writeSteepStart(states)
      look(NoSeason.self)
    case .additive: look(AdditiveSeason.self)
    case .multiplicative: look(MultiplicativeSeason.self)
    }
  }

  /// 2k + 2k(k + 1)/(n − k − 1): what k unknowns cost in AICc.
  private func charge(_ problem: SmoothingProblem) -> Double {
    let k = Double(problem.form.parameterCount(season: problem.season))
    return 2 * k + 2 * k * (k + 1) / (Double(workspace.knownCount) - k - 1)
  }

  private mutating func keep(
    _ problem: SmoothingProblem, _ unknowns: UnsafeMutablePointer<Double>, _ likelihood: Double, surcharge: Double = 0
  ) {
    let criterion = likelihood + unit + charge(problem) + surcharge
    guard criterion < best?.criterion ?? .infinity else { return }
    let point = SmoothingPoint(unknowns, problem)
    let state = SmoothingState(
      level: point.level, slope: point.slope, seasonal: (0..<problem.season).map { point.seasonal($0) })
    best = SmoothingFit(
      form: problem.form, parameters: point.parameters, start: state.normalised(problem.form.season),
      criterion: criterion)
  }
}

extension SmoothingState {
  /// The same forecasts with seasonal terms that add up to 0, or to their number where they multiply; 0 without a season.
  fileprivate func normalised(_ rule: ExponentialSmoothing.Season) -> SmoothingState {
    let mean = seasonal.reduce(0, +) / Double(seasonal.count)
    return switch rule {
    case .none: SmoothingState(level: level, slope: slope, seasonal: [0])
    case .additive: SmoothingState(level: level + mean, slope: slope, seasonal: seasonal.map { $0 - mean })
    case .multiplicative:
      SmoothingState(level: level * mean, slope: slope * mean, seasonal: seasonal.map { $0 / mean })
    }
  }
}
