public import ChannelTypes
public import Optimization
public import Tables

/// Limits of a budget that contradict one another, in the plan's own terms, and ways out.
public struct BudgetConflict: Sendable {
  /// One link of the chain “because … and …”.
  public struct Clause: Sendable {
    public var place: SourcePlace?
    public var text: String
  }

  public enum Change: Sendable {
    /// A new amount for the limit at this index of `BudgetProblem.limits`.
    case limit(Int, Money)
    case total(Money)
    case reservePercent(Double)
    case reserveFloor(Money)
    case maximumMovePercent(Double)
    /// A new percentage for the share at this index of `BudgetProblem.limits`.
    case share(Int, Double)
    /// The line at this index is neither locked nor committed any more.
    case release(Int)
  }

  /// A change of the plan after which all limits can be met.
  public struct Repair: Sendable {
    public var text: String
    public var changes: [Change]
    /// By how much the limits give way together.
    public var amount: Money
    /// Expected margin, less the money spent for it, that is lost against the best plan without the floors, caps and
    /// moves in conflict.
    public var lostMargin: Double
  }

  public var clauses: [Clause]
  /// The limits of the conflict, as the plan writes them; dropping any one resolves it.
  public var limits: [String]
  /// What is missing between the clauses.
  public var shortfall: Money
  /// What is missing when all limits of the plan are counted; at least `shortfall`.
  public var wholeShortfall: Money
  /// The smallest loss of margin first.
  public var repairs: [Repair]

  public var diagnostic: Diagnostic {
    let width = clauses.map { $0.place?.description.count ?? 0 }.max() ?? 0
    var notes = clauses.enumerated().map { index, clause in
      let place = clause.place?.description ?? ""
      let padding = String(repeating: " ", count: width - place.count + (width > 0 ? 2 : 0))
      return (index == 0 ? "because " : "and ") + place + padding + clause.text
    }
    let whole = wholeShortfall > shortfall ? "; with the plan's other limits it is \(wholeShortfall.grouped)" : ""
    notes.append("so the shortfall is \(shortfall.grouped)\(whole)")
    if !repairs.isEmpty { notes.append("cheapest repairs (loss of expected margin):") }
    for (index, repair) in repairs.prefix(6).enumerated() {
      let loss = Money(rounding: max(0, repair.lostMargin), decimals: 0) ?? .zero
      let money = repair.needsMoney ? ", and the money to find" : ""
      notes.append("\(index + 1). \(repair.text)  (\(loss == .zero ? "none" : "-" + loss.grouped)\(money))")
    }
    return Diagnostic(
      AllocationCodes.conflict, .error, "the budget cannot satisfy the plan", at: clauses.first?.place,
      hint: repairs.first.map { "the cheapest repair: " + $0.text }, notes: notes)
  }
}

extension BudgetConflict.Repair {
  /// Whether it asks for a larger budget.
  var needsMoney: Bool { changes.contains { if case .total = $0 { true } else { false } } }

  /// The plan key that it changes alone, where only one value of that key makes sense.
  fileprivate var sharedKey: String? {
    guard changes.count == 1, case .maximumMovePercent = changes[0] else { return nil }
    return "max_move_pct"
  }
}

extension BudgetProblem {
  /// The limit's value for people.
  fileprivate func written(_ limit: Limit) -> String {
    limit.share.map {
      "\($0.percent.written) %" + ($0.of == .company ? " (\(amount(of: limit).grouped))" : " of \($0.of.name)")
    }
      ?? limit.amount.grouped
  }

  public func applying(_ repair: BudgetConflict.Repair) -> BudgetProblem {
    var repaired = self
    for change in repair.changes {
      switch change {
      case .limit(let index, let amount): repaired.limits[index].amount = amount
      case .share(let index, let percent): repaired.limits[index].share?.percent = percent
      case .reserveFloor(let amount): repaired.reserveItem?.floor = amount
      case .release(let index):
        repaired.items[index].isLocked = false
        // What is committed is a floor that an incremental plan cannot drop line by line.
        if repaired.isIncremental { repaired.items[index].now = .zero }
      case .total(let amount): repaired.total = amount
      case .reservePercent(let percent): repaired.reservePercent = percent
      case .maximumMovePercent(let percent): repaired.moveLimit?.percent = percent
      }
    }
    return repaired
  }

  /// Why the limits cannot be met; nil where they can.
  public func conflict(_ solver: some Solver = HiGHSSolver()) throws(BudgetFailure) -> BudgetConflict? {
    let system = BudgetLimits(self)
    let explanation: ConflictExplanation?
    do {
      explanation = try ConflictExplanation(
        of: system.program, weights: Dictionary(uniqueKeysWithValues: system.tags.indices.map { ($0, 1) }),
        solver: solver)
    } catch { throw .failed(error.description) }
    guard let explanation else { return nil }
    let members = explanation.conflict.map { system.tags[$0] }
    var relaxed = self
    let dropped = Set(members.compactMap { if case .limit(let index) = $0 { index } else { nil } })
    relaxed.limits = limits.indices.filter { !dropped.contains($0) }.map { limits[$0] }
    if members.contains(where: { if case .move = $0 { true } else { false } }) { relaxed.moveLimit = nil }
    let reference = relaxed.bestNetMargin()
    var repairs: [BudgetConflict.Repair] = []
    for repair in explanation.repairs {
      guard var candidate = system.repair(repair), let margin = applying(candidate).bestNetMargin() else { continue }
      candidate.lostMargin = max(0, (reference ?? margin) - margin)
      repairs.append(candidate)
    }
    // What needs more money comes last, whatever it would earn: it is no repair of the plan as it stands.
    repairs.sort {
      ($0.needsMoney ? 1 : 0, $0.lostMargin, $0.amount) < ($1.needsMoney ? 1 : 0, $1.lostMargin, $1.amount)
    }
    // A key that several repairs change is changed once, by the cheapest.
    var settled: Set<String> = []
    repairs = repairs.filter { repair in repair.sharedKey.map { settled.insert($0).inserted } ?? true }
    // The clause of the budget always tells the reserve, so its share counts as missing too.
    let told = Set(explanation.conflict).union(
      system.tags.indices.filter { if case .reserve = system.tags[$0] { true } else { false } })
    let missing: (told: Double, whole: Double)
    do {
      missing.told = try ConflictExplanation.shortfall(of: system.program, among: told, solver: solver)
      missing.whole = try ConflictExplanation.shortfall(
        of: system.program, among: Set(system.tags.indices), solver: solver)
    } catch { throw .failed(error.description) }
    return BudgetConflict(
      clauses: clauses(members), limits: members.map { system.name($0) },
      shortfall: Money(rounding: missing.told) ?? .zero,
      wholeShortfall: Money(rounding: missing.whole) ?? .zero, repairs: repairs)
  }

  /// Σ margin − Σ spend of the best division; nil where there is none.
  private func bestNetMargin() -> Double? {
    guard BudgetLimits(self).isFeasible else { return nil }
    var quick = self
    quick.searchNodes = 60
    guard let best = try? BudgetFormulation(quick).optimum(HiGHSSolver()) else { return nil }
    return best.objective - spendable.double * valueOfUnspent
      + (valueOfUnspent - 1) * best.amounts.reduce(0, +)
  }

  /// The chain “because … and …”: limits of one kind together.
  private func clauses(_ members: [BudgetLimits.Tag]) -> [BudgetConflict.Clause] {
    var clauses: [BudgetConflict.Clause] = []
    let stated = members.compactMap { if case .limit(let index) = $0 { limits[index] } else { nil } }
    for family in stated.map(\.family).uniqued() {
      let same = stated.filter { $0.family == family }
      let text =
        same.count == 1
        ? "\(keyPrefix)\(same[0].key) = \(written(same[0]))"
        : "\(keyPrefix)\(family) sums to \(same.map { amount(of: $0) }.total().grouped)"
          + (same.count < 5 ? " (\(same.map(\.scope.name).joined(separator: ", ")))" : "")
      clauses.append(BudgetConflict.Clause(place: same[0].place, text: text))
    }
    for side in [Side.floor, .cap] {
      let moves = members.compactMap { if case .move(side, let name, let now) = $0 { (name, now) } else { nil } }
      guard let move = moveLimit, !moves.isEmpty else { continue }
      let amount = moves.map { move.limit(side, from: $0.1) }.total()
      clauses.append(
        BudgetConflict.Clause(
          place: move.place,
          text: "\(keyPrefix)max_move_pct = \(move.percent.written) keeps \(moves.map(\.0).joined(separator: ", ")) at "
            + "\(amount.grouped) or \(side == .floor ? "more" : "less")"))
    }
    let held = members.compactMap { if case .own(let index) = $0 { index } else { nil } }
    if !held.isEmpty {
      let names = held.prefix(4).map { items[$0].name }.joined(separator: ", ") + (held.count > 4 ? ", …" : "")
      clauses.append(
        BudgetConflict.Clause(
          place: items[held[0]].place,
          text: "\(names) \(held.count == 1 ? "keeps" : "keep") \(held.map { items[$0].now }.total().grouped)"))
    }
    if members.contains(where: { if case .reserveItem = $0 { true } else { false } }), let reserveItem {
      clauses.append(
        BudgetConflict.Clause(place: reserveItem.place, text: "the reserve keeps \(reserveItem.floor.grouped)"))
    }
    if members.contains(where: { if case .total = $0 { true } else { false } }) {
      let withReserve = reserve > .zero
      clauses.append(
        BudgetConflict.Clause(
          place: totalPlace,
          text: "\(keyPrefix)\(totalKey) = \(total.grouped)"
            + (withReserve ? " with reserve \(reservePercent.written) % leaves \(spendable.grouped)" : "")))
    }
    return clauses
  }
}

/// The limits of a budget as a linear program with one tag per limit, for the explanation of conflicts.
struct BudgetLimits {
  enum Tag {
    case total, reserve, reserveItem
    case limit(Int)
    /// The line at this index is locked, or not below what is committed.
    case own(Int)
    /// The side on which a region or line may not move further, its name, and what it gets now.
    case move(BudgetProblem.Side, String, now: Money)
  }

  private(set) var program = LinearProgram(.minimise)
  private(set) var tags: [Tag] = []
  private let problem: BudgetProblem

  /// - Parameter spendable: what may be placed instead of what the plan leaves.
  init(_ problem: BudgetProblem, spendable other: Money? = nil) {
    self.problem = problem
    let spendable = other ?? problem.spendable
    let reserved = other == nil ? problem.reserve : .zero
    let lines = problem.items.indices.map { _ in program.addVariable() }
    let reserve = program.addVariable()
    let whole = (other ?? problem.total).multiple(of: problem.step, .down).double
    add(lines + [reserve], lower: problem.mustSpendAll ? whole : -.infinity, upper: whole, .total)
    if let item = problem.reserveItem {
      if item.floor > .zero { add([reserve], lower: item.floor.multiple(of: problem.step, .up).double, .reserveItem) }
      program.variables[reserve].upper = item.cap?.double ?? .infinity
    } else if reserved > .zero {
      add([reserve], lower: reserved.double, .reserve)
      if problem.mustSpendAll { program.variables[reserve].upper = reserved.double }
    } else {
      program.variables[reserve].upper = 0
    }
    let lineIndex = BudgetLineIndex(problem.items)
    for (index, limit) in problem.limits.enumerated() {
      let members = lineIndex.members(of: limit.scope)
      guard let amount = limit.amount(of: spendable) else {
        addShare(index)
        continue
      }
      switch limit.side {
      case .floor: add(members, lower: amount.multiple(of: problem.step, .up).double, .limit(index))
      case .cap: add(members, upper: amount.multiple(of: problem.step, .down).double, .limit(index))
      }
    }
    for (index, item) in problem.items.enumerated() where item.isLocked || problem.isIncremental {
      let now = item.now.multiple(of: problem.step, item.isLocked ? .down : .up).double
      add([index], lower: now, upper: item.isLocked ? now : .infinity, .own(index))
    }
    guard let move = problem.moveLimit else { return }
    let groups: [(name: String, members: [Int])] =
      switch move.grain {
      case .region:
        problem.regions.map { region in
          (region, problem.items.indices.filter { problem.items[$0].region == region })
        }
      case .line: problem.items.indices.map { (problem.items[$0].name, [$0]) }
      }
    for group in groups {
      let now = group.members.map { problem.items[$0].now }.total()
      guard now > .zero else { continue }
      add(group.members, lower: move.limit(.floor, from: now).double, .move(.floor, group.name, now: now))
      add(group.members, upper: move.limit(.cap, from: now).double, .move(.cap, group.name, now: now))
    }
  }

  private mutating func addShare(_ index: Int) {
    let limit = problem.limits[index]
    guard let share = limit.share else { return }
    let terms = problem.items.enumerated().compactMap { position, item -> (variable: Int, coefficient: Double)? in
      let coefficient = (limit.scope.contains(item) ? 1 : 0) - (share.of.contains(item) ? share.percent / 100 : 0)
      return coefficient == 0 ? nil : (position, coefficient)
    }
    let isFloor = limit.side == .floor
    program.addRow(
      terms, lower: isFloor ? 0 : -.infinity, upper: isFloor ? .infinity : 0, tag: tags.count)
    tags.append(.limit(index))
  }

  /// As the plan writes it.
  func name(_ tag: Tag) -> String {
    switch tag {
    case .total: problem.totalKey
    case .reserve: "reserve_pct"
    case .reserveItem: "reserve"
    case .limit(let index): problem.limits[index].key
    case .own(let index): (problem.items[index].isLocked ? "locked " : "committed ") + problem.items[index].name
    case .move(_, let name, _): "max_move_pct \((problem.moveLimit?.percent ?? 0).written) (\(name))"
    }
  }

  private mutating func add(
    _ members: [Int], lower: Double = -.infinity, upper: Double = .infinity, _ tag: Tag
  ) {
    program.addSumRow(members, lower: lower, upper: upper, tag: tags.count)
    tags.append(tag)
  }

  var isFeasible: Bool { (try? HiGHSSolver().solve(program).status.hasValues) ?? false }

  /// A repair of the rows as changes of the plan; nil where the plan cannot say it.
  func repair(_ repair: ConflictExplanation.Repair) -> BudgetConflict.Repair? {
    var changes: [BudgetConflict.Change] = []
    var texts: [String] = []
    var percent = problem.moveLimit?.percent ?? 0
    for change in repair.changes {
      guard let tag = program.rows[change.row].tag, let amount = Money(rounding: abs(change.amount)) else { return nil }
      switch tags[tag] {
      case .total:
        // The reserve is a share: of what is added, only the rest can be placed.
        let share = max(1 - problem.reservePercent / 100, 1e-6)
        guard let added = Money(rounding: amount.double / share + 0.01) else { return nil }
        let step = problem.reservePercent > 0 ? added : amount
        changes.append(.total(problem.total + (change.amount > 0 ? step : -step)))
        texts.append("\(change.amount > 0 ? "raise" : "lower") \(problem.totalKey) by \(step.grouped)")
      case .reserve:
        let left = (problem.reserve.double - amount.double) / problem.total.double * 100
        let new = max(0, (left * 100).rounded(.down) / 100)
        changes.append(.reservePercent(new))
        texts.append("reserve_pct \(problem.reservePercent.written) -> \(new.written)")
      case .reserveItem:
        let floor = problem.reserveItem?.floor ?? .zero
        let new = max(.zero, floor - amount)
        changes.append(.reserveFloor(new))
        texts.append("reserve \(floor.grouped) -> \(new.grouped)")
      case .own(let index):
        changes.append(.release(index))
        texts.append("release \(problem.items[index].name)")
      case .limit(let index):
        let limit = problem.limits[index]
        if let share = limit.share {
          let basis = share.of == .company ? problem.spendable.double : 0
          // Without a fixed basis the share gives way wholly: what it is of moves too.
          let points = basis > 0 ? (amount.double / basis * 100 * 1e4 + 1e-3).rounded(.up) / 1e4 : 100
          let new = limit.side == .cap ? min(100, share.percent + points) : max(0, share.percent - points)
          changes.append(.share(index, new))
          texts.append("\(limit.key) \(share.percent.written) -> \(new.written)")
          continue
        }
        changes.append(.limit(index, limit.amount + (limit.side == .cap ? amount : -amount)))
        texts.append("\(limit.side == .cap ? "raise" : "lower") \(limit.key) by \(amount.grouped)")
      case .move(let side, _, let now):
        let reached = side == .floor ? problem.moveLimit?.limit(.floor, from: now) : nil
        let edge = (reached ?? problem.moveLimit?.limit(.cap, from: now) ?? now).double
        let target = side == .floor ? edge - amount.double : edge + amount.double
        let needed = abs(target / now.double - 1) * 100
        percent = max(percent, (needed * 100 - 1e-6).rounded(.up) / 100)
      }
    }
    if let move = problem.moveLimit, percent > move.percent {
      changes.append(.maximumMovePercent(percent))
      texts.append("max_move_pct \(move.percent.written) -> \(percent.written)")
    }
    return BudgetConflict.Repair(
      text: texts.joined(separator: " and "), changes: changes, amount: Money(rounding: repair.cost) ?? .zero,
      lostMargin: 0)
  }
}

extension Money {
  /// For people: `1,850,000`, `12,345.60`; decimals only where there are any.
  var grouped: String {
    let text = description
    let parts = text.split(separator: ".")
    let digits = parts[0].filter(\.isNumber)
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { grouped.append(",") }
      grouped.append(digit)
    }
    let fraction = parts[1] == "00" ? "" : "." + parts[1]
    return (text.hasPrefix("-") ? "-" : "") + grouped + fraction
  }
}
