internal import LinearAlgebra

/// A series made ready for ARIMA: from its first to its last known value, gaps filled for the search, and the regressors
/// in units of their spread.
struct ArimaSeries {
  /// From the first to the last known value, gaps filled.
  private(set) var values: [Double]
  /// Positions in `values` that are not known.
  let unknown: [Int]
  /// Unknown values before the first known one.
  let lead: Int
  /// Regressors, count × regressorCount, column after column, centred and scaled.
  let regressors: [Double]
  let regressorCount: Int
  /// What was taken from each regressor.
  let means: [Double]
  /// What each regressor was then divided by; 0 for one that does not vary and so says nothing.
  let scales: [Double]

  var count: Int { values.count }
  /// Up to so many unknown values are estimated exactly, each as an effect of its own.
  private static let mostDummies = 24

  /// - Parameter regressors: rows for every value; finite.
  init(_ all: Span<Double>, season: Int, regressors table: Matrix?) {
    var first = 0
    var last = all.count - 1
    while all[first].isNaN { first += 1 }
    while all[last].isNaN { last -= 1 }
    lead = first
    var known: [Double] = []
    for time in first...last { known.append(all[time]) }
    unknown = known.indices.filter { known[$0].isNaN }
    values = unknown.isEmpty ? known : ArimaSeries.filled(known, season: season)
    var columns: [Double] = []
    var centres: [Double] = []
    var spreads: [Double] = []
    for index in 0..<(table?.columns ?? 0) {
      let column = Array(table!.column(index))[first...last]
      var moments = Moments()
      for value in column { moments.add(value) }
      let spread = (moments.squares / Double(max(1, moments.count))).squareRoot()
      let isFlat = spread <= 1e-12 * abs(moments.mean)
      centres.append(moments.mean)
      spreads.append(isFlat ? 0 : spread)
      for value in column { columns.append(isFlat ? 0 : (value - moments.mean) / spread) }
    }
    regressors = columns
    means = centres
    scales = spreads
    regressorCount = spreads.count
  }

  private static func filled(_ values: [Double], season: Int) -> [Double] {
    let straight = interpolated(values.span)
    let decomposition = MultipleSeasonDecomposition()
    guard season > 1, let parts = try? decomposition.decompose(values.span, seasons: [season]), !parts.seasonal.isEmpty
    else { return straight }
    let total = parts.seasonalTotal
    let gappy = values.indices.map { values[$0] - total[$0] }
    let adjusted = interpolated(gappy.span)
    return values.indices.map { values[$0].isNaN ? adjusted[$0] + total[$0] : values[$0] }
  }

  /// The series without its regressors, by ordinary least squares: what the unit-root tests look at.
  func withoutRegressors() -> [Double] {
    guard regressorCount > 0 else { return values }
    var table = values
    table.append(contentsOf: repeatElement(1, count: count))
    table.append(contentsOf: regressors)
    var system = NormalSystem(order: regressorCount + 1)
    system.setProducts(table, count: count, target: 0)
    system.solve()
    var rest = values
    for index in 0..<regressorCount {
      for time in 0..<count { rest[time] -= system.solution[index + 1] * regressors[index * count + time] }
    }
    return rest
  }

  /// Whether unknown values are few enough for an exact treatment.
  var estimatesUnknown: Bool { !unknown.isEmpty && unknown.count <= ArimaSeries.mostDummies }

  /// The differenced series, then unknown values, the constant where the order has one, and the regressors.
  /// - Parameter withUnknown: adds an effect for every unknown value, so that it has no weight (Gómez, Maravall & Peña,
  ///   "Missing observations in ARIMA models: skipping approach versus additive outlier approach", Journal of
  ///   Econometrics 88, 1999).
  func estimation(_ order: ArimaOrder, withUnknown: Bool) -> ArimaEstimation {
    let n = count - order.lostValues
    var data = differenced(values, order)
    var columns = 1
    for position in unknown where withUnknown {
      var dummy = [Double](repeating: 0, count: count)
      dummy[position] = 1
      data.append(contentsOf: differenced(dummy, order))
      columns += 1
    }
    if order.hasConstant {
      data.append(contentsOf: repeatElement(1, count: n))
      columns += 1
    }
    for index in 0..<regressorCount {
      data.append(contentsOf: differenced(Array(regressors[index * count..<(index + 1) * count]), order))
      columns += 1
    }
    return ArimaEstimation(
      data: data, count: n, columns: columns, knownCount: max(1, n - unknown.count),
      unknownColumns: withUnknown ? unknown.count : 0)
  }

  private func differenced(_ column: [Double], _ order: ArimaOrder) -> [Double] {
    var series = column
    for _ in 0..<order.seasonal.d { series = ArimaDifferences.difference(series, lag: order.season) }
    for _ in 0..<order.regular.d { series = ArimaDifferences.difference(series, lag: 1) }
    return series
  }

  /// The effects of the regressors in their own units.
  func unscaled(_ estimate: ArimaEstimate) -> [Double] {
    let base = estimate.order.hasConstant ? 1 : 0
    return scales.indices.map { scales[$0] > 0 ? estimate.effects[base + $0] / scales[$0] : 0 }
  }

  /// The size of the largest value: what differences are small against.
  var largest: Double { values.reduce(0) { max($0, abs($1)) } }

  /// Puts the estimates of unknown values in their place.
  mutating func fillUnknown(_ effects: [Double]) {
    for (position, effect) in zip(unknown, effects) { values[position] -= effect }
  }
}
