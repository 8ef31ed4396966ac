/// A table of tiers that turns sales into a payout, in exact decimals.
///
///     on the excess (超额累进):  Σ over tiers of rate · (the part of sales inside the tier)
///     on the whole (全额):       rate of the tier that sales reach · sales
///
/// The result is rounded once, at the end, to cents; ties go to the even digit.
public struct TierSchedule: Sendable, Hashable {
  public enum Mode: String, Sendable, Hashable, CaseIterable {
    case onExcess = "on_excess"
    case onWhole = "on_whole"
  }

  public struct Tier: Sendable, Hashable {
    /// Sales from which the tier counts, itself included.
    public var from: Money
    public var rate: Percent

    public init(from: Money, rate: Percent) {
      self.from = from
      self.rate = rate
    }
  }

  public var mode: Mode
  /// Ascending by `from`. Sales below the first tier earn nothing.
  public var tiers: [Tier]

  public init(_ mode: Mode, tiers: [Tier]) {
    self.mode = mode
    self.tiers = tiers
  }

  /// Whether tiers ascend from zero or more.
  public var isProper: Bool {
    tiers.allSatisfy { $0.from >= .zero } && zip(tiers, tiers.dropFirst()).allSatisfy { $0.from < $1.from }
  }

  /// The index of the tier that sales reach; nil below the first.
  public func tier(at sales: Money) -> Int? { tiers.lastIndex { sales >= $0.from } }

  /// What sales earn, to the cent.
  public func payout(for sales: Money) -> Money {
    guard let reached = tier(at: sales) else { return .zero }
    // Ten-thousandths of money times ten-thousandths of a percent: exact in 128 bits.
    var product: Int128 = 0
    switch mode {
    case .onWhole:
      product = Int128(sales.tenThousandths) * Int128(tiers[reached].rate.tenThousandths)
    case .onExcess:
      for index in 0...reached {
        let end = index < reached ? tiers[index + 1].from : sales
        product +=
          Int128(end.tenThousandths - tiers[index].from.tenThousandths) * Int128(tiers[index].rate.tenThousandths)
      }
    }
    // A whole is 1,000,000 ten-thousandths of a percent; a cent is 100 ten-thousandths of money.
    return Money(tenThousandths: Int64(clamping: product.dividedToEven(by: 100_000_000) * 100))
  }

  /// What the next tier asks for and what reaching it pays; nil at the top.
  public func next(after sales: Money) -> (from: Money, gap: Money, gain: Money)? {
    guard let tier = tiers.first(where: { $0.from > sales }) else { return nil }
    return (tier.from, tier.from - sales, payout(for: tier.from) - payout(for: sales))
  }
}
