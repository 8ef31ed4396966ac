internal import Glibc
internal import LinearAlgebra
internal import Probability

/// A curve of one number whose columns are ordered from straight to wiggly, so that a ridge penalty smooths it.
///
/// 1. Numbers with a long tail are transformed first (`Transform`), by their own skewness and never by the outcome.
/// 2. A natural cubic spline with knots at quantiles is rotated into the basis of Demmler and Reinsch: columns without
///    correlation and of deviation one, the first of them straight, each later one rougher. `penaltyFactors` grow with
///    roughness, which is what a smoothing spline does. Source: Hastie, Tibshirani, Friedman, "The Elements of
///    Statistical Learning" (2nd ed.), sections 5.4 and 5.4.1.
/// 3. A value that many rows share exactly (0 purchases, the first month) gets a column of zeros and ones, because what
///    it stands for is often not on the curve of the others.
public struct SmoothCurve: Sendable, Hashable, Codable {
  /// How numbers are stretched before the spline; `scale` is in their unit, so that the unit does not matter.
  public enum Transform: String, Sendable, Hashable, Codable, CaseIterable {
    case identity
    /// √x, for counts and amounts with a tail.
    case squareRoot
    /// ln(1 + x / scale), for amounts with a long tail.
    case logarithm
    /// asinh(x / scale), for amounts of both signs with long tails.
    case signedLogarithm
  }

  public let transform: Transform
  public let scale: Double
  /// On the transformed numbers; nil for a straight line.
  public let spline: NaturalSpline?
  /// Values with a column of their own.
  public let heaps: [Double]
  /// Taken where the number is missing: the median.
  public let fill: Double
  /// Mean of each column of the spline, and the rotation of the centred columns (column-major).
  let means: [Double]
  let rotation: [Double]
  /// Of a straight line: its deviation.
  let deviation: Double

  /// Columns of the curve, without those of the heaps.
  var curveColumns: Int { max(1, means.count) }

  func names(_ name: String) -> [String] {
    (1...curveColumns).map { "smooth(\(name))[\($0)]" } + heaps.map { "\(name)[= \(SmoothCurve.written($0))]" }
  }

  private static func written(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  /// One per column: 1 for the straight part, then 2 j³ for the j-th rougher column, `heapPenalty` for heaps.
  var penaltyFactors: [Double] {
    let curve: [Double] = (0..<curveColumns).map { j in j == 0 ? 1 : SmoothCurve.roughPenalty * Double(j * j * j) }
    return curve + [Double](repeating: SmoothCurve.heapPenalty, count: heaps.count)
  }

  static let roughPenalty = 2.0
  static let heapPenalty = 5.0

  func transformed(_ x: Double) -> Double {
    switch transform {
    case .identity: x
    case .squareRoot: max(x, 0).squareRoot()
    case .logarithm: log1p(max(x, 0) / scale)
    case .signedLogarithm: asinh(x / scale)
    }
  }

  /// The columns at given numbers (NaN where missing), one after the other. Cost: n k².
  func columns(_ numbers: [Double]) -> [Double] {
    let (n, k) = (numbers.count, curveColumns)
    let filled = numbers.map { $0.isNaN ? fill : $0 }
    let stretched = filled.map(transformed)
    var columns = [Double](repeating: 0, count: n * (k + heaps.count))
    if let spline {
      for basis in 0..<k {
        let values = stretched.map { spline.basis(basis, at: $0) - means[basis] }
        for column in 0..<k {
          let share = rotation[column * k + basis]
          for row in 0..<n { columns[column * n + row] += share * values[row] }
        }
      }
    } else {
      for row in 0..<n { columns[row] = (stretched[row] - spline0) / deviation }
    }
    for (index, heap) in heaps.enumerated() {
      for row in 0..<n where numbers[row] == heap { columns[(k + index) * n + row] = 1 }
    }
    return columns
  }

  /// Centre of a straight line.
  private var spline0: Double { transformed(fill) }
}

extension SmoothCurve {
  /// Learns transform, knots and heaps. Nil where all known numbers are equal. Cost: a sort.
  /// - Parameter knots: at most so many; fewer where there are fewer different values, or fewer than 30 rows a knot.
  init?(_ numbers: [Double], knots: Int) {
    let sorted = numbers.filter { !$0.isNaN }.sorted()
    guard let first = sorted.first, let last = sorted.last, first < last else { return nil }
    fill = sorted[sorted.count / 2]
    (transform, scale) = SmoothCurve.transform(sorted)
    heaps = SmoothCurve.heaps(sorted)
    let stretch = SmoothCurve(transform: transform, scale: scale)
    let values = sorted.map(stretch.transformed)
    let count = min(knots, max(3, sorted.count / 30))
    deviation = max(weightedMoments(values[...], weights: nil).deviation, .leastNormalMagnitude)
    if let spline = SmoothCurve.spline(values, knots: count), let basis = SmoothBasis(spline, values) {
      self.spline = spline
      (means, rotation) = (basis.means, basis.rotation)
    } else {
      (spline, means, rotation) = (nil, [], [])
    }
  }

  /// The transform alone.
  private init(transform: Transform, scale: Double) {
    self.transform = transform
    self.scale = scale
    (spline, heaps, fill, means, rotation, deviation) = (nil, [], 0, [], [], 1)
  }

  /// The transform that leaves the least skewness, where the numbers themselves are clearly skewed.
  private static func transform(_ sorted: [Double]) -> (Transform, scale: Double) {
    func moment(_ values: [Double], _ power: Double) -> Double {
      let (mean, deviation) = weightedMoments(values[...], weights: nil)
      guard deviation > 0 else { return 0 }
      return values.reduce(0) { $0 + pow(($1 - mean) / deviation, power) } / Double(values.count)
    }
    let positive = sorted.filter { $0 > 0 }
    if let first = sorted.first, first < 0 {
      let sizes = sorted.map(abs).sorted()
      let scale = sizes[sizes.count / 2]
      return moment(sorted, 4) > 13 && scale > 0 ? (.signedLogarithm, scale) : (.identity, 1)
    }
    let skewness = abs(moment(sorted, 3))
    guard skewness > 0.75, !positive.isEmpty else { return (.identity, 1) }
    // The scale is a small positive value, so that the logarithm opens the low end.
    let scale = positive[positive.count / 10]
    var best = (Transform.identity, skewness)
    for candidate in [Transform.squareRoot, .logarithm] {
      let left = abs(moment(sorted.map(SmoothCurve(transform: candidate, scale: scale).transformed), 3))
      if left < best.1 { best = (candidate, left) }
    }
    return (best.0, scale)
  }

  static let heapShare = 0.03
  static let leastHeapRows = 30
  static let mostHeaps = 5

  /// Values that at least 3 % of the rows share, the most frequent ones, where there are more than eight values.
  private static func heaps(_ sorted: [Double]) -> [Double] {
    var counts: [(value: Double, rows: Int)] = []
    for value in sorted {
      if counts.last?.value == value { counts[counts.count - 1].rows += 1 } else { counts.append((value, 1)) }
    }
    guard counts.count > 8 else { return [] }
    let least = max(leastHeapRows, Int((heapShare * Double(sorted.count)).rounded(.up)))
    let frequent = counts.filter { $0.rows >= least }.sorted { ($1.rows, $0.value) < ($0.rows, $1.value) }
    return frequent.prefix(mostHeaps).map(\.value).sorted()
  }

  /// Knots at quantiles from 1 to 99 %, the spline being straight outside; where ties leave fewer than three, at the
  /// smallest, the middle and the largest of the different values.
  private static func spline(_ sorted: [Double], knots count: Int) -> NaturalSpline? {
    var knots: [Double] = []
    for k in 0..<count {
      let knot = sorted.quantileOfAscending(0.01 + 0.98 * Double(k) / Double(count - 1))
      if knots.last.map({ $0 < knot }) ?? true { knots.append(knot) }
    }
    if knots.count < 3 {
      let different = sorted.reduce(into: [Double]()) { if $0.last != $1 { $0.append($1) } }
      guard different.count >= 3 else { return nil }
      knots = [different[0], different.quantileOfAscending(0.5), different[different.count - 1]]
    }
    return NaturalSpline(knots: knots)
  }
}
