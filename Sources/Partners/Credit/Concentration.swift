public import ChannelTypes
import Probability

/// How much hangs on few.
public struct Concentration: Sendable {
  /// Amounts above zero, largest first.
  private let amounts: [Double]
  public let total: Double

  public init(_ amounts: some Sequence<Money>) {
    self.amounts = amounts.map(\.double).filter { $0 > 0 }.sorted(by: >)
    total = self.amounts.reduce(0, +)
  }

  public var count: Int { amounts.count }

  /// Σ share², from 1/n for equal parts to 1 for one partner; NaN where there is nothing. Source: Herfindahl and
  /// Hirschman; Hirschman, "The paternity of an index" (*American Economic Review* 54, 1964).
  public var herfindahl: Double {
    guard total > 0 else { return .nan }
    return amounts.reduce(0) { $0 + ($1 / total) * ($1 / total) }
  }

  /// The share of the largest `count`; NaN where there is nothing.
  public func topShare(_ count: Int) -> Double {
    total > 0 ? amounts.prefix(max(0, count)).reduce(0, +) / total : .nan
  }
}

/// The distribution of what a book of credit loses in a year.
///
/// Partner i defaults where √ρ·Z + √(1 − ρ)·εᵢ lies below the quantile of its chance: Z is the state of the economy, the
/// same for all, εᵢ its own; draws depend on the seed and a partner's id alone, and are those of the allocation. Source: Vasicek, "The distribution of loan portfolio value" (*Risk* 15, 2002).
public struct CreditLosses: Sendable {
  public struct Exposure: Sendable {
    public var partner: String
    /// What a default costs.
    public var loss: Double
    public var probability: Double

    public init(_ partner: String, loss: Double, probability: Double) {
      self.partner = partner
      self.loss = loss
      self.probability = probability
    }
  }

  /// In the order of the scenarios, equally likely.
  public let draws: [Double]
  public let distribution: LossDistribution

  /// Draws in all; a larger book gets fewer scenarios, and its own risks average out.
  private static let work = 20_000_000
  public static func scenarioCount(partners: Int) -> Int { max(1_000, min(10_000, work / max(1, partners))) }

  /// Complexity: O(partners · scenarios), at most twenty million draws up to 20,000 partners.
  public init(_ exposures: [Exposure], correlation: Double, scenarios: Int? = nil, seed: UInt64) {
    let count = scenarios ?? Self.scenarioCount(partners: exposures.count)
    var economy = RandomStream(seed: seed, key: RandomStream.key("economy"))
    let (shared, own) = (correlation.squareRoot(), (1 - correlation).squareRoot())
    let states = (0..<count).map { _ in shared * economy.normal() }
    var losses = [Double](repeating: 0, count: count)
    for exposure in exposures where exposure.loss > 0 && exposure.probability > 0 {
      var stream = RandomStream(seed: seed, key: RandomStream.key(exposure.partner))
      let threshold = exposure.probability < 1 ? Normal.standard.quantile(exposure.probability) : .infinity
      for scenario in 0..<count where states[scenario] + own * stream.normal() < threshold {
        losses[scenario] += exposure.loss
      }
    }
    draws = losses
    distribution = LossDistribution(losses)
  }

  /// Ascending.
  public var sorted: [Double] { distribution.sorted }

  public var mean: Double { distribution.mean }

  /// The least amount that covers the loss with this confidence: P(loss > fund) ≤ 1 − p among the scenarios.
  public func fund(confidence: Double) -> Double { distribution.fund(confidence: confidence) }

  /// One bar of the distribution: the share of scenarios whose loss is above `from` and at most `to`.
  public struct Bin: Sendable, Hashable {
    public var from: Double
    public var to: Double
    public var share: Double
    /// P(loss > to).
    public var chanceOfMore: Double
  }

  /// The distribution in bars of equal width up to `confidence`, and one for what is beyond; no loss at all is in the
  /// first one. Complexity: O(scenarios).
  public func bins(_ count: Int, confidence: Double) -> [Bin] {
    guard count > 0, let worst = sorted.last, worst > 0 else { return [] }
    let end = fund(confidence: confidence)
    guard end > 0 else { return [] }
    let ends = (1...count).map { $0 == count ? end : end * Double($0) / Double(count) } + (worst > end ? [worst] : [])
    var (bins, position, from) = ([Bin](), 0, 0.0)
    for to in ends {
      let start = position
      while position < sorted.count, sorted[position] <= to { position += 1 }
      bins.append(
        Bin(
          from: from, to: to, share: Double(position - start) / Double(sorted.count),
          chanceOfMore: Double(sorted.count - position) / Double(sorted.count)))
      from = to
    }
    return bins
  }

  /// The mean of the worst 1 − p of the losses.
  public func expectedShortfall(confidence: Double) -> Double { distribution.expectedShortfall(confidence: confidence) }
}
