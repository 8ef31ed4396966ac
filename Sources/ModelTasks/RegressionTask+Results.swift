public import Regression
internal import Tables

/// What only some kinds of model have: variances of random effects, baselines of survival, scores on held-out rows.
extension RegressionTask {
  private typealias Member = JSONValue.Member

  var results: [JSONValue.Member] {
    var members: [Member] = []
    if !fitted.varianceComponents.isEmpty {
      members.append(Member("varianceComponents", .array(fitted.varianceComponents.map(Self.value))))
      members.append(Member("randomEffects", .array(fitted.randomEffects.map(Self.value))))
    }
    if !fitted.baseline.isEmpty { members.append(Member("baseline", .array(fitted.baseline.map(Self.value)))) }
    return members
  }

  private static func value(_ component: VarianceComponent) -> JSONValue {
    var members = [
      Member("factor", .string(component.factor ?? "residual")),
      Member("column", .string(component.column)),
    ]
    if let other = component.other { members.append(Member("with", .string(other))) }
    members.append(Member(component.other == nil ? "variance" : "covariance", .number(component.estimate)))
    members.append(Member("standardError", component.standardError.map(JSONValue.number) ?? .null))
    members.append(Member(component.other == nil ? "deviation" : "correlation", .number(component.deviation)))
    return .object(members)
  }

  private static func value(_ effects: RandomEffects) -> JSONValue {
    let width = effects.columns.count
    let levels = effects.levels.enumerated().map { index, level -> JSONValue in
      let range = index * width..<(index + 1) * width
      return [
        "level": .string(level), "effects": .array(effects.effects[range].map(JSONValue.number)),
        "deviations": .array(effects.conditionalDeviations[range].map(JSONValue.number)),
      ]
    }
    return [
      "factor": .string(effects.factor), "columns": .array(effects.columns.map(JSONValue.string)),
      "levels": .array(levels),
    ]
  }

  private static func value(_ step: FittedRegression.BaselineStep) -> JSONValue {
    let stratum = step.stratum.isEmpty ? [] : [Member("stratum", .string(step.stratum))]
    return .object(
      stratum + [
        Member("time", .number(step.time)), Member("cumulativeHazard", .number(step.cumulativeHazard)),
        Member("survival", .number(step.survival)),
      ])
  }

  // MARK: Held-out rows

  /// The mean of every measure over all folds of all columns.
  public var heldOutMeans: [HeldOutScores.Score] { HeldOutScores.means(heldOut.flatMap(\.folds)) }

  var heldOutValue: JSONValue {
    let columns = heldOut.map { scores in
      Member(
        scores.column,
        [
          "mean": Self.value(scores.means),
          "folds": .array(
            scores.folds.map { fold in
              .object(
                [Member("fold", .string(fold.name)), Member("rows", .integer(fold.rows))] + Self.members(fold.scores))
            }),
        ])
    }
    return ["mean": Self.value(heldOutMeans), "columns": .object(columns)]
  }

  private static func members(_ scores: [HeldOutScores.Score]) -> [JSONValue.Member] {
    scores.map { Member($0.name, .number($0.value)) }
  }

  private static func value(_ scores: [HeldOutScores.Score]) -> JSONValue { .object(members(scores)) }
}
