import ChannelTypes
import Optimization
public import Tables

extension BudgetProblem: AllocationProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    var problem = self
    problem.searchGap = max(limits.relativeGap, 1e-8)
    if let nodes = limits.nodes { problem.searchNodes = max(1, nodes) }
    problem.hasPriceRanges = true
    do {
      return problem.answer(try problem.solve(), gap: limits.relativeGap)
    } catch {
      switch error {
      case .invalid(let findings): throw .invalid(findings)
      case .failed(let text): throw .failed(text)
      case .infeasible(let conflict):
        return AllocationAnswer(.infeasible, .maximise, conflict: conflict.allocationConflict(of: problem))
      case .noWholeAmounts:
        let finding = Diagnostic(
          AllocationCodes.conflict, .error, "minimum-or-zero amounts and whole steps leave no room within the limits",
          at: totalPlace, hint: "lower a floor or a step, or raise a cap")
        return AllocationAnswer(
          .infeasible, .maximise, conflict: AllocationConflict(diagnostic: finding, limits: [], repairs: []))
      }
    }
  }

  private func answer(_ solution: BudgetSolution, gap: Double) -> AllocationAnswer {
    AllocationAnswer(
      solution.isComplete ? .optimal : .feasible, .maximise, objective: solution.objective, bound: solution.bound,
      solution: solution.json(of: self),
      prices: solution.shadowPrices.map {
        LimitPrice(limit: $0.limit, value: $0.value, left: $0.left, right: $0.right, from: $0.from, to: $0.to)
      }, binding: binding(solution), notes: notes(solution))
  }

  /// Limits that the published amounts meet exactly.
  private func binding(_ solution: BudgetSolution) -> [String] {
    let formulation = BudgetFormulation(self)
    var names: [String] = []
    if solution.notSpent <= .zero { names.append(totalKey) }
    for row in formulation.rows {
      let sum = row.members.enumerated().reduce(0) {
        $0 + (row.coefficients?[$1.offset] ?? 1) * solution.lines[$1.element].plan.double
      }
      let tolerance = step.double * (row.coefficients == nil ? 0.5 : Double(row.members.count))
      if let source = row.floorSource, abs(sum - row.floor) < tolerance { names.append(source.name) }
      if let source = row.capSource, abs(sum - row.cap) < tolerance { names.append(source.name) }
    }
    for (range, line) in zip(formulation.ranges, solution.lines) {
      if let source = range.floorSource, line.plan == range.floor { names.append(source.name) }
      if let source = range.capSource, line.plan == range.cap { names.append(source.name) }
    }
    return names.uniqued()
  }

  private func notes(_ solution: BudgetSolution) -> [Diagnostic] {
    var notes = [Diagnostic(AllocationCodes.certified, .note, "certified by \(solution.method)")]
    notes += solution.traps.map(\.diagnostic)
    if let reason = solution.reasonNotSpent {
      notes.append(
        Diagnostic(AllocationCodes.notSpent, .note, "\(solution.notSpent.grouped) are not spent: \(reason)"))
    }
    if !solution.isComplete {
      notes.append(
        Diagnostic(
          AllocationCodes.stopped, .warning,
          "the search ended after \(searchNodes) nodes; at most \((solution.bound - solution.objective).written) more exists"
        ))
    }
    return notes
  }
}

extension BudgetSolution.Trap {
  /// The warning for people.
  public var diagnostic: Diagnostic {
    let name = allocation == "equal" ? "equal" : "present"
    let percent = (lostShare * 1000).rounded() / 10
    return Diagnostic(
      AllocationCodes.trap, .warning,
      "the \(name) split is a stationary trap: small moves away from it gain nothing, yet it earns "
        + "\(expectedMargin.written), \(percent.written) % less than the plan",
      hint: "do not judge the plan by shifting a little money at a time")
  }
}

extension BudgetConflict {
  func allocationConflict(of problem: BudgetProblem) -> AllocationConflict {
    AllocationConflict(
      diagnostic: diagnostic, limits: limits,
      repairs: repairs.map { repair in
        AllocationConflict.Repair(changes: repair.changes.map { $0.change(in: problem) }, cost: repair.lostMargin)
      })
  }
}

extension BudgetConflict.Change {
  fileprivate func change(in problem: BudgetProblem) -> AllocationConflict.Change {
    switch self {
    case .limit(let index, let amount):
      let limit = problem.limits[index]
      return .init(limit: limit.key, from: limit.amount.double, to: amount.double)
    case .share(let index, let percent):
      let limit = problem.limits[index]
      return .init(limit: limit.key, from: limit.share?.percent ?? 0, to: percent)
    case .total(let amount): return .init(limit: problem.totalKey, from: problem.total.double, to: amount.double)
    case .reservePercent(let percent): return .init(limit: "reserve_pct", from: problem.reservePercent, to: percent)
    case .reserveFloor(let amount):
      return .init(limit: "reserve", from: problem.reserveItem?.floor.double ?? 0, to: amount.double)
    case .maximumMovePercent(let percent):
      return .init(limit: "max_move_pct", from: problem.moveLimit?.percent ?? 0, to: percent)
    case .release(let index):
      return .init(limit: "locked \(problem.items[index].name)", from: problem.items[index].now.double, to: 0)
    }
  }
}

extension BudgetSolution {
  /// The decision as a table of lines, with totals, comparisons, frontier and risk where they were asked for.
  func json(of problem: BudgetProblem) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("lines", .array(lines.map(\.json))),
      .init("spent", .money(spent)), .init("reserve", .money(reserve)), .init("not_spent", .money(notSpent)),
      .init("expected_margin", .number(expectedMargin)),
    ]
    if regions.count > 1 {
      members.append(
        .init(
          "regions",
          .array(
            regions.map {
              .object([
                .init("region", .string($0.region)), .init("now", .money($0.now)), .init("amount", .money($0.plan)),
                .init("marginal_return", .number($0.marginalReturn)), .init("held_by", .string($0.heldBy)),
              ])
            })))
    }
    members.append(
      .init(
        "comparisons",
        .array(
          comparisons.map {
            .object([
              .init("allocation", .string($0.allocation)), .init("total", .money($0.total)),
              .init("expected_margin", .number($0.expectedMargin)),
            ])
          })))
    if let next { members.append(.init("next", next.json(lines))) }
    if !frontier.isEmpty { members.append(.init("frontier", .array(frontier.map(\.json)))) }
    if !traps.isEmpty {
      members.append(
        .init(
          "traps",
          .array(
            traps.map {
              .object([
                .init("allocation", .string($0.allocation)), .init("expected_margin", .number($0.expectedMargin)),
                .init("lost_share", .number($0.lostShare)),
              ])
            })))
    }
    if let risk {
      members.append(
        .init(
          "risk",
          .object([
            .init("level", .number(risk.level)), .init("mean", .number(risk.mean)),
            .init("tail_mean", .number(risk.tailMean)), .init("tail_mean_now", .number(risk.tailMeanNow)),
            .init("chance_better_than_now", .number(risk.chanceBetterThanNow)),
          ])))
    }
    return .object(members)
  }
}

extension BudgetSolution.Line {
  fileprivate var json: JSONValue {
    var members: [JSONValue.Member] = [.init("line", .string(name))]
    func add(_ name: String, _ text: String?) {
      if let text, !text.isEmpty { members.append(.init(name, .string(text))) }
    }
    add("region", region)
    add("partner", partner)
    add("spend_type", spendType)
    add("period", period)
    members += [
      .init("now", .money(now)), .init("amount", .money(plan)), .init("change", .money(change)),
      .init("margin", .number(marginPlan)), .init("marginal_return", .number(marginalReturn)),
      .init("held_by", .string(heldBy)),
    ]
    return .object(members)
  }
}

extension BudgetSolution.Next {
  fileprivate func json(_ lines: [BudgetSolution.Line]) -> JSONValue {
    let most = zip(perLine, lines).filter { $0.0 > .zero }.sorted { $0.0 > $1.0 }.prefix(20)
    return .object([
      .init("amount", .money(amount)), .init("worth", .number(worth)),
      .init("goes_to", .object(most.map { .init($0.1.name, .money($0.0)) })),
    ])
  }
}

extension BudgetSolution.FrontierPoint {
  fileprivate var json: JSONValue {
    .object([
      .init("total", .money(total)), .init("spent", .money(spent)), .init("expected_margin", .number(expectedMargin)),
      .init("objective", .number(objective)), .init("bound", .number(bound)), .init("price", .number(price)),
    ])
  }
}
