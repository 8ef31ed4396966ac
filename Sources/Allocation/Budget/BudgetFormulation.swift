import ChannelTypes
import Optimization
import Tables

/// A budget in numbers. With lines i of amount x, curves f, weights w, and what lines give up per unit moved c:
///
///     maximise   Σ wᵢ fᵢ(sᵢ) − c Σ |xᵢ − nowᵢ| + V(reserve) + v · (B − Σ xᵢ − reserve)      [margin]
///     subject to xᵢ between the line's own floor and cap, or 0 where it is a minimum or nothing [money]
///                Σ over the lines of a limit's scope of xᵢ between its floor and cap
///                Σ over a scope ≥ (≤) share · Σ over the scope that the share is of
///                Σ xᵢ + reserve ≤ B
///                sᵢ = xᵢ + ρ · s of the same line a period earlier                             [effective spend]
///
/// Constant limits are whole steps: floors are rounded up, caps down, so that published amounts can meet them exactly.
/// Where only sums over nested scopes remain, the problem is a tree; scopes that overlap otherwise cross it.
struct BudgetFormulation {
  /// A limit of the plan as people see it.
  struct Source {
    /// `floors.region.shanghai`, `max_move_pct 30 (xian)`
    var name: String
    /// `floor plan.yaml:31`, `max_move_pct 30`
    var heldBy: String
    var place: SourcePlace?
    var amount: Double
  }

  /// The highest floor and the lowest cap on one scope, with their sources.
  struct Range {
    var floor = Money.zero
    var floorSource: Source?
    var cap: Money?
    var capSource: Source?
  }

  /// A limit on several lines together; shares have coefficients and floors or caps of 0.
  struct Row {
    var scope: BudgetProblem.Scope
    var members: [Int]
    /// One per member; nil where all are 1.
    var coefficients: [Double]?
    var floor: Double
    var cap: Double
    var floorSource: Source?
    var capSource: Source?
  }

  let problem: BudgetProblem
  /// What may be placed, the reserve item included.
  private(set) var spendable: Double
  /// Own limits of each line as stated.
  private(set) var ranges: [Range] = []
  /// The same in numbers, infinite where there is none.
  private(set) var lower: [Double] = []
  private(set) var upper: [Double] = []
  private(set) var rows: [Row] = []
  /// Item → the item of the same line a period earlier.
  private(set) var earlier: [Int?]

  var count: Int { problem.items.count }

  /// - Parameter spendable: what may be placed; the problem's own where it is nil.
  init(_ problem: BudgetProblem, spendable: Money? = nil) {
    self.problem = problem
    let root = spendable ?? problem.spendable
    self.spendable = root.double
    earlier = problem.earlierItems()
    var stated: [BudgetProblem.Scope: Range] = [:]
    var order: [BudgetProblem.Scope] = []
    func consider(_ scope: BudgetProblem.Scope, _ side: BudgetProblem.Side, _ amount: Money, _ source: Source) {
      if stated[scope] == nil { order.append(scope) }
      stated[scope, default: Range()].tighten(side, amount, source, step: problem.step)
    }
    for limit in problem.limits {
      guard let amount = limit.amount(of: root) else { continue }
      let heldBy = "\(limit.isLock ? "locked" : limit.side.rawValue) " + (limit.place?.description ?? limit.key)
      let source = Source(
        name: limit.key, heldBy: heldBy, place: limit.place, amount: limit.share?.percent ?? amount.double)
      consider(limit.scope, limit.side, amount, source)
    }
    if let move = problem.moveLimit {
      for (scope, now) in problem.moving(move.grain) where now > .zero {
        let name = "max_move_pct \(move.percent.written)"
        for side in [BudgetProblem.Side.floor, .cap] {
          let amount = move.limit(side, from: now)
          consider(
            scope, side, amount,
            Source(name: "\(name) (\(scope.name))", heldBy: name, place: move.place, amount: amount.double))
        }
      }
    }
    ranges = problem.items.map { problem.ownRange($0) }
    let index = BudgetLineIndex(problem.items)
    for scope in order {
      guard let range = stated[scope] else { continue }
      let members = index.members(of: scope)
      if members.count == 1 {
        ranges[members[0]].tighten(range)
      } else {
        rows.append(
          Row(
            scope: scope, members: members, floor: range.floor.double, cap: range.cap?.double ?? .infinity,
            floorSource: range.floorSource, capSource: range.capSource))
      }
    }
    for limit in problem.limits { addShare(limit) }
    lower = ranges.map(\.floor.double)
    upper = ranges.map { $0.cap?.double ?? .infinity }
  }

  /// The same with one limit moved.
  func moving(_ limit: BudgetLimitReference, by change: Double) -> BudgetFormulation {
    var moved = self
    switch limit {
    case .total: moved.spendable += change
    case .row(let row, .floor): moved.rows[row].floor += change
    case .row(let row, .cap): moved.rows[row].cap += change
    case .item(let item, .floor): moved.lower[item] += change
    case .item(let item, .cap): moved.upper[item] += change
    }
    return moved
  }

  /// Σ over the scope − share · Σ over the other ≥ 0, or ≤ 0.
  private mutating func addShare(_ limit: BudgetProblem.Limit) {
    guard let share = limit.share, share.of != .company else { return }
    let part = share.percent / 100
    var members: [Int] = []
    var coefficients: [Double] = []
    for (index, item) in problem.items.enumerated() {
      let coefficient = (limit.scope.contains(item) ? 1 : 0) - (share.of.contains(item) ? part : 0)
      guard coefficient != 0 else { continue }
      members.append(index)
      coefficients.append(coefficient)
    }
    let source = Source(
      name: limit.key, heldBy: limit.key, place: limit.place, amount: share.percent)
    let isFloor = limit.side == .floor
    rows.append(
      Row(
        scope: limit.scope, members: members, coefficients: coefficients, floor: isFloor ? 0 : -.infinity,
        cap: isFloor ? .infinity : 0, floorSource: isFloor ? source : nil, capSource: isFloor ? nil : source))
  }
}

/// One limit of a formulation.
enum BudgetLimitReference: Hashable {
  case total
  case row(Int, BudgetProblem.Side)
  case item(Int, BudgetProblem.Side)
}

extension BudgetFormulation.Range {
  mutating func tighten(
    _ side: BudgetProblem.Side, _ amount: Money, _ source: BudgetFormulation.Source, step: Money
  ) {
    switch side {
    case .floor where floorSource == nil || amount.multiple(of: step, .up) > floor:
      (floor, floorSource) = (amount.multiple(of: step, .up), source)
    case .cap where cap.map({ amount.multiple(of: step, .down) < $0 }) ?? true:
      (cap, capSource) = (amount.multiple(of: step, .down), source)
    default: break
    }
  }

  mutating func tighten(_ other: Self) {
    if let source = other.floorSource, floorSource == nil || other.floor > floor {
      (floor, floorSource) = (other.floor, source)
    }
    if let amount = other.cap, cap.map({ amount < $0 }) ?? true { (cap, capSource) = (amount, other.capSource) }
  }
}

extension BudgetProblem {
  /// Item → the item of the same line in the period before; without carry-over nobody asks.
  fileprivate func earlierItems() -> [Int?] {
    guard carryOver > 0 else { return items.map { _ in nil } }
    let periods = items.compactMap(\.period).uniqued()
    let order = Dictionary(uniqueKeysWithValues: periods.enumerated().map { ($1, $0) })
    struct Stream: Hashable { var region: String, partner: String?, spendType: String, label: String? }
    var last: [Stream: Int] = [:]
    var result = [Int?](repeating: nil, count: items.count)
    let sorted = items.indices.sorted {
      (order[items[$0].period ?? ""] ?? 0, $0) < (order[items[$1].period ?? ""] ?? 0, $1)
    }
    for index in sorted {
      guard items[index].period != nil else { continue }
      let item = items[index]
      // Lines without a region or spend type are the same where their label is, less the period's name.
      let isNamed = !item.region.isEmpty || !item.spendType.isEmpty || item.partner != nil
      let stream = Stream(
        region: item.region, partner: item.partner, spendType: item.spendType,
        label: isNamed ? nil : item.label?.replacing(item.period ?? "", with: ""))
      result[index] = last[stream]
      last[stream] = index
    }
    return result
  }

  /// What moves together, with what it gets now.
  fileprivate func moving(_ grain: MoveLimit.Grain) -> [(scope: Scope, now: Money)] {
    switch grain {
    case .line: return items.map { (.line($0.name), $0.now) }
    case .region:
      var now: [String: Money] = [:]
      for item in items { now[item.region, default: .zero] += item.now }
      return regions.map { (.region($0), now[$0] ?? .zero) }
    }
  }

  /// What a line says of itself: locked, or not below what is committed.
  fileprivate func ownRange(_ item: Item) -> BudgetFormulation.Range {
    var range = BudgetFormulation.Range()
    guard item.isLocked || isIncremental else { return range }
    let name = (item.isLocked ? "locked " : "committed ") + item.name
    let source = BudgetFormulation.Source(
      name: name, heldBy: item.isLocked ? "locked" : "committed", place: item.place, amount: item.now.double)
    let now = item.now.multiple(of: step, item.isLocked ? .down : .up)
    (range.floor, range.floorSource) = (now, source)
    if item.isLocked { (range.cap, range.capSource) = (now, source) }
    return range
  }
}

extension BudgetFormulation {
  /// What a line returns for its amount: its curve of the units bought, less the charge for moving.
  func function(of index: Int, times weight: Double) -> ReturnFunction {
    let item = problem.items[index]
    var function = item.curve.function(times: weight)
    if !item.tiers.isEmpty {
      function = function.throughTiers(
        item.amountTiers.map { Composition.Tier(from: $0.start, unitsPerAmount: $0.rate) })
    }
    if problem.stabilityPenalty > 0 {
      function = function.withMovePenalty(around: item.now.double, absolute: problem.stabilityPenalty)
    }
    return function
  }
}

extension BudgetProblem.Item {
  /// Tiers by amount: where the next price begins, the units bought by then, and those that a unit of money buys.
  var amountTiers: [CurvedFunction.Tier] {
    guard !tiers.isEmpty else { return [.init(start: 0, units: 0, rate: 1)] }
    var start = 0.0
    return tiers.enumerated().map { index, tier in
      if index > 0 { start += (tier.from - tiers[index - 1].from) * tiers[index - 1].price }
      return .init(start: start, units: tier.from, rate: 1 / tier.price)
    }
  }
}

extension BudgetProblem.MoveLimit {
  /// How low or how high what is spent `now` may go, to the hundredth of a cent.
  func limit(_ side: BudgetProblem.Side, from now: Money) -> Money {
    let share = side == .floor ? max(0, 1 - percent / 100) : 1 + percent / 100
    // The nearest hundredth of a cent first, so that 1.3 · 100 is 130 and not a cent less.
    let amount = Money(rounding: now.double * share, decimals: 4) ?? .zero
    return amount.multiple(of: Money(tenThousandths: 100), side == .floor ? .up : .down)
  }
}

extension ResponseCurve {
  /// Whether it is increasing, from 0.
  var isProper: Bool {
    guard amplitude.isFinite, amplitude >= 0, scale.isFinite, scale > 0 else { return false }
    switch family {
    case .logarithm, .exponentialSaturation: return true
    case .hill: return shape > 0 && shape.isFinite
    case .power: return shape > 0 && shape < 1
    }
  }

  /// The curve as the separable solver sees it, times a weight.
  func function(times weight: Double) -> ReturnFunction {
    let height = amplitude * weight
    if height == 0 { return .zero }
    switch family {
    case .logarithm: return .logarithm(amplitude: height, scale: scale)
    case .exponentialSaturation: return .exponentialSaturation(amplitude: height, scale: scale)
    case .hill: return .hill(amplitude: height, scale: scale, shape: shape)
    case .power: return .power(amplitude: height, scale: scale, shape: shape)
    }
  }

  /// The curve as the search over curved terms sees it.
  func curved(times weight: Double) -> CurvedFunction {
    let family: CurvedFunction.Family =
      switch family {
      case .logarithm: .logarithm
      case .exponentialSaturation: .exponentialSaturation
      case .hill: .hill
      case .power: .power
      }
    return CurvedFunction(family, amplitude: amplitude * weight, scale: scale, shape: shape)
  }
}
