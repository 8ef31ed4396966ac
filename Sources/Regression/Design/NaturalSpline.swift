/// A natural cubic spline: cubic between its knots, linear beyond the outermost ones, so that it does not run away
/// where there are few data.
///
/// Source: the truncated power basis of Hastie, Tibshirani, Friedman, "The Elements of Statistical Learning" (2nd ed.),
/// section 5.2.1, on x mapped to the unit interval of the boundary knots. With K knots the basis has K − 1 columns (the
/// constant belongs to the intercept): x itself, and per inner knot one column that bends it there.
public struct NaturalSpline: Sendable, Hashable, Codable {
  /// Ascending, at least two: the boundary knots and those between them.
  public let knots: [Double]

  public init?(knots: [Double]) {
    guard knots.count >= 2, knots.isStrictlyAscending else { return nil }
    self.knots = knots
  }

  /// Knots at the extremes and at equally spaced quantiles of the values between them. Values that tie give fewer
  /// knots; nil where all values are equal.
  public init?(degreesOfFreedom: Int, over values: [Double]) {
    let sorted = values.filter { !$0.isNaN }.sorted()
    guard degreesOfFreedom >= 1, let first = sorted.first, let last = sorted.last, first < last else { return nil }
    var knots = [first]
    for k in 1..<max(degreesOfFreedom, 1) {
      let position = Double(k) / Double(degreesOfFreedom) * Double(sorted.count - 1)
      let lower = Int(position)
      let upper = min(lower + 1, sorted.count - 1)
      let knot = sorted[lower] + (position - Double(lower)) * (sorted[upper] - sorted[lower])
      if knot > knots[knots.count - 1], knot < last { knots.append(knot) }
    }
    self.knots = knots + [last]
  }

  public var degreesOfFreedom: Int { knots.count - 1 }

  /// Column `index` (0 ..< degreesOfFreedom) of the basis at x.
  public func basis(_ index: Int, at x: Double) -> Double {
    let (first, last) = (knots[0], knots[knots.count - 1])
    let t = (x - first) / (last - first)
    guard index > 0 else { return t }
    let unit = { (knot: Double) in (knot - first) / (last - first) }
    let inner = unit(knots[index])
    // Subtracting the boundary knots' cubes in these shares cancels the cubic and the quadratic part beyond t = 1,
    // and leaves zero below t = 0.
    return NaturalSpline.bend(t, inner) - (1 - inner) * NaturalSpline.bend(t, 0) - inner * NaturalSpline.bend(t, 1)
  }

  /// (t − knot)₊³.
  private static func bend(_ t: Double, _ knot: Double) -> Double {
    t > knot ? (t - knot) * (t - knot) * (t - knot) : 0
  }
}

extension Array where Element == Double {
  var isStrictlyAscending: Bool { zip(self, dropFirst()).allSatisfy { $0 < $1 } }
}
