import ChannelTypes
import Optimization
import Tables

/// A budget as a separable allocation. With regions r, spend types s, lines (r, s) of spend x and expected margin f:
///
///     maximise   Σ f_rs(x_rs) + v · (B − Σ x_rs)                       [margin]
///     subject to x_rs between the line's own floor and cap             [money]
///                Σ over s of x_rs between the region's floor and cap, and within max_move_pct of now
///                Σ over r of x_rs between the spend type's floor and cap
///                Σ x_rs ≤ B = quarter − reserve
///
/// Regions are groups of the tree; spend types cross it. All limits are whole cents: floors are rounded up, caps down,
/// so that amounts in cents can meet them exactly.
struct BudgetFormulation {
  /// A limit of the plan as people see it.
  struct Source {
    /// `floors.region.shanghai`, `max_move_pct 30 (xian)`
    var name: String
    /// `floor plan.yaml:31`, `max_move_pct 30`
    var heldBy: String
    var place: SourcePlace?
    var amount: Money
  }

  let problem: BudgetProblem
  private(set) var allocation: SeparableAllocation
  /// Where each limit of the allocation comes from; limits that the plan does not state are missing.
  private(set) var sources: [SeparableAllocation.Limit: Source] = [:]
  let regions: [String]
  let spendTypes: [String]
  /// Item → region, as indices.
  let regionOf: [Int]
  /// Item → crossing set; nil where its spend type has no limit.
  private(set) var crossingOf: [Int?]

  /// - Parameter spendable: what may be placed; the problem's own where it is nil.
  init(_ problem: BudgetProblem, spendable: Money? = nil) {
    self.problem = problem
    regions = problem.regions
    spendTypes = problem.spendTypes
    let regionIndex = Dictionary(uniqueKeysWithValues: regions.enumerated().map { ($1, $0) })
    regionOf = problem.items.map { regionIndex[$0.region] ?? 0 }
    crossingOf = problem.items.map { _ in nil }
    let root = (spendable ?? problem.spendable).double
    allocation = SeparableAllocation(
      cap: root, floor: problem.mustSpendAll ? root : 0, valueOfUnspent: problem.valueOfUnspent)
    for (index, region) in regions.enumerated() {
      let now = problem.items.filter { $0.region == region }.map(\.now).total()
      let move = problem.moveLimit?.grain == .region ? now : nil
      let range = tightest(.region(region), movingFrom: move)
      let group = allocation.addGroup(floor: range.floor.double, cap: range.cap?.double ?? .infinity)
      assert(group == index + 1, "groups of regions follow the root")
      record(range, floor: .floor(group: group), cap: .cap(group: group))
    }
    for (index, item) in problem.items.enumerated() {
      let move = problem.moveLimit?.grain == .line ? item.now : nil
      let range = tightest(.cell(region: item.region, spendType: item.spendType), movingFrom: move)
      allocation.addItem(
        item.curve.function ?? .zero, in: regionOf[index] + 1, lower: range.floor.double,
        upper: range.cap?.double ?? .infinity)
      record(range, floor: .lower(item: index), cap: .upper(item: index))
    }
    for spendType in spendTypes {
      let range = tightest(.spendType(spendType), movingFrom: nil)
      guard range.floor > .zero || range.cap != nil else { continue }
      let members = problem.items.indices.filter { problem.items[$0].spendType == spendType }
      let set = allocation.addCrossing(members, floor: range.floor.double, cap: range.cap?.double ?? .infinity)
      for member in members { crossingOf[member] = set }
      record(range, floor: .crossingFloor(set), cap: .crossingCap(set))
    }
  }

  /// The highest floor and the lowest cap on one scope, with their sources.
  private struct Range {
    var floor = Money.zero
    var floorSource: Source?
    var cap: Money?
    var capSource: Source?
  }

  private func tightest(_ scope: BudgetProblem.Scope, movingFrom now: Money?) -> Range {
    var range = Range()
    func consider(_ side: BudgetProblem.Side, _ source: Source) {
      switch side {
      case .floor where range.floorSource == nil || source.amount > range.floor:
        (range.floor, range.floorSource) = (source.amount.wholeCents(.up), source)
      case .cap where range.cap.map({ source.amount < $0 }) ?? true:
        (range.cap, range.capSource) = (source.amount.wholeCents(.down), source)
      default: break
      }
    }
    for limit in problem.limits where limit.scope == scope {
      let heldBy = "\(limit.side.rawValue) " + (limit.place?.description ?? limit.key)
      consider(limit.side, Source(name: limit.key, heldBy: heldBy, place: limit.place, amount: limit.amount))
    }
    if let now, now > .zero, let move = problem.moveLimit {
      let name = "max_move_pct \(move.percent.written)"
      for side in [BudgetProblem.Side.floor, .cap] {
        let amount = move.limit(side, from: now)
        consider(side, Source(name: "\(name) (\(scope.name))", heldBy: name, place: move.place, amount: amount))
      }
    }
    return range
  }

  private mutating func record(_ range: Range, floor: SeparableAllocation.Limit, cap: SeparableAllocation.Limit) {
    if let source = range.floorSource { sources[floor] = source }
    if let source = range.capSource { sources[cap] = source }
  }
}

extension BudgetProblem.MoveLimit {
  /// How low or how high what is spent `now` may go, in whole cents inside the limit.
  func limit(_ side: BudgetProblem.Side, from now: Money) -> Money {
    let share = side == .floor ? max(0, 1 - percent / 100) : 1 + percent / 100
    let exact = now.double * share
    // The nearest hundredth of a cent first, so that 1.3 · 100 is 130 and not a cent less.
    let amount = Money(rounding: exact, decimals: 4) ?? .zero
    return amount.wholeCents(side == .floor ? .up : .down)
  }
}

extension ResponseCurve {
  /// The curve as the optimizer sees it; nil where it is not increasing and concave.
  var function: ConcaveFunction? {
    guard amplitude.isFinite, amplitude >= 0, scale.isFinite, scale > 0 else { return nil }
    if amplitude == 0 { return .zero }
    switch family {
    case .logarithm: return .logarithm(amplitude: amplitude, scale: scale)
    case .exponentialSaturation: return .exponentialSaturation(amplitude: amplitude, scale: scale)
    case .hill: return .hill(amplitude: amplitude, scale: scale)
    case .power: return shape > 0 && shape < 1 ? .power(amplitude: amplitude, scale: scale, shape: shape) : nil
    }
  }
}
