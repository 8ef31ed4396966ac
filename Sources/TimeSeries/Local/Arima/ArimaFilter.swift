import Glibc

/// Turns a stationary ARMA series into its standardised one-step errors, exactly from the first value on, in time and
/// memory that grow with the season only in proportion.
///
/// In innovations form with state a of r = max(p*, q*) values, p* and q* the greatest lags,
///
///     vₜ = wₜ − a₁,   aᵢ ← aᵢ₊₁ + φᵢa₁ + K̄ᵢ vₜ/Fₜ,   var vₜ = σ²Fₜ.
///
/// The covariance of a stationary start changes by a matrix of rank one, M L Lᵀ, which is advanced in place of the
/// covariance itself (Chandrasekhar recursions):
///
///     F' = F + M l₁²,  K̄' = K̄ + M l₁ T L,  L' = T L − K̄ l₁/F,  M' = M F/F',   l₁ the first element of L.
///
/// r operations a step rather than r² or r³. F falls towards 1; once there, K̄ stays as it is and after q* further steps
/// only the lags that are not zero are visited.
///
/// Source: Morf, Sidhu & Kailath, "Some new algorithms for recursive estimation in constant, linear, discrete-time
/// systems" (IEEE Transactions on Automatic Control 19, 1974); Pearlman, Biometrika 67 (1980); Mélard, "Algorithm AS 197:
/// a fast algorithm for the exact likelihood of autoregressive-moving average models" (Applied Statistics 33, 1984).
/// Cost: O(n r columns) at most, O(n · lags · columns) after the start; O((p* + q*)²) for the autocovariances.
struct ArimaFilter {
  let count: Int
  let columns: Int
  /// Standardised errors of every column: count × columns, column after column.
  private(set) var errors: [Double]
  /// Σ log Fₜ.
  private(set) var logDeterminant = 0.0

  private(set) var autoregressive = LagPolynomial()
  private(set) var movingAverage = LagPolynomial()
  private var start = ArmaStart()
  private var gain: [Double] = []
  private var change: [Double] = []
  private var states: [Double] = []
  private var variance = 1.0
  private var changeScale = 0.0

  /// F nearer to its limit than this counts as there.
  private static let convergence = 1e-9

  init(count: Int, columns: Int) {
    self.count = count
    self.columns = columns
    errors = [Double](repeating: 0, count: count * columns)
  }

  /// Filters every column of `data` (count × columns).
  /// - Parameter coefficients: φ, θ, Φ, Θ one after another, as `order` says.
  /// - Returns: false where rounding leaves no stationary model.
  mutating func run(_ data: [Double], order: ArimaOrder, coefficients: [Double]) -> Bool {
    ArimaFilter.setPolynomials(&autoregressive, &movingAverage, order, coefficients)
    guard start.prepare(autoregressive, movingAverage) else { return false }
    let r = max(1, autoregressive.degree, movingAverage.degree)
    reset(&gain, start.gain, count: r)
    reset(&change, start.gain, count: r)
    reset(&states, [], count: r * columns)
    variance = start.variance
    changeScale = -1 / start.variance
    let settled = advance(data, r)
    if settled < count { advanceSparsely(data, from: settled) }
    return logDeterminant.isFinite
  }

  static func setPolynomials(
    _ autoregressive: inout LagPolynomial, _ movingAverage: inout LagPolynomial, _ order: ArimaOrder,
    _ coefficients: [Double]
  ) {
    let (p, q) = (order.regular.p, order.regular.q)
    let (seasonalP, seasonalQ) = (order.seasonal.p, order.seasonal.q)
    autoregressive.setProduct(
      coefficients[0..<p], coefficients[p + q..<p + q + seasonalP], season: order.season, sign: -1)
    movingAverage.setProduct(
      coefficients[p..<p + q], coefficients[p + q + seasonalP..<p + q + seasonalP + seasonalQ], season: order.season,
      sign: 1)
  }

  private func reset(_ buffer: inout [Double], _ values: [Double], count: Int) {
    buffer.removeAll(keepingCapacity: true)
    buffer.append(contentsOf: values)
    while buffer.count < count { buffer.append(0) }
  }

  /// The recursion with all r elements of the state; returns the time from which the sparse one may take over.
  private mutating func advance(_ data: [Double], _ r: Int) -> Int {
    var product = 1.0
    logDeterminant = 0
    var settled = -1
    var time = 0
    let (p, q) = (autoregressive.degree, movingAverage.degree)
    while time < count {
      if settled < 0, variance - 1 < ArimaFilter.convergence { settled = time }
      if settled >= 0, time >= max(p, settled + q) { break }
      // 1. The error of every column; its state goes one step on.
      let root = 1 / variance.squareRoot()
      for column in 0..<columns {
        let error = data[column * count + time] - states[column * r]
        errors[column * count + time] = error * root
        ArimaFilter.step(&states, column * r, r, autoregressive, gain: gain, factor: error / variance)
      }
      // 2. The determinant, with a logarithm only now and then.
      product *= variance
      if product > 1e100 || product < 1e-100 {
        logDeterminant += log(product)
        product = 1
      }
      // 3. The gain and its change.
      if settled < 0 { advanceGain(r) }
      time += 1
    }
    logDeterminant += log(product)
    return time
  }

  private mutating func advanceGain(_ r: Int) {
    ArimaFilter.advanceGain(
      gain: &gain, change: &change, r, autoregressive, variance: &variance, changeScale: &changeScale)
  }

  /// vₜ = wₜ − Σ φ wₜ₋ₗ − Σ θ vₜ₋ₗ.
  private mutating func advanceSparsely(_ data: [Double], from start: Int) {
    let (arLags, arWeights) = (autoregressive.lags, autoregressive.weights)
    let (maLags, maWeights) = (movingAverage.lags, movingAverage.weights)
    errors.withUnsafeMutableBufferPointer { errors in
      data.withUnsafeBufferPointer { data in
        for column in 0..<columns {
          for place in column * count + start..<(column + 1) * count {
            var error = data[place]
            for index in arLags.indices { error -= arWeights[index] * data[place - arLags[index]] }
            for index in maLags.indices { error -= maWeights[index] * errors[place - maLags[index]] }
            errors[place] = error
          }
        }
      }
    }
  }

  /// aᵢ ← aᵢ₊₁ + φᵢa₁ + K̄ᵢ·factor for the r values from `offset`.
  static func step(
    _ states: inout [Double], _ offset: Int, _ r: Int, _ polynomial: LagPolynomial, gain: [Double], factor: Double
  ) {
    states.withUnsafeMutableBufferPointer { buffer in
      gain.withUnsafeBufferPointer { gain in
        let state = UnsafeMutableBufferPointer(rebasing: buffer[offset..<offset + r])
        let first = state[0]
        for index in 0..<r - 1 { state[index] = state[index + 1] + gain[index] * factor }
        state[r - 1] = gain[r - 1] * factor
        for index in polynomial.lags.indices { state[polynomial.lags[index] - 1] += polynomial.weights[index] * first }
      }
    }
  }

  static func advanceGain(
    gain: inout [Double], change: inout [Double], _ r: Int, _ polynomial: LagPolynomial, variance: inout Double,
    changeScale: inout Double
  ) {
    change.withUnsafeMutableBufferPointer { change in
      gain.withUnsafeMutableBufferPointer { gain in
        let first = change[0]
        // T L in place of L.
        for index in 0..<r - 1 { change[index] = change[index + 1] }
        change[r - 1] = 0
        for index in polynomial.lags.indices { change[polynomial.lags[index] - 1] += polynomial.weights[index] * first }
        let weight = changeScale * first
        let share = first / variance
        for index in 0..<r {
          let (old, moved) = (gain[index], change[index])
          gain[index] = old + weight * moved
          change[index] = moved - share * old
        }
        let next = variance + weight * first
        changeScale *= variance / next
        variance = next
      }
    }
  }
}

/// The innovations state of an ARMA series between two values.
struct ArimaState: Sendable, Hashable, Codable {
  private(set) var state: [Double]
  private var gain: [Double]
  private var change: [Double]
  /// F of the next value.
  private(set) var variance: Double
  private var changeScale: Double
  let autoregressive: LagPolynomial
  let movingAverage: LagPolynomial

  /// White noise.
  init() {
    (state, gain, change, variance, changeScale) = ([0], [0], [0], 1, 0)
    (autoregressive, movingAverage) = (LagPolynomial(), LagPolynomial())
  }

  /// The state before the first value of a stationary series.
  /// - Returns: nil where the autoregressive part is not stationary.
  init?(order: ArimaOrder, coefficients: [Double]) {
    var polynomials = (LagPolynomial(), LagPolynomial())
    ArimaFilter.setPolynomials(&polynomials.0, &polynomials.1, order, coefficients)
    var start = ArmaStart()
    guard start.prepare(polynomials.0, polynomials.1) else { return nil }
    (autoregressive, movingAverage) = polynomials
    state = [Double](repeating: 0, count: start.gain.count)
    gain = start.gain
    change = start.gain
    variance = start.variance
    changeScale = -1 / start.variance
  }

  /// The expected next value.
  var prediction: Double { state[0] }

  /// Goes on by one period in which the value missed its prediction by `error`; by 0 where it is unknown.
  mutating func advance(error: Double) {
    ArimaFilter.step(&state, 0, state.count, autoregressive, gain: gain, factor: error / variance)
    guard variance > 1 else { return }
    ArimaFilter.advanceGain(
      gain: &gain, change: &change, state.count, autoregressive, variance: &variance, changeScale: &changeScale)
    variance = max(1, variance)
  }
}
