internal import ChannelTypes

/// What every customer on file is worth over the coming periods.
///
/// Customers without a contract are valued by what they are expected to buy (BG/NBD) times the margin of a purchase
/// (gamma-gamma); those with one by the chance of renewing (shifted beta-geometric, by segment where it has lost enough
/// customers) times their margin a period. The figures are expectations over customers of the same past: the churn model
/// adds what else is known.
public struct CustomerValuation: Sendable, Hashable {
  /// Per year, such as 0.1.
  public var discountPerYear: Double
  /// Periods ahead that count.
  public var periods: Int

  /// Lost customers that a segment needs for a renewal model of its own.
  static let leastLost = 30

  public init(discountPerYear: Double, periods: Int) {
    self.discountPerYear = max(0, discountPerYear)
    self.periods = max(1, periods)
  }

  public struct Result: Sendable {
    /// In the order of the table.
    public var customers: [Customer] = []
    public var purchases: BetaGeometricModel.Fit?
    public var spend: GammaGammaModel.Fit?
    /// By segment; the empty name is that of all.
    public var renewals: [String: ContractModel.Fit] = [:]
    /// What could not be valued and why, in plain sentences.
    public var remarks: [String] = []
  }

  public struct Customer: Sendable, Hashable {
    public enum Basis: String, Sendable, Hashable { case purchases, contract }

    public var id: String
    public var partner: String
    public var segment: String
    public var basis: Basis
    /// Chance of being a customer still; 1 within a contract.
    public var alive: Double
    /// Orders expected within a year; nil with a contract.
    public var ordersPerYear: Double?
    /// Expected margin of a period while it is there, in currency.
    public var marginPerPeriod: Double
    public var estimate: LifetimeValue.Estimate
  }

  public func value(_ history: CustomerHistory) -> Result {
    var result = Result()
    let rate = LifetimeValue.periodRate(yearly: discountPerYear, periodsPerYear: history.frequency.periodsPerYear)
    let open = history.customers.indices.filter { history.customers[$0].contractEnd == nil }
    let bound = history.customers.indices.filter { history.customers[$0].contractEnd != nil }
    var values: [Int: Customer] = [:]
    if !open.isEmpty {
      do throws(ValueError) { try valuePurchases(open, history, rate, &values, &result) } catch {
        result.remarks.append("customers without a contract are not valued: \(error)")
      }
    }
    if !bound.isEmpty {
      do throws(ValueError) { try valueContracts(bound, history, rate, &values, &result) } catch {
        result.remarks.append("customers with a contract are not valued: \(error)")
      }
    }
    result.customers = values.keys.sorted().compactMap { values[$0] }
    return result
  }

  // MARK: Without a contract

  private func valuePurchases(
    _ indices: [Int], _ history: CustomerHistory, _ rate: Double, _ values: inout [Int: Customer],
    _ result: inout Result
  ) throws(ValueError) {
    let purchases = indices.map { index in
      let customer = history.customers[index]
      return BetaGeometricModel.Purchases(
        repeats: Double(customer.orders - 1), lastPurchase: Double(customer.lastOrder - customer.firstOrder),
        observed: Double(max(history.today, customer.lastOrder) - customer.firstOrder))
    }
    let spends = indices.map { index in
      let customer = history.customers[index]
      return GammaGammaModel.Spend(purchases: Double(customer.orders), mean: customer.margin / Double(customer.orders))
    }
    let model = try BetaGeometricModel.fit(purchases)
    let spend = try GammaGammaModel.fit(spends.filter { $0.mean > 0 })
    (result.purchases, result.spend) = (model, spend)
    let year = Double(history.frequency.periodsPerYear)
    for (position, index) in indices.enumerated() {
      let customer = history.customers[index]
      let margin = spends[position].mean > 0 ? spend.model.expectedMean(spends[position]) : 0
      // Expected purchases of each coming period, over those of one that is there: the share that still is.
      var shares: [Double] = []
      var before = 0.0
      for period in 1...periods {
        let until = model.model.expectedPurchases(purchases[position], within: Double(period))
        shares.append(max(0, until - before))
        before = until
      }
      let alive = model.model.aliveProbability(purchases[position])
      let first = shares[0]
      let perPeriod = alive > 0 ? first / alive * margin : 0
      let survival = shares.map { first > 0 ? alive * $0 / first : 0 }
      values[index] = Customer(
        id: customer.id, partner: customer.partner, segment: customer.segment, basis: .purchases, alive: alive,
        ordersPerYear: model.model.expectedPurchases(purchases[position], within: year), marginPerPeriod: perPeriod,
        estimate: LifetimeValue.fromSurvival(survival, margin: perPeriod, discountPerPeriod: rate))
    }
  }

  // MARK: With a contract

  private func valueContracts(
    _ indices: [Int], _ history: CustomerHistory, _ rate: Double, _ values: inout [Int: Customer],
    _ result: inout Result
  ) throws(ValueError) {
    var tenures: [String: [ContractModel.Tenure]] = [:]
    for index in indices {
      let customer = history.customers[index]
      let isLost = (customer.contractEnd ?? 0) < history.today
      let tenure = ContractModel.Tenure(periods: customer.renewals + (isLost ? 1 : 0), isLost: isLost)
      tenures["", default: []].append(tenure)
      if !customer.segment.isEmpty { tenures[customer.segment, default: []].append(tenure) }
    }
    let overall = try ContractModel.fit(tenures[""] ?? [])
    result.renewals[""] = overall
    for (segment, list) in tenures where !segment.isEmpty && list.count(where: \.isLost) >= Self.leastLost {
      // A segment without a model of its own takes that of all.
      if let fit = try? ContractModel.fit(list) { result.renewals[segment] = fit }
    }
    for index in indices {
      let customer = history.customers[index]
      guard let end = customer.contractEnd, end >= history.today else { continue }
      let model = (result.renewals[customer.segment] ?? overall).model
      let length = max(1, (end + 1 - customer.firstOrder) / (customer.renewals + 1))
      let served = Double(history.today - customer.firstOrder + 1)
      let margin = max(0, customer.margin) / max(1, served)
      values[index] = Customer(
        id: customer.id, partner: customer.partner, segment: customer.segment, basis: .contract, alive: 1,
        ordersPerYear: nil, marginPerPeriod: margin,
        estimate: LifetimeValue.fromSurvival(
          survival(model, renewals: customer.renewals, untilEnd: end - history.today, length: length), margin: margin,
          discountPerPeriod: rate))
    }
  }

  /// One until the contract ends, then a renewal every `length` periods.
  private func survival(_ model: ContractModel, renewals: Int, untilEnd: Int, length: Int) -> [Double] {
    var share = 1.0
    var renewed = renewals
    return (1...periods).map { period in
      if period > untilEnd, (period - untilEnd - 1) % length == 0 {
        renewed += 1
        share *= model.retention(renewed)
      }
      return share
    }
  }
}
