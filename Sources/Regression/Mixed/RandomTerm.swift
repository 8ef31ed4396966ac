/// A random part of a mixed model: for every level of a grouping factor a deviation of the intercept, of slopes, or of
/// both, drawn from a normal distribution whose covariance is estimated.
///
/// Nested factors are given as factors whose levels are unique within the whole (`region/city`); crossed factors as
/// they are. Several terms may share a factor; effects of different terms are independent.
public struct RandomTerm: Sendable, Hashable {
  /// A column whose coefficient varies between levels.
  public struct Slope: Sendable, Hashable {
    public var name: String
    /// One value per row.
    public var values: [Double]

    public init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// The name of the grouping factor.
  public var factor: String
  /// Per row the index of its level in `levels`; −1 where missing.
  public var codes: [Int32]
  public var levels: [String]
  public var intercept: Bool
  public var slopes: [Slope]
  /// Whether the effects of one level are correlated (full covariance) or independent of one another.
  public var correlated: Bool

  public init(
    factor: String, codes: [Int32], levels: [String], intercept: Bool = true, slopes: [Slope] = [],
    correlated: Bool = true
  ) {
    precondition(slopes.allSatisfy { $0.values.count == codes.count }, "a slope differs in length from the factor")
    precondition(codes.allSatisfy { Int($0) < levels.count }, "a code has no level")
    self.factor = factor
    self.codes = codes
    self.levels = levels
    self.intercept = intercept
    self.slopes = slopes
    self.correlated = correlated
  }

  /// `(intercept)`, then the slopes.
  public var columns: [String] { (intercept ? [Design.interceptName] : []) + slopes.map(\.name) }

  /// The values of the columns in one row.
  func fill(_ values: inout [Double], from start: Int, row: Int) {
    var position = start
    if intercept {
      values[position] = 1
      position += 1
    }
    for slope in slopes {
      values[position] = slope.values[row]
      position += 1
    }
  }
}
