/// How the errors of the panel behave: correlated from period to period within a region, of unequal size.
///
/// The whitened rows w_t · (v_t − ρ v_{t−1}) have equal, independent errors (Prais & Winsten, 1954; the first row of a
/// region, and the first after a gap, is w_t · √(1 − ρ²) · v_t). Spend that is planned on last period's sales is then
/// compared with this period's news only, which it cannot have followed.
struct ErrorModel: Sendable {
  /// ρ, in 0...0.95.
  var autocorrelation: Double
  /// w of each row; 0 leaves the row out.
  var weights: [Double]

  /// The whitened copy of a region-major vector.
  func whitened(_ values: [Double], periodCount: Int) -> [Double] {
    var result = [Double](repeating: 0, count: values.count)
    let first = (1 - autocorrelation * autocorrelation).squareRoot()
    for row in values.indices where weights[row] > 0 {
      let follows = row % periodCount > 0 && weights[row - 1] > 0
      result[row] = weights[row] * (follows ? values[row] - autocorrelation * values[row - 1] : first * values[row])
    }
    return result
  }
}

/// An orthonormal basis of everything but spend that explains the outcome, so that it can be projected out
/// (Frisch & Waugh, 1933; Lovell, 1963): M v = v − Q Qᵀ v.
struct ControlSpace: Sendable {
  let rowCount: Int
  /// The columns of Q, one after another.
  private let basis: [Double]
  let dimension: Int

  /// Modified Gram-Schmidt, each column orthogonalised twice (Björck, 1967); columns that depend on earlier ones drop
  /// out. Cost: rows × columns².
  init(columns: [[Double]], rowCount: Int) {
    self.rowCount = rowCount
    var basis: [Double] = []
    var dimension = 0
    for column in columns {
      let length = squaredNorm(column).squareRoot()
      guard length > 0 else { continue }
      var rest = column
      for _ in 0..<2 {
        for index in 0..<dimension { subtractProjection(&rest, basis, from: index * rowCount) }
      }
      let left = squaredNorm(rest).squareRoot()
      guard left > 1e-8 * length else { continue }
      basis.append(contentsOf: rest.map { $0 / left })
      dimension += 1
    }
    self.basis = basis
    self.dimension = dimension
  }

  /// M v.
  func residual(_ values: [Double]) -> [Double] {
    var rest = values
    for index in 0..<dimension { subtractProjection(&rest, basis, from: index * rowCount) }
    return rest
  }

  /// Qᵀ v for a v that is zero outside `rows`, `rows.count` values of it given.
  func coordinates(_ values: ArraySlice<Double>, rows: Range<Int>) -> [Double] {
    (0..<dimension).map { index in
      var sum = 0.0
      let offset = index * rowCount + rows.lowerBound
      for position in 0..<rows.count { sum += basis[offset + position] * values[values.startIndex + position] }
      return sum
    }
  }
}

private func subtractProjection(_ values: inout [Double], _ basis: [Double], from offset: Int) {
  var product = 0.0
  for row in values.indices { product += basis[offset + row] * values[row] }
  for row in values.indices { values[row] -= product * basis[offset + row] }
}

func squaredNorm(_ values: [Double]) -> Double {
  var sum = 0.0
  for value in values { sum += value * value }
  return sum
}

func innerProduct(_ left: [Double], _ right: [Double]) -> Double {
  var sum = 0.0
  for row in left.indices { sum += left[row] * right[row] }
  return sum
}

extension ResponsePanel {
  /// The columns that are projected out: a level and a trend of every region; what all regions share in a period
  /// (season, holidays, the national market) where there are at least four, else the season alone; the controls.
  func controlColumns() -> [[Double]] {
    var columns: [[Double]] = []
    func add(_ value: (_ region: Int, _ period: Int) -> Double) {
      columns.append((0..<rowCount).map { value($0 / periodCount, $0 % periodCount) })
    }
    for region in regions.indices { add { r, _ in r == region ? 1 : 0 } }
    if periodCount >= 2 * ResponsePanel.fewestPeriods {
      let middle = Double(periodCount - 1) / 2
      for region in regions.indices { add { r, t in r == region ? (Double(t) - middle) / middle : 0 } }
    }
    if hasPeriodEffects {
      for period in 1..<periodCount { add { _, t in t == period ? 1 : 0 } }
    } else if seasonLength > 1, periodCount >= 2 * seasonLength {
      for position in 1..<seasonLength { add { _, t in t % seasonLength == position ? 1 : 0 } }
    }
    return columns + controls.map(\.values)
  }

  /// Whether there are enough regions to tell what is common to a period from what happened in one region.
  var hasPeriodEffects: Bool { regions.count >= 4 }
}
