import ChannelTypes
import Glibc
import Tables

/// The products of a telecom maker, in the roles of the sources: bullets that attack on price, defensive goods for the
/// low season, standard goods for large projects, and new ones.
struct Product {
  let id: String
  let family: ProductFamily
  let role: String
  /// The list price when it first sold, in CNY.
  let listPrice: Double
  /// The maker's contribution, a share of net sales.
  let margin: Double
  /// Its weight in the revenue of a partner that carries everything.
  let weight: Double
  /// Units that come in one box.
  let pack: Int
  let shelfDays: Int
  /// The first month on sale, counted from the first of the history; negative before it.
  let launch: Int
  /// The month from which it is taken off the market.
  var phaseOut: Int? = nil

  /// The list price in a month: 3 % off every March, to whole yuan.
  func listPrice(_ month: Int) -> Double {
    let cuts = max(0, (month + 10) / 12)
    return max(1, (listPrice * pow(0.97, Double(cuts))).rounded())
  }

  /// The part of its mature demand that a product has reached: twelve months of climb, six of decline.
  func maturity(_ month: Int) -> Double {
    guard month >= launch else { return 0 }
    let climb = 1 - exp(-Double(month - launch + 1) / 4)
    guard let phaseOut else { return climb }
    return climb / (1 + exp(Double(month - phaseOut + 3) / 1.2))
  }

  func isSold(_ month: Int) -> Bool { month >= launch && month < (phaseOut ?? .max) }
}

/// Products that share how they react to price and season.
enum ProductFamily: String, CaseIterable {
  case cpe, router
  case networkSwitch = "switch"
  case optical, access, repeater, plan, cabling
}

enum ProductCatalogue {
  /// The eight that come first cover every family, for small networks.
  static let all: [Product] = [
    Product("5g-cpe", .cpe, "bullet", 699, 0.20, 9, pack: 2, shelf: 540),
    Product("router-ax", .router, "bullet", 229, 0.20, 6, pack: 5, shelf: 540),
    Product("switch-24", .networkSwitch, "standard", 899, 0.33, 8, pack: 1, shelf: 720),
    Product("optical-10g", .optical, "standard", 329, 0.40, 5, pack: 10, shelf: 900),
    Product("onu-xgs", .access, "standard", 289, 0.30, 4, pack: 10, shelf: 720),
    Product("repeater-5g", .repeater, "standard", 799, 0.35, 4, pack: 1, shelf: 540),
    Product("plan-100g", .plan, "bullet", 299, 0.22, 4, pack: 10, shelf: 365),
    Product("cable-cat6", .cabling, "defensive", 429, 0.24, 5, pack: 4, shelf: 1800),
    Product("5g-cpe-pro", .cpe, "standard", 1299, 0.32, 10, pack: 1, shelf: 540),
    Product("5g-cpe-max", .cpe, "new", 1599, 0.36, 6, pack: 1, shelf: 540, launch: 20),
    Product("5g-mifi", .cpe, "defensive", 459, 0.28, 4, pack: 2, shelf: 540),
    Product("router-ac", .router, "bullet", 129, 0.14, 2.5, pack: 10, shelf: 540, phaseOut: 29),
    Product("router-ax-mesh", .router, "standard", 469, 0.31, 7, pack: 2, shelf: 540),
    Product("router-be", .router, "new", 699, 0.37, 5, pack: 2, shelf: 540, launch: 26),
    Product("switch-8", .networkSwitch, "defensive", 189, 0.27, 3, pack: 5, shelf: 720),
    Product("switch-48-poe", .networkSwitch, "standard", 2899, 0.36, 7, pack: 1, shelf: 720),
    Product("optical-1g", .optical, "defensive", 89, 0.35, 2, pack: 20, shelf: 900),
    Product("optical-100g", .optical, "new", 1499, 0.44, 5, pack: 2, shelf: 900, launch: 14),
    Product("onu-gpon", .access, "bullet", 119, 0.15, 3, pack: 20, shelf: 720),
    Product("repeater-4g", .repeater, "defensive", 379, 0.30, 2, pack: 2, shelf: 540, phaseOut: 33),
    Product("sim-iot", .plan, "defensive", 60, 0.45, 2, pack: 50, shelf: 365),
    Product("plan-campus", .plan, "standard", 199, 0.30, 3, pack: 10, shelf: 365),
    Product("cable-fibre", .cabling, "standard", 359, 0.28, 4, pack: 4, shelf: 1800),
    Product("gateway-iot", .cpe, "new", 549, 0.38, 3, pack: 2, shelf: 540, launch: 30),
  ]

  static func table(_ products: [Product], _ specification: NetworkSpecification) -> Table {
    Table(
      name: "products",
      columns: [
        .text("product_id", products.map(\.id)),
        .text("family", products.map(\.family.rawValue)),
        .text("role", products.map(\.role)),
        .days("launched_on", products.map { specification.firstDay($0.launch) }),
        .integer("shelf_days", products.map(\.shelfDays)),
        .real("margin", products.map(\.margin)),
      ])
  }
}

extension Product {
  init(
    _ id: String, _ family: ProductFamily, _ role: String, _ listPrice: Double, _ margin: Double, _ weight: Double,
    pack: Int, shelf: Int, launch: Int = -30, phaseOut: Int? = nil
  ) {
    self.init(
      id: id, family: family, role: role, listPrice: listPrice, margin: margin, weight: weight, pack: pack,
      shelfDays: shelf, launch: launch, phaseOut: phaseOut)
  }
}
