internal import LinearAlgebra

/// The normal equations of the regression on smoothing states, for both of its versions.
struct StateEquations {
  enum Version { case plain, anchored }

  let horizon: Int
  let echoCount: Int
  /// Shared columns, then echoes.
  var columns: Int { shared + echoCount }
  private let shared = StateRows.sharedCount
  /// Σ w a aᵀ over the shared columns a; upper triangle.
  private var gram: Matrix
  /// Σ w a (y | anchor | echoes): shared × (horizon · (2 + echoes)).
  private var cross: Matrix
  /// For each step Σ w s sᵀ, Σ w s y and Σ w s anchor of its echoes s: horizon × echoes × (echoes + 2).
  private var border: [Double]

  /// Errors below this share of the recent size count alike: the weights of the reweighting stay bounded.
  private static let smallestError = 0.01

  init(_ rows: StateRows) {
    horizon = rows.horizon
    echoCount = rows.echoCount
    gram = Matrix(rows: shared, columns: shared)
    cross = Matrix(rows: shared, columns: horizon * (2 + echoCount))
    border = [Double](repeating: 0, count: horizon * echoCount * (echoCount + 2))
  }

  /// One pass over the rows, with the weights that the errors of the previous coefficients give.
  mutating func accumulate(_ rows: StateRows, previous: (plain: Matrix, anchored: Matrix)?) {
    self = StateEquations(rows)
    var prediction = StatePrediction()
    for start in stride(from: 0, to: rows.count, by: Matrix.panelRows) {
      let range = start..<min(rows.count, start + Matrix.panelRows)
      let count = range.count
      // 1. √w of each row: base weight over the mean absolute error of both versions.
      var roots = range.map { rows.weights[$0] }
      if let previous {
        prediction.predict(rows, range, previous.plain, previous.anchored)
        for row in 0..<count {
          var error = 0.0
          for step in 0..<horizon {
            let target = rows.targets[(start + row) * horizon + step]
            let middle = (prediction.plain[step * count + row] + prediction.anchored[step * count + row]) / 2
            error += abs(target - middle)
          }
          roots[row] /= max(Self.smallestError, error / Double(horizon))
        }
      }
      for row in 0..<count { roots[row] = roots[row].squareRoot() }
      // 2. Weighted panels of the shared columns and of all right-hand sides.
      var left = [Double](repeating: 0, count: count * shared)
      rows.expand(range, into: &left)
      left.withUnsafeMutableBufferPointer { left in
        for column in 0..<shared { for row in 0..<count { left[column * count + row] *= roots[row] } }
      }
      let right = rightHandSides(rows, range, roots)
      addBorder(right, rows: count)
      // 3. Their products.
      let panel = Matrix(rows: count, columns: shared, elements: left)
      gram.addUpperGram(of: panel)
      cross.addCrossProduct(
        of: panel, with: Matrix(rows: count, columns: horizon * (2 + echoCount), elements: right))
    }
  }

  /// Column-major: for each step the target, the anchor and the echoes, times √w.
  private func rightHandSides(_ rows: StateRows, _ range: Range<Int>, _ roots: [Double]) -> [Double] {
    let count = range.count
    let width = 2 + echoCount
    return [Double](unsafeUninitializedCapacity: count * horizon * width) { right, initialized in
      for step in 0..<horizon {
        let column = step * width * count
        for row in 0..<count {
          let source = range.lowerBound + row
          right[column + row] = roots[row] * rows.targets[source * horizon + step]
          right[column + count + row] =
            roots[row] * (rows.anchors[2 * source] + Double(step) * rows.anchors[2 * source + 1])
          for echo in 0..<echoCount {
            right[column + (2 + echo) * count + row] =
              roots[row] * rows.echoes[(source * horizon + step) * echoCount + echo]
          }
        }
      }
      initialized = count * horizon * width
    }
  }

  private mutating func addBorder(_ right: [Double], rows count: Int) {
    guard echoCount > 0 else { return }
    let width = 2 + echoCount
    right.withUnsafeBufferPointer { right in
      for step in 0..<horizon {
        let column = step * width * count
        for echo in 0..<echoCount {
          for other in 0..<width {
            var sum = 0.0
            for row in 0..<count {
              sum += right[column + (2 + echo) * count + row] * right[column + other * count + row]
            }
            border[(step * echoCount + echo) * width + other] += sum
          }
        }
      }
    }
  }

  /// Coefficients of one version: columns × horizon. Where nothing can be solved (no row), all are zero.
  func solve(_ version: Version, penalty: Double) -> Matrix {
    var coefficients = Matrix(rows: columns, columns: horizon)
    let width = 2 + echoCount
    var trace = 0.0
    for column in 0..<shared { trace += gram[column, column] }
    guard trace > 0 else { return coefficients }
    var system = Matrix(rows: columns, columns: columns)
    for step in 0..<horizon {
      // 1. The shared block, bordered by the echoes of this step.
      for column in 0..<shared {
        for row in 0...column {
          system[row, column] = gram[row, column]
          system[column, row] = gram[row, column]
        }
      }
      for echo in 0..<echoCount {
        for row in 0..<shared {
          let value = cross[row, step * width + 2 + echo]
          system[row, shared + echo] = value
          system[shared + echo, row] = value
        }
        for other in 0..<echoCount {
          system[shared + echo, shared + other] = border[(step * echoCount + echo) * width + 2 + other]
        }
      }
      for column in 0..<columns {
        system[column, column] = system[column, column] * (1 + penalty) + 1e-10 * trace / Double(shared)
      }
      // 2. The right-hand side: targets, less the anchor.
      var right = [Double](repeating: 0, count: columns)
      let isAnchored = version == .anchored
      for row in 0..<shared {
        right[row] = cross[row, step * width] - (isAnchored ? cross[row, step * width + 1] : 0)
      }
      for echo in 0..<echoCount {
        let place = (step * echoCount + echo) * width
        right[shared + echo] = border[place] - (isAnchored ? border[place + 1] : 0)
      }
      guard let factor = try? Cholesky(system) else { continue }
      coefficients.setColumn(step, factor.solve(right))
    }
    return coefficients
  }
}

/// Departures that both versions predict for some rows; its columns are reused from panel to panel.
struct StatePrediction {
  /// Column-major: rows × horizon, in units of the recent size.
  private(set) var plain: [Double] = []
  private(set) var anchored: [Double] = []

  mutating func predict(_ rows: StateRows, _ range: Range<Int>, _ plainBeta: Matrix, _ anchoredBeta: Matrix) {
    let (count, horizon, echoCount) = (range.count, rows.horizon, rows.echoCount)
    let shared = StateRows.sharedCount
    var left = [Double](repeating: 0, count: count * shared)
    rows.expand(range, into: &left)
    let panel = Matrix(rows: count, columns: shared, elements: left)
    plain = (panel * plainBeta.panel(0..<shared)).elements
    anchored = (panel * anchoredBeta.panel(0..<shared)).elements
    for step in 0..<horizon {
      for row in 0..<count {
        let source = range.lowerBound + row
        let place = step * count + row
        anchored[place] += rows.anchors[2 * source] + Double(step) * rows.anchors[2 * source + 1]
        for echo in 0..<echoCount {
          let value = rows.echoes[(source * horizon + step) * echoCount + echo]
          plain[place] += plainBeta[shared + echo, step] * value
          anchored[place] += anchoredBeta[shared + echo, step] * value
        }
      }
    }
  }
}
