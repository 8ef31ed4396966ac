import Glibc

/// A coarse look at the smoothing parameters before the search: the likelihood of a seasonal form often has one optimum
/// where the season is fixed and one where it moves, and that of other forms one where the level hardly moves.
struct SmoothingScout {
  typealias Lanes = SIMD4<Double>

  /// Points of the grid of α, β and γ, four lanes each.
  private(set) var points: [(alpha: Lanes, beta: Lanes, gamma: Lanes)] = []
  /// Shares of the largest β and of 1 − α that the points were made from.
  private(set) var shares: [(beta: Lanes, gamma: Lanes)] = []
  let phi: Double

  init(_ problem: SmoothingProblem) {
    let form = problem.form
    phi = form.trend == .none ? 0 : form.trend == .additive ? 1 : 0.9
    let alphas = [0.02, 0.1, 0.3, 0.5, 0.7, 0.95]
    let betas = form.trend == .none ? [0] : [0.02, 0.5]
    let gammas = form.season == .none ? [0] : [0.01, 0.2, 0.7]
    var grid: [(alpha: Double, beta: Double, gamma: Double)] = []
    for gamma in gammas { for beta in betas { for alpha in alphas { grid.append((alpha, beta, gamma)) } } }
    for first in stride(from: 0, to: grid.count, by: 4) {
      var (alpha, beta, gamma) = (Lanes.zero, Lanes.zero, Lanes.zero)
      for lane in 0..<4 {
        let point = grid[min(first + lane, grid.count - 1)]
        (alpha[lane], beta[lane], gamma[lane]) = (point.alpha, point.beta, point.gamma)
      }
      shares.append((beta, gamma))
      let cap = alpha.replacing(with: problem.slopeCap, where: alpha .> problem.slopeCap)
      points.append((alpha, beta * cap, gamma * (1 - alpha)))
    }
  }

  /// Points of the grid compete with those near the same optimum: where the season is fixed, where season and level
  /// move, and where the season moves around a calm level; without a season, where the level is calm and where it moves.
  static let regionCount = 3

  static func region(alpha: Double, gamma: Double, isSeasonal: Bool) -> Int {
    isSeasonal ? (gamma < 0.05 ? 0 : alpha > 0.2 ? 1 : 2) : (alpha < 0.2 ? 0 : 1)
  }
}

extension SmoothingWorkspace {
  /// The likeliest smoothing parameters of each region of the grid
  /// (``SmoothingScout/region(alpha:gamma:isSeasonal:)``), for additive and for relative errors, from the states in
  /// `unknowns`. Where they beat `best`, they and the states go into `starts`: the regions of additive errors first.
  func scout<Rule: SeasonRule>(
    _ scout: SmoothingScout, _ problem: SmoothingProblem, from unknowns: UnsafeMutablePointer<Double>,
    isPositive: Bool, _ rule: Rule.Type, best: inout SIMD8<Double>, starts: (Int) -> UnsafeMutablePointer<Double>
  ) {
    let point = SmoothingPoint(unknowns, problem)
    for (lanes, shares) in zip(scout.points, scout.shares) {
      let costs = runLanes(lanes, phi: scout.phi, from: point, season: problem.season, isPositive: isPositive, rule)
      for lane in 0..<4 {
        let region = SmoothingScout.region(
          alpha: lanes.alpha[lane], gamma: shares.gamma[lane], isSeasonal: Rule.isSeasonal)
        for kind in 0..<(isPositive ? 2 : 1) {
          let cost = kind == 0 ? costs.additive[lane] : costs.relative[lane]
          let place = SmoothingScout.regionCount * kind + region
          guard cost < best[place] else { continue }
          best[place] = cost
          let start = starts(place)
          start.update(from: unknowns, count: problem.width)
          (start[0], start[1], start[2]) = (lanes.alpha[lane], shares.beta[lane], shares.gamma[lane])
          start[3] = max(0.8, min(0.98, scout.phi))
        }
      }
    }
  }

  /// One pass with four sets of parameters at once: Σε² and log Σ(ε/f)² + 2/n·Σ log f.
  @inline(__always)
  private func runLanes<Rule: SeasonRule>(
    _ lanes: (alpha: Lanes, beta: Lanes, gamma: Lanes), phi: Double, from point: SmoothingPoint, season: Int,
    isPositive: Bool, _: Rule.Type
  ) -> (additive: Lanes, relative: Lanes) {
    let (alpha, beta, gamma) = lanes
    var level = Lanes(repeating: point.level)
    var slope = Lanes(repeating: point.slope)
    for index in 0..<season { laneRing[index] = Lanes(repeating: point.seasonal(index)) }
    var (squares, relativeSquares) = (Lanes.zero, Lanes.zero)
    var product = Lanes(repeating: 1)
    var logSum = Lanes.zero
    var phase = 0
    for time in 0..<count {
      let damped = phi * slope
      let base = level + damped
      let seasonal = laneRing[phase]
      let forecast = Rule.isMultiplicative ? base * seasonal : base + seasonal
      let value = values[time]
      if value.isNaN {
        (level, slope) = (base, damped)
      } else {
        let error = value - forecast
        squares += error * error
        if isPositive {
          let relativeError = error / forecast
          relativeSquares += relativeError * relativeError
          product *= forecast
          if time & 7 == 7 {
            logSum += logarithm(product)
            product = Lanes(repeating: 1)
          }
        }
        let levelError = Rule.isMultiplicative ? error / seasonal : error
        level = base + alpha * levelError
        slope = damped + beta * levelError
        if Rule.isSeasonal { laneRing[phase] = seasonal + gamma * (Rule.isMultiplicative ? error / base : error) }
      }
      phase = phase &+ 1 == season ? 0 : phase &+ 1
    }
    logSum += logarithm(product)
    return (squares, logarithm(relativeSquares) + logSum * (2 / Double(knownCount)))
  }
}

@inline(__always)
private func logarithm(_ lanes: SIMD4<Double>) -> SIMD4<Double> {
  SIMD4(log(lanes[0]), log(lanes[1]), log(lanes[2]), log(lanes[3]))
}
