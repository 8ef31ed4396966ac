public import ChannelTypes
public import Tables

/// A declared link from a measured figure of stock to a factor: the longer goods lie, the smaller the factor.
///
/// Knots (x₀, f₀), (x₁, f₁), … ascend in x. For a figure x
///
///     step      f(x) = fₖ of the last knot with xₖ ≤ x
///     linear    f(x) = fₖ + (fₖ₊₁ − fₖ) (x − xₖ) / (xₖ₊₁ − xₖ)
///
/// and f₀ below the first knot, the last f above the last one: a link never leaves the range of its table. At the knots
/// both shapes agree. The arithmetic is exact: the figure is rounded once to a ten-thousandth, the factor once to a
/// ten-thousandth of a percent; ties go to the even digit.
public struct StockLink: Sendable, Hashable {
  /// What is measured.
  public enum Measure: String, Sendable, Hashable, CaseIterable {
    /// Days of stock: `StockStanding.turnoverDays`.
    case turnoverDays = "dio_days"
    /// `StockStanding.slowShare`, 0 … 1.
    case slowShare = "slow_share"
  }

  public enum Shape: String, Sendable, Hashable, CaseIterable { case step, linear }

  public struct Knot: Sendable, Hashable {
    /// The figure, an exact decimal of four digits.
    public var figure: Money
    public var factor: Percent
    /// Where the plan states it.
    public var place: SourcePlace?

    public init(_ figure: Money, _ factor: Percent, at place: SourcePlace? = nil) {
      self.figure = figure
      self.factor = factor
      self.place = place
    }
  }

  public var measure: Measure
  public var shape: Shape
  /// At least one; ascending in the figure.
  public var knots: [Knot]
  /// The key of the plan that states it: `inventory.links.dio_days`.
  public var key: String

  public init(_ measure: Measure, _ shape: Shape, knots: [Knot], key: String = "") {
    self.measure = measure
    self.shape = shape
    self.knots = knots
    self.key = key
  }

  /// The first knot that breaks a rule: figures ascend, and factors never rise with them.
  public var firstImproper: Int? {
    knots.indices.dropFirst().first {
      knots[$0].figure <= knots[$0 - 1].figure || knots[$0].factor > knots[$0 - 1].factor
    }
  }

  /// The factor of a figure; infinity takes the last knot. Complexity: O(knots).
  public func factor(of figure: Double) -> Percent {
    let x = Self.exact(figure)
    guard let k = knots.lastIndex(where: { $0.figure <= x }) else { return knots.first?.factor ?? Percent(100) }
    guard shape == .linear, k + 1 < knots.count else { return knots[k].factor }
    let (from, to) = (knots[k], knots[k + 1])
    let run = Int128(to.figure.tenThousandths - from.figure.tenThousandths)
    let rise = Int128(to.factor.tenThousandths - from.factor.tenThousandths)
    let step = (rise * Int128(x.tenThousandths - from.figure.tenThousandths)).dividedToEven(by: run)
    return Percent(tenThousandths: from.factor.tenThousandths + Int64(step))
  }

  /// The knot that a figure has reached; the first one below it.
  public func knot(of figure: Double) -> Knot {
    let x = Self.exact(figure)
    return knots.last { $0.figure <= x } ?? knots[0]
  }

  /// A figure as an exact decimal; what is beyond all tables stays there.
  static func exact(_ figure: Double) -> Money {
    Money(rounding: min(max(figure, -1e12), 1e12), decimals: 4) ?? .zero
  }
}
