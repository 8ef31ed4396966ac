import Probability
public import Tables

/// Safety stock in a network of stages that each promise a service time: where to hold it, and how much.
///
/// The guaranteed-service model: a stage whose supplies arrive SI after it orders, that works T, and that promises S to
/// its customers, covers demand over the net replenishment time τ = SI + T − S from its stock. Long promises push stock
/// down the network, short ones up.
///
/// Assumptions: stage times are known (state a high quantile where they vary); demand above the bound is met by other
/// means (overtime, expediting); one promise to all customers of a stage; base-stock policies with common review.
///
/// Sources: Graves & Willems, "Optimizing strategic safety stock placement in supply chains" (Manufacturing & Service
/// Operations Management 2, 2000); Humair & Willems, "Optimizing strategic safety stock placement in general acyclic
/// networks" (Operations Research 59, 2011).
public struct GuaranteedServiceProblem: Sendable {
  public struct Stage: Sendable {
    public var name: String
    /// Periods that the stage itself takes; zero or more.
    public var time: Double
    /// Of a unit on hand for a period.
    public var holdingCost: Double
    /// Standard deviation, in a period, of demand that the stage meets from outside the network.
    public var demandDeviation = 0.0
    /// Mean of that demand in a period; it only matters for base-stock and pipeline quantities.
    public var demandMean = 0.0
    /// Standard deviation of all demand on the stage; nil to pool it from the stages that it supplies.
    public var netDeviation: Double?
    /// Demand over τ periods is covered up to mean · τ + factor · deviation · √τ.
    public var safetyFactor = 1.645
    /// Instead of the factor: stock that covers 0, 1, 2, … periods beyond mean demand, linear between and, with the last
    /// step, beyond; from zero, never falling.
    public var boundTable: [Double]?
    /// Supplies from outside the network arrive after so many periods; zero or more.
    public var inboundTime = 0.0
    /// The longest service time that the stage may promise; nil for any.
    public var maximumServiceTime: Double?
    public var place: SourcePlace?

    public init(_ name: String, time: Double, holdingCost: Double) {
      self.name = name
      self.time = time
      self.holdingCost = holdingCost
    }
  }

  /// A stage supplies another.
  public struct Link: Sendable {
    public var from: Int
    public var to: Int
    /// Units of the supplier in a unit of the customer.
    public var units = 1.0
    public var place: SourcePlace?

    public init(from: Int, to: Int, units: Double = 1, at place: SourcePlace? = nil) {
      self.from = from
      self.to = to
      self.units = units
      self.place = place
    }
  }

  public var stages: [Stage]
  public var links: [Link]
  /// How variability adds up where demands meet: deviation^p = Σ (units · deviation)^p. 2 for independent demands,
  /// 1 for demands that move together; between 1 and 2.
  public var pooling = 2.0

  public init(stages: [Stage], links: [Link]) {
    self.stages = stages
    self.links = links
  }

  /// The factor with which demand stays below the bound in this share of periods, for normal demand.
  public static func safetyFactor(serviceLevel: Double) -> Double { Normal.standard.quantile(serviceLevel) }

  /// Holding costs from what every stage adds to a unit: rate · (its own + that of all units it is made of).
  ///
  /// - Parameter rate: the cost of holding a unit for a period, as a share of its value.
  public mutating func setHoldingCosts(added: [Double], rate: Double) {
    guard case .order(let order) = StageOrder(stages.count, links.map { ($0.from, $0.to) }) else { return }
    let suppliers = GuaranteedServiceFormulation.neighbours(stages.count, links.map { ($0.to, $0.from) })
    var value = added
    for stage in order {
      for (position, supplier) in suppliers.positioned(stage) {
        value[stage] += links[suppliers.link[position]].units * value[supplier]
      }
      stages[stage].holdingCost = rate * value[stage]
    }
  }

  /// Everything that is wrong with the problem.
  public var defects: [Diagnostic] {
    var found: [Diagnostic] = []
    func report(_ message: String, _ place: SourcePlace?, hint: String? = nil) {
      found.append(Diagnostic(MultiEchelonCodes.improperStage, message, at: place, hint: hint))
    }
    if stages.isEmpty { report("there are no stages", nil) }
    if !(pooling >= 1 && pooling <= 2) { report("pooling \(pooling) is not between 1 and 2", nil) }
    for stage in stages {
      func check(_ what: StaticString, _ amount: Double) {
        if amount >= 0 && amount < 1e15 { return }
        report("the \(what) of stage \(stage.name) is \(amount), where zero or more is expected", stage.place)
      }
      check("time", stage.time)
      check("holding cost", stage.holdingCost)
      check("demand deviation", stage.demandDeviation)
      check("deviation of net demand", stage.netDeviation ?? 0)
      check("safety factor", stage.safetyFactor)
      check("inbound time", stage.inboundTime)
      check("maximum service time", stage.maximumServiceTime ?? 0)
      if !stage.demandMean.isFinite { report("the mean demand of stage \(stage.name) is no number", stage.place) }
      if let table = stage.boundTable {
        let isRising = zip(table, table.dropFirst()).allSatisfy { $0 <= $1 && $1 < 1e300 }
        if table.count < 2 || table[0] != 0 || !isRising {
          report(
            "the demand bound of stage \(stage.name) does not start at zero and rise", stage.place,
            hint: "give the stock for 0, 1, 2, … periods, two values or more")
        }
      }
    }
    for link in links {
      if !stages.indices.contains(link.from) || !stages.indices.contains(link.to) {
        report("a link names a stage that is not there", link.place)
      } else if !(link.units > 0 && link.units < 1e9) {
        report(
          "the link from \(stages[link.from].name) to \(stages[link.to].name) has \(link.units) units", link.place)
      }
    }
    guard found.isEmpty else { return found }
    // Links of one supplier stand together; the last supplier seen at a stage tells a second link.
    let customers = GuaranteedServiceFormulation.neighbours(stages.count, links.map { ($0.from, $0.to) })
    var lastSupplier = [Int](repeating: -1, count: stages.count)
    for from in stages.indices {
      for (position, to) in customers.positioned(from) {
        if lastSupplier[to] == from {
          report(
            "the link from \(stages[from].name) to \(stages[to].name) is written twice",
            links[customers.link[position]].place)
        }
        lastSupplier[to] = from
      }
    }
    if case .cycle(let stage) = StageOrder(stages.count, links.map { ($0.from, $0.to) }) {
      found.append(
        Diagnostic(
          MultiEchelonCodes.cycle, "stage \(stages[stage].name) supplies itself, directly or through others",
          at: links.first { $0.from == stage }?.place ?? stages[stage].place,
          hint: "links lead from suppliers to customers only"))
    }
    return found
  }
}

/// Stages with every supplier before its customers, or a stage of a cycle.
enum StageOrder: Sendable {
  case order([Int])
  case cycle(Int)

  /// Kahn's algorithm, in the order of the stages where it has a choice.
  init(_ count: Int, _ links: [(from: Int, to: Int)]) {
    var start = [Int](repeating: 0, count: count + 1)
    var waiting = [Int](repeating: 0, count: count)
    for link in links {
      start[link.from + 1] += 1
      waiting[link.to] += 1
    }
    for stage in 0..<count { start[stage + 1] += start[stage] }
    var fill = start
    var customers = [Int](repeating: 0, count: links.count)
    for link in links {
      customers[fill[link.from]] = link.to
      fill[link.from] += 1
    }
    var order = (0..<count).filter { waiting[$0] == 0 }
    var next = 0
    while next < order.count {
      for position in start[order[next]]..<start[order[next] + 1] {
        waiting[customers[position]] -= 1
        if waiting[customers[position]] == 0 { order.append(customers[position]) }
      }
      next += 1
    }
    guard order.count < count else {
      self = .order(order)
      return
    }
    // Every stage that waits has a supplier that waits: going up long enough ends in a cycle.
    var supplier = [Int](repeating: -1, count: count)
    for link in links where waiting[link.from] > 0 && waiting[link.to] > 0 { supplier[link.to] = link.from }
    var stage = (0..<count).first { waiting[$0] > 0 } ?? 0
    for _ in 0..<count where supplier[stage] >= 0 { stage = supplier[stage] }
    self = .cycle(stage)
  }
}
