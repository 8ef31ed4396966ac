/// Simple exponential smoothing of a short column, started from its first value.
enum LevelSmoothing {
  /// The level after the last value.
  static func level(_ values: Span<Double>, weight: Double) -> Double {
    var level = values[0]
    for index in values.indices { level += weight * (values[index] - level) }
    return level
  }

  /// Σ of squared one-step errors.
  static func squares(_ values: Span<Double>, weight: Double) -> Double {
    var level = values[0]
    var squares = 0.0
    for index in values.indices {
      let error = values[index] - level
      squares += error * error
      level += weight * error
    }
    return squares
  }

  /// The weight with the smallest squared errors between `lower` and `upper`, by golden section.
  ///
  /// Source: Kiefer, "Sequential minimax search for a maximum" (Proceedings of the AMS 4, 1953). The bracket shrinks to
  /// 10⁻¹²: about 55 passes over the values.
  static func bestWeight(_ values: Span<Double>, from lower: Double, to upper: Double) -> Double {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (lower, upper) = (lower, upper)
    var left = upper - ratio * (upper - lower)
    var right = lower + ratio * (upper - lower)
    var (leftSquares, rightSquares) = (squares(values, weight: left), squares(values, weight: right))
    while upper - lower > 1e-12 {
      if leftSquares == rightSquares {
        // The weight makes no difference, as with two values: the middle.
        (lower, upper) = (left, right)
        left = upper - ratio * (upper - lower)
        right = lower + ratio * (upper - lower)
        (leftSquares, rightSquares) = (squares(values, weight: left), squares(values, weight: right))
      } else if leftSquares < rightSquares {
        (upper, right, rightSquares) = (right, left, leftSquares)
        left = upper - ratio * (upper - lower)
        leftSquares = squares(values, weight: left)
      } else {
        (lower, left, leftSquares) = (left, right, rightSquares)
        right = lower + ratio * (upper - lower)
        rightSquares = squares(values, weight: right)
      }
    }
    return (lower + upper) / 2
  }
}
