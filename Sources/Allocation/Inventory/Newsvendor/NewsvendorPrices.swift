import Tables

extension NewsvendorProblem {
  /// What one unit more or less of each shared limit that holds is worth, and between which values of the limit.
  ///
  /// The prices are those of the problem without packs rounded (its cost linear between packs); where stocks come in
  /// steps, those just below and just above the limit. Complexity: some 4 solutions per limit.
  public func prices(of solution: NewsvendorSolution) throws(AllocationProblemError) -> [LimitPrice] {
    guard solution.conflict == nil else { return [] }
    var prices: [LimitPrice] = []
    for (index, entry) in limits.enumerated() {
      let price = entry.name == "budget" ? solution.budgetPrice : solution.spacePrice
      let isAtEnd = entry.limit.used(by: solution.stocks) >= entry.limit.amount * (1 - 1e-9)
      guard price > 0 || isAtEnd else { continue }
      let amount = entry.limit.amount
      let formulation = NewsvendorFormulation(self)
      var (left, right) = (price, price)
      if !formulation.isSmooth {
        let shift = 1e-7 * max(amount, 1e-300)
        left = cleared(index, at: amount - shift) ?? price
        right = cleared(index, at: amount + shift) ?? price
        // Where the price moves evenly, the shift alone makes this much of a difference.
        if abs(left - price) <= 1e-5 * price { left = price }
        if abs(right - price) <= 1e-5 * price { right = price }
      }
      let from = right > 0 || left > 0 ? used(index, at: 1.1 * left, formulation) : amount
      let to = right > 0 ? used(index, at: 0.9 * right, formulation) : .infinity
      prices.append(
        LimitPrice(
          limit: entry.name, value: amount, left: left > 0 ? -left : 0, right: right > 0 ? -right : 0,
          from: min(from, amount), to: max(to, amount)))
    }
    return prices
  }

  /// The price of a limit if it were `amount`.
  private func cleared(_ index: Int, at amount: Double) -> Double? {
    guard amount >= 0 else { return nil }
    var changed = self
    if limits[index].name == "budget" { changed.budget?.amount = amount } else { changed.space?.amount = amount }
    guard let answer = SharedPriceSolver(NewsvendorFormulation(changed)).solve() else { return nil }
    return index == 0 ? answer.prices.first : answer.prices.second
  }

  /// What is used of a limit at a price of it, with the other limit kept.
  private func used(_ index: Int, at price: Double, _ formulation: NewsvendorFormulation) -> Double {
    guard limits.count == 2 else { return formulation.usage(at: SharedPrices(first: price)).first }
    if index == 1 {
      let inner = SharedPriceSolver(formulation).first(at: price, from: 0)
      return inner?.high.point.second ?? limits[1].limit.amount
    }
    var swapped = self
    (swapped.budget, swapped.space) = (space, budget)
    let inner = SharedPriceSolver(NewsvendorFormulation(swapped)).first(at: price, from: 0)
    return inner?.high.point.second ?? limits[0].limit.amount
  }
}
