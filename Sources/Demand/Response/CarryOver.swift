/// Geometric carry-over: a share `retention` of this period's effect is felt again in the next one.
///
///     a_t = (1 − θ) · x_t + θ · a_{t−1}
///
/// The weights (1 − θ)·θ^j sum to one, so that a constant spend x has a = x: a curve in a is the steady-state curve in
/// spend, carry-over included. Source: Koyck, "Distributed lags and investment analysis" (1954); in marketing Hanssens,
/// Parsons & Schultz, "Market Response Models" (2001), ch. 4.
struct CarryOver: Sendable, Hashable {
  /// θ, in 0..<1.
  let retention: Double

  /// How many first periods stand for the unseen spend before them.
  static let start = 3

  /// The smoothed spend of one region; the periods before the first are taken as the mean of the first three.
  func smoothed(_ spend: ArraySlice<Double>) -> [Double] {
    let head = spend.prefix(CarryOver.start)
    var state = head.isEmpty ? 0 : head.reduce(0, +) / Double(head.count)
    return spend.map { spend in
      state = (1 - retention) * spend + retention * state
      return state
    }
  }
}
