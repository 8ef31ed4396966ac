/// A number as the unevaluated sum of two doubles, `high + low` with |low| ≤ ½ ulp(high): about 31 decimal digits.
///
/// Source: Dekker, "A floating-point technique for extending the available precision" (1971); Knuth, "The Art of
/// Computer Programming" 2, section 4.2.2, theorem B (two-sum); Joldes, Muller, Popescu, "Tight and rigorous error
/// bounds for basic building blocks of double-word arithmetic" (2017), whose algorithm numbers the operations name.
///
/// Products split their factors (Dekker) instead of using a fused multiply-add: without a processor flag that call goes
/// through the C library and is slower. Magnitudes between 1e-140 and 1e150 are safe from underflow of the lower half
/// and overflow of the splitting.
public struct DoubleDouble: Sendable, Hashable {
  public let high: Double
  public let low: Double

  /// - Parameters:
  ///   - high: the number to double precision.
  ///   - low: what remains of it; at most half a unit in the last place of `high`.
  @inlinable public init(high: Double, low: Double) {
    self.high = high
    self.low = low
  }

  @inlinable public init(_ value: Double) { self.init(high: value, low: 0) }

  public static let zero = DoubleDouble(0)

  /// The nearest double.
  @inlinable public var value: Double { high + low }

  @inlinable public var isFinite: Bool { (high + low).isFinite }

  /// a + b without error. Six operations.
  @inlinable public static func sum(_ a: Double, _ b: Double) -> DoubleDouble {
    let sum = a + b
    let part = sum - a
    return DoubleDouble(high: sum, low: (a - (sum - part)) + (b - part))
  }

  /// a + b without error where |a| ≥ |b| or a = 0. Three operations.
  @inlinable static func orderedSum(_ a: Double, _ b: Double) -> DoubleDouble {
    let sum = a + b
    return DoubleDouble(high: sum, low: b - (sum - a))
  }

  /// a × b without error. Seventeen operations.
  @inlinable public static func product(_ a: Double, _ b: Double) -> DoubleDouble {
    let product = a * b
    let (aHigh, aLow) = split(a)
    let (bHigh, bLow) = split(b)
    return DoubleDouble(high: product, low: ((aHigh * bHigh - product) + aHigh * bLow + aLow * bHigh) + aLow * bLow)
  }

  /// Two halves of 26 bits each.
  @inlinable static func split(_ value: Double) -> (Double, Double) {
    let shifted = 134_217_729 * value
    let high = shifted - (shifted - value)
    return (high, value - high)
  }

  /// Algorithm 6.
  @inlinable public static func + (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble {
    let highs = sum(left.high, right.high)
    let lows = sum(left.low, right.low)
    let partial = orderedSum(highs.high, highs.low + lows.high)
    return orderedSum(partial.high, lows.low + partial.low)
  }

  /// Algorithm 4.
  @inlinable public static func + (left: DoubleDouble, right: Double) -> DoubleDouble {
    let partial = sum(left.high, right)
    return orderedSum(partial.high, left.low + partial.low)
  }

  @inlinable public static prefix func - (number: DoubleDouble) -> DoubleDouble {
    DoubleDouble(high: -number.high, low: -number.low)
  }

  @inlinable public static func - (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble { left + -right }

  /// Algorithm 11 with the exact product of the high parts.
  @inlinable public static func * (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble {
    let exact = product(left.high, right.high)
    return orderedSum(exact.high, exact.low + (left.high * right.low + left.low * right.high))
  }

  /// Algorithm 8.
  @inlinable public static func * (left: DoubleDouble, right: Double) -> DoubleDouble {
    let exact = product(left.high, right)
    return orderedSum(exact.high, exact.low + left.low * right)
  }

  /// The quotient of the high parts, corrected twice by the remainder it leaves.
  @inlinable public static func / (left: DoubleDouble, right: DoubleDouble) -> DoubleDouble {
    let first = left.high / right.high
    let remainder = left - right * first
    let second = remainder.high / right.high
    let rest = remainder - right * second
    return orderedSum(first, second) + rest.high / right.high
  }

  @inlinable public static func += (left: inout DoubleDouble, right: DoubleDouble) { left = left + right }
  @inlinable public static func -= (left: inout DoubleDouble, right: DoubleDouble) { left = left - right }

  /// The square root of the high part, corrected by one step of Newton's iteration; zero for zero.
  public func squareRoot() -> DoubleDouble {
    guard high > 0 else { return DoubleDouble(high == 0 ? 0 : .nan) }
    let root = high.squareRoot()
    let remainder = self - DoubleDouble.product(root, root)
    return DoubleDouble.orderedSum(root, remainder.high / (2 * root))
  }

  /// The number to a whole power ≥ 0, by repeated squaring.
  public func power(_ exponent: Int) -> DoubleDouble {
    precondition(exponent >= 0, "a power needs an exponent of zero or more")
    var (result, square, rest) = (DoubleDouble(1), self, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = result * square }
      rest >>= 1
      if rest > 0 { square = square * square }
    }
    return result
  }
}

/// A sum of products gathered in twice the working precision.
///
/// Source: Ogita, Rump, Oishi, "Accurate sum and dot product" (2005), algorithm 5.3 (Dot2): the error of the sum is
/// about n² 2⁻¹⁰⁶ Σ|xy| where plain summation has n 2⁻⁵³ Σ|xy|. Some 26 operations an addend.
@frozen public struct ExtendedSum: Sendable {
  @usableFromInline var sum = 0.0
  @usableFromInline var rest = 0.0

  @inlinable public init() {}

  @inlinable public mutating func add(_ value: Double) {
    let partial = DoubleDouble.sum(sum, value)
    sum = partial.high
    rest += partial.low
  }

  @inlinable public mutating func add(_ value: DoubleDouble) {
    add(value.high)
    rest += value.low
  }

  @inlinable public mutating func addProduct(_ x: Double, _ y: Double) {
    let product = DoubleDouble.product(x, y)
    let partial = DoubleDouble.sum(sum, product.high)
    sum = partial.high
    rest += product.low + partial.low
  }

  /// Adds a term that is so small beside the sum that its own rounding does not matter.
  @inlinable public mutating func addRounded(_ value: Double) { rest += value }

  @inlinable public var value: DoubleDouble { DoubleDouble.sum(sum, rest) }
}
