internal import Glibc
internal import LinearAlgebra

/// The share of rows not yet censored after each time, by which outcomes are weighted up for those that censoring hid.
///
/// The Kaplan-Meier estimator with the parts of event and censoring exchanged.
public struct CensoringDistribution: Sendable, Hashable, Codable {
  /// Who counts as at risk of being censored at a time at which others have the event.
  public enum TiedEvents: String, Sendable, Hashable, Codable {
    /// Everyone still there, those with the event too.
    case atRisk
    /// Those that go on: events come before censoring, as in scikit-survival.
    case gone
  }

  /// The distinct times, ascending.
  let times: [Double]
  /// G after each of them.
  let values: [Double]

  public init(_ response: SurvivalResponse, tiedEvents: TiedEvents) {
    let order = response.time.indices.sorted { response.time[$0] < response.time[$1] }
    var (times, values): ([Double], [Double]) = ([], [])
    var (product, position) = (1.0, 0)
    while position < order.count {
      let time = response.time[order[position]]
      var (end, censored) = (position, 0)
      while end < order.count, response.time[order[end]] == time {
        if !response.event[order[end]] { censored += 1 }
        end += 1
      }
      let events = end - position - censored
      let atRisk = order.count - position - (tiedEvents == .gone ? events : 0)
      if censored > 0 { product *= 1 - Double(censored) / Double(atRisk) }
      times.append(time)
      values.append(product)
      position = end
    }
    self.times = times
    self.values = values
  }

  /// G(t): not censored at t or before.
  public func survival(at time: Double) -> Double {
    let steps = RiskSets.countUpTo(time, times, 0..<times.count)
    return steps > 0 ? values[steps - 1] : 1
  }

  /// G(t−): not censored before t.
  public func survival(before time: Double) -> Double { survival(at: time.nextDown) }
}

/// How good predictions of survival are on data that they were not fitted to, with censoring accounted for by inverse
/// probability weights from the training data.
///
/// The definitions follow scikit-survival where it has them, so that figures compare. Left truncation and strata of the
/// responses play no part, except in `harrell`.
public struct SurvivalMeasures: Sendable {
  public let test: SurvivalResponse
  private let censoring: CensoringDistribution
  private let tiedCensoring: CensoringDistribution
  private let curve: KaplanMeier.Curve

  /// G below this is taken as this, so that single rows do not outweigh all others.
  static let smallestShare = 1e-3

  /// - Parameters:
  ///   - training: the data of the fit, from which the censoring distribution is estimated.
  ///   - test: the data to judge on.
  public init(training: SurvivalResponse, test: SurvivalResponse) throws(RegressionError) {
    self.test = test
    censoring = CensoringDistribution(training, tiedEvents: .gone)
    tiedCensoring = CensoringDistribution(training, tiedEvents: .atRisk)
    curve = try KaplanMeier(SurvivalResponse(time: test.time, event: test.event)).curves[0]
  }

  /// Harrell's C of a risk per row.
  public func harrell(_ risk: [Double]) -> Double { Concordance(risk: risk, test).index }

  /// Uno's C: pairs weighted by G(t)⁻² of the event, events before a limit only. Source: Uno, Cai, Pencina, D'Agostino,
  /// Wei, "On the C-statistics for evaluating overall adequacy of risk prediction procedures" (2011).
  public func uno(_ risk: [Double], before limit: Double = .infinity) -> Double {
    let weights = test.time.indices.map { i in
      guard test.event[i], test.time[i] < limit else { return 0.0 }
      let share = censoring.survival(at: test.time[i])
      return share > 0 ? 1 / (share * share) : 0
    }
    return Concordance(risk: risk, test, eventWeights: weights).index
  }

  /// The Brier score of the survival predicted for a time: mean squared distance from what happened by then. Source:
  /// Graf, Schmoor, Sauerbrei, Schumacher, "Assessment and comparison of prognostic classification schemes" (1999).
  public func brier(_ survival: some Collection<Double>, at time: Double) -> Double {
    precondition(survival.count == test.count, "the predictions do not fit the data")
    let later = max(tiedCensoring.survival(at: time), SurvivalMeasures.smallestShare)
    var sum = 0.0
    for (i, predicted) in survival.enumerated() {
      if test.time[i] > time {
        sum += (1 - predicted) * (1 - predicted) / later
      } else if test.event[i] {
        sum +=
          predicted * predicted
          / max(tiedCensoring.survival(before: test.time[i]), SurvivalMeasures.smallestShare)
      }
    }
    return sum / Double(test.count)
  }

  /// The mean of the Brier score over the span of the horizons, by the trapezoid rule.
  public func integratedBrier(_ prediction: SurvivalPrediction) -> Double {
    let times = prediction.horizons
    guard let first = times.first, let last = times.last, last > first else { return .nan }
    let scores = times.indices.map { brier(prediction.survival.column($0), at: times[$0]) }
    let area = times.indices.dropFirst().reduce(0) {
      $0 + (times[$1] - times[$1 - 1]) * (scores[$1] + scores[$1 - 1]) / 2
    }
    return area / (last - first)
  }

  /// The chance that a row with the event by `time` has a higher risk than one without it then; nil where there is no
  /// row of either kind. Source: Uno, Cai, Tian, Wei (2007); Hung and Chiang (2010). Cost: O(n log n).
  public func areaUnderCurve(_ risk: [Double], at time: Double) -> Double? {
    let order = risk.indices.sorted { risk[$0] > risk[$1] }
    var (cases, controls, area) = (0.0, 0.0, 0.0)
    var position = 0
    while position < order.count {
      let (casesBefore, controlsBefore) = (cases, controls)
      repeat {
        let i = order[position]
        if test.time[i] > time {
          controls += 1
        } else if test.event[i] {
          let share = censoring.survival(at: test.time[i])
          cases += share > 0 ? 1 / share : 0
        }
        position += 1
      } while position < order.count && risk[order[position - 1]] - risk[order[position]] <= 1e-8
      area += (controls - controlsBefore) * (cases + casesBefore) / 2
    }
    return cases > 0 && controls > 0 ? area / (cases * controls) : nil
  }

  /// The mean of the areas under the curve at several times, weighted by the share of events between them.
  public func meanAreaUnderCurve(_ areas: [Double], at times: [Double]) -> Double {
    var (sum, before) = (0.0, 1.0)
    for (area, time) in zip(areas, times) {
      let now = curve.survival(at: time)
      sum += area * (before - now)
      before = now
    }
    return before < 1 ? sum / (1 - before) : .nan
  }
}
