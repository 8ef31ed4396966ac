internal import ChannelTypes

/// Losses by series and candidate. A period that several windows have tested counts once, with the mean of its losses.
struct LossTable: Sendable {
  let candidateCount: Int
  /// Periods in a window.
  let windowLength: Int
  /// Series × candidate.
  private var sums: [Double]
  /// Series × candidate × candidate: Σ (difference of losses)².
  private var squares: [Double]
  private(set) var counts: [Int]

  init(seriesCount: Int, candidateCount: Int, windowLength: Int) {
    self.candidateCount = candidateCount
    self.windowLength = windowLength
    sums = [Double](repeating: 0, count: seriesCount * candidateCount)
    squares = [Double](repeating: 0, count: seriesCount * candidateCount * candidateCount)
    counts = [Int](repeating: 0, count: seriesCount)
  }

  mutating func add(series: Int, _ losses: [Double]) {
    for (left, loss) in losses.enumerated() {
      sums[series * candidateCount + left] += loss
      for (right, other) in losses.enumerated() {
        squares[(series * candidateCount + left) * candidateCount + right] += (loss - other) * (loss - other)
      }
    }
    counts[series] += 1
  }

  /// NaN where nothing was tested.
  func mean(series: Int, candidate: Int) -> Double {
    counts[series] > 0 ? sums[series * candidateCount + candidate] / Double(counts[series]) : .nan
  }
}

extension LossTable {
  enum Reason: String, Sendable {
    case combination = "no single model is clearly better than the combination"
    case best = "smallest error on the held-out periods of all series"
    case product = "clearly smaller error on the held-out periods of its product"
    case own = "clearly smaller error on this series' own held-out periods"
  }

  struct Choice: Sendable {
    var candidate: Int
    var reason: Reason
  }

  /// Errors of difference that make a difference clear.
  static let clearErrors = 2.0

  /// The candidate of each series: the combination, unless another one is clearly better.
  ///
  /// The smallest of several mean losses over few periods is luck more often than merit, and a combination is hard to
  /// beat (Clemen, IJF 5, 1989; Makridakis et al., IJF 36, 2020). Another candidate must show that it is better:
  ///
  /// 1. The default is the combination where it competes, else the candidate with the smallest mean loss of all series.
  /// 2. For each other candidate, δ is the mean difference of its losses to the default's in one series. One wrong level
  ///    spoils a whole window, so that the periods of a window count as one observation of δ: its standard error is
  ///    that of √(window length / tested periods) single differences, pooled over the series of the product.
  /// 3. The δ of a product's series are drawn towards their mean (``PooledEffect``).
  /// 4. A series takes the candidate with the smallest drawn δ that is `clearErrors` standard errors below zero.
  func choices(_ panel: DemandPanel, _ candidates: Candidates) -> [Choice] {
    let tested = counts.indices.filter { counts[$0] > 0 }
    func loss(_ candidate: Int) -> Double { tested.reduce(0) { $0 + mean(series: $1, candidate: candidate) } }
    // 1. The default.
    let standard =
      candidates.average
      ?? (tested.isEmpty
        ? candidates.fallback : (0..<candidateCount).min { loss($0) < loss($1) } ?? candidates.fallback)
    let usual = Choice(candidate: standard, reason: candidates.average == nil ? .best : .combination)
    var result = [Choice](repeating: usual, count: panel.seriesCount)
    var smallest = [Double](repeating: 0, count: panel.seriesCount)
    for members in panel.seriesByProduct {
      for candidate in 0..<candidateCount where candidate != standard {
        guard let difference = Difference(self, members, candidate, standard) else { continue }
        for (index, series) in members.enumerated() {
          let (estimate, error) = difference.drawn(index)
          guard estimate + Self.clearErrors * error < 0, estimate < smallest[series] else { continue }
          smallest[series] = estimate
          result[series] = Choice(candidate: candidate, reason: difference.isClear ? .product : .own)
        }
      }
    }
    return result
  }

  /// How much better one candidate is than another in the series of a product: steps 2 and 3.
  private struct Difference {
    private let estimates: [Double]
    private let errors: [Double]
    private let pooled: PooledEffect

    init?(_ table: LossTable, _ members: [Int], _ candidate: Int, _ standard: Int) {
      var (within, freedom) = (0.0, 0)
      estimates = members.map {
        table.mean(series: $0, candidate: candidate) - table.mean(series: $0, candidate: standard)
      }
      for (series, estimate) in zip(members, estimates) where table.counts[series] > 1 {
        let count = table.counts[series]
        let index = (series * table.candidateCount + candidate) * table.candidateCount + standard
        within += max(0, table.squares[index] - Double(count) * estimate * estimate)
        freedom += count - 1
      }
      guard freedom > 0 else { return nil }
      let deviation = (within / Double(freedom)).squareRoot()
      errors = members.map { series in
        let windows = Double(table.counts[series]) / Double(table.windowLength)
        return windows > 0 ? deviation / windows.squareRoot() : .nan
      }
      guard let pooled = PooledEffect(estimates: estimates, standardErrors: errors) else { return nil }
      self.pooled = pooled
    }

    /// Whether the product as a whole is clearly better off.
    var isClear: Bool { pooled.mean + LossTable.clearErrors * pooled.standardError < 0 }

    func drawn(_ index: Int) -> (estimate: Double, standardError: Double) {
      guard errors[index].isFinite else { return (pooled.mean, pooled.spreadError) }
      return (
        pooled.shrunk(estimate: estimates[index], standardError: errors[index]),
        pooled.shrunkError(standardError: errors[index])
      )
    }
  }
}

extension PooledEffect {
  /// The standard error of the effect of a group of which nothing is known but the mean of the others.
  fileprivate var spreadError: Double { (betweenVariance + standardError * standardError).squareRoot() }
}
