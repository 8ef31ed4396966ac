/// What a stock takes of two shared limits at given prices, and how it answers to them.
struct SharedUsage {
  /// Amounts taken of the first and the second limit.
  var first = 0.0
  var second = 0.0
  /// By how much they fall per unit of price: −∂first/∂λ₁, −∂first/∂λ₂ = −∂second/∂λ₁, −∂second/∂λ₂.
  var fall11 = 0.0
  var fall12 = 0.0
  var fall22 = 0.0
}

/// Prices of the two limits.
struct SharedPrices: Hashable {
  var first = 0.0
  var second = 0.0
}

/// A price of one limit at which the usage meets it, or the two prices between which it jumps over it.
struct PriceBracket<Point> {
  /// At `low` more than the limit is used; nil where even the price zero uses no more.
  var low: (price: Double, usage: Double, point: Point)?
  /// At `high` no more than the limit is used, but for rounding.
  var high: (price: Double, usage: Double, point: Point)

  /// The share of `low` in the mixture of the two that uses the limit exactly; 0 where `high` does.
  func share(of limit: Double) -> Double {
    guard let low, low.usage > high.usage else { return 0 }
    return min(max((limit - high.usage) / (low.usage - high.usage), 0), 1)
  }
}

/// The search for a price λ ≥ 0 at which a usage that falls with the price meets a limit.
struct PriceSearch {
  var limit: Double
  /// A price at which surely no more than the limit is used.
  var highest: Double
  /// Usage within this of the limit, as a share of it, meets it.
  var tolerance = 1e-13
  /// From this close, as a share of the limit, one Newton step of a smooth usage meets it within rounding; 0 for
  /// usages that jump.
  var leap = 0.0

  /// Newton's method within a bracket; secant and bisection where the usage has no slope.
  ///
  /// A mixture of the two ends costs at most (high − low) · (usage(low) − usage(high)) more than the dual value at
  /// `high`, by the definition of the minimum at either price: the search ends where that is below rounding.
  /// Complexity: 3 to 6 evaluations for smooth usages, up to some 70 for steps.
  /// - Returns: nil where `highest` was wrong.
  func run<Point>(
    from start: Double, _ evaluate: (Double) -> (usage: Double, fall: Double, point: Point)
  ) -> PriceBracket<Point>? {
    var low: (price: Double, usage: Double, point: Point)?
    var high: (price: Double, usage: Double, point: Point)?
    var price = min(max(start, 0), highest)
    var lastExcess = Double.infinity
    for step in 0..<400 {
      // 1. Evaluate, and shrink the bracket.
      let (usage, fall, point) = evaluate(price)
      let excess = usage - limit
      if abs(excess) <= tolerance * abs(limit) || (price == 0 && excess <= 0) {
        return PriceBracket(low: nil, high: (price, usage, point))
      }
      if excess > 0 {
        guard price < highest else { return nil }
        low = (price, usage, point)
      } else {
        high = (price, usage, point)
      }
      let (bottom, top) = (low?.price ?? 0, high?.price ?? highest)
      // 2. Near enough: the two ends are as good as one.
      if let low, let high,
        top - bottom <= 4e-16 * top || (top - bottom) * (low.usage - high.usage) <= 1e-16 * top * limit
      {
        return PriceBracket(low: low, high: high)
      }
      let newton = price + excess / fall
      if fall > 0, abs(excess) <= leap * abs(limit), newton > bottom, newton < top {
        let (usage, _, point) = evaluate(newton)
        if abs(usage - limit) <= 1e-11 * abs(limit) { return PriceBracket(low: nil, high: (newton, usage, point)) }
        if usage > limit { low = (newton, usage, point) } else { high = (newton, usage, point) }
      }
      // 3. The next price.
      let paid = abs(excess) <= 0.5 * lastExcess
      lastExcess = abs(excess)
      let (from, to) = (low?.price ?? 0, high?.price ?? highest)
      if fall > 0, paid, newton > from, newton < to {
        price = newton
      } else if low == nil {
        // Nothing known to be too cheap: towards zero, and then zero itself.
        price = fall > 0 && newton > 0 && step < 4 ? newton : price > 1e-9 * highest ? price / 16 : 0
      } else if let low, let high, step % 3 != 0, low.usage > high.usage {
        let secant = to - (to - from) * (limit - high.usage) / (low.usage - high.usage)
        price = secant > from && secant < to ? secant : middle(from, to)
      } else if high == nil, fall > 0, newton > from, newton < to {
        price = newton
      } else {
        price = middle(from, to)
      }
    }
    guard let high else { return nil }
    return PriceBracket(low: low, high: high)
  }

  /// Halves the distance, in ratio where the two are far apart.
  private func middle(_ from: Double, _ to: Double) -> Double {
    if from > 0, to > 4 * from { return from.squareRoot() * to.squareRoot() }
    let middle = from + (to - from) / 2
    return middle > from && middle < to ? middle : to
  }
}
