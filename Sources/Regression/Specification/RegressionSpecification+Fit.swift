extension RegressionSpecification {
  /// Fits the model to a table of named columns.
  ///
  /// Rows that miss a value which the model needs are left out and counted; everything that was left to choice (terms,
  /// penalty) is settled and noted in the result.
  public func fit(_ data: Predictors) throws(RegressionError) -> FittedRegression {
    try check()
    let frame = try ModelFrame(self, data)
    switch frame.specification.survival?.model {
    case .cox:
      if case .elasticNet(let lambda, let alpha) = penalty {
        return try FittedRegression(coxElasticNet: frame, lambda, alpha)
      }
      return try FittedRegression(cox: frame)
    case .weibull: return try FittedRegression(weibull: frame)
    case .discrete: return try FittedRegression(discrete: frame)
    case .kaplanMeier: return try FittedRegression(kaplanMeier: frame)
    case nil: break
    }
    if !random.isEmpty {
      let isLinear = family == .gaussian && usedLink == .identity
      return isLinear ? try FittedRegression(mixed: frame) : try FittedRegression(mixedGeneralized: frame)
    }
    switch penalty {
    case .elasticNet(let lambda, let alpha): return try FittedRegression(elasticNet: frame, lambda, alpha)
    case .firth: return try FittedRegression(firth: frame)
    case .ridge(nil):
      let isDefaultModel = terms == nil && family == .binomial && usedLink == .logit && weights == nil && offset == nil
      return isDefaultModel ? try FittedRegression(calibrated: frame) : try FittedRegression(ridgeChosen: frame)
    case .none, .ridge:
      let isLinear = family == .gaussian && usedLink == .identity && offset == nil && frame.matrix.factors.isEmpty
      return isLinear ? try FittedRegression(linear: frame) : try FittedRegression(generalized: frame)
    }
  }
}
