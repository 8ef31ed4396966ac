import Glibc

/// What one pass over the series says about a point.
struct SmoothingCost {
  /// Σe²: of errors, or of relative errors.
  var squares: Double
  /// Σ log f where errors are relative; else 0.
  var logSum: Double

  static let infinite = SmoothingCost(squares: .infinity, logSum: 0)

  /// n·log Σe² + 2Σ log f: twice the negative log-likelihood, up to a constant, with the error variance at its best.
  /// A sum of squares below rounding (the values have unit variance) counts as rounding.
  func likelihood(_ observations: Double) -> Double {
    observations * log(max(squares, observations * 1e-18)) + 2 * logSum
  }
}

extension SmoothingWorkspace {
  /// One pass of the recursions with the derivatives of every error by every unknown.
  ///
  /// With ε = y − f, base q = ℓ + φb and D the derivatives by all unknowns, the chain rule gives for an additive season
  ///
  ///     Dq = Dℓ + φDb + bDφ         Dε = −Dq − Ds
  ///     Dℓ' = Dq + αDε + εDα        Db' = φDb + bDφ + βDε + εDβ        Ds' = Ds + γDε + εDγ
  ///
  /// and for a multiplicative one the same with u = ε/s and v = ε/q in place of ε. Dα … Dφ are given as lanes over the
  /// first four unknowns, so that the parameters may be any functions of these.
  ///
  /// Leaves the rows, the errors and the mean of D log f in the workspace. Relative errors e = ε/f ask for f > 0.
  /// Cost: O(n · unknowns).
  func runWithDerivatives<Rule: SeasonRule>(
    _ point: SmoothingPoint, lanes: Int, season: Int, relative: Bool, _: Rule.Type
  ) -> SmoothingCost {
    let parameters = point.parameters
    let (alpha, beta, gamma, phi) = (parameters.alpha, parameters.beta, parameters.gamma, parameters.phi)
    let directions = point.directions
    var (level, slope) = start(at: point, lanes: lanes, season: season)
    var (squares, logSum, product) = (0.0, 0.0, 1.0)
    var phase = 0
    for time in 0..<count {
      // 1. One step of the states.
      let damped = phi * slope
      let base = level + damped
      let seasonal = ring[phase]
      let forecast = Rule.isMultiplicative ? base * seasonal : base + seasonal
      let error = values[time] - forecast
      let row = rows + time &* lanes
      guard !error.isNaN else {
        skip(row, phi: phi, slope: slope, directions: directions, lanes: lanes)
        errors[time] = 0
        (level, slope) = (base, damped)
        phase = phase &+ 1 == season ? 0 : phase &+ 1
        continue
      }
      let perSeasonal = Rule.isMultiplicative ? 1 / seasonal : 1
      let perBase = Rule.isMultiplicative ? 1 / base : 1
      let levelError = error * perSeasonal
      let seasonalError = error * perBase
      // 2. The error as the likelihood sees it: e = y/f − 1 has De = y/f² · Dε.
      var weight = 1.0
      var perForecast = 0.0
      if relative {
        guard forecast > 0 else { return .infinite }
        perForecast = 1 / forecast
        weight = values[time] * perForecast * perForecast
        product *= forecast
        if time & 7 == 7 {
          logSum += log(product)
          product = 1
        }
        errors[time] = error * perForecast
      } else {
        errors[time] = error
      }
      squares += errors[time] * errors[time]
      // 3. The same step of the derivatives.
      let ringRow = seasonalDerivatives + phase &* lanes
      for lane in 0..<lanes {
        let isFirst = lane == 0
        var dampedD = phi * slopeDerivatives[lane]
        if isFirst { dampedD += slope * directions.phi }
        let baseD = levelDerivatives[lane] + dampedD
        var errorD = -baseD
        var (levelErrorD, seasonalErrorD) = (errorD, errorD)
        if Rule.isSeasonal {
          let seasonalD = ringRow[lane]
          if Rule.isMultiplicative {
            errorD = -(seasonal * baseD + base * seasonalD)
            levelErrorD = (errorD - levelError * seasonalD) * perSeasonal
            seasonalErrorD = (errorD - seasonalError * baseD) * perBase
          } else {
            errorD -= seasonalD
            levelErrorD = errorD
            seasonalErrorD = errorD
          }
          var next = seasonalD + gamma * seasonalErrorD
          if isFirst { next += seasonalError * directions.gamma }
          ringRow[lane] = next
        }
        var levelD = baseD + alpha * levelErrorD
        var slopeD = dampedD + beta * levelErrorD
        if isFirst {
          levelD += levelError * directions.alpha
          slopeD += levelError * directions.beta
        }
        levelDerivatives[lane] = levelD
        slopeDerivatives[lane] = slopeD
        row[lane] = weight * errorD
        if relative { logDerivatives[lane] -= perForecast * errorD }
      }
      level = base + alpha * levelError
      slope = damped + beta * levelError
      if Rule.isSeasonal {
        ring[phase] = seasonal + gamma * seasonalError
        phase = phase &+ 1 == season ? 0 : phase &+ 1
      }
    }
    logSum += log(product)
    // A multiplicative season that passes through zero gives errors without meaning from there on.
    guard squares.isFinite, level.isFinite, slope.isFinite, logSum.isFinite else { return .infinite }
    for lane in 0..<lanes { logDerivatives[lane] /= Double(knownCount) }
    return SmoothingCost(squares: squares, logSum: logSum)
  }

  /// Sets states and derivatives to the start of the series.
  @inline(__always)
  private func start(at point: SmoothingPoint, lanes: Int, season: Int) -> (level: Double, slope: Double) {
    for lane in 0..<lanes {
      levelDerivatives[lane] = .zero
      slopeDerivatives[lane] = .zero
      logDerivatives[lane] = .zero
    }
    for index in 0..<season * lanes { seasonalDerivatives[index] = .zero }
    levelDerivatives[1][0] = 1
    slopeDerivatives[1][1] = 1
    for index in 0..<season {
      ring[index] = point.seasonal(index)
      let unknown = SmoothingUnknown.seasonal + index
      seasonalDerivatives[index * lanes + unknown / 4][unknown % 4] = 1
    }
    return (point.level, point.slope)
  }

  /// A period without a value: the state runs on.
  @inline(__always)
  private func skip(
    _ row: UnsafeMutablePointer<Lanes>, phi: Double, slope: Double, directions: SmoothingDirections, lanes: Int
  ) {
    for lane in 0..<lanes {
      var dampedD = phi * slopeDerivatives[lane]
      if lane == 0 { dampedD += slope * directions.phi }
      levelDerivatives[lane] += dampedD
      slopeDerivatives[lane] = dampedD
      row[lane] = .zero
    }
  }

  /// Σe∂e and Σ∂e∂eᵀ from the rows of the last pass, lower triangle by blocks of four.
  ///
  /// For relative errors the rows stand for e·G, G the geometric mean of the forecasts, in units of G: then n·log Σ(eG)²
  /// is the whole likelihood, and D(eG)/G = De + e·D log G.
  /// Cost: O(n · unknowns²).
  func accumulate(lanes: Int, relative: Bool, squares: Double) {
    let width = lanes * 4
    for block in 0..<lanes {
      var sum = Lanes.zero
      for time in 0..<count { sum += errors[time] * rows[time &* lanes &+ block] }
      for index in 0..<4 { gradient[block * 4 + index] = sum[index] }
      for other in 0...block {
        var (sum0, sum1, sum2, sum3) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
        for time in 0..<count {
          let left = rows[time &* lanes &+ block]
          let right = rows[time &* lanes &+ other]
          sum0 += left[0] * right
          sum1 += left[1] * right
          sum2 += left[2] * right
          sum3 += left[3] * right
        }
        for index in 0..<4 {
          let target = curvature + (block * 4) * width + other * 4 + index
          target[0] = sum0[index]
          target[width] = sum1[index]
          target[2 * width] = sum2[index]
          target[3 * width] = sum3[index]
        }
      }
    }
    guard relative else { return }
    for row in 0..<width {
      let rowLog = logDerivatives[row / 4][row % 4]
      for column in 0...row {
        let columnLog = logDerivatives[column / 4][column % 4]
        curvature[row * width + column] +=
          gradient[row] * columnLog + gradient[column] * rowLog + squares * rowLog * columnLog
      }
    }
    for row in 0..<width { gradient[row] += squares * logDerivatives[row / 4][row % 4] }
  }
}
