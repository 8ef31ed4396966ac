/// A declared grid of likelihood × impact and the rating of each of its cells.
public struct RiskMatrix: Sendable, Hashable {
  /// Upper ends of the levels of likelihood (chance of default), ascending; what is above the last is one level more.
  public var likelihood: [Double]
  /// Upper ends of the levels of impact (share of all limits that a default would cost), ascending.
  public var impact: [Double]
  /// Ratings by likelihood, then impact.
  public var grid: [[String]]

  public init(
    likelihood: [Double] = [0.02, 0.05, 0.1, 0.25], impact: [Double] = [0.0025, 0.005, 0.01, 0.02],
    grid: [[String]] = RiskMatrix.standardGrid
  ) {
    self.likelihood = likelihood
    self.impact = impact
    self.grid = grid
  }

  public static let standardGrid = [
    ["low", "low", "low", "low", "mid"], ["low", "low", "low", "mid", "mid"], ["low", "low", "mid", "mid", "high"],
    ["low", "mid", "mid", "high", "high"], ["mid", "mid", "high", "high", "high"],
  ]

  public struct Cell: Sendable, Hashable {
    /// From 1, the least.
    public var likelihood: Int
    public var impact: Int
    public var rating: String
  }

  /// - Parameters:
  ///   - probability: of default.
  ///   - lossShare: what it would cost, as a share of all limits.
  public func cell(probability: Double, lossShare: Double) -> Cell {
    func level(_ value: Double, _ ends: [Double]) -> Int { ends.count { value > $0 } }
    let (row, column) = (level(probability, likelihood), level(lossShare, impact))
    let rating = grid.indices.contains(row) && grid[row].indices.contains(column) ? grid[row][column] : ""
    return Cell(likelihood: row + 1, impact: column + 1, rating: rating)
  }
}
