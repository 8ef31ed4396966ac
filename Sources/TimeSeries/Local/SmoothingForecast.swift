extension FittedExponentialSmoothing {
  /// Mean: (ℓ + φ_h b) combined with the seasonal term, φ_h = φ + … + φʰ.
  ///
  /// Variance, chapter 6 of the book, c the weights of ``errorWeights(horizon:)``:
  /// - additive errors, no or additive season: σ²(1 + Σ_{j=1}^{h−1} c_j²), exact;
  /// - relative errors, no or additive season: (1 + σ²)θ_h − μ_h², θ_h = μ_h² + σ² Σ_{j=1}^{h−1} c_j² θ_{h−j}, exact;
  /// - relative errors, multiplicative season: s²(θ_h(1 + σ²)(1 + γ²σ²)ᵏ − q_h²), k whole seasons before the step, θ
  ///   that of the base q alone: the book's approximation, for small σ²;
  /// - additive errors, multiplicative season: first order around the mean, in which an error also scales with the ratio
  ///   of the seasonal terms.
  public func forecast(horizon: Int) -> Forecast {
    let m = seasonal.count
    var bases: [Double] = []
    bases.reserveCapacity(horizon)
    var damped = 0.0
    var power = 1.0
    for _ in 0..<horizon {
      power *= phi
      damped += power
      bases.append(level + damped * slope)
    }
    let isMultiplicative = form.season == .multiplicative
    let mean = (0..<horizon).map { isMultiplicative ? bases[$0] * seasonal[$0 % m] : bases[$0] + seasonal[$0 % m] }
    let variances =
      switch (form.error, form.season) {
      case (.additive, .multiplicative): firstOrderVariances(bases)
      case (.additive, _): additiveVariances(horizon: horizon)
      case (.multiplicative, .multiplicative): productVariances(bases)
      case (.multiplicative, _): relativeVariances(mean, errorWeights(horizon: horizon))
      }
    return Forecast(mean: mean, variance: variances)
  }

  private func additiveVariances(horizon: Int) -> [Double] {
    var squares = 0.0
    return errorWeights(horizon: horizon).map { weight in
      squares += weight * weight
      return variance * squares
    }
  }

  private func relativeVariances(_ mean: [Double], _ weights: [Double]) -> [Double] {
    let moments = secondMoments(mean, weights)
    return mean.indices.map { max(0, (1 + variance) * moments[$0] - mean[$0] * mean[$0]) }
  }

  private func productVariances(_ bases: [Double]) -> [Double] {
    let m = seasonal.count
    let moments = secondMoments(bases, baseErrorWeights(horizon: bases.count))
    var growth = 1 + variance
    return bases.indices.map { step in
      if step > 0, step.isMultiple(of: m) { growth *= 1 + gamma * gamma * variance }
      let term = seasonal[step % m]
      return max(0, term * term * (moments[step] * growth - bases[step] * bases[step]))
    }
  }

  /// θ_h = μ_h² + σ² Σ_{j=1}^{h−1} c_j² θ_{h−j}: equation 6.3 of the book.
  private func secondMoments(_ mean: [Double], _ weights: [Double]) -> [Double] {
    var moments: [Double] = []
    moments.reserveCapacity(mean.count)
    for step in mean.indices {
      var sum = 0.0
      for lag in 0..<step { sum += weights[lag + 1] * weights[lag + 1] * moments[step - lag - 1] }
      moments.append(mean[step] * mean[step] + variance * sum)
    }
    return moments
  }

  private func firstOrderVariances(_ bases: [Double]) -> [Double] {
    let m = seasonal.count
    let weights = baseErrorWeights(horizon: bases.count)
    return bases.indices.map { step in
      var squares = 1.0
      for origin in 0..<step {
        let lag = step - origin
        var weight = weights[lag] * seasonal[step % m] / seasonal[origin % m]
        if lag % m == 0, bases[origin] != 0 { weight += gamma * bases[step] / bases[origin] }
        squares += weight * weight
      }
      return variance * squares
    }
  }

  public func errorWeights(horizon: Int) -> [Double] {
    var weights = baseErrorWeights(horizon: horizon)
    guard form.season != .none else { return weights }
    for lag in stride(from: seasonal.count, to: horizon, by: seasonal.count) { weights[lag] += gamma }
    return weights
  }

  /// c_j without the seasonal part: 1, then α + β(1 + φ + … + φ^{j−1}).
  private func baseErrorWeights(horizon: Int) -> [Double] {
    var weights = [Double](repeating: 1, count: horizon)
    var sum = 0.0
    var power = 1.0
    for lag in 1..<max(1, horizon) {
      sum += power
      power *= phi
      weights[lag] = alpha + beta * sum
    }
    return weights
  }
}
