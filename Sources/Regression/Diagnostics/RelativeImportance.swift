internal import Glibc
internal import LinearAlgebra
internal import Probability

/// How much of R² each driver explains: its mean contribution over all orders in which drivers can enter the model.
///
/// Source: Lindeman, Merenda, Gold, "Introduction to Bivariate and Multivariate Analysis" (1980), p. 119 (LMG), which
/// is the Shapley value (1953) of R²; Grömping, "Relative importance for linear regression in R: the package relaimpo"
/// (2006). The columns of one driver (the levels of a factor, the columns of a spline) enter together. Up to
/// `exactDrivers` all subsets are taken; beyond, random orders in pairs of an order and its reverse (Castro, Gómez,
/// Tejada, "Polynomial calculation of the Shapley value based on sampling", 2009), whose standard error is stated.
public struct RelativeImportance: Sendable, Hashable, Codable {
  /// Up to so many drivers all subsets are taken: 2^drivers of them.
  public var exactDrivers: Int
  /// Pairs of random orders beyond that.
  public var orderPairs: Int
  /// Bootstrap samples; zero for no intervals.
  public var resamples: Int
  /// Probability that an interval covers the share.
  public var level: Double
  public var seed: UInt64

  public init(
    exactDrivers: Int = 12, orderPairs: Int = 500, resamples: Int = 0, level: Double = 0.95, seed: UInt64 = 1
  ) {
    self.exactDrivers = exactDrivers
    self.orderPairs = orderPairs
    self.resamples = resamples
    self.level = level
    self.seed = seed
  }

  /// - Parameters:
  ///   - design: n × p.
  ///   - drivers: the driver of each column; empty for columns that every model holds, such as the intercept.
  ///   - response: n values.
  ///   - weights: n values ≥ 0; nil for ones.
  ///   - clusters: a cluster number per row, drawn as a whole by the bootstrap; nil for rows of their own.
  public func shares(
    _ design: DesignMatrix, drivers: [String], response: [Double], weights: [Double]? = nil, clusters: [Int]? = nil
  ) throws(RegressionError) -> ImportanceShares {
    precondition(drivers.count == design.matrix.columns, "one driver per column is needed")
    precondition(response.count == design.matrix.rows, "the response does not fit the design")
    guard !response.isEmpty else { throw .noRows(leftOut: design.treatment.leftOut.values.reduce(0, +)) }
    guard exactDrivers <= 20, orderPairs >= 2, resamples >= 0, level > 0, level < 1 else {
      throw .badSpecification("relative importance takes 20 exact drivers at most, 2 pairs of orders or more")
    }
    try checkWeights(weights)
    let problem = LinearProblem(design: design, response: response, weights: weights, ridge: 0)
    let grouping = DriverColumnGroups(drivers)
    guard let sums = problem.importanceSums(clusters: resamples > 0 ? clusters : nil) else {
      throw .badSpecification("relative importance needs a design with an intercept")
    }
    let whole = sums.whole
    try problem.checkRange(whole.products)
    guard let total = ExplainedShares(whole, grouping), total.totalSquares > 0 else {
      throw .constantOutcome(value: response[0])
    }
    let (shares, errors) = estimate(total, count: grouping.names.count, pairs: orderPairs)
    let intervals = bootstrap(sums, problem, grouping)
    return ImportanceShares(
      drivers: grouping.names.indices.map { index in
        ImportanceShares.Driver(
          name: grouping.names[index], share: shares[index], standardError: errors[index],
          interval: intervals.map { $0[index] })
      },
      rSquared: total.explained(Array(grouping.names.indices)), controlled: total.explained([]),
      isExact: grouping.names.count <= exactDrivers)
  }

  private func estimate(_ total: ExplainedShares, count: Int, pairs: Int) -> (shares: [Double], errors: [Double]) {
    guard count > exactDrivers else {
      return (RelativeImportance.shapley(total.overSubsets(), count), [Double](repeating: 0, count: count))
    }
    var stream = RandomStream(seed: seed, key: RandomStream.key("importance"))
    var (sums, squares) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    var order = Array(0..<count)
    for _ in 0..<pairs {
      order.shuffle(using: &stream)
      let (forth, back) = (total.increments(order), total.increments(order.reversed()))
      for driver in 0..<count {
        let mean = (forth[driver] + back[driver]) / 2
        sums[driver] += mean
        squares[driver] += mean * mean
      }
    }
    let n = Double(pairs)
    let errors = sums.indices.map { (max(0, squares[$0] - sums[$0] * sums[$0] / n) / (n - 1) / n).squareRoot() }
    return (sums.map { $0 / n }, errors)
  }

  /// Σ over subsets S without the driver of |S|! (k − |S| − 1)! / k! · (R²(S ∪ driver) − R²(S)).
  static func shapley(_ explained: [Double], _ count: Int) -> [Double] {
    guard count > 0 else { return [] }
    // 1 / (k · C(k − 1, s)) for s drivers in front.
    var weights = [1 / Double(count)]
    for size in 1..<max(count, 1) { weights.append(weights[size - 1] * Double(size) / Double(count - size)) }
    var shares = [Double](repeating: 0, count: count)
    for subset in explained.indices {
      let size = subset.nonzeroBitCount
      for driver in 0..<count where subset & (1 << driver) == 0 {
        shares[driver] += weights[size] * (explained[subset | (1 << driver)] - explained[subset])
      }
    }
    return shares
  }

  /// Percentile intervals over resamples of clusters or rows; nil where none are asked for.
  private func bootstrap(
    _ sums: ImportanceSums, _ problem: LinearProblem, _ grouping: DriverColumnGroups
  ) -> [ClosedRange<Double>]? {
    guard resamples > 0 else { return nil }
    var draws = grouping.names.map { _ in [Double]() }
    for sample in 0..<resamples {
      var stream = RandomStream(seed: seed, key: RandomStream.key("importance \(sample)"))
      let resampled = sums.resampled(problem, &stream)
      guard let total = ExplainedShares(resampled, grouping), total.totalSquares > 0 else { continue }
      let shares = estimate(total, count: grouping.names.count, pairs: min(orderPairs, 50)).shares
      for index in shares.indices { draws[index].append(shares[index]) }
    }
    return draws.map { values in
      let sorted = values.sorted()
      guard !sorted.isEmpty else { return 0...1 }
      let tail = (1 - level) / 2
      let low = sorted.quantileOfAscending(tail)
      return low...max(low, sorted.quantileOfAscending(1 - tail))
    }
  }
}

/// Shares of R² by driver.
public struct ImportanceShares: Sendable, Hashable {
  public struct Driver: Sendable, Hashable {
    public let name: String
    /// Its part of R².
    public let share: Double
    /// Of the share, from sampling orders; zero where all were taken.
    public let standardError: Double
    /// The bootstrap interval of the share; nil where none was asked for.
    public let interval: ClosedRange<Double>?
  }

  /// In the order of their first columns. The shares and `controlled` add up to `rSquared`.
  public let drivers: [Driver]
  public let rSquared: Double
  /// What the columns without a driver explain by themselves.
  public let controlled: Double
  /// Whether all subsets of the drivers were taken.
  public let isExact: Bool

  public subscript(name: String) -> Driver? { drivers.first { $0.name == name } }
}

/// The columns of each driver, in the order of their first columns.
struct DriverColumnGroups {
  private(set) var names: [String] = []
  private(set) var columns: [[Int]] = []
  /// Columns that every model holds.
  private(set) var always: [Int] = []

  init(_ drivers: [String]) {
    var places: [String: Int] = [:]
    for (column, driver) in drivers.enumerated() {
      if driver.isEmpty {
        always.append(column)
      } else if let place = places[driver] {
        columns[place].append(column)
      } else {
        places[driver] = names.count
        names.append(driver)
        columns.append([column])
      }
    }
  }
}
