public import ChannelTypes
public import Optimization

/// Who could take over from partners that leave, and the takeover that retains most sales.
///
///     maximise   Σ rate_ij · x_ij
///     subject to Σⱼ x_ij ≤ lostᵢ        what a leaver sells in a year
///                Σᵢ x_ij ≤ capacityⱼ    room for all that is offered, whether or not its customers follow
///                x ≥ 0,  only within a region
///
/// A leaver's customers may go to several successors. It is a transportation problem in cents, solved exactly by
/// the network simplex method for each region; the dual gives the bound. Source: requirement C10.4.
public struct Succession: Sendable {
  public struct Leaver: Sendable, Hashable {
    public var id: String
    public var region: String
    public var city: String?
    /// Sales of a year.
    public var sales: Money

    public init(_ id: String, region: String, city: String?, sales: Money) {
      self.id = id
      self.region = region
      self.city = city
      self.sales = sales
    }
  }

  public struct Successor: Sendable, Hashable {
    public var id: String
    public var isCandidate: Bool
    public var region: String
    public var city: String?
    /// Sales of a year that it has room for.
    public var capacity: Money
    public var signingCost: Money

    public init(
      _ id: String, isCandidate: Bool, region: String, city: String?, capacity: Money, signingCost: Money = .zero
    ) {
      self.id = id
      self.isCandidate = isCandidate
      self.region = region
      self.city = city
      self.capacity = capacity
      self.signingCost = signingCost
    }
  }

  /// Which share of the sales offered follows to a successor.
  public struct Rates: Sendable, Hashable {
    public var partner = Percent(60)
    public var candidate = Percent(40)
    /// Of the rate, what is left where the successor works in another city.
    public var otherCity = Percent(70)

    public init() {}

    /// To a ten-thousandth of a percent.
    public func rate(_ leaver: Leaver, _ successor: Successor) -> Percent {
      rate(isCandidate: successor.isCandidate, isSameCity: successor.city != nil && successor.city == leaver.city)
    }

    func rate(isCandidate: Bool, isSameCity: Bool) -> Percent {
      let base = isCandidate ? candidate : partner
      if isSameCity { return base }
      return Percent(tenThousandths: base.tenThousandths * otherCity.tenThousandths / 1_000_000)
    }
  }

  public struct Takeover: Sendable, Hashable {
    public var leaver: Int
    public var successor: Int
    public var offered: Money
    /// Rate × offered, rounded to cents.
    public var retained: Money
  }

  public let leavers: [Leaver]
  public let successors: [Successor]
  public let rates: Rates
  /// By leaver, most retained first.
  public private(set) var takeovers: [Takeover] = []
  /// Sales of a year retained, as published; no assignment retains more than the bound.
  public private(set) var objective = 0.0
  public private(set) var bound = 0.0

  /// Complexity: one transportation problem a region, leavers × successors of it.
  public init(_ leavers: [Leaver], _ successors: [Successor], rates: Rates) throws(NetworkFlowError) {
    (self.leavers, self.successors, self.rates) = (leavers, successors, rates)
    let leaversOf = Dictionary(grouping: leavers.indices, by: { leavers[$0].region })
    let successorsOf = Dictionary(grouping: successors.indices, by: { successors[$0].region })
    for region in leaversOf.keys.sorted() {
      guard let givers = leaversOf[region], let receivers = successorsOf[region] else { continue }
      try solve(givers, receivers)
    }
    takeovers.sort {
      if $0.leaver != $1.leaver { return $0.leaver < $1.leaver }
      return $0.retained != $1.retained ? $0.retained > $1.retained : $0.successor < $1.successor
    }
    objective = takeovers.lazy.map(\.retained).total().double
    bound = max(bound, objective)
  }

  private mutating func solve(_ givers: [Int], _ receivers: [Int]) throws(NetworkFlowError) {
    func cents(_ amount: Money) -> Double { Double(max(0, amount.tenThousandths) / 100) }
    var costs: [Double] = []
    costs.reserveCapacity(givers.count * receivers.count)
    for giver in givers {
      for receiver in receivers {
        costs.append(-Double(rates.rate(leavers[giver], successors[receiver]).tenThousandths))
      }
    }
    let problem = Transportation(
      supplies: givers.map { cents(leavers[$0].sales) }, demands: receivers.map { cents(successors[$0].capacity) },
      costs: costs, missingCosts: receivers.map { _ in 0 })
    let solution = try problem.solve()
    for shipment in solution.shipments where shipment.units > 0 {
      let (leaver, successor) = (givers[shipment.giver], receivers[shipment.receiver])
      let offered = Money(tenThousandths: Int64(shipment.units) * 100)
      let retained = rates.rate(leavers[leaver], successors[successor]).of(offered) ?? .zero
      takeovers.append(Takeover(leaver: leaver, successor: successor, offered: offered, retained: retained))
    }
    // Cents × ten-thousandths of a percent; rounding to cents may add half a cent a takeover.
    bound += -solution.bound / 1_000_000 / 100 + 0.005 * Double(solution.shipments.count)
  }

  /// By leaver: what is retained of its sales.
  public var retained: [Money] {
    var sums = [Money](repeating: .zero, count: leavers.count)
    for takeover in takeovers { sums[takeover.leaver] += takeover.retained }
    return sums
  }

  /// By leaver: its part of the cost of signing candidates, in proportion to what they are offered; the parts of a
  /// candidate add up to its cost exactly, the last one taking the rest.
  public var signingCosts: [Money] {
    var costs = [Money](repeating: .zero, count: leavers.count)
    let parts = Dictionary(grouping: takeovers, by: \.successor)
    for (successor, parts) in parts where successors[successor].signingCost > .zero {
      let cost = successors[successor].signingCost
      let total = Int128(parts.lazy.map(\.offered).total().tenThousandths)
      var (seen, given) = (Int128(0), Money.zero)
      for part in parts where total > 0 {
        seen += Int128(part.offered.tenThousandths)
        let upTo = Money(tenThousandths: Int64(Int128(cost.tenThousandths / 100) * seen / total) * 100)
        let share = seen == total ? cost - given : upTo - given
        costs[part.leaver] += share
        given += share
      }
    }
    return costs
  }
}

/// What one leaver alone would leave to its region, in closed form: the best assignment of a single leaver fills the
/// successors from the highest rate down.
public struct TakeoverRoom: Sendable {
  private struct Key: Hashable {
    var region: String
    var city: String?
    var isCandidate: Bool
  }
  private var room: [Key: Money] = [:]
  private let rates: Succession.Rates

  public init(_ successors: [Succession.Successor], rates: Succession.Rates) {
    self.rates = rates
    for successor in successors {
      for city in [successor.city, nil] {
        room[Key(region: successor.region, city: city, isCandidate: successor.isCandidate), default: .zero] +=
          successor.capacity
        if successor.city == nil { break }
      }
    }
  }

  /// Sales of a year retained where `leaver` leaves alone; its own capacity, where it is among the successors, does
  /// not count.
  public func retained(_ leaver: Succession.Leaver, own capacity: Money = .zero) -> Money {
    var steps: [(rate: Percent, room: Money)] = []
    for isCandidate in [false, true] {
      let own = isCandidate ? Money.zero : capacity
      let all = (room[Key(region: leaver.region, city: nil, isCandidate: isCandidate)] ?? .zero) - own
      var near = Money.zero
      if let city = leaver.city {
        near = (room[Key(region: leaver.region, city: city, isCandidate: isCandidate)] ?? .zero) - own
      }
      steps.append((rates.rate(isCandidate: isCandidate, isSameCity: true), near))
      steps.append((rates.rate(isCandidate: isCandidate, isSameCity: false), all - near))
    }
    var left = leaver.sales
    var sum = ExactShare()
    for step in steps.sorted(by: { $0.rate > $1.rate }) where left > .zero && step.room > .zero {
      let part = min(left, step.room)
      sum.add(part, step.rate)
      left -= part
    }
    return sum.cents
  }
}
