internal import Probability

/// Factors by which the deviations that a model states must be widened, from its errors on held-out periods.
///
/// A factor brings the 90 % quantile of |error| / deviation, over all series of the panel, to that of the normal
/// distribution: conformal calibration pooled over series (Vovk, Gammerman & Shafer, *Algorithmic Learning in a Random
/// World*, 2005), by step ahead. Steps that no window has tested take the factor of the nearest shorter one.
struct Calibration: Sendable {
  /// Candidate × step.
  private let factors: [Double]
  private let horizon: Int

  static let probability = 0.9

  init(_ backtest: Backtest, horizon: Int, before limit: Int) {
    self.horizon = horizon
    let target = Normal.standard.quantile((1 + Self.probability) / 2)
    var factors: [Double] = []
    for candidate in backtest.candidates.indices {
      var raw: [Double] = []
      for step in 0..<horizon {
        let ratios = Self.ratios(backtest, candidate, step, before: limit)
        let factor =
          ratios.count >= 20 ? ratios[Int(Self.probability * Double(ratios.count - 1))] / target : raw.last ?? 1
        raw.append(min(4, max(0.5, factor)))
      }
      // Neighbouring steps share what chance did to each.
      factors += raw.indices.map { step in
        let near = raw[max(0, step - 1)...min(horizon - 1, step + 1)]
        return near.reduce(0, +) / Double(near.count)
      }
    }
    self.factors = factors
  }

  func factor(candidate: Int, step: Int) -> Double { factors[candidate * horizon + step] }

  /// |error| / deviation in ascending order.
  private static func ratios(_ backtest: Backtest, _ candidate: Int, _ step: Int, before limit: Int) -> [Double] {
    let panel = backtest.panel
    var ratios: [Double] = []
    for window in backtest.windows where step < window.horizon && window.end + step < limit {
      let run = window.runs[candidate]
      for series in 0..<panel.seriesCount {
        let index = series * run.horizon + step
        let actual = panel.demand[series * panel.periodCount + window.end + step]
        guard run.deviation[index] > 0, !actual.isNaN, !run.mean[index].isNaN else { continue }
        ratios.append(abs(actual - run.mean[index]) / run.deviation[index])
      }
    }
    return ratios.sorted()
  }
}
