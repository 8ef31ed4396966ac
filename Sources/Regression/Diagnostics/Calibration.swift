internal import Glibc
internal import LinearAlgebra

/// How well predicted probabilities agree with what happened: best judged on rows that the fit had not seen.
public struct Calibration: Sendable, Hashable, Codable {
  /// Rows with neighbouring predictions.
  public struct Bin: Sendable, Hashable, Codable {
    /// Smallest and largest prediction in the bin.
    public let lower: Double
    public let upper: Double
    public let rows: Int
    /// Mean prediction.
    public let predicted: Double
    /// Share of events.
    public let observed: Double
  }

  public let rows: Int
  public let events: Int
  public let bins: [Bin]
  /// Probability that a random event has a higher prediction than a random non-event; nil without both.
  public let auc: Double?
  /// Area under the curve of precision over recall, as average precision; the share of events is what chance gives. Nil
  /// without events.
  public let precisionRecallArea: Double?
  /// Tenths of the rows, highest predictions first; empty without events.
  public let lift: [LiftTenth]
  /// Mean −log of the probability given to what happened.
  public let logLoss: Double
  /// Mean squared difference of prediction and outcome.
  public let brier: Double
  /// Slope of a logistic regression of the outcome on the logit of the prediction: 1 is right, below 1 the predictions
  /// are too extreme. Nil where it cannot be estimated.
  public let slope: Double?
  /// The shift in log-odds that makes the mean prediction right, at slope 1: 0 is right, above 0 the predictions are too
  /// low. Nil where it cannot be estimated.
  public let intercept: Double?

  /// - Parameters:
  ///   - probabilities: predictions in 0…1.
  ///   - outcomes: 0 or 1.
  ///   - binCount: bins of equal numbers of rows; predictions that tie stay together, so that there may be fewer.
  public init(_ probabilities: [Double], _ outcomes: [Double], binCount: Int = 10) {
    precondition(probabilities.count == outcomes.count, "one outcome per prediction is needed")
    rows = outcomes.count
    events = outcomes.count { $0 > 0.5 }
    bins = Calibration.bins(probabilities, outcomes, binCount)
    auc = Calibration.auc(probabilities, outcomes)
    precisionRecallArea = Calibration.precisionRecallArea(probabilities, outcomes)
    lift = Calibration.lift(probabilities, outcomes)
    logLoss = Calibration.logLoss(probabilities, outcomes)
    brier = zip(probabilities, outcomes).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(max(rows, 1))
    (slope, intercept) = Calibration.recalibration(probabilities, outcomes)
  }

  /// Mean −(y log p + (1 − y) log(1 − p)); a probability of 0 or 1 counts as 1e-15 from it.
  public static func logLoss(_ probabilities: [Double], _ outcomes: [Double]) -> Double {
    var sum = 0.0
    for (p, y) in zip(probabilities, outcomes) {
      let held = min(max(p, 1e-15), 1 - 1e-15)
      sum -= y * log(held) + (1 - y) * log1p(-held)
    }
    return sum / Double(max(outcomes.count, 1))
  }

  /// The Mann-Whitney statistic over the number of pairs, by mean ranks of ties. Cost: a sort.
  static func auc(_ probabilities: [Double], _ outcomes: [Double]) -> Double? {
    let events = outcomes.count { $0 > 0.5 }
    let others = outcomes.count - events
    guard events > 0, others > 0 else { return nil }
    let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
    var rankSum = 0.0
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, probabilities[order[end]] == probabilities[order[start]] { end += 1 }
      // Ranks start + 1 … end share their mean.
      let rank = Double(start + end + 1) / 2
      for position in start..<end where outcomes[order[position]] > 0.5 { rankSum += rank }
      start = end
    }
    let (n1, n0) = (Double(events), Double(others))
    return (rankSum - n1 * (n1 + 1) / 2) / (n1 * n0)
  }

  private static func bins(_ probabilities: [Double], _ outcomes: [Double], _ count: Int) -> [Bin] {
    let order = probabilities.indices.sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
    var bins: [Bin] = []
    var start = 0
    for bin in 0..<max(count, 1) where start < order.count {
      var end = max(start + 1, (bin + 1) * order.count / max(count, 1))
      while end < order.count, probabilities[order[end]] == probabilities[order[end - 1]] { end += 1 }
      let rows = order[start..<end]
      let n = Double(rows.count)
      bins.append(
        Bin(
          lower: probabilities[order[start]], upper: probabilities[order[end - 1]], rows: rows.count,
          predicted: rows.reduce(0) { $0 + probabilities[$1] } / n, observed: rows.reduce(0) { $0 + outcomes[$1] } / n))
      start = end
    }
    return bins
  }

  private static func recalibration(
    _ probabilities: [Double], _ outcomes: [Double]
  ) -> (slope: Double?, intercept: Double?) {
    let logits = probabilities.map { logit(min(max($0, 1e-9), 1 - 1e-9)) }
    let n = logits.count
    let ones = [Double](repeating: 1, count: n)
    let design = DesignMatrix(Matrix(rows: n, columns: 2, elements: ones + logits), names: ["(intercept)", "logit"])
    let slope = try? GeneralizedLinearRegression(.binomial).fit(design, response: outcomes)["logit"]?.estimate
    return (slope, shift(logits, outcomes))
  }

  /// a with Σ logistic(logit + a) = number of events, by bisection of an increasing function.
  private static func shift(_ logits: [Double], _ outcomes: [Double]) -> Double? {
    let events = outcomes.reduce(0, +)
    guard events > 0, events < Double(outcomes.count) else { return nil }
    var (lower, upper) = (-60.0, 60.0)
    for _ in 0..<60 {
      let middle = (lower + upper) / 2
      if logits.reduce(0, { $0 + logistic($1 + middle) }) < events { lower = middle } else { upper = middle }
    }
    return (lower + upper) / 2
  }
}
