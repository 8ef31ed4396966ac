import Optimization
import Tables

/// Why floors and limits contradict one another.
///
/// Every loss is 0 or more, so that the tail is least at the floors. There it is the mean over certain scenarios T, and
/// w·Σ_T Lₛ·x ≤ limit is one row that every feasible x satisfies: the conflict is one among rows. A repair that lowers
/// floors may shift the tail to other scenarios; their row is added until every repair holds.
struct CreditConflict {
  private let formulation: CreditFormulation
  private let tailLimited: TailLimitedProgram
  private var program: LinearProgram
  private var tags: [CreditFormulation.Tag]

  init(_ formulation: CreditFormulation, _ program: TailLimitedProgram) {
    self.formulation = formulation
    tailLimited = program
    self.program = program.base
    tags = formulation.tags
    if program.limit.isFinite { tags.append(.tail) }
  }

  func explained(_ solver: some Solver) throws(SolverError) -> AllocationConflict? {
    var cuts = self
    let weights = Dictionary(uniqueKeysWithValues: tags.indices.map { ($0, 1.0) })
    if tailLimited.limit.isFinite { cuts.addCut(to: cuts.program) }
    for _ in 0..<50 {
      guard let explanation = try ConflictExplanation(of: cuts.program, weights: weights, solver: solver) else {
        return nil
      }
      var isWhole = true
      if tailLimited.limit.isFinite {
        for repair in explanation.repairs {
          if cuts.addCut(to: cuts.program.applying(repair)) { isWhole = false }
        }
      }
      if isWhole { return cuts.conflict(explanation) }
    }
    return nil
  }

  /// Adds the row of the tail at the least point of a repaired program, unless the point keeps the limit.
  @discardableResult
  private mutating func addCut(to repaired: LinearProgram) -> Bool {
    var floors = [Double](repeating: 0, count: formulation.problem.partners.count)
    var limit = tailLimited.limit
    for row in repaired.rows {
      guard let tag = row.tag else { continue }
      if case .floor(let index) = tags[tag] { floors[index] = max(0, row.lower) }
      if case .tail = tags[tag] { limit = max(limit, row.upper) }
    }
    let losses = leastLosses(floors)
    guard tailLimited.tail(of: losses).conditionalValueAtRisk > limit * (1 + 1e-7) + 1e-9 else { return false }
    program.addRow(terms(ofTailAt: losses), upper: tailLimited.limit, tag: tags.count - 1)
    return true
  }

  /// The losses of floors under the terms that lose least.
  private func leastLosses(_ floors: [Double]) -> [Double] {
    var values = [Double](repeating: 0, count: tailLimited.base.variables.count)
    for (floor, own) in zip(floors, formulation.columnsOf) {
      let terms = formulation.problem.terms
      if let least = own.min(by: { lossShare($0, terms) < lossShare($1, terms) }) { values[least] = floor }
    }
    return tailLimited.losses(at: values)
  }

  private func lossShare(_ column: Int, _ terms: [CreditProblem.Terms]) -> Double {
    terms[formulation.columns[column].terms].lossShare
  }

  /// The members without floors that the tail does not need: a row of the tail is only an outer limit of it.
  private func irreducible(_ members: [CreditFormulation.Tag]) -> [CreditFormulation.Tag] {
    guard members.contains(.tail) else { return members }
    var floors = [Double](repeating: 0, count: formulation.problem.partners.count)
    for case .floor(let index) in members { floors[index] = formulation.problem.partners[index].floor }
    return members.filter { member in
      guard case .floor(let index) = member else { return true }
      let kept = floors[index]
      floors[index] = 0
      let mean = tailLimited.tail(of: leastLosses(floors)).conditionalValueAtRisk
      if mean > tailLimited.limit * (1 + 1e-9) { return false }
      floors[index] = kept
      return true
    }
  }

  /// The mean over the worst scenarios of these losses, as a row.
  private func terms(ofTailAt losses: [Double]) -> [(variable: Int, coefficient: Double)] {
    let order = losses.indices.sorted { (losses[$1], $0) < (losses[$0], $1) }
    var rest = tailLimited.tailCount
    var sums = [Double](repeating: 0, count: tailLimited.base.variables.count)
    for scenario in order {
      let share = min(1, rest)
      guard share > 1e-9 else { break }
      rest -= share
      for entry in tailLimited.losses.start[scenario]..<tailLimited.losses.start[scenario + 1] {
        sums[tailLimited.losses.indices[entry]] += share * tailLimited.losses.values[entry] / tailLimited.tailCount
      }
    }
    return sums.indices.filter { sums[$0] > 0 }.map { ($0, sums[$0]) }
  }

  private func conflict(_ explanation: ConflictExplanation) -> AllocationConflict {
    let members = irreducible(explanation.conflict.map { tags[$0] })
    let names = members.compactMap { formulation.name(of: $0) }
    let repairs = explanation.repairs.map { repair in
      var changes: [String: AllocationConflict.Change] = [:]
      for change in repair.changes {
        let row = program.rows[change.row]
        guard let tag = row.tag, let name = formulation.name(of: tags[tag]) else { continue }
        let from = change.amount > 0 ? row.upper : row.lower
        let to = from + change.amount
        // Several rows of one tail: the one that asks for most.
        if let known = changes[name], abs(known.to - known.from) >= abs(change.amount) { continue }
        changes[name] = AllocationConflict.Change(limit: name, from: from, to: to)
      }
      return AllocationConflict.Repair(changes: changes.values.sorted { $0.limit < $1.limit })
    }
    let places = members.compactMap { place(of: $0) }
    return AllocationConflict(
      diagnostic: Diagnostic(
        AllocationCodes.limitsCollide, "no exposures keep \(names.joined(separator: ", ")) together",
        at: places.first, hint: "give one of them up, or take a repair",
        notes: zip(members, names).map { tag, name in
          (place(of: tag).map { "\($0): " } ?? "") + "`\(name)` is \(amount(of: tag))"
        }), limits: names, repairs: repairs)
  }

  private func place(of tag: CreditFormulation.Tag) -> SourcePlace? {
    let problem = formulation.problem
    return switch tag {
    case .floor(let index), .cap(let index): problem.partners[index].place
    case .group(let index): problem.groups[index].limit.place
    case .total: problem.total?.place
    case .expectedLoss: problem.expectedLoss?.place
    case .tail: problem.tail?.limit?.place
    }
  }

  private func amount(of tag: CreditFormulation.Tag) -> Double {
    let problem = formulation.problem
    return switch tag {
    case .floor(let index): problem.partners[index].floor
    case .cap(let index): problem.partners[index].cap
    case .group(let index): problem.groups[index].limit.amount
    case .total: problem.total?.amount ?? 0
    case .expectedLoss: problem.expectedLoss?.amount ?? 0
    case .tail: problem.tail?.limit?.amount ?? 0
    }
  }
}
