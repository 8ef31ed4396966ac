import ChannelTypes
import Glibc
import Probability

/// One partner's stock of one product, and how it orders.
///
/// The balance holds every month: closing stock = opening stock + sell-in − sell-out − returns.
struct Shelf {
  private(set) var onHand = 0
  private(set) var lastSale: CivilDate?
  private(set) var oldestReceipt: CivilDate?
  var promotionDays = 0
  var unitCost = Money.zero
  /// The partner's own running guess of a month's sales; nil before the first month.
  private var guess: Double?

  struct Movement {
    var sellIn: Int
    var sellOut: Int
    var returns: Int
    var stockoutDays: Int
  }

  /// One month: order, sell what is there, send some back. `opens` fills the shelf of a partner that was there before
  /// the history began.
  mutating func trade(
    demand: Int, expected: Double, opens: Bool, orders: Bool, partner: Partner, product: Product, calendarMonth: Int,
    isLast: Bool,
    supply: Double, day: CivilDate, days: Int, _ stream: inout RandomStream
  ) -> Movement {
    // 1. Order up to so many months of its own guess, in whole boxes; at quarter ends some are talked into more.
    let guess = guess ?? expected
    if opens { onHand = Int((guess * partner.cover * stream.uniform(0.3, 0.9)).rounded()) }
    var wanted = orders && !isLast ? max(0, guess * partner.cover - Double(onHand)) : 0
    if partner.isStuffed, calendarMonth % 3 == 2 { wanted += 0.9 * guess }
    let boxes = (wanted * supply / Double(product.pack)).rounded(.up)
    let sellIn = wanted >= 0.5 ? Int(boxes) * product.pack : 0
    let available = onHand + sellIn
    // 2. Sell what is there.
    let sellOut = min(demand, available)
    let missed = demand > 0 ? 1 - Double(available) / Double(demand) : 0
    let stockoutDays = missed > 0 ? max(1, Int((Double(days) * missed).rounded())) : 0
    // 3. Send back broken units, most of a phased-out product, and part of what was pushed in.
    let left = available - sellOut
    let backRate = isLast ? 0.6 : partner.isStuffed && calendarMonth % 3 == 0 ? 0.06 : 0.004
    let returns = Binomial(trials: left, probability: backRate).draw(&stream)
    onHand = left - returns

    if sellOut > 0 {
      lastSale = day.advanced(days: days - 1 - stream.index(below: min(days, 1 + days / (1 + sellOut))))
    }
    if sellIn > 0, onHand <= sellIn || oldestReceipt == nil {
      oldestReceipt = day.advanced(days: 2 + stream.index(below: 9))
    }
    self.guess = 0.7 * guess + 0.3 * Double(sellOut)
    return Movement(sellIn: sellIn, sellOut: sellOut, returns: returns, stockoutDays: stockoutDays)
  }

  /// What is on its way at the end of a month.
  func nextOrder(_ partner: Partner, _ product: Product) -> Int {
    guard let guess, partner.leadTimeDays > 8 else { return 0 }
    let wanted = guess * 0.8 - Double(onHand)
    return wanted > 0 ? Int((wanted / Double(product.pack)).rounded(.up)) * product.pack : 0
  }
}
