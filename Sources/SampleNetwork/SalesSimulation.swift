import ChannelTypes
import Glibc
import Probability
import Tables

/// Plays the history of every partner: demand, prices, stock, service, and whether it stays.
///
/// Partners do not touch one another, so that each is played alone with its own stream, month by month:
/// 1. deliveries and complaints, 2. for each product: price, demand, order, sale, return, 3. satisfaction,
/// 4. the hazard decides whether it is gone next month.
struct SalesSimulation {
  let specification: NetworkSpecification
  let geography: Geography
  let products: [Product]
  let truth: Truth
  let market: Market
  let spend: SpendHistory
  let promotions: Promotions
  let supply: Supply
  let partners: [Partner]
  /// ln of the units a month that a median partner would sell of a product of weight 1 at 1 CNY.
  let level: Double
  /// Margin a month that a region would earn without spend at average demand; [region].
  let baseMargin: [Double]
  /// ln λ parts that partners of a region share; [region][month].
  private let regional: [[Double]]
  /// ln λ parts that products share; [product][month].
  private let seasonal: [[Double]]

  private(set) var sales = SalesRows()
  private(set) var inventory = InventoryRows()
  private(set) var histories: [PartnerHistory] = []
  private(set) var totals: DemandTotals

  init(
    _ specification: NetworkSpecification, _ geography: Geography, _ products: [Product], _ truth: Truth,
    _ market: Market, _ spend: SpendHistory, _ partners: [Partner]
  ) {
    self.specification = specification
    self.geography = geography
    self.products = products
    self.truth = truth
    self.market = market
    self.spend = spend
    self.partners = partners
    promotions = Promotions(specification)
    supply = Supply(specification)
    totals = DemandTotals(months: specification.months, regions: geography.regions.count)
    let base = BaseDemand(specification, geography, products, partners, truth)
    level = base.level
    baseMargin = base.margin
    regional = geography.regions.indices.map { region in
      (0..<specification.months).map { month in
        market.level[region][month] + market.shock[region][month] + market.rivalEffect(region, month)
          + log1p(spend.causedTotal(region, month) / base.margin[region])
      }
    }
    seasonal = products.map { product in
      let family = ProductFamily.allCases.firstIndex(of: product.family) ?? 0
      return (0..<specification.months).map { month in
        let shares = SalesCalendar.newYearShares(specification, month)
        return truth.season[family][specification.season(month)] + truth.newYear[family].rush * shares.rush
          + truth.newYear[family].pause * shares.pause + log(max(1e-6, product.maturity(month)))
          + log(product.weight / product.listPrice)
      }
    }
  }

  mutating func run() {
    let lines = partners.reduce(0) { $0 + $1.lines.count }
    sales.reserve(lines * specification.months * 9 / 10)
    for index in partners.indices { histories.append(play(index)) }
  }

  private mutating func play(_ index: Int) -> PartnerHistory {
    let partner = partners[index]
    var stream = specification.stream("sales", index)
    var history = PartnerHistory(firstMonth: partner.firstMonth)
    var shelves = partner.lines.map { _ in Shelf() }
    let late = lateMonths(index)
    for month in partner.firstMonth..<specification.months {
      serve(partner, month, &history, &stream)
      let isMissing = late.contains(month) || stream.bernoulli(0.006) && month > partner.firstMonth + 1
      history.isMissing.append(isMissing)
      sell(index, month, isMissing, &shelves, &history, &stream)
      rate(partner, &history, &stream)
      count(index, month, shelves, &history)
      if leaves(partner, month, &history, &stream) {
        history.end = month + 1
        break
      }
    }
    return history
  }

  /// Step 1: how long deliveries took, and what the partner complained about.
  private func serve(
    _ partner: Partner, _ month: Int, _ history: inout PartnerHistory, _ stream: inout RandomStream
  ) {
    let excess = supply.delay(partner.region, month) + max(-1.5, 0.9 * stream.studentT(degreesOfFreedom: 5))
    history.promisedDays.append(partner.leadTimeDays)
    history.actualDays.append(max(1, partner.leadTimeDays + excess).rounded(digits: 1))
    let volume = exp(0.5 * partner.size)
    let rate = (0.05 + 0.03 * max(0, excess) + 0.4 * history.recentStockouts(3)) * volume.clamped(0.4...3)
    history.complaints.append(Poisson(mean: rate).draw(&stream))
  }

  /// Step 2: a month of all its products.
  private mutating func sell(
    _ index: Int, _ month: Int, _ isMissing: Bool, _ shelves: inout [Shelf], _ history: inout PartnerHistory,
    _ stream: inout RandomStream
  ) {
    let partner = partners[index]
    let days = specification.days(month)
    let delay = (history.actualDays.last ?? 0) - (history.promisedDays.last ?? 0)
    let common =
      level + partner.size + partner.ownTrend(month) + regional[partner.region][month]
      + Truth.saleDays(partner.channel, specification.season(month)) + Truth.delay * delay
    let joins = promotions.isJoined(&stream)
    let orders = stream.bernoulli(partner.orderChance)
    var (sellIn, sellOut, margin, units, missed, shown) = (Money.zero, Money.zero, 0.0, 0, 0.0, 0)
    for (line, carried) in partner.lines.enumerated() where products[carried.product].isSold(month) {
      let product = products[carried.product]
      let promotion = joins ? promotions.of(product.family, month) : nil
      let price = price(partner, product, month, promotion, &stream)
      let elasticity = truth.elasticity[carried.product][partner.region]
      let promoted = Double(promotion?.days ?? 0) / 30
      let mean = exp(
        common + carried.affinity + seasonal[carried.product][month]
          + elasticity * log(price.net.double / product.listPrice) + Truth.promotionLift * promoted
          - Truth.promotionDip * Double(shelves[line].promotionDays) / 30)
      let demand = draw(mean, partner.spread, &stream)
      let moved = shelves[line].trade(
        demand: demand, expected: mean, opens: month == 0, orders: orders, partner: partner, product: product,
        calendarMonth: specification.season(month), isLast: product.phaseOut == month + 1,
        supply: supply.factor(product.family, month), day: specification.firstDay(month), days: days, &stream)
      shelves[line].promotionDays = promotion?.days ?? 0
      let dealerPrice = money(price.list.double * 0.86, decimals: 1)
      shelves[line].unitCost = dealerPrice
      if !isMissing {
        sales.append(
          SalesRows.Row(
            month: month, partner: index, product: carried.product, sellIn: moved.sellIn, sellOut: moved.sellOut,
            dealerPrice: dealerPrice, listPrice: price.list, netPrice: price.net, promotion: promotion?.index,
            promotionDays: promotion?.days ?? 0, returns: moved.returns, stockoutDays: moved.stockoutDays))
      }
      let value = price.net * moved.sellOut
      sellIn += dealerPrice * moved.sellIn
      sellOut += value
      margin += value.double * product.margin
      units += moved.sellIn
      missed += Double(moved.stockoutDays) / Double(days)
      shown += 1
      totals.add(
        month: month, region: partner.region, expected: mean, demand: demand, sold: moved.sellOut,
        price: price.net.double)
    }
    history.sellIn.append(sellIn)
    history.sellOut.append(sellOut)
    history.margin.append(margin)
    history.units.append(units)
    history.stockouts.append(shown > 0 ? missed / Double(shown) : 0)
  }

  /// The list price, and the net price after the partner's discount, promotion, and what weak demand costs.
  private func price(
    _ partner: Partner, _ product: Product, _ month: Int, _ promotion: Promotions.Promotion?,
    _ stream: inout RandomStream
  ) -> (list: Money, net: Money) {
    let list = product.listPrice(month)
    var discount = partner.discount + 0.015 * stream.normal()
    discount += 0.35 * max(0, -market.shock[partner.region][month])
    if let promotion { discount += promotion.depth * Double(promotion.days) / 30 }
    return (money(list), money(list * (1 - discount.clamped(-0.03...0.45)), decimals: list < 200 ? 2 : 1))
  }

  /// Demand: a bursty count with a heavy-tailed mean, and now and then a project.
  private func draw(_ mean: Double, _ spread: Double, _ stream: inout RandomStream) -> Int {
    let tail = Truth.noiseScale * stream.studentT(degreesOfFreedom: Truth.noiseDegreesOfFreedom)
    var mean = mean * exp(tail.clamped(-1.5...1.5))
    if stream.bernoulli(Truth.projectChance) { mean *= stream.uniform(3, 8) }
    return NegativeBinomial(mean: min(mean, 1e6), size: spread).draw(&stream)
  }

  /// Step 3: satisfaction falls with complaints, delays and empty shelves, and comes back slowly.
  private func rate(_ partner: Partner, _ history: inout PartnerHistory, _ stream: inout RandomStream) {
    let delay = (history.actualDays.last ?? 0) - (history.promisedDays.last ?? 0)
    let felt =
      partner.baseSatisfaction - 2.5 * Double(history.complaints.last ?? 0) - 25 * history.recentStockouts(3)
      - 0.6 * max(0, delay)
    let before = history.satisfaction.last ?? partner.baseSatisfaction
    history.satisfaction.append((0.7 * before + 0.3 * felt + 1.2 * stream.normal()).clamped(5...99))
  }

  /// Step 4. Nobody leaves in the first half year.
  private func leaves(
    _ partner: Partner, _ month: Int, _ history: inout PartnerHistory, _ stream: inout RandomStream
  ) -> Bool {
    guard history.sellOut.count >= 6, month + 1 < specification.months else { return false }
    let chance = hazard(partner, month, history)
    history.expectedDepartures += chance
    return stream.bernoulli(chance)
  }

  private func hazard(_ partner: Partner, _ month: Int, _ history: PartnerHistory) -> Double {
    let last = history.sellOut.suffix(3).total().double
    let before = history.sellOut.dropLast(3).suffix(3).total().double
    return truth.partnerHazard.chance(
      trend: log((last + 500) / (before + 500)), satisfaction: history.satisfaction.last ?? 70,
      stockouts: history.recentStockouts(3),
      tenureYears: partner.tenureYears(specification, month), complaints: history.complaints.suffix(6).reduce(0, +))
  }

  /// Counts the shelves at the two dates of the inventory table.
  private mutating func count(_ index: Int, _ month: Int, _ shelves: [Shelf], _ history: inout PartnerHistory) {
    guard month == specification.months - 1 || month == specification.months - 13 else { return }
    let snapshot = specification.firstDay(month + 1).advanced(days: -1)
    history.stockValue = .zero
    for (line, carried) in partners[index].lines.enumerated() where products[carried.product].isSold(month) {
      let shelf = shelves[line]
      let product = products[carried.product]
      history.stockValue += shelf.unitCost * shelf.onHand
      inventory.rows.append(
        InventoryRows.Row(
          snapshot: snapshot, partner: index, product: carried.product, onHand: shelf.onHand,
          onOrder: shelf.nextOrder(partners[index], product), unitCost: shelf.unitCost,
          oldestReceipt: shelf.onHand > 0 ? shelf.oldestReceipt : nil, lastSale: shelf.lastSale,
          minimumOrder: product.pack * (product.listPrice < 300 ? 2 : 1), pack: product.pack))
    }
  }

  /// The last months that a partner reports late: 6 % have not sent the last one, some of them the last two.
  private func lateMonths(_ index: Int) -> Range<Int> {
    var stream = specification.stream("late report", index)
    let last = specification.months
    guard stream.bernoulli(0.06) else { return last..<last }
    return (last - (stream.bernoulli(0.3) ? 2 : 1))..<last
  }
}

/// True demand against what was sold, in fixed order of partners.
struct DemandTotals {
  /// Expected units, the sum of λ; [month].
  private(set) var expectedUnits: [Double]
  private(set) var expectedValue: [Double]
  /// Units that were asked for, sold or not; [month].
  private(set) var demandUnits: [Int]
  private(set) var soldUnits: [Int]
  /// Value of the expected demand at net prices; [region][month].
  private(set) var regionValue: [[Double]]

  init(months: Int, regions: Int) {
    expectedUnits = Array(repeating: 0, count: months)
    expectedValue = expectedUnits
    demandUnits = Array(repeating: 0, count: months)
    soldUnits = demandUnits
    regionValue = Array(repeating: expectedUnits, count: regions)
  }

  mutating func add(month: Int, region: Int, expected: Double, demand: Int, sold: Int, price: Double) {
    expectedUnits[month] += expected
    expectedValue[month] += expected * price
    demandUnits[month] += demand
    soldUnits[month] += sold
    regionValue[region][month] += expected * price
  }
}
