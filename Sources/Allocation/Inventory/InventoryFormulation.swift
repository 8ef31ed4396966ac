import ChannelTypes
import Optimization

extension InventoryProblem {
  /// Decides on every stock.
  ///
  /// 1. Levels from the distribution of demand.
  /// 2. Surplus above the upper line: moved to where it is short or promoted, whichever is worth more, product by
  ///    product and exactly.
  /// 3. What is still below its lower line is ordered, in packs and at least the minimum.
  ///
  /// Complexity: one sort of the draws per item, one transportation problem per product.
  public func solve() throws(InventoryFailure) -> InventorySolution {
    if let defect = policy.defect { throw .invalid(defect) }
    // 1.
    var solution = InventorySolution(
      lines: items.map { InventorySolution.Line(levels: StockLevels($0, policy)) }, transfers: [], objective: 0,
      bound: 0)
    // 2.
    var byProduct: [String: [Int]] = [:]
    for (index, item) in items.enumerated() { byProduct[item.product, default: []].append(index) }
    for (_, members) in byProduct.sorted(by: { $0.key < $1.key }) {
      do { try rebalance(members, &solution) } catch { throw .failed(error.description) }
    }
    // 3.
    for index in items.indices { decide(index, &solution) }
    return solution
  }

  private func rebalance(
    _ members: [Int], _ solution: inout InventorySolution
  ) throws(NetworkFlowError) {
    let lines = solution.lines
    let givers = members.filter { items[$0].onHand - lines[$0].levels.upper >= 1 }
    let receivers = members.filter { isShort(items[$0], lines[$0]) }
    guard !givers.isEmpty else { return }
    var problem = TransferProblem(
      surpluses: givers.map { surplus(items[$0], lines[$0].levels) },
      shortages: receivers.map { TransferProblem.Shortage(units: need(items[$0], lines[$0]), benefit: 0) }, arcs: [])
    var costs: [Money] = []
    for (to, receiver) in receivers.enumerated() {
      let benefit = benefit(of: problem.shortages[to].units, at: items[receiver])
      for (from, giver) in givers.enumerated() {
        guard let lane = lane(from: items[giver], to: items[receiver]) else { continue }
        // What comes no sooner than an order would saves no sale, only what it costs where it lies.
        let sooner = lane.days < items[receiver].leadTimeDays ? benefit : 0
        costs.append(lane.perUnit)
        problem.arcs.append(
          TransferProblem.Arc(
            from: from, to: to, cost: lane.perUnit.double - sooner,
            isNear: items[giver].region == items[receiver].region))
      }
    }
    let answer = try problem.solve()
    solution.objective += answer.objective
    solution.bound += answer.bound
    for (index, units) in answer.moved {
      let arc = problem.arcs[index]
      let (giver, receiver) = (givers[arc.from], receivers[arc.to])
      solution.transfers.append(
        InventorySolution.Transfer(
          product: items[giver].product, giver: giver, receiver: receiver, units: units, cost: costs[index] * units,
          expectedSaving: problem.gain(arc) * Double(units), giverPrice: answer.surplusPrices[arc.from],
          receiverPrice: answer.shortagePrices[arc.to]))
      solution.lines[giver].sent += units
      solution.lines[receiver].received += units
    }
    for (from, units) in answer.promoted.enumerated() where units > 0 {
      solution.lines[givers[from]].promoted = units
      solution.lines[givers[from]].expectedSaving = (problem.surpluses[from].promotion ?? 0) * Double(units)
    }
  }

  private func isShort(_ item: StockItem, _ line: InventorySolution.Line) -> Bool {
    item.meanPerDay > 0 && item.onHand + item.onOrder + Double(line.received) < line.levels.lower
  }

  private func need(_ item: StockItem, _ line: InventorySolution.Line) -> Int {
    Replenishment.units(upTo: line.levels.orderUpTo, onHand: item.onHand, onOrder: item.onOrder)
  }

  /// What it saves to be rid of stock above the upper line: the cost of holding it until it would have been sold, at
  /// most a year. Promoted, it goes at a discount, which all units sold meanwhile get: (1 + lift) / lift of them for
  /// each unit more.
  private func surplus(_ item: StockItem, _ levels: StockLevels) -> TransferProblem.Surplus {
    let holdingPerDay = (item.unitCost?.double ?? 0) * policy.holdingRate / 365
    let days = levels.coverDays.map { ($0 + levels.upper / item.meanPerDay) / 2 } ?? 365
    let saving = holdingPerDay * min(days, 365)
    var promotion: Double?
    if item.meanPerDay > 0, policy.lift > 0, let price = item.unitPrice {
      promotion = saving - policy.discount * price * (1 + policy.lift) / policy.lift
    }
    return TransferProblem.Surplus(
      units: Int(min(item.onHand - levels.upper, 1e15).rounded(.down)), saving: saving, promotion: promotion)
  }

  /// The margin that a unit sent now saves on average: sales that would be lost before an order could arrive.
  private func benefit(of units: Int, at item: StockItem) -> Double {
    guard units > 0, let margin = item.unitMargin else { return 0 }
    let stock = item.onHand + item.onOrder
    return margin * item.savedSales(from: stock, by: units, days: item.leadTimeDays) / Double(units)
  }

  private func decide(_ index: Int, _ solution: inout InventorySolution) {
    let item = items[index]
    var line = solution.lines[index]
    if isShort(item, line) {
      line.ordered = Replenishment.units(
        upTo: line.levels.orderUpTo, onHand: item.onHand + Double(line.received), onOrder: item.onOrder,
        minimumOrder: item.minimumOrder, pack: item.pack)
    }
    if line.ordered > 0 {
      (line.action, line.units) = (.replenish, line.ordered)
      let saved = item.savedSales(
        from: item.onHand + item.onOrder + Double(line.received), by: line.ordered,
        days: item.leadTimeDays + policy.reviewDays)
      line.expectedSaving = item.unitMargin.map { $0 * saved }
    } else if line.sent > 0, line.sent >= line.promoted {
      (line.action, line.units) = (.transfer, line.sent)
    } else if line.promoted > 0 {
      (line.action, line.units) = (.promote, line.promoted)
    } else if line.received > 0 {
      (line.action, line.units) = (.receive, line.received)
    }
    if line.sent > 0 {
      let mine = solution.transfers.filter { $0.giver == index }
      line.receivers = mine.sorted { ($1.units, $0.receiver) < ($0.units, $1.receiver) }
        .map { items[$0.receiver].partner }
      line.expectedSaving = mine.reduce(line.expectedSaving ?? 0) { $0 + $1.expectedSaving }
    }
    line.reason = reason(item, line)
    solution.lines[index] = line
  }

  private func reason(_ item: StockItem, _ line: InventorySolution.Line) -> String {
    func whole(_ value: Double) -> String { abs(value) < 1e15 ? String(Int(value.rounded())) : "very many" }
    let (lower, upper) = (whole(line.levels.lower), whole(line.levels.upper))
    switch line.action {
    case .replenish:
      let received = line.received > 0 ? " and \(line.received) received" : ""
      return "on hand and on order \(whole(item.onHand + item.onOrder))\(received), below the lower line \(lower)"
    case .receive: return "below the lower line \(lower); \(line.received) come from other partners"
    case .transfer:
      let rest = line.promoted > 0 ? "; promote \(line.promoted) more" : ""
      return "above the upper line \(upper); moving gains more than promoting or keeping\(rest)"
    case .promote:
      let rest = line.sent > 0 ? "; move \(line.sent) more" : ""
      return "above the upper line \(upper); promoting gains more than moving or keeping\(rest)"
    case .none:
      if item.onHand - line.levels.upper >= 1 {
        return "above the upper line \(upper), but neither moving nor promoting pays"
      }
      return line.levels.isSlow ? "slow-moving" : ""
    }
  }
}

extension StockItem {
  /// Sales that `units` more than `stock` are expected to save within `days`.
  func savedSales(from stock: Double, by units: Int, days: Double) -> Double {
    let demand = demand.over(days: days)
    return demand.expectedShortage(stock: stock) - demand.expectedShortage(stock: stock + Double(units))
  }
}
