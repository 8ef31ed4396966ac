import ChannelTypes
import Tables

extension TargetProblem {
  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    do throws(TargetFailure) {
      return try solve().answer(for: self)
    } catch {
      switch error {
      case .invalid(let findings): throw .invalid(findings)
      case .failed(let text): throw .failed(text)
      case .infeasible(let conflict):
        var answer = AllocationAnswer(.infeasible, .minimise)
        answer.conflict = conflict
        return answer
      }
    }
  }
}

extension TargetSolution {
  func answer(for problem: TargetProblem) -> AllocationAnswer {
    func number(_ value: Double) -> JSONValue {
      if problem.isRatio { return .number(value) }
      return Money(rounding: value, decimals: Money.decimals).map { .money($0) } ?? .number(value)
    }
    func rows(_ values: [Double]) -> JSONValue {
      .array(
        members.enumerated().map { index, member in
          var row: [JSONValue.Member] = [.init("partner", .string(member.id))]
          let labels = [
            ("region", member.region), ("department", member.department), ("owner", member.owner),
            ("city", member.city), ("channel", member.channel),
          ]
          row += labels.filter { !$0.1.isEmpty }.map { .init($0.0, .string($0.1)) }
          if member.isNewCustomers { row.append(.init("new_customers", .bool(true))) }
          let cells = (0..<months.count).map { index * months.count + $0 }
          row += zip(months, cells).map { .init($0.description, number(values[$1])) }
          row.append(.init("total", number(weights == nil ? cells.reduce(0) { $0 + values[$1] } : aggregate(cells))))
          return .object(row)
        })
    }
    let all = Array(amounts.indices)
    var parts: [JSONValue.Member] = [
      .init("targets", rows(amounts)),
      .init(
        "months",
        .object(
          months.indices.map { month in
            .init(months[month].description, number(aggregate(all.filter { $0 % months.count == month })))
          })),
      .init("regions", sums(by: .region, number)), .init("owners", sums(by: .owner, number)),
      .init("total", number(aggregate(all))),
    ]
    if let prepayments { parts.append(.init("prepayments", rows(prepayments))) }
    if !levels.isEmpty { parts.append(.init("growth_levels", .array(levels.map { .number($0) }))) }
    var answer = AllocationAnswer(
      isRounded && relativeGap <= 1e-6 ? .optimal : .feasible, .minimise, objective: objective,
      bound: min(bound, objective),
      solution: .object(parts), prices: prices, binding: binding)
    if isRounded && relativeGap > 1e-6 {
      answer.notes.append(
        Diagnostic(
          AllocationCodes.improperValue, .note,
          "targets are rounded to multiples of \(problem.unit.written), which accounts for the gap"))
    }
    if !isRounded {
      answer.notes.append(
        Diagnostic(
          AllocationCodes.improperValue, .warning,
          "no whole multiples of \(problem.unit) meet all limits: the targets are not rounded",
          hint: "state limits in multiples of the unit"))
    }
    return answer
  }

  private func sums(by level: TargetProblem.Level, _ number: (Double) -> JSONValue) -> JSONValue {
    let ids = members.map(level.id).uniqued().filter { !$0.isEmpty }
    return .object(
      ids.map { id in
        let cells = self.members.indices.filter { level.id(of: self.members[$0]) == id }.flatMap { member in
          (0..<months.count).map { member * months.count + $0 }
        }
        return .init(id, number(aggregate(cells)))
      })
  }
}
