internal import Glibc
internal import Probability

/// The share of rows still without the event after each time, estimated without a model.
///
/// S(t) = Π over event times ≤ t of (1 − d / n), with d events among n at risk (sums of weights). Source: Kaplan and
/// Meier, "Nonparametric estimation from incomplete observations" (JASA 53, 1958); variance: Greenwood (1926). A row with
/// an entry is at risk after it. Cost: O(n log n).
public struct KaplanMeier: Sendable, Hashable, Codable {
  /// How intervals are formed; both stay within 0…1.
  public enum IntervalScale: String, Sendable, Hashable, Codable {
    /// Normal on log S: better than plain, simple.
    case log
    /// Normal on log(−log S): keeps its coverage with few events.
    case logLog
  }

  /// The curve of one stratum.
  public struct Curve: Sendable, Hashable, Codable {
    /// Its name; empty where there are no strata.
    public let stratum: String
    /// The distinct event times, ascending.
    public let times: [Double]
    /// At risk just before each of them.
    public let atRisk: [Double]
    public let events: [Double]
    /// S after each of them.
    public let survival: [Double]
    /// The standard error of log S: √Σ d / (n (n − d)); infinite where S is zero.
    let logErrors: [Double?]

    /// S(t): one before the first event, constant after the last.
    public func survival(at time: Double) -> Double {
      let steps = RiskSets.countUpTo(time, times, 0..<times.count)
      return steps > 0 ? survival[steps - 1] : 1
    }

    /// The standard error of −log S (the cumulative hazard) after each event time; infinite where S is zero.
    public var cumulativeHazardErrors: [Double] { logErrors.map { $0 ?? .infinity } }

    /// Greenwood's standard error of S after each event time.
    public var standardErrors: [Double] { zip(survival, logErrors).map { $0 * ($1 ?? 0) } }

    /// The interval of S after each event time.
    public func intervals(level: Double = 0.95, scale: IntervalScale = .logLog) -> [ClosedRange<Double>] {
      let quantile = Normal.standard.quantile((1 + level) / 2)
      return zip(survival, logErrors).map { survival, error in
        guard let error, survival > 0, survival < 1 else { return survival...survival }
        switch scale {
        case .log: return survival * exp(-quantile * error)...min(1, survival * exp(quantile * error))
        case .logLog:
          let margin = exp(quantile * error / -Glibc.log(survival))
          return pow(survival, margin)...pow(survival, 1 / margin)
        }
      }
    }

    /// The first time at which S falls to this share or below; nil where it never does.
    public func quantile(_ share: Double) -> Double? {
      // A share reached exactly counts as reached, whatever the last bit of the product says.
      survival.firstIndex { $0 <= share * (1 + 1e-12) }.map { times[$0] }
    }

    public var median: Double? { quantile(0.5) }
  }

  /// In the order of the strata's names.
  public let curves: [Curve]

  /// - Parameter weights: n values ≥ 0; nil for ones.
  public init(_ response: SurvivalResponse, weights: [Double]? = nil) throws(RegressionError) {
    try checkWeights(weights)
    let risk = try RiskSets(response, weights: weights)
    let n = response.count
    var sums = [CompensatedSum](repeating: CompensatedSum(), count: risk.blockCount)
    for i in 0..<n where risk.last[i] >= 0 {
      sums[Int(risk.last[i])].add(weights?[i] ?? 1)
      if let before = risk.before, before[i] >= 0 { sums[Int(before[i])].add(-(weights?[i] ?? 1)) }
    }
    let totals = risk.cumulatedBackwards(sums)
    curves = zip(response.strata?.names ?? [""], risk.strata).map { name, blocks in
      KaplanMeier.curve(name, Array(risk.times[blocks]), Array(totals[blocks]), Array(risk.eventWeights[blocks]))
    }
  }

  private static func curve(_ name: String, _ times: [Double], _ atRisk: [Double], _ events: [Double]) -> Curve {
    var (survival, variance) = (1.0, 0.0)
    var (survivals, errors): ([Double], [Double?]) = ([], [])
    for (n, d) in zip(atRisk, events) {
      // Sums of weights may leave a rounding error where the last row has the event.
      let rest = n - d > 1e-12 * n ? n - d : 0
      survival *= rest / n
      variance += rest > 0 ? d / (n * rest) : 0
      survivals.append(survival)
      errors.append(survival > 0 ? variance.squareRoot() : nil)
    }
    return Curve(
      stratum: name, times: times, atRisk: atRisk, events: events, survival: survivals, logErrors: errors)
  }
}
