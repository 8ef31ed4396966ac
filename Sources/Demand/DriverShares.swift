package import Regression

/// How much of the movement of one product's demand a driver explains.
public struct DriverShare: Sendable, Hashable, Codable {
  public var product: String
  /// A driver, `trend`, `season` or `events`.
  public var driver: String
  /// Its part of R², the mean of its contribution over all orders in which drivers can enter.
  public var share: Double
  /// Interval of the share from resampled series; nil for a single series.
  public var lower: Double?
  public var upper: Double?
  /// What all drivers explain together: the sum of the shares.
  public var rSquared: Double
}

/// Shares of the explained movement of demand around the levels of its series, by product; they add up to R².
public struct DriverShares: Sendable, Codable {
  /// Products in the order of their ids, drivers in the order of the panel.
  public let shares: [DriverShare]

  /// How the shares of a panel's regressions are found.
  package static func importance(seed: UInt64) -> RelativeImportance {
    RelativeImportance(exactDrivers: 10, orderPairs: 100, resamples: 40, seed: seed)
  }

  public init(_ panel: DemandPanel, events: Bool = true, seed: UInt64, threads: Int = 1) {
    let importance = Self.importance(seed: seed)
    self.init(panel, PooledRegression(panel, events: events, importance: importance, threads: threads))
  }

  /// - Parameter regression: over the same panel, with importance.
  package init(_ panel: DemandPanel, _ regression: PooledRegression) {
    let products = regression.regressions.map { $0?.shares }
    shares = products.enumerated().flatMap { product, shares -> [DriverShare] in
      guard let shares else { return [] }
      return shares.drivers.map {
        DriverShare(
          product: panel.products[product], driver: $0.name, share: $0.share, lower: $0.interval?.lowerBound,
          upper: $0.interval?.upperBound, rSquared: shares.rSquared)
      }
    }
  }
}
