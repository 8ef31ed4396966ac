internal import LinearAlgebra

/// Elastic-net paths judged on rows that their fits did not see.
public struct ElasticNetCrossValidation: Sendable {
  /// The path of all rows.
  public let path: ElasticNetPath
  /// Per λ the mean deviance of a held-out row: the squared error for gaussian.
  public let heldOutDeviance: [Double]
  /// Per λ the standard error of that mean, from its spread over the folds.
  public let standardErrors: [Double]
  /// Of the λ with the least held-out deviance; of the largest of them where several tie.
  public let bestIndex: Int
  /// Of the largest λ whose held-out deviance is within one standard error of the least.
  public let oneStandardErrorIndex: Int

  public var best: ElasticNetFit { path[bestIndex] }
  public var oneStandardError: ElasticNetFit { path[oneStandardErrorIndex] }

  /// - Parameters:
  ///   - deviances: folds × λ; mean deviance of the rows of the fold.
  ///   - foldWeights: total weight of the fold.
  init(_ path: ElasticNetPath, deviances: Matrix, foldWeights: [Double]) {
    self.path = path
    let total = foldWeights.reduce(0, +)
    let folds = Double(foldWeights.count)
    var (means, errors): ([Double], [Double]) = ([], [])
    for index in path.fits.indices {
      var (mean, spread) = (0.0, 0.0)
      for fold in foldWeights.indices { mean += foldWeights[fold] * deviances[fold, index] / total }
      for fold in foldWeights.indices {
        let difference = deviances[fold, index] - mean
        spread += foldWeights[fold] * difference * difference / total
      }
      means.append(mean)
      errors.append((spread / max(1, folds - 1)).squareRoot())
    }
    heldOutDeviance = means
    standardErrors = errors
    let best = means.indices.min { means[$0] < means[$1] } ?? 0
    bestIndex = best
    oneStandardErrorIndex = means.indices.first { means[$0] <= means[best] + errors[best] } ?? best
  }
}

extension ElasticNetRegression {
  /// Fits the path of all rows, and judges each λ of it on folds that are held out in turn.
  ///
  /// Gaussian: one more pass over the rows serves all folds, whose statistics are subtracted from those of all rows, and
  /// whose errors follow from them; memory: p² per fold. Other families: a path per fold.
  /// - Throws: what a fit throws; also where the training rows of a fold cannot be fitted.
  public func crossValidated(
    _ design: DesignMatrix, response: [Double], weights: [Double]? = nil, offset: [Double]? = nil, folds: Folds
  ) throws(RegressionError) -> ElasticNetCrossValidation {
    precondition(folds.assignment.count == response.count, "the folds do not fit the response")
    guard folds.count >= 2 else { throw .badSpecification("cross-validation needs two folds or more") }
    guard let canonical = family.canonical else {
      throw .badSpecification("the family cox needs times and events as its response")
    }
    try check(design, response, weights, offset)
    // 1. Folds with weight.
    let foldWeights = (0..<folds.count).map { fold in
      folds.assignment.indices.reduce(0.0) { $0 + (folds.assignment[$1] == fold ? weights?[$1] ?? 1 : 0) }
    }
    let used = foldWeights.indices.filter { foldWeights[$0] > 0 }
    guard used.count >= 2 else { throw .badSpecification("all rows with weight lie in one fold") }
    // 2. The path of all rows, and the held-out deviance of every fold along it.
    let (path, deviances) =
      family == .gaussian
      ? try gaussianDeviances(design, shifted(response, offset), weights, folds, used)
      : try generalDeviances(canonical, design, response, weights, offset, folds, used)
    return ElasticNetCrossValidation(path, deviances: deviances, foldWeights: used.map { foldWeights[$0] })
  }

  /// Folds of random rows; for binomial with the same share of events in each.
  public func crossValidated(
    _ design: DesignMatrix, response: [Double], weights: [Double]? = nil, offset: [Double]? = nil, foldCount: Int = 10,
    seed: UInt64
  ) throws(RegressionError) -> ElasticNetCrossValidation {
    guard foldCount >= 2 else { throw .badSpecification("cross-validation needs two folds or more") }
    let events = family == .binomial ? response : nil
    return try crossValidated(
      design, response: response, weights: weights, offset: offset,
      folds: Folds.random(rows: response.count, events: events, count: foldCount, seed: seed))
  }

  private func gaussianDeviances(
    _ design: DesignMatrix, _ response: [Double], _ weights: [Double]?, _ folds: Folds, _ used: [Int]
  ) throws(RegressionError) -> (ElasticNetPath, Matrix) {
    let all = GaussianProducts.collected(design, response: response, weights: weights)
    let net = GaussianElasticNet(self, design, all)
    let path = net.path(net.lambdas)
    var deviances = Matrix(rows: used.count, columns: path.fits.count)
    for (index, fold) in used.enumerated() {
      var held = GaussianProducts(shifts: all.shifts, responseShift: all.responseShift)
      held.add(design.matrix, rows: folds.held(fold), response: response, weights: weights)
      let training = all.subtracting(held)
      guard training.responseVariance > 1e-14 * training.responseSquare else {
        throw .constantOutcome(value: training.responseShift + training.shiftedResponseMean)
      }
      let fits = GaussianElasticNet(self, design, training).path(path.lambdas).fits
      for position in fits.indices { deviances[index, position] = held.meanSquaredError(fits[position].coefficients) }
    }
    return (path, deviances)
  }

  private func generalDeviances(
    _ family: CanonicalFamily, _ design: DesignMatrix, _ response: [Double], _ weights: [Double]?, _ offset: [Double]?,
    _ folds: Folds,
    _ used: [Int]
  ) throws(RegressionError) -> (ElasticNetPath, Matrix) {
    let path = try fit(design, response: response, weights: weights, offset: offset)
    var regression = self
    regression.lambdas = path.lambdas
    var deviances = Matrix(rows: used.count, columns: path.fits.count)
    for (index, fold) in used.enumerated() {
      // Rows of weight zero take no part, and the design need not be copied.
      let training = response.indices.map { folds.assignment[$0] == fold ? 0 : weights?[$0] ?? 1 }
      let fits = try regression.fit(design, response: response, weights: training, offset: offset).fits
      let held = folds.held(fold)
      let rows = DesignMatrix(design.matrix.selecting(rows: held), names: design.names)
      let total = held.reduce(0) { $0 + (weights?[$1] ?? 1) }
      for position in fits.indices {
        let predictor = fits[position].linearPredictor(rows, offset: offset.map { offset in held.map { offset[$0] } })
        var sum = 0.0
        for (eta, row) in zip(predictor, held) where (weights?[row] ?? 1) > 0 {
          let excess = family.loss(eta, response[row]).value - family.leastLoss(response[row])
          sum += 2 * (weights?[row] ?? 1) * excess
        }
        deviances[index, position] = sum / total
      }
    }
    return (path, deviances)
  }
}

extension GaussianProducts {
  /// Σ w (y − xᵀb)² / Σ w from the statistics: vᵀ S v with v = (b, constant of the shifted columns, −1).
  func meanSquaredError(_ coefficients: [Double]) -> Double {
    let p = shifts.count
    var direction = coefficients + [-responseShift, -1]
    for column in 0..<p { direction[p] += coefficients[column] * shifts[column] }
    let nonzero = direction.indices.filter { direction[$0] != 0 }
    var sum = 0.0
    for j in nonzero {
      for i in nonzero where i < j { sum += 2 * direction[i] * direction[j] * sums[i, j] }
      sum += direction[j] * direction[j] * sums[j, j]
    }
    return max(0, sum / totalWeight)
  }
}
