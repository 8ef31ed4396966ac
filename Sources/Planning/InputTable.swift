/// The tables that a plan may name under `data:`.
public enum InputTable: String, Sendable, Hashable, CaseIterable, Codable {
  case sales, partners, inventory, customers, budget, targets
  case regions, products, orders, deliveries
  case marketIndex = "market_index"
  case incidents, finance, receivables, competitors, events, drivers
  case candidates, lanes
  case priceBook = "price_book"
  case contracts, staff, experiments
  case incentiveLedger = "incentive_ledger"
}
