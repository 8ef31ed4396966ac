/// The stationary start of an ARMA series: the variance of its first value and the covariance of what it foretells.
///
/// With u the purely autoregressive series of the same φ, γᵤ comes from the partial autocorrelations (Durbin-Levinson
/// backwards, then forwards), and γ from γᵤ through the moving-average lags. The first gain is
///
///     K̄ᵢ = Σ_{l ≥ i} φₗ γ(l − i) + Σ_{s ≥ i} θₛ ψₛ₋ᵢ.
///
/// Source: Brockwell & Davis, *Time Series: Theory and Methods* (2nd ed., 1991), sections 3.3 and 5.2; Mélard (Applied
/// Statistics 33, 1984). In units of the error variance. Cost: O(p*² + (p* + q*) · lags).
struct ArmaStart {
  /// γ(0).
  private(set) var variance = 1.0
  private(set) var gain: [Double] = []

  private var levels: [Double] = []
  private var partials: [Double] = []
  private var pure: [Double] = []
  private var halfway: [Double] = []
  private var covariances: [Double] = []
  private var responses: [Double] = []

  /// - Returns: false where the autoregressive part is not stationary.
  mutating func prepare(_ autoregressive: LagPolynomial, _ movingAverage: LagPolynomial) -> Bool {
    let (p, q) = (autoregressive.degree, movingAverage.degree)
    guard setPureCovariances(autoregressive, p, q) else { return false }
    setCovariances(movingAverage, p, q)
    setResponses(autoregressive, movingAverage, q)
    ArmaStart.clear(&gain, max(1, p, q))
    for (lag, weight) in zip(autoregressive.lags, autoregressive.weights) {
      for i in 1...lag { gain[i - 1] += weight * covariances[lag - i] }
    }
    for (lag, weight) in zip(movingAverage.lags, movingAverage.weights) {
      for i in 1...lag { gain[i - 1] += weight * responses[lag - i] }
    }
    variance = covariances[0]
    return variance.isFinite && variance >= 1 - 1e-9
  }

  private static func clear(_ buffer: inout [Double], _ count: Int) {
    buffer.removeAll(keepingCapacity: true)
    for _ in 0..<count { buffer.append(0) }
  }

  /// γᵤ(0) … γᵤ(p + q).
  private mutating func setPureCovariances(_ autoregressive: LagPolynomial, _ p: Int, _ q: Int) -> Bool {
    // 1. Partial autocorrelations, order by order downwards.
    ArmaStart.clear(&partials, p)
    for (lag, weight) in zip(autoregressive.lags, autoregressive.weights) { partials[lag - 1] = weight }
    guard PartialAutocorrelations.fromCoefficients(&partials, 0..<p) else { return false }
    var innovation = 1.0
    for partial in partials { innovation /= 1 - partial * partial }
    // 2. γᵤ upwards with the coefficients of each order.
    ArmaStart.clear(&pure, p + q + 1)
    ArmaStart.clear(&levels, p)
    pure[0] = innovation
    for order in 0..<p {
      let partial = partials[order]
      var sum = partial * innovation
      for j in 0..<order { sum += levels[j] * pure[order - j] }
      pure[order + 1] = sum
      innovation *= 1 - partial * partial
      levels[order] = partial
      var (low, high) = (0, order - 1)
      while low <= high {
        let (first, last) = (levels[low], levels[high])
        levels[low] = first - partial * last
        levels[high] = last - partial * first
        low += 1
        high -= 1
      }
    }
    // 3. Beyond p by the recursion.
    for lag in p + 1..<max(p + 1, pure.count) {
      for (back, weight) in zip(autoregressive.lags, autoregressive.weights) { pure[lag] += weight * pure[lag - back] }
    }
    return true
  }

  /// γ(k) = Σ_j θ_j g(k + j) with g(s) = Σ_i θ_i γᵤ(s − i), k = 0 … p.
  private mutating func setCovariances(_ movingAverage: LagPolynomial, _ p: Int, _ q: Int) {
    ArmaStart.clear(&halfway, p + q + 1)
    for s in halfway.indices {
      var sum = pure[s]
      for (lag, weight) in zip(movingAverage.lags, movingAverage.weights) { sum += weight * pure[abs(s - lag)] }
      halfway[s] = sum
    }
    ArmaStart.clear(&covariances, p + 1)
    for k in 0...p {
      var sum = halfway[k]
      for (lag, weight) in zip(movingAverage.lags, movingAverage.weights) { sum += weight * halfway[k + lag] }
      covariances[k] = sum
    }
  }

  /// ψ₀ … ψ_q: what one error does to the values after it.
  private mutating func setResponses(_ autoregressive: LagPolynomial, _ movingAverage: LagPolynomial, _ q: Int) {
    ArmaStart.clear(&responses, q + 1)
    responses[0] = 1
    for (lag, weight) in zip(movingAverage.lags, movingAverage.weights) { responses[lag] += weight }
    for step in 1..<max(1, q + 1) {
      for (lag, weight) in zip(autoregressive.lags, autoregressive.weights) where lag <= step {
        responses[step] += weight * responses[step - lag]
      }
    }
  }
}
