import Foundation

/// Four dealers, two products, three years: small enough to read, large enough for every check.
enum SmallNetwork {
  static let partners = ["P001", "P002", "P003", "P004"]
  static let regions = ["east", "east", "west", "west"]
  static let products = ["router", "switch"]

  static var plan: String {
    """
    version: 1
    name: small
    currency: CNY
    calendar: {frequency: month, start: 2026-01}
    data:
      sales: sales.csv
      partners: partners.csv
      inventory: inventory.csv
      budget: budget.csv
    forecast:
      measure: sell_out_qty
      horizon: 3
      levels: [80]
      models: [seasonal_naive, exponential_smoothing]
    budget:
      quarter: 30000
      reserve_pct: 5
      spend_types: [ads, training]
      floors: {region: {east: 5000, west: 5000}}
      caps: {region: {east: 20000, west: 20000}}
    inventory:
      service_level: 0.95
      review_days: 7

    """
  }

  /// The month after `count` months from 2023-01.
  static func month(_ count: Int) -> String { String(format: "%04d-%02d", 2023 + count / 12, count % 12 + 1) }

  static var sales: String {
    var text = "period,partner_id,product_id,region,city,sell_out_qty,sell_out_value,net_price\n"
    for count in 0..<36 {
      for (p, partner) in partners.enumerated() {
        for (k, product) in products.enumerated() {
          // A fixed pattern with season and noise; no draw, so that the file never changes.
          let season = [90, 85, 100, 105, 110, 120, 115, 110, 105, 110, 130, 120][count % 12]
          let noise = (count * 37 + p * 11 + k * 53) % 17
          let quantity = season * (p + 2) / (k + 2) / 2 + noise
          let price = k == 0 ? 100 : 250
          text +=
            "\(month(count)),\(partner),\(product),\(regions[p]),city\(p),\(quantity),\(quantity * price),\(price)\n"
        }
      }
    }
    return text
  }

  static var partnerTable: String {
    var text = "partner_id,name,region,city,channel_type,signed_on,lead_time_days,status\n"
    for (p, partner) in partners.enumerated() {
      text += "\(partner),Dealer \(p),\(regions[p]),city\(p),agent,2020-01-15,7,active\n"
    }
    return text
  }

  static var inventory: String {
    var text = "snapshot,partner_id,product_id,on_hand,on_order,unit_cost,last_sale,moq,pack\n"
    for (p, partner) in partners.enumerated() {
      for (k, product) in products.enumerated() {
        text += "2025-12-31,\(partner),\(product),\(40 * (p + 1)),\(10 * k),\(k == 0 ? 60 : 150),2025-12-20,10,5\n"
      }
    }
    return text
  }

  static var budget: String {
    var text = "period,region,spend_type,amount\n"
    for count in 0..<36 {
      for (r, region) in ["east", "west"].enumerated() {
        for (s, type) in ["ads", "training"].enumerated() {
          text += "\(month(count)),\(region),\(type),\(1500 + (count * 41 + r * 23 + s * 67) % 29 * 50)\n"
        }
      }
    }
    return text
  }

  /// A folder with the network; `changes` replaces or edits files by name.
  static func write(to folder: ScratchFolder, changing changes: [String: @Sendable (String) -> String] = [:]) throws {
    let files = [
      "plan.yaml": plan, "sales.csv": sales, "partners.csv": partnerTable, "inventory.csv": inventory,
      "budget.csv": budget,
    ]
    for (name, text) in files { try folder.write(changes[name].map { $0(text) } ?? text, to: name) }
  }
}
