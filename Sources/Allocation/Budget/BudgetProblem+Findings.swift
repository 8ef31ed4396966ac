import ChannelTypes
public import Tables

extension BudgetProblem {
  /// What is wrong with the problem before its limits are even compared.
  public func findings() -> [Diagnostic] {
    var found: [Diagnostic] = []
    if items.isEmpty {
      found.append(Diagnostic(AllocationCodes.nothingToDivide, .error, "there is no budget line to divide"))
    }
    if total < .zero {
      found.append(
        Diagnostic(AllocationCodes.negativeAmount, .error, "the budget \(total) is negative", at: totalPlace))
    }
    if !(0...100).contains(reservePercent) {
      found.append(
        Diagnostic(
          AllocationCodes.percentOutOfRange, .error, "reserve_pct \(reservePercent) is not between 0 and 100",
          at: reservePlace))
    }
    if let move = moveLimit, !(move.percent >= 0 && move.percent.isFinite) {
      found.append(
        Diagnostic(
          AllocationCodes.percentOutOfRange, .error, "max_move_pct \(move.percent) is not a percentage of 0 or more",
          at: move.place))
    }
    if let curve = reserveItem?.curve, !curve.isProper {
      found.append(
        Diagnostic(
          AllocationCodes.improperCurve, .error, "the value curve of the reserve is improper", at: reserveItem?.place))
    }
    if let risk, draws == nil || !(risk.level > 0 && risk.level < 1) || !(0...1).contains(risk.weight) {
      found.append(
        Diagnostic(
          AllocationCodes.improperValue, .error,
          draws == nil ? "a measure of risk needs draws of the curves" : "the risk's level or weight is out of range",
          at: risk.place))
    }
    if let draws, draws.factors.count != draws.count * items.count || !draws.factors.allSatisfy({ $0 >= 0 && $0 < 1e9 })
    {
      found.append(
        Diagnostic(
          AllocationCodes.improperValue, .error, "every draw needs a factor of zero or more for every line",
          at: risk?.place))
    }
    if !(stabilityPenalty >= 0 && stabilityPenalty.isFinite) || !(0..<1).contains(carryOver)
      || !(valueOfUnspent >= 0 && valueOfUnspent.isFinite) || step <= .zero
    {
      found.append(
        Diagnostic(
          AllocationCodes.improperCurve, .error,
          "the stability penalty, carry-over, value of unspent money or step is out of range", at: totalPlace))
    }
    return found + itemFindings() + limitFindings()
  }

  private func itemFindings() -> [Diagnostic] {
    var found: [Diagnostic] = []
    var seen: Set<String> = []
    for item in items {
      let line = item.label ?? "\(item.region), \(item.spendType)"
      func report(_ code: DiagnosticCode, _ text: String) {
        found.append(Diagnostic(code, .error, text, at: item.place))
      }
      if item.now < .zero {
        report(AllocationCodes.negativeAmount, "the present spend \(item.now) of \(line) is negative")
      }
      if !item.curve.isProper {
        report(AllocationCodes.improperCurve, "the response curve of \(line) is not increasing and concave")
      }
      if !(item.weight >= 0 && item.weight.isFinite) || !(item.carriedIn >= 0 && item.carriedIn.isFinite) {
        report(AllocationCodes.improperCurve, "the weight or the carried spend of \(line) is out of range")
      }
      if (item.minimumOrZero ?? .zero) < .zero || (item.request ?? .zero) < .zero
        || (item.step.map { $0 <= .zero } ?? false)
      {
        report(AllocationCodes.negativeAmount, "the minimum, request or step of \(line) is negative")
      }
      let froms = item.tiers.map(\.from)
      if !item.tiers.isEmpty,
        froms[0] != 0 || !zip(froms, froms.dropFirst()).allSatisfy({ $0 < $1 })
          || !item.tiers.allSatisfy({ $0.price > 0 && $0.price.isFinite && $0.from.isFinite })
      {
        report(
          AllocationCodes.improperValue, "the unit prices of \(line) must start at 0, rise in `from` and be positive")
      }
      if !seen.insert(item.name).inserted {
        report(AllocationCodes.duplicateLine, "\(line) appears twice in the budget")
      }
    }
    return found
  }

  private func limitFindings() -> [Diagnostic] {
    var found: [Diagnostic] = []
    let index = BudgetLineIndex(items)
    for limit in limits {
      if limit.amount < .zero {
        found.append(
          Diagnostic(
            AllocationCodes.negativeAmount, .error, "\(limit.key) \(limit.amount) is negative", at: limit.place))
      }
      if let share = limit.share, !(0...100).contains(share.percent) {
        found.append(
          Diagnostic(
            AllocationCodes.percentOutOfRange, .error, "\(limit.key) \(share.percent) is not between 0 and 100",
            at: limit.place))
      }
      for scope in [limit.scope, limit.share?.of].compactMap(\.self) where index.members(of: scope).isEmpty {
        guard !items.isEmpty else { continue }
        found.append(
          Diagnostic(
            AllocationCodes.unknownScope, .error, "\(limit.key): no budget line has this name", at: limit.place,
            hint: "the budget knows the regions \(regions.joined(separator: ", ")) and the spend types "
              + spendTypes.joined(separator: ", ")))
      }
    }
    return found
  }
}
