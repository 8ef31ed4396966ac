/// A continuous function that is linear between points; it is defined from the first of them to the last.
public struct PiecewiseLinear: Sendable, Hashable {
  /// Ascending arguments.
  public let arguments: [Double]
  public let values: [Double]

  /// - Returns: nil for fewer than two points, arguments that do not ascend, or values that are not numbers.
  public init?(_ points: [(argument: Double, value: Double)]) {
    guard points.count >= 2, points.allSatisfy({ $0.argument.isFinite && $0.value.isFinite }),
      zip(points, points.dropFirst()).allSatisfy({ $0.argument < $1.argument })
    else { return nil }
    arguments = points.map(\.argument)
    values = points.map(\.value)
  }

  public var segmentCount: Int { arguments.count - 1 }

  public func slope(_ segment: Int) -> Double {
    (values[segment + 1] - values[segment]) / (arguments[segment + 1] - arguments[segment])
  }

  /// The value at an argument, which is brought into the domain first.
  public func callAsFunction(_ argument: Double) -> Double {
    let argument = min(max(argument, arguments[0]), arguments[segmentCount])
    var segment = 0
    while segment < segmentCount - 1, argument > arguments[segment + 1] { segment += 1 }
    return values[segment] + slope(segment) * (argument - arguments[segment])
  }

  /// Slopes never fall.
  public var isConvex: Bool { (1..<segmentCount).allSatisfy { slope($0) >= slope($0 - 1) } }
  /// Slopes never rise.
  public var isConcave: Bool { (1..<segmentCount).allSatisfy { slope($0) <= slope($0 - 1) } }
}
