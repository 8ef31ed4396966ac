extension RegressionSpecification {
  /// Two things that a specification says and that do not go together.
  public struct Conflict: Sendable, Hashable {
    /// The key of the model file that is too much: `penalty`, `offset`.
    public let key: String
    /// One sentence without a full stop.
    public let cause: String
    public let cure: String
  }

  /// Everything that would have to be ignored to fit the model; empty for a specification that can be fitted. Found
  /// without looking at a table.
  public var conflicts: [Conflict] {
    var conflicts: [Conflict] = []
    func refuse(_ isWrong: Bool, _ key: String, _ cause: String, _ cure: String) {
      if isWrong { conflicts.append(Conflict(key: key, cause: cause, cure: cure)) }
    }
    let isLinear = survival == nil && random.isEmpty && family == .gaussian && usedLink == .identity
    let isLeastSquares = isLinear && offset == nil && (penalty == .none || ridge > 0)
    refuse(
      event != nil && response != nil && survival == nil && family != .binomial, "event",
      "`event` names one of two outcomes, and the family is \(family)", "write `family: binomial`, or remove `event`")
    if let cause = penaltyConflict { refuse(true, "penalty", cause.cause, cause.cure) }
    refuse(
      precision == .extended && !isLeastSquares, "precision",
      "extended precision is for least squares without an offset or a penalty that is chosen", "remove `precision`")
    refuse(
      weightMeaning == .replication && !isLeastSquares, "weightMeaning",
      "only least squares tells weights that repeat rows from others", "remove `weightMeaning`")
    refuse(
      offset != nil && !random.isEmpty && family == .gaussian, "offset", "a gaussian mixed model takes no offset",
      "subtract it from the response")
    refuse(
      offset != nil && (survival?.model == .discrete || survival?.model == .kaplanMeier), "offset",
      "this model of survival takes no offset", "remove `offset`, or choose `model: cox`")
    refuse(
      strata != nil && survival?.model != .cox && survival?.model != .kaplanMeier, "strata",
      "strata are for survival by Cox regression or Kaplan-Meier", "make the column a factor among the terms")
    refuse(
      quadraturePoints > 1 && (random.isEmpty || family == .gaussian), "quadrature",
      "quadrature is for random effects of counts and outcomes", "remove `quadrature`")
    let hasNoErrors = penalty == .firth || !random.isEmpty || survival?.model == .kaplanMeier
    refuse(
      hasNoErrors && (cluster != nil || errors != .model), cluster == nil ? "errors" : "cluster",
      "this kind of model has no robust or clustered errors", "remove `cluster` and `errors`")
    return conflicts
  }

  /// Why the penalty cannot be applied.
  private var penaltyConflict: (cause: String, cure: String)? {
    guard penalty != .none else { return nil }
    if !random.isEmpty {
      return ("a model with random effects takes no penalty", "remove `penalty`: random effects are shrunken already")
    }
    if penalty == .firth, survival != nil || family != .binomial || usedLink != .logit {
      return ("Firth's penalty is for outcomes of two kinds", "write `family: binomial`, or choose ridge")
    }
    if let survival {
      switch (survival.model, penalty) {
      case (.cox, .ridge(.some)), (.discrete, .ridge(.some)), (.cox, .elasticNet(.some, _)): return nil
      case (.cox, _), (.discrete, .ridge):
        return ("the weight of a penalty on hazards is not chosen by itself", "write a number in place of `auto`")
      default: return ("this model of survival takes no such penalty", "remove `penalty`, or choose `model: cox`")
      }
    }
    if case .elasticNet = penalty {
      let hasPath = family == .gaussian || family == .binomial || family == .poisson
      guard hasPath, family.isCanonical(usedLink) else {
        return (
          "an elastic net is for the families gaussian, binomial and poisson with their canonical links",
          "choose ridge, or one of these families"
        )
      }
    }
    return nil
  }

  /// λ of a ridge penalty that is given; zero otherwise.
  var ridge: Double {
    if case .ridge(let lambda?) = penalty { lambda } else { 0 }
  }

  func check() throws(RegressionError) {
    guard response != nil || survival != nil else { throw .badSpecification("the model names no response") }
    guard survival != nil || family.links.contains(usedLink) else {
      throw .badSpecification(
        "the link \(usedLink.rawValue) does not suit the family \(family); it takes "
          + family.links.map(\.rawValue).joined(separator: ", "))
    }
    if let conflict = conflicts.first { throw .badSpecification("\(conflict.cause): \(conflict.cure)") }
  }
}
