import Optimization

/// Orders of items with limits as a mixed-integer program:
///
///     minimise   Σ f_a y_a + p_a x_a                                     [money; p: price and holding to the end]
///     subject to Σ_a z_as = n_s,  Σ_s z_as ≤ x_a,  z_as ≤ n_s y_a        demand n_s is met by orders that arrived
///                min y_a ≤ x_a ≤ max y_a,  x_a = pack · whole            what an order may be
///                Σ_k use_k x_k + setup_k y_k ≤ capacity of the period    what all items share
///
/// y: whether an order arrives in period a; x: its units; z: the part of it that meets the demand of period s. Without
/// shared capacity and limits its relaxation has whole optima (Krarup & Bilde 1977), so that bounds are strong. Where
/// there are too many z, cumulated demand stands in for them.
///
/// Source: Pochet & Wolsey, *Production Planning by Mixed Integer Programming* (2006), ch. 7.
struct LotSizingFormulation {
  /// What a row of the program stands for.
  enum Tag: Hashable {
    case capacity(period: Int)
    case demand(item: Int, period: Int)
    case maximum(item: Int)
  }

  let problem: LotSizingProblem
  private(set) var program = LinearProgram(.minimise)
  private(set) var tags: [Tag] = []
  /// Variables by item and arrival; nil where nothing can arrive or is needed.
  private(set) var orders: [[Int?]] = []
  private(set) var units: [[Int?]] = []
  private(set) var packs: [[Int?]] = []
  private(set) var capacityRows: [Int?] = []

  private let nets: [NetDemand]

  /// - Parameters:
  ///   - isStrong: with the parts z.
  ///   - fixed: the arrivals that have an order, and those alone; nil where that is to be found.
  init(_ problem: LotSizingProblem, isStrong: Bool, fixed: [[Bool]]? = nil) {
    self.problem = problem
    nets = problem.items.map { NetDemand($0) }
    for (index, item) in problem.items.enumerated() {
      addOrders(index, item, fixed?[index])
      addDemand(index, item, isStrong: isStrong)
    }
    addCapacity()
  }

  private mutating func tag(_ tag: Tag) -> Int {
    tags.append(tag)
    return tags.count - 1
  }

  private mutating func addOrders(_ index: Int, _ item: LotSizingProblem.Item, _ fixed: [Bool]?) {
    let (count, net) = (problem.periods, nets[index])
    var holding = [Double](repeating: 0, count: count + 1)
    for period in (0..<count).reversed() { holding[period] = holding[period + 1] + item.holdingCost[period] }
    let total = net.cumulated.last ?? 0
    var (ordered, amounts, wholes) = ([Int?](), [Int?](), [Int?]())
    let limit = item.maximumOrder < .infinity ? tag(.maximum(item: index)) : nil
    for arrival in 0..<count {
      guard arrival >= item.leadTime, total > 0, fixed?[arrival] ?? true else {
        ordered.append(nil)
        amounts.append(nil)
        wholes.append(nil)
        continue
      }
      let period = arrival - item.leadTime
      // No order needs to be larger than all that is still to come.
      let rest = max(total - (arrival > 0 ? net.cumulated[arrival - 1] : 0), item.minimumOrder)
      let most = item.pack > 0 ? (rest / item.pack - 1e-9).rounded(.up) * item.pack : rest
      let y = program.addVariable(
        lower: fixed == nil ? 0 : 1, upper: 1, objective: item.fixedCost[period], isInteger: fixed == nil)
      let x = program.addVariable(objective: item.unitCost[period] + holding[arrival])
      // The first row may be given up in a conflict; the second is only what nobody would exceed.
      if let limit {
        program.addRow([(x, 1), (y, -item.maximumOrder)], upper: 0, label: "maximum_order.\(item.name)", tag: limit)
      }
      program.addRow([(x, 1), (y, -most)], upper: 0)
      if item.minimumOrder > 0 { program.addRow([(x, 1), (y, -item.minimumOrder)], lower: 0) }
      var whole: Int?
      if item.pack > 0, fixed == nil {
        let m = program.addVariable(isInteger: true)
        program.addRow([(x, 1), (m, -item.pack)], lower: 0, upper: 0)
        whole = m
      }
      ordered.append(y)
      amounts.append(x)
      wholes.append(whole)
    }
    orders.append(ordered)
    units.append(amounts)
    packs.append(wholes)
  }

  private mutating func addDemand(_ index: Int, _ item: LotSizingProblem.Item, isStrong: Bool) {
    let net = nets[index]
    guard isStrong else {
      for period in 0..<problem.periods where net.units(period) > 0 {
        let arrived = units[index][...period].compactMap { $0 }
        program.addSumRow(
          arrived, lower: net.cumulated[period], label: "demand.\(item.name).\(period + 1)",
          tag: tag(.demand(item: index, period: period)))
      }
      return
    }
    var parts = [[(variable: Int, coefficient: Double)]](repeating: [], count: problem.periods)
    for period in 0..<problem.periods where net.units(period) > 0 {
      var met: [Int] = []
      for arrival in 0...period {
        guard let y = orders[index][arrival] else { continue }
        let z = program.addVariable(upper: net.units(period))
        program.addRow([(z, 1), (y, -net.units(period))], upper: 0)
        parts[arrival].append((z, 1))
        met.append(z)
      }
      program.addSumRow(met, lower: net.units(period), upper: net.units(period))
    }
    for (arrival, terms) in parts.enumerated() {
      guard let x = units[index][arrival], !terms.isEmpty else { continue }
      program.addRow(terms + [(x, -1)], upper: 0)
    }
  }

  private mutating func addCapacity() {
    guard let capacity = problem.capacity else { return }
    for period in 0..<problem.periods {
      var terms: [(variable: Int, coefficient: Double)] = []
      for (index, item) in problem.items.enumerated() {
        let arrival = period + item.leadTime
        guard arrival < problem.periods, let y = orders[index][arrival], let x = units[index][arrival] else { continue }
        if item.capacityPerUnit > 0 { terms.append((x, item.capacityPerUnit)) }
        if item.capacityPerOrder > 0 { terms.append((y, item.capacityPerOrder)) }
      }
      guard !terms.isEmpty, capacity.amounts[period] < .infinity else {
        capacityRows.append(nil)
        continue
      }
      capacityRows.append(
        program.addRow(
          terms, upper: capacity.amounts[period], label: "capacity.\(period + 1)", tag: tag(.capacity(period: period))))
    }
  }
}
