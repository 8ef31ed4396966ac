public import ChannelTypes

/// Amounts divided exactly: the parts add up to the whole.
public enum RiskSharing {
  /// An amount in proportion to weights, to the cent: each part is rounded down, and the cents left over go to the
  /// largest remainders (Hare and Niemeyer), ties to the first.
  ///
  /// Weights below zero and NaN count as zero; without any weight the parts are equal. Complexity: O(n log n).
  public static func split(_ amount: Money, by weights: [Double]) -> [Money] {
    guard !weights.isEmpty else { return [] }
    var weights = weights.map { $0 > 0 && $0.isFinite ? $0 : 0 }
    var total = weights.reduce(0, +)
    if total <= 0 || !total.isFinite {
      weights = weights.map { _ in 1 }
      total = Double(weights.count)
    }
    let cents = amount.tenThousandths.magnitude / 100
    let dust = amount.tenThousandths - amount.tenThousandths.signum() * Int64(cents) * 100
    var parts = [Int64](repeating: 0, count: weights.count)
    var left = Int64(cents)
    let exact = weights.map { $0 / total * Double(cents) }
    for index in weights.indices {
      parts[index] = min(left, Int64(exact[index].rounded(.down)))
      left -= parts[index]
    }
    let order = weights.indices.sorted {
      let (first, second) = (exact[$0] - exact[$0].rounded(.down), exact[$1] - exact[$1].rounded(.down))
      return first != second ? first > second : $0 < $1
    }
    var next = 0
    while left > 0 {
      parts[order[next % order.count]] += 1
      left -= 1
      next += 1
    }
    var shares = parts.map { Money(tenThousandths: amount.tenThousandths.signum() * $0 * 100) }
    shares[0] += Money(tenThousandths: dust)
    return shares
  }

  /// A loss between the maker and a partner by shareholding: the maker bears the part that it owns of the partner, the
  /// partner the rest. Rounded once, to the cent, on the maker's side.
  public static func byShareholding(_ loss: Money, makerOwns share: Percent) -> (maker: Money, partner: Money) {
    let held = min(Percent(100), max(Percent(0), share))
    let maker = held.of(loss) ?? .zero
    return (maker, loss - maker)
  }
}
