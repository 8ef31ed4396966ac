internal import Regression
public import Tables

/// The result as JSON: every number with all its digits.
extension RegressionTask {
  private typealias Member = JSONValue.Member

  /// - Parameter predictions: added as an array of objects where given.
  public func json(predictions: Table? = nil) -> JSONValue {
    var members = model + [Member("terms", .array(fitted.terms.map(value)))] + figures + rows
    members.append(
      Member(
        "dropped",
        .array(fitted.dropped.map { ["name": .string($0.name), "because": .string($0.description)] })))
    members.append(Member("notes", .array(fitted.notes.map(JSONValue.string))))
    members += results
    if !heldOut.isEmpty { members.append(Member("heldOut", heldOutValue)) }
    if let predictions { members.append(Member("predictions", JSONWriter.value(predictions))) }
    return .object(members)
  }

  private var model: [JSONValue.Member] {
    let specification = fitted.specification
    var members: [Member] = []
    if let survival = specification.survival {
      members.append(Member("model", .string(survival.model.rawValue)))
      members.append(
        Member(
          "survival",
          .object(
            [
              Member("time", .string(survival.time)), Member("event", .string(survival.event)),
              Member("ties", .string(survival.ties.rawValue)),
            ] + (survival.entry.map { [Member("entry", .string($0))] } ?? []))))
    } else {
      members.append(Member("response", .string(specification.response ?? "")))
      members.append(Member("family", .string(specification.family.description)))
      members.append(Member("link", .string(specification.usedLink.rawValue)))
    }
    return members
  }

  /// Nulls where a penalty leaves no standard error.
  private func value(_ term: Coefficient) -> JSONValue {
    var members = [Member("name", .string(term.name)), Member("estimate", .number(term.estimate))]
    let interval = term.interval()
    let figures = [
      ("standardError", term.standardError), ("statistic", term.statistic), ("pValue", term.pValue),
      ("lower", interval.lowerBound), ("upper", interval.upperBound),
    ]
    members += figures.map { name, value in
      Member(name, term.standardError.isFinite && value.isFinite ? .number(value) : .null)
    }
    if let inflation = fitted.varianceInflation[term.name] {
      members.append(Member("varianceInflation", .number(inflation)))
    }
    return .object(members)
  }

  /// Figures of the fit; those without a meaning for the kind of model are left out.
  private var figures: [JSONValue.Member] {
    let statistics = fitted.statistics
    let known: [(String, Double?)] = [
      ("logLikelihood", statistics.logLikelihood), ("nullLogLikelihood", statistics.nullLogLikelihood),
      ("deviance", statistics.deviance), ("nullDeviance", statistics.nullDeviance), ("aic", statistics.aic),
      ("bic", statistics.bic), ("dispersion", statistics.dispersion), ("rSquared", statistics.rSquared),
      ("adjustedRSquared", statistics.adjustedRSquared),
      ("residualSumOfSquares", statistics.residualSumOfSquares),
      ("residualDegreesOfFreedom", statistics.residualDegreesOfFreedom),
      ("effectiveParameters", statistics.effectiveParameters), ("lambda", statistics.lambda),
      ("size", statistics.size), ("sizeError", statistics.sizeError), ("scale", statistics.scale),
      ("concordance", statistics.concordance),
      ("conditionEstimate", statistics.conditionEstimate), ("scaledGradient", statistics.scaledGradient),
    ]
    return known.compactMap { name, value in value.map { Member(name, .number($0)) } }
      + [Member("converged", true), Member("iterations", .integer(statistics.iterations))]
  }

  private var rows: [JSONValue.Member] {
    func counts(_ counts: [String: Int]) -> JSONValue {
      .object(counts.sorted { $0.key < $1.key }.map { Member($0.key, .integer($0.value)) })
    }
    var members = [Member("observations", .number(fitted.statistics.observations))]
    if let events = fitted.statistics.events { members.append(Member("events", .number(events))) }
    members.append(Member("leftOut", counts(fitted.treatment.leftOut)))
    members.append(Member("filled", counts(fitted.treatment.filled)))
    return members
  }
}
