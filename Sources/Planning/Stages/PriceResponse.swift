import Demand
import Glibc
import Specifications
import Tables

/// How the demand for each product answers to its price: q = q₀ · f^ε for a price of f times that of today.
///
/// ε is the elasticity that the drivers stage fitted, of the product or on average; where the history gives none, or one
/// that is not below zero, that of the plan; −1 where the plan has none either.
struct PriceResponse {
  enum Source: String {
    case drivers
    case driversMean = "drivers_mean"
    case plan
    case assumed
  }

  struct Elasticity {
    var value: Double
    var source: Source
  }

  static let assumed = -1.0

  private var fitted: [String: Double] = [:]
  private var mean: Double?
  private let stated: Double?

  init(_ settings: PriceSettings, _ effects: DriverEffects?) {
    let prices = (effects?.effects ?? []).filter { $0.form == .elasticity }
    self.init(settings, estimates: prices.map { ($0.product, $0.driver, $0.estimate) })
  }

  /// - Parameter estimates: elasticities by product, empty for the mean over products, and driver.
  init(_ settings: PriceSettings, estimates: [(product: String, driver: String, estimate: Double)]) {
    stated = settings.elasticity?.value
    // The net price, or the first price that the regression had.
    let first = estimates.first { $0.driver == "net_price" } ?? estimates.first
    for effect in estimates where effect.driver == first?.driver && effect.estimate < 0 && effect.estimate.isFinite {
      if effect.product.isEmpty { mean = effect.estimate } else { fitted[effect.product] = effect.estimate }
    }
  }

  func elasticity(_ product: String) -> Elasticity {
    if let own = fitted[product] { return Elasticity(value: own, source: .drivers) }
    if let mean { return Elasticity(value: mean, source: .driversMean) }
    if let stated { return Elasticity(value: stated, source: .plan) }
    return Elasticity(value: Self.assumed, source: .assumed)
  }

  /// What demand is multiplied by at `price` times the price of today.
  func demandFactor(_ product: String, price: Double) -> Double {
    price == 1 ? 1 : pow(price, elasticity(product).value)
  }

  /// What buyers gain (below zero: lose) when a price changes by a factor, on a spend of 1 at the price before: the area
  /// under the demand curve between the two prices, −∫₁^f p^ε dp.
  static func consumerGain(price: Double, elasticity: Double) -> Double {
    let exponent = 1 + elasticity
    return abs(exponent) < 1e-9 ? -log(price) : (1 - pow(price, exponent)) / exponent
  }
}

/// The product family of each product; none where the products table names none.
struct ProductFamilies: Sendable {
  private var families: [String: String] = [:]

  init(_ products: Table?) {
    guard let products, let ids = products.text("product_id"), let names = products.text("family") else { return }
    for row in 0..<products.rowCount {
      if let id = ids[row] { families[id] = names[row] }
    }
  }

  subscript(product: String) -> String? { families[product] }
}
