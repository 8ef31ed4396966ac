public import Allocation
import ChannelTypes
public import Demand
import Probability
import Tables

/// What spend brought so far, as a problem file asks it: curves with their intervals and how they are known.
///
/// It decides nothing, so that it has no objective: its curves are what `kind: budget` divides money by.
public struct ResponseCurvesProblem: AllocationProblem {
  public var panel: ResponsePanel
  public var seed: UInt64
  /// What is read into an answer as the present spend: the mean of so many last periods.
  static let presentPeriods = 12

  public init(panel: ResponsePanel, seed: UInt64 = 1) {
    self.panel = panel
    self.seed = seed
  }

  public func answer(within limits: AllocationLimits) throws(AllocationProblemError) -> AllocationAnswer {
    let fit: ResponseFit
    do { fit = try ResponseModel().fit(panel, seed: seed) } catch {
      throw .invalid([Diagnostic(AllocationCodes.improperValue, .error, "the history cannot be used: \(error.text)")])
    }
    let rows = fit.regions.indices.flatMap { region in
      fit.spendTypes.indices.map { type in row(fit, region: region, type: type) }
    }
    var answer = AllocationAnswer(.optimal, .maximise, solution: ["curves": .array(rows)])
    for (type, doubt) in fit.doubts.enumerated() {
      guard let doubt else { continue }
      answer.notes.append(
        Diagnostic(
          AllocationCodes.curveAssumed, .warning,
          "the curve of \(fit.spendTypes[type]) is an assumption: \(doubt.text)",
          hint: "vary it on purpose in some regions, drawn by lot"))
    }
    return answer
  }

  private func row(_ fit: ResponseFit, region: Int, type: Int) -> JSONValue {
    let history = panel.spend[type][region * panel.periodCount..<(region + 1) * panel.periodCount]
    let recent = history.suffix(Self.presentPeriods)
    let present = recent.reduce(0, +) / Double(max(1, recent.count))
    let point = present > 0 ? present : fit.typicalSpend(region: region, type: type)
    let curve = fit.curve(region: region, type: type, near: present)
    let slopes = fit.returns(region: region, type: type, at: point).slopes.sorted()
    let effects = fit.effects(region: region, type: type).sorted()
    let spent = history.reduce(0, +)
    func perUnit(_ effect: Double) -> JSONValue { spent > 0 ? .number(effect / spent) : .null }
    return [
      "region": .string(fit.regions[region]), "spend_type": .string(fit.spendTypes[type]),
      "family": .string(curve.family.rawValue), "amplitude": .number(curve.amplitude), "scale": .number(curve.scale),
      "shape": .number(curve.shape), "carry_over": fit.carryOver(type: type).map { .number($0) } ?? .null,
      "present_spend": .number(present), "marginal_return": .number(slopes.reduce(0, +) / Double(slopes.count)),
      "marginal_return_low": .number(slopes.quantileOfAscending(0.05)),
      "marginal_return_high": .number(slopes.quantileOfAscending(0.95)),
      "average_return": perUnit(effects.reduce(0, +) / Double(effects.count)),
      "average_return_low": perUnit(effects.quantileOfAscending(0.05)),
      "average_return_high": perUnit(effects.quantileOfAscending(0.95)),
      "evidence": .string(fit.evidence(region: region, type: type).rawValue),
    ]
  }
}

extension ResponseDoubt {
  fileprivate var text: String {
    switch self {
    case .followsSales(let share): "it followed sales (\(Int((share * 100).rounded())) % of its variation)"
    case .noVariation: "it hardly varied"
    }
  }
}

extension ResponseError {
  fileprivate var text: String {
    switch self {
    case .empty: "no region or no spend type"
    case .tooShort(let periods): "\(periods) periods, 12 are needed"
    case .noOutcome: "no region has a positive outcome"
    case .shape(let name), .badControl(let name): "\(name) has unknown values"
    case .badSpend(let type): "\(type) has unknown or negative spend"
    case .badExperiment(let index): "experiment \(index + 1) lies outside the history or has no standard error"
    }
  }
}
