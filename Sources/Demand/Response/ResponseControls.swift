internal import Glibc
internal import LinearAlgebra

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
    (0..<values.count / periodCount).flatMap { region in
      whitened(
        values[region * periodCount..<(region + 1) * periodCount], region: region, periodCount: periodCount)
    }
  }

  /// The whitened copy of one region's values.
  func whitened(_ values: ArraySlice<Double>, region: Int, periodCount: Int) -> [Double] {
    var result = [Double](repeating: 0, count: periodCount)
    let first = (1 - autocorrelation * autocorrelation).squareRoot()
    var before = 0.0
    var followsKnown = false
    for (period, value) in values.enumerated() {
      let weight = weights[region * periodCount + period]
      if weight > 0 {
        result[period] = weight * (followsKnown ? value - autocorrelation * before : first * value)
      }
      (before, followsKnown) = (value, weight > 0)
    }
    return result
  }
}

/// An orthonormal basis of everything but spend that explains the outcome, so that it can be projected out
/// (Frisch & Waugh, 1933; Lovell, 1963): M v = v − Q Qᵀ v.
struct ControlSpace: Sendable {
  /// Q: rows × dimension.
  let basis: Matrix
  var dimension: Int { basis.columns }

  /// Gram-Schmidt, each column orthogonalised twice (Giraud, Langou & Rozloznik, 2005: twice is enough); columns that
  /// depend on earlier ones drop out. Cost: rows × columns².
  init(columns: [[Double]], rowCount: Int) {
    var basis = Matrix(rows: rowCount, columns: 0)
    for column in columns {
      let length = squaredNorm(column).squareRoot()
      guard length > 0 else { continue }
      var rest = column
      for _ in 0..<2 {
        let explained = basis * basis.transposedTimes(rest)
        for row in rest.indices { rest[row] -= explained[row] }
      }
      let left = squaredNorm(rest).squareRoot()
      guard left > 1e-8 * length else { continue }
      basis = Matrix(
        rows: rowCount, columns: basis.columns + 1, elements: basis.elements + rest.map { $0 / left })
    }
    self.basis = basis
  }

  /// M v.
  func residual(_ values: [Double]) -> [Double] {
    let explained = basis * basis.transposedTimes(values)
    return zip(values, explained).map { $0 - $1 }
  }

  /// M V, column by column.
  func residual(_ values: Matrix) -> Matrix {
    let explained = basis * basis.transposedTimes(values)
    let rest = zip(values.elements, explained.elements).map { $0 - $1 }
    return Matrix(rows: values.rows, columns: values.columns, elements: rest)
  }
}

func squaredNorm(_ values: [Double]) -> Double { dot(values, values) }

extension ResponsePanel {
  /// The columns that are projected out: a level and a trend of every region; what all regions share in a period
  /// (season, holidays, the national market) where there are at least four, else the season alone (level by level up to
  /// twelve of them, beyond that four harmonics: Hyndman & Athanasopoulos, *Forecasting* (3rd ed.), ch. 7.4); the
  /// controls.
  /// - Parameter trends: whether regions have trends; a block of few periods has none.
  func controlColumns(trends: Bool = true) -> [[Double]] {
    var columns: [[Double]] = []
    func add(_ value: (_ region: Int, _ period: Int) -> Double) {
      columns.append((0..<rowCount).map { value($0 / periodCount, $0 % periodCount) })
    }
    for region in regions.indices { add { r, _ in r == region ? 1 : 0 } }
    if trends, periodCount >= 2 * ResponsePanel.fewestPeriods {
      let middle = Double(periodCount - 1) / 2
      for region in regions.indices { add { r, t in r == region ? (Double(t) - middle) / middle : 0 } }
    }
    if hasPeriodEffects {
      for period in 1..<periodCount { add { _, t in t == period ? 1 : 0 } }
    } else if seasonLength > 1, periodCount >= 2 * seasonLength {
      if seasonLength <= 12 {
        for position in 1..<seasonLength { add { _, t in t % seasonLength == position ? 1 : 0 } }
      } else {
        for harmonic in 1...4 {
          let turn = 2 * Double.pi * Double(harmonic) / Double(seasonLength)
          add { _, t in sin(turn * Double(t)) }
          add { _, t in cos(turn * Double(t)) }
        }
      }
    }
    return columns + controls.map(\.values)
  }

  /// What is projected out of whitened rows.
  func controlSpace(_ errors: ErrorModel) -> ControlSpace {
    ControlSpace(columns: controlColumns().map { errors.whitened($0, periodCount: periodCount) }, rowCount: rowCount)
  }

  /// Whether there are enough regions to tell what is common to a period from what happened in one region.
  var hasPeriodEffects: Bool { regions.count >= 4 }
}
