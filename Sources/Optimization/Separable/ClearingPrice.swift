/// Something whose amount falls, continuously, as a price rises.
protocol PriceResponse {
  /// The amount taken at `price`, and by how much it falls per unit of price there (0 where it is at a limit).
  mutating func respond(to price: Double) -> (amount: Double, responsiveness: Double)
}

/// A price at which a response takes the amount asked for.
struct ClearingPrice {
  var price: Double
  /// The amount at `price` and what is still missing from the target, in the last digits.
  var amount: Double
  var shortfall: Double
  var responsiveness: Double
}

extension PriceResponse {
  /// Finds the price at which the amount is `target`: Newton's method kept inside a bracket, bisecting (in ratio where
  /// the bracket spans magnitudes) whenever a step leaves it or halves it too slowly.
  ///
  /// The target must lie between the amounts at price −∞ and +∞. Converges to the last digits of the price: at most
  /// some 120 evaluations, 6 to 10 as a rule.
  /// - Parameters:
  ///   - start: a first guess.
  ///   - step: the first width of the bracket, of the magnitude of the prices; positive.
  ///   - scale: the magnitude of the amounts, for the test of convergence.
  mutating func clearingPrice(target: Double, start: Double, step: Double, scale: Double) -> ClearingPrice {
    let tolerance = 2e-16 * max(scale, abs(target))
    var low = -Double.infinity
    var high = Double.infinity
    var width = step
    var price = start
    var lastExcess = Double.infinity
    var found = ClearingPrice(price: price, amount: 0, shortfall: 0, responsiveness: 0)
    for _ in 0..<400 {
      // 1. Evaluate and shrink the bracket.
      let (amount, responsiveness) = respond(to: price)
      let excess = amount - target
      found = ClearingPrice(price: price, amount: amount, shortfall: -excess, responsiveness: responsiveness)
      if abs(excess) <= tolerance { break }
      if excess > 0 { low = price } else { high = price }
      // 2. A Newton step, where the slope is known and the last one paid.
      let newton = price + excess / responsiveness
      let paid = abs(excess) <= 0.5 * lastExcess
      lastExcess = abs(excess)
      if low.isFinite, high.isFinite {
        guard low.nextUp < high else { break }
        price = newton > low && newton < high && paid ? newton : middle(low, high)
      } else if responsiveness > 0, newton.isFinite, abs(newton - price) <= 16 * width {
        // 3. Without a bracket yet: step a little past the Newton point, at most 16 widths away.
        price = newton == price ? price + (excess > 0 ? width : -width) : newton
        width *= 2
      } else {
        price += excess > 0 ? width : -width
        width *= 4
      }
    }
    return found
  }
}
