import Optimization
import Tables

/// What the limits of targets are worth, and which of them contradict one another.
extension TargetFormulation {
  /// The most margins whose prices are taken by solving again on either side.
  private static let pricedLimits = 40

  /// The prices of limits that hold, the largest first: the change of the distance per unit of money.
  ///
  /// On either side of a limit the projection is solved again with the limit moved by a thousandth; a side on which
  /// nothing is feasible has no finite price and takes the other side's. The range is where the price changes by less
  /// than a tenth, from its slope over that step.
  func prices(_ solution: MarginProjectionSolution) -> [LimitPrice] {
    struct Priced {
      var family: Int
      var margin: Int
      var price: Double
    }
    var priced: [Priced] = []
    for (family, prices) in solution.prices.enumerated() {
      for (margin, price) in prices.enumerated() where abs(price) > 1e-9 {
        let source = price > 0 ? sources[family][margin].lower : sources[family][margin].upper
        if let source, source.limit.name.hasPrefix("held.") { continue }
        priced.append(Priced(family: family, margin: margin, price: price))
      }
    }
    priced.sort {
      abs($0.price) != abs($1.price) ? abs($0.price) > abs($1.price) : ($0.family, $0.margin) < ($1.family, $1.margin)
    }
    let isSmall = projection.reference.count <= 20_000
    return priced.prefix(Self.pricedLimits).compactMap { item in
      let ends = sources[item.family][item.margin]
      guard let source = item.price > 0 ? ends.lower ?? ends.upper : ends.upper ?? ends.lower else { return nil }
      let value = source.value * unit
      var result = LimitPrice(
        limit: source.limit.name, value: value, left: item.price, right: item.price, from: value, to: value)
      guard isSmall else { return result }
      let step = max(1e-3 * abs(source.value), 1e-6)
      let isPin = ends.lower?.value == ends.upper?.value
      func moved(_ by: Double) -> MarginProjectionSolution? {
        var moved = projection
        if item.price > 0 || isPin { moved.families[item.family].lower[item.margin] += by }
        if item.price < 0 || isPin { moved.families[item.family].upper[item.margin] += by }
        guard moved.defect == nil else { return nil }
        let answer = moved.solve(startingAt: solution.prices)
        return answer.status == .optimal ? answer : nil
      }
      let (below, above) = (moved(-step), moved(step))
      let objective = solution.objective
      let left = below.map { (objective - $0.objective) / step }
      let right = above.map { ($0.objective - objective) / step }
      result.left = left ?? right ?? item.price
      result.right = right ?? left ?? item.price
      // Over a step the mean slope is half of what the price has moved.
      func reach(_ slope: Double?) -> Double {
        guard let slope else { return 0 }
        let change = 2 * abs(slope - item.price)
        return change > 0 ? min(0.1 * abs(item.price) / change * step * unit, abs(value)) : abs(value)
      }
      result.from = value - reach(left)
      result.to = value + reach(right)
      return result
    }
  }

  // MARK: Conflicts

  /// A cell whose own floor is above its own cap.
  func collidingBounds() -> AllocationConflict? {
    for cell in cellSources.keys.sorted() {
      guard let ends = cellSources[cell], let low = ends.lower, let high = ends.upper, low.value > high.value else {
        continue
      }
      return colliding(low, high)
    }
    for (family, ends) in sources.enumerated() {
      for margin in ends.indices {
        guard let low = ends[margin].lower, let high = ends[margin].upper, low.value > high.value else { continue }
        _ = family
        return colliding(low, high)
      }
    }
    return nil
  }

  private func colliding(_ low: Source, _ high: Source) -> AllocationConflict {
    conflict(
      [low, high],
      repairs: [
        .init(changes: [.init(limit: low.limit.name, from: low.value * unit, to: high.value * unit)]),
        .init(changes: [.init(limit: high.limit.name, from: high.value * unit, to: low.value * unit)]),
      ])
  }

  /// Limits that contradict one another, and the cheapest ways out; nil where all can be met.
  func conflict(_ solver: some Solver) throws(SolverError) -> AllocationConflict? {
    if let conflict = collidingBounds() { return conflict }
    let full = withCellLimitsAsMargins()
    let program = full.projection.feasibilityProgram()
    let weights = Dictionary(uniqueKeysWithValues: program.limits.indices.map { ($0, 1.0) })
    guard let explanation = try ConflictExplanation(of: program.program, weights: weights, solver: solver) else {
      return nil
    }
    func source(_ tag: Int, raising: Bool) -> Source? {
      let limit = program.limits[tag]
      let ends = full.sources[limit.index.family][limit.index.margin]
      switch limit.end {
      case .lower: return ends.lower
      case .upper: return ends.upper
      // A pin has one author; an equality of a floor and a cap has two.
      case .equal: return raising ? ends.upper : ends.lower
      }
    }
    var members: [Source] = []
    for tag in explanation.conflict {
      for raising in [false, true] {
        if let source = source(tag, raising: raising), !members.contains(where: { $0.limit.name == source.limit.name })
        {
          members.append(source)
        }
      }
    }
    let repairs = explanation.repairs.map { repair in
      AllocationConflict.Repair(
        changes: repair.changes.compactMap { change in
          guard let tag = program.program.rows[change.row].tag,
            let source = source(tag, raising: change.amount > 0)
          else { return nil }
          // To whole units, outward, so that the repair works as it is written.
          let amount = problem.isRatio ? change.amount : outward(change.amount)
          return .init(limit: source.limit.name, from: source.value * unit, to: (source.value + amount) * unit)
        })
    }
    return conflict(members, repairs: repairs)
  }

  private func outward(_ amount: Double) -> Double {
    let nearest = amount.rounded()
    if abs(amount - nearest) < 1e-6 { return nearest }
    return amount.rounded(.awayFromZero)
  }

  private func conflict(_ members: [Source], repairs: [AllocationConflict.Repair]) -> AllocationConflict {
    var notes = members.map { source -> String in
      let limit = source.limit
      let place = limit.place.map { "\($0): " } ?? ""
      let range =
        limit.floor == limit.cap
        ? "exactly \(written(source.value))"
        : limit.cap == nil || source.value * unit == limit.floor
          ? "at least \(written(source.value))" : "at most \(written(source.value))"
      return "\(place)`\(limit.name)` \(range)"
    }
    if let first = repairs.first {
      notes.append(
        "cheapest repair: "
          + first.changes.map { "`\($0.limit)` from \(Self.text($0.from)) to \(Self.text($0.to))" }.joined(
            separator: ", "))
    }
    return AllocationConflict(
      diagnostic: Diagnostic(
        AllocationCodes.limitsCollide, .error, "no targets satisfy \(members.count) of the limits together",
        at: members.lazy.compactMap(\.limit.place).first, hint: "drop or relax one of them", notes: notes),
      limits: members.map(\.limit.name), repairs: repairs)
  }

  private func written(_ value: Double) -> String { Self.text(value * unit) }

  private static func text(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }

  /// The same problem with limits on single cells as margins, so that they can be named and relaxed.
  private func withCellLimitsAsMargins() -> (
    projection: MarginProjection, sources: [[(lower: Source?, upper: Source?)]]
  ) {
    var full = projection
    var allSources = sources
    guard !cellSources.isEmpty else { return (full, allSources) }
    var labels = [Int32](repeating: -1, count: full.reference.count)
    var ends: [(lower: Source?, upper: Source?)] = []
    for cell in cellSources.keys.sorted() {
      labels[cell] = Int32(ends.count)
      ends.append(cellSources[cell] ?? (nil, nil))
      full.lower[cell] = 0
      full.upper[cell] = .infinity
    }
    full.families.append(
      .init(
        marginOfCell: labels, lower: ends.map { $0.lower?.value ?? -.infinity },
        upper: ends.map { $0.upper?.value ?? .infinity }))
    allSources.append(ends)
    return (full, allSources)
  }
}
