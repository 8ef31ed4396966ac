internal import Glibc

/// How the effect of one period's spend is spread over that period and the later ones: weights that sum to one, so that
/// a constant spend x acts as x: a curve in smoothed spend is the steady-state curve in spend, carry-over included.
///
///     a_t = Σ_j w_j · x_{t−j}
///
/// Sources: Koyck, "Distributed lags and investment analysis" (1954) for geometric weights; Jin et al., "Bayesian methods
/// for media mix modeling with carryover and shape effects" (2017) for effects that peak later, here with the weights of
/// a Weibull distribution over whole periods.
enum CarryOver: Sendable, Hashable {
  /// w_j = (1 − θ)·θ^j: a share θ in 0..<1 of each period's effect is felt again in the next one.
  case geometric(retention: Double)
  /// w_j = F(j + 1) − F(j) of the Weibull distribution with this shape (above 1: the peak comes late) and scale in
  /// periods.
  case weibull(shape: Double, scale: Double)

  /// The grid that is searched: no carry-over, four geometric rates, and two effects that come late.
  static let grid: [CarryOver] =
    [0, 0.25, 0.5, 0.7, 0.85].map { .geometric(retention: $0) } + [2, 3.5].map { .weibull(shape: 2, scale: $0) }

  /// How many first periods stand for the unseen spend before them.
  static let start = 3

  /// The share of an effect that is felt after the period of the spend.
  var laterShare: Double {
    switch self {
    case .geometric(let retention): retention
    case .weibull(let shape, let scale): exp(-pow(1 / scale, shape))
    }
  }

  /// The smoothed spend of one region; the periods before the first are taken as the mean of the first three.
  func smoothed(_ spend: ArraySlice<Double>) -> [Double] {
    let head = spend.prefix(CarryOver.start)
    let before = head.isEmpty ? 0 : head.reduce(0, +) / Double(head.count)
    switch self {
    case .geometric(let retention):
      var state = before
      return spend.map { spend in
        state = (1 - retention) * spend + retention * state
        return state
      }
    case .weibull(let shape, let scale):
      let values = Array(spend)
      let survival = (0...values.count).map { exp(-pow(Double($0) / scale, shape)) }
      return values.indices.map { period in
        (0...period).reduce(survival[period + 1] * before) { sum, lag in
          sum + (survival[lag] - survival[lag + 1]) * values[period - lag]
        }
      }
    }
  }
}
