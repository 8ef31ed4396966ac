public import ChannelTypes

/// How fast promises (prepayments, orders) become shipments: the share of what is still open at an age that is shipped
/// at that age.
///
/// With the money nₐ that was open at the start of age a (months after the promise), over promises old enough for the
/// age to be over, and the money dₐ of it that was shipped at that age:
///
///     hₐ = dₐ / nₐ      hazard
///     Sₐ = Π (1 − hᵢ), i ≤ a      part still open after age a
///     cₐ = Sₐ₋₁ · hₐ      part of a promise that is shipped at age a
///
/// This is the product-limit estimate of Kaplan and Meier (1958) with money as the unit of observation, so that young
/// promises count for as long as they were watched. A partner's own hazards are drawn towards the network's with the
/// weight of ten average promises: (dₐ + k·hₐ) / (nₐ + k).
public struct ConversionCurve: Sendable, Hashable {
  public struct Age: Sendable, Hashable {
    public var atRisk: Money
    public var converted: Money
    public var hazard: Double

    public init(atRisk: Money = .zero, converted: Money = .zero, hazard: Double = .nan) {
      self.atRisk = atRisk
      self.converted = converted
      self.hazard = hazard
    }
  }

  public var kind: PromiseBook.Kind
  /// From age 0; the last is the oldest at which anything was shipped.
  public var ages: [Age]
  /// Promises behind the curve.
  public var promises: Int
  /// Revenue shipped per unit of money converted: above 1 where shipments exceed their prepayment.
  public var revenueFactor: Double
  /// Money-weighted mean of the days from promise to shipment, of what was shipped; NaN where the table has no days.
  public var days: Double

  /// Promises whose weight draws a partner's curve towards the network's.
  public static let priorPromises = 10.0
  /// No age beyond is looked at.
  public static let oldestAge = 24

  /// The part of a promise that is shipped at each age.
  public var shares: [Double] {
    var open = 1.0
    return ages.map { age in
      let share = open * (age.hazard.isFinite ? age.hazard : 0)
      open -= share
      return share
    }
  }

  /// The part that is shipped by the end of each age; ascending, at most 1.
  public var cumulative: [Double] {
    var sum = 0.0
    return shares.map { share in
      sum = min(1, sum + share)
      return sum
    }
  }

  public func hazard(_ age: Int) -> Double {
    ages.indices.contains(age) && ages[age].hazard.isFinite ? ages[age].hazard : 0
  }

  /// What becomes of `balance`, open at the end of age `age`, in each of the next months.
  public func expected(_ balance: Double, age: Int, months: Int) -> [Double] {
    var open = balance
    return (1...max(1, months)).map { month in
      let shipped = open * hazard(age + month)
      open -= shipped
      return shipped
    }
  }
}

/// The curves of a network and of each partner.
public struct ConversionCurves: Sendable {
  public let network: [ConversionCurve]
  /// By partner of the book, one curve for each of `network`.
  public let partners: [[ConversionCurve]]

  /// Complexity: O(promises · ages).
  public init(_ book: PromiseBook) {
    var network: [ConversionCurve] = []
    var partners = [[ConversionCurve]](repeating: [], count: book.partners.count)
    for kind in PromiseBook.Kind.allCases {
      let counts = Counts(book, kind)
      guard counts.promises > 0 else { continue }
      let whole = counts.curve(kind)
      network.append(whole)
      for partner in partners.indices where counts.promisesByPartner[partner] > 0 {
        partners[partner].append(counts.curve(kind, partner: partner, towards: whole))
      }
    }
    (self.network, self.partners) = (network, partners)
  }

  public func curve(_ kind: PromiseBook.Kind, partner: Int) -> ConversionCurve? {
    partners[partner].first { $0.kind == kind } ?? network.first { $0.kind == kind }
  }

  /// Money at risk and converted by partner and age.
  private struct Counts {
    var ages = 0
    var promises = 0
    var money = Money.zero
    var promisesByPartner: [Int]
    /// Partner × age.
    var atRisk: [Money] = []
    var converted: [Money] = []
    var taken = Money.zero
    var shipped = Money.zero
    var dayMoney = 0.0
    var dayWeight = 0.0

    init(_ book: PromiseBook, _ kind: PromiseBook.Kind) {
      promisesByPartner = [Int](repeating: 0, count: book.partners.count)
      let conversions = book.conversions.filter { book.promises[$0.promise].kind == kind }
      let oldest = conversions.lazy.filter { $0.taken > .zero }.map(\.age).max() ?? 0
      ages = min(oldest, ConversionCurve.oldestAge) + 1
      atRisk = [Money](repeating: .zero, count: book.partners.count * ages)
      converted = atRisk
      var next = 0
      for (index, promise) in book.promises.enumerated() where promise.kind == kind {
        promises += 1
        promisesByPartner[promise.partner] += 1
        money += promise.amount
        var open = promise.amount
        for age in 0..<ages where promise.month + age <= book.lastMonth {
          let cell = promise.partner * ages + age
          atRisk[cell] += open
          while next < conversions.count, conversions[next].promise == index, conversions[next].age == age {
            let item = conversions[next]
            converted[cell] += item.taken
            open -= item.taken
            taken += item.taken
            shipped += item.shipped
            if item.days.isFinite {
              dayMoney += item.days * item.taken.double
              dayWeight += item.taken.double
            }
            next += 1
          }
        }
        while next < conversions.count, conversions[next].promise <= index { next += 1 }
      }
    }

    func curve(
      _ kind: PromiseBook.Kind, partner: Int? = nil, towards whole: ConversionCurve? = nil
    ) -> ConversionCurve {
      let prior = promises > 0 ? money.double / Double(promises) * ConversionCurve.priorPromises : 0
      let ages = (0..<ages).map { age -> ConversionCurve.Age in
        let cells = partner.map { [$0 * self.ages + age] } ?? promisesByPartner.indices.map { $0 * self.ages + age }
        let risk = cells.map { atRisk[$0] }.total()
        let done = cells.map { converted[$0] }.total()
        var hazard = risk > .zero ? done.double / risk.double : .nan
        if let whole { hazard = (done.double + prior * whole.hazard(age)) / (risk.double + prior) }
        return ConversionCurve.Age(atRisk: risk, converted: done, hazard: hazard)
      }
      return ConversionCurve(
        kind: kind, ages: ages, promises: partner.map { promisesByPartner[$0] } ?? promises,
        revenueFactor: taken > .zero ? shipped.double / taken.double : 1,
        days: dayWeight > 0 ? dayMoney / dayWeight : .nan)
    }
  }
}

/// What is open and what is expected of it.
public struct OpenPromises: Sendable {
  public var partner: Int
  public var kind: PromiseBook.Kind
  public var open: Money
  /// The part of it that is older than the plan allows.
  public var stuck: Money
  /// What is expected to be shipped of the balance in each planned month, and the revenue that goes with it.
  public var expected: [Double]
  public var revenue: [Double]

  /// By partner and kind, those with a balance only, in the order of the book's partners.
  ///
  /// Complexity: O(promises + partners · ages · months).
  public static func all(
    _ book: PromiseBook, _ curves: ConversionCurves, months: Int, stuckAfter: Int
  ) -> [OpenPromises] {
    // 1. Balances by partner, kind and age.
    struct Key: Hashable {
      var partner: Int
      var kind: PromiseBook.Kind
    }
    var balances: [Key: [Int: Money]] = [:]
    for (index, promise) in book.promises.enumerated() where book.open[index] > .zero {
      balances[Key(partner: promise.partner, kind: promise.kind), default: [:]][
        max(0, book.lastMonth - promise.month), default: .zero] += book.open[index]
    }
    // 2. Their future.
    var all: [OpenPromises] = []
    for partner in book.partners.indices {
      for kind in PromiseBook.Kind.allCases {
        guard let ages = balances[Key(partner: partner, kind: kind)], let curve = curves.curve(kind, partner: partner)
        else { continue }
        var item = OpenPromises(
          partner: partner, kind: kind, open: ages.values.total(),
          stuck: ages.filter { $0.key >= stuckAfter }.values.total(),
          expected: [Double](repeating: 0, count: months), revenue: [])
        for (age, balance) in ages.sorted(by: { $0.key < $1.key }) {
          for (month, value) in curve.expected(balance.double, age: age, months: months).prefix(months).enumerated() {
            item.expected[month] += value
          }
        }
        item.revenue = item.expected.map { $0 * curve.revenueFactor }
        all.append(item)
      }
    }
    return all
  }
}
