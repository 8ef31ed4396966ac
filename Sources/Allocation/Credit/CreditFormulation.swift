import Optimization

/// The credit problem as a linear program with a limited tail:
///
/// ```
/// maximise   Σᵢₜ (mᵢ·aₜ − pᵢ·gᵢ·bₜ)·xᵢₜ − κ·CVaR_α(L·x)
/// subject to floorᵢ ≤ Σₜ xᵢₜ ≤ capᵢ                        for every partner i
///            Σᵢ∈g Σₜ xᵢₜ ≤ cap_g                           for every group g
///            Σᵢₜ xᵢₜ ≤ total
///            Σᵢₜ pᵢ·gᵢ·bₜ·xᵢₜ ≤ expected loss
///            CVaR_α(L·x) ≤ tail limit,   xᵢₜ ≥ 0
/// ```
///
/// x is exposure in money by partner and terms; m margin and g loss given default per unit of exposure, p the default
/// probability, a and b the parts of margin and loss that remain under terms, κ the cost of capital. L holds the loss
/// per unit of exposure in each scenario; CVaR is the mean of the worst 1 − α of them.
struct CreditFormulation {
  enum Tag: Hashable {
    case floor(Int)
    case cap(Int)
    case group(Int)
    case total, expectedLoss, tail
  }

  let problem: CreditProblem
  /// The column of every (partner, terms) that is open.
  private(set) var columns: [(partner: Int, terms: Int)] = []
  private(set) var columnsOf: [[Int]] = []
  private(set) var base = LinearProgram(.maximise)
  private(set) var rowOf: [Tag: Int] = [:]
  private(set) var tags: [Tag] = []
  /// Per unit of a column.
  private(set) var expectedLoss: [Double] = []

  init(_ problem: CreditProblem) {
    self.problem = problem
    for (index, partner) in problem.partners.enumerated() {
      columnsOf.append([])
      for (number, terms) in problem.terms.enumerated()
      where partner.defaultProbability <= terms.maximumDefaultProbability {
        let loss = partner.defaultProbability * partner.lossGivenDefault * terms.lossShare
        columnsOf[index].append(columns.count)
        columns.append((index, number))
        expectedLoss.append(loss)
        base.addVariable(objective: partner.margin * terms.marginShare - loss)
      }
      if columnsOf[index].count == 1 { base.variables[columnsOf[index][0]].upper = partner.cap }
    }
    for (index, partner) in problem.partners.enumerated() {
      if partner.floor > 0 { add(.floor(index), columnsOf[index], lower: partner.floor) }
      if columnsOf[index].count > 1 { add(.cap(index), columnsOf[index], upper: partner.cap) }
    }
    for (index, group) in problem.groups.enumerated() {
      let members = problem.partners.indices.filter { problem.partners[$0].group == group.name }
      add(.group(index), members.flatMap { columnsOf[$0] }, upper: group.limit.amount)
    }
    if let total = problem.total { add(.total, Array(columns.indices), upper: total.amount) }
    if let limit = problem.expectedLoss {
      rowOf[.expectedLoss] = base.addRow(
        columns.indices.filter { expectedLoss[$0] > 0 }.map { ($0, expectedLoss[$0]) }, upper: limit.amount,
        tag: tags.count)
      tags.append(.expectedLoss)
    }
  }

  private mutating func add(
    _ tag: Tag, _ members: [Int], lower: Double = -.infinity, upper: Double = .infinity
  ) {
    rowOf[tag] = base.addSumRow(members, lower: lower, upper: upper, tag: tags.count)
    tags.append(tag)
  }

  /// The program with its tail; one without losses where the problem has none.
  func program() -> TailLimitedProgram {
    guard let tail = problem.tail else {
      return TailLimitedProgram(base: base, losses: SparseVectors(), confidence: 0.95)
    }
    return TailLimitedProgram(
      base: base, losses: losses(tail.scenarios), confidence: tail.confidence,
      limit: tail.limit?.amount ?? .infinity, price: tail.capitalCost)
  }

  /// Losses per unit of a column in each scenario.
  private func losses(_ scenarios: CreditScenarios) -> SparseVectors {
    let byPartner: SparseVectors
    switch scenarios {
    case .losses(let losses): byPartner = losses
    case .oneFactor(let correlation, let count, let seed):
      byPartner = OneFactorDefaults(problem.partners, correlation: correlation, count: count, seed: seed).losses
    case .largeBook(let correlation):
      byPartner =
        LargeBookTail(
          problem.partners, correlation: correlation, confidence: problem.tail?.confidence ?? 0.95
        ).losses
    }
    // One column per partner, all losses as they are: nothing to spread.
    if columns.indices.allSatisfy({ columns[$0].partner == $0 && problem.terms[columns[$0].terms].lossShare == 1 }) {
      return byPartner
    }
    var losses = SparseVectors()
    losses.reserveCapacity(vectors: byPartner.count, entries: byPartner.values.count * problem.terms.count)
    for scenario in 0..<byPartner.count {
      for entry in byPartner.start[scenario]..<byPartner.start[scenario + 1] {
        for column in columnsOf[byPartner.indices[entry]] {
          let share = problem.terms[columns[column].terms].lossShare
          if share > 0 { losses.appendEntry(column, byPartner.values[entry] * share) }
        }
      }
      losses.endVector()
    }
    return losses
  }
}
