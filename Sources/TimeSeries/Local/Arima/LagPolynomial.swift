/// The lags of a polynomial in the backshift operator that are not zero, without the leading one.
///
/// Autoregressive: xₜ = Σ weight·xₜ₋ₗₐ₉ + …, the polynomial 1 − Σ weight·Bˡᵃᵍ. Moving average: + Σ weight·εₜ₋ₗₐ₉, the
/// polynomial 1 + Σ weight·Bˡᵃᵍ. A product of a regular and a seasonal polynomial has (1 + p)(1 + P) − 1 such lags,
/// whatever the season; that is what keeps the time of a fit bounded.
struct LagPolynomial: Sendable, Hashable, Codable {
  private(set) var lags: [Int] = []
  private(set) var weights: [Double] = []

  /// The greatest lag.
  var degree: Int { lags.reduce(0, max) }

  mutating func removeAll() {
    lags.removeAll(keepingCapacity: true)
    weights.removeAll(keepingCapacity: true)
  }

  /// Adds to the weight of a lag.
  mutating func add(_ weight: Double, at lag: Int) {
    if let place = lags.firstIndex(of: lag) {
      weights[place] += weight
    } else {
      lags.append(lag)
      weights.append(weight)
    }
  }

  /// 1 + s·Σ w Bˡ = (1 + s·Σ aᵢBⁱ)(1 + s·Σ bⱼBᵐʲ), with s = −1 for autoregressive and +1 for moving-average parts.
  mutating func setProduct(
    _ regular: ArraySlice<Double>, _ seasonal: ArraySlice<Double>, season: Int, sign: Double
  ) {
    removeAll()
    for (i, weight) in regular.enumerated() { add(weight, at: i + 1) }
    for (j, weight) in seasonal.enumerated() { add(weight, at: (j + 1) * season) }
    for (i, first) in regular.enumerated() {
      for (j, second) in seasonal.enumerated() { add(sign * first * second, at: i + 1 + (j + 1) * season) }
    }
  }

  /// The lags of (1 − B)ᵈ(1 − Bᵐ)ᴰ in autoregressive form.
  static func differences(_ order: ArimaOrder) -> LagPolynomial {
    var product = LagPolynomial()
    for _ in 0..<order.regular.d { product = product.multiplied(byDifferenceAt: 1) }
    for _ in 0..<order.seasonal.d { product = product.multiplied(byDifferenceAt: order.season) }
    return product
  }

  private func multiplied(byDifferenceAt spacing: Int) -> LagPolynomial {
    // (1 − Σ w Bˡ)(1 − Bˢ) = 1 − Σ w Bˡ − Bˢ + Σ w Bˡ⁺ˢ
    var product = self
    product.add(1, at: spacing)
    for (lag, weight) in zip(lags, weights) { product.add(-weight, at: lag + spacing) }
    return product
  }

  /// (1 − Σ a Bˡ)(1 − Σ b Bᵏ), both autoregressive.
  func multiplied(by other: LagPolynomial) -> LagPolynomial {
    var product = self
    for (lag, weight) in zip(other.lags, other.weights) {
      product.add(weight, at: lag)
      for (first, value) in zip(lags, weights) { product.add(-value * weight, at: first + lag) }
    }
    return product
  }
}

/// Autoregressive coefficients and partial autocorrelations: every point of the cube (−1, 1)ᵖ is one stationary model.
///
/// Source: Monahan, "A note on enforcing stationarity in autoregressive-moving average models" (Biometrika 71, 1984);
/// Jones, Technometrics 22 (1980): the Durbin-Levinson recursion.
enum PartialAutocorrelations {
  /// Replaces the partial autocorrelations in `range` by the coefficients φ₁ … φₚ.
  static func toCoefficients(_ values: inout [Double], _ range: Range<Int>) {
    let start = range.lowerBound
    for order in 1..<max(1, range.count) {
      let partial = values[start + order]
      var (low, high) = (0, order - 1)
      while low <= high {
        let (first, last) = (values[start + low], values[start + high])
        values[start + low] = first - partial * last
        values[start + high] = last - partial * first
        low += 1
        high -= 1
      }
    }
  }

  /// Replaces coefficients by partial autocorrelations, from the highest order down.
  /// - Returns: whether the coefficients are those of a stationary model; if not, the values are not to be used.
  static func fromCoefficients(_ values: inout [Double], _ range: Range<Int>) -> Bool {
    let start = range.lowerBound
    for order in (0..<range.count).reversed() {
      let partial = values[start + order]
      guard abs(partial) < 1 else { return false }
      let scale = 1 / (1 - partial * partial)
      var (low, high) = (0, order - 1)
      while low <= high {
        let (first, last) = (values[start + low], values[start + high])
        values[start + low] = (first + partial * last) * scale
        values[start + high] = (last + partial * first) * scale
        low += 1
        high -= 1
      }
    }
    return true
  }

  /// Whether all roots of 1 − Σ φᵢzⁱ lie beyond `radius` ≥ 1: substitute z·radius and ask for stationarity.
  static func hasRootsBeyond(_ radius: Double, _ coefficients: ArraySlice<Double>) -> Bool {
    var scaled = Array(coefficients)
    var power = 1.0
    for index in scaled.indices {
      power *= radius
      scaled[index] *= power
    }
    return fromCoefficients(&scaled, 0..<scaled.count)
  }
}
