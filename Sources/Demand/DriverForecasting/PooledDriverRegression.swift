internal import LinearAlgebra
internal import TimeSeries

/// A driver regression of all series of a panel, `back` periods before the ends of their histories.
struct PooledDriverRegression: Sendable {
  let choice: DriverChoice
  let names: [String]
  let forms: [DriverColumn.Form]
  let transform: DriverTransform
  let coefficients: RandomCoefficients
  /// Level names of the used factors, and the position of each in the panel.
  let factors: [(name: String, levels: [String: Int])]
  /// σ² that a series is drawn towards, as if it had been seen `noisePeriods` times.
  let noise: Double
  /// Units of the columns: their standard deviation around their levels.
  let scales: [Double]
  static let noisePeriods = 6.0

  /// Nil where no column varies.
  /// - Parameter iterations: of the variances of coefficients.
  init?(
    _ table: DriverTable, _ regressors: DriverRegressors, _ choice: DriverChoice, back: Int,
    iterations: Int = RandomCoefficients.fewIterations,
    threads: Int
  ) {
    let panel = table.panel
    let width = regressors.count
    let filter = DiscountedRegression(discount: choice.discount)
    // 1. The sums of every series.
    let sums = parallelMap(count: panel.count, threads: threads) { series in
      let input = SeriesInput(table, regressors, series: series, back: back, steps: 0)
      return filter.sums(input.response, input.rows, width: width)
    }
    // 2. Columns in units of their own spread; columns that never vary do nothing.
    let rows = sums.reduce(0) { $0 + $1.count }
    var scales = (0..<width).map { column in
      let squares = sums.reduce(0.0) { $0 + $1.information[column * (width + 1)] }
      return rows > 0 ? (squares / Double(rows)).squareRoot() : 0
    }
    guard scales.contains(where: { $0 > 1e-9 }), rows > width + 2 else { return nil }
    scales = scales.map { $0 > 1e-9 ? $0 : .infinity }
    // 3. Noise by series from the pooled fit, then coefficients; once more with the noise that these leave.
    let codes = panel.factors.indices.map { factor in
      (0..<panel.count).map { panel.level(ofFactor: factor, series: $0) }
    }
    let levelCounts = panel.levels.map(\.count)
    guard let start = Self.commonCoefficients(sums, scales) else { return nil }
    var own = [[Double]](repeating: start, count: panel.count)
    var fitted: RandomCoefficients?
    var noise = 0.0
    for round in 0..<2 {
      let squares = zip(sums, own).map { $0.squares($1) }
      noise = max(1e-12, squares.reduce(0, +) / Double(max(1, rows - width)))
      var data = SeriesInformation(count: panel.count, width: width)
      for (series, sum) in sums.enumerated() {
        data.set(series, sum, scales, noise: Self.drawn(squares[series], sum.count, noise))
      }
      let coefficients = RandomCoefficients(
        data, codes: codes, levelCounts: levelCounts, iterations: round == 0 ? 4 : iterations, start: fitted)
      for series in 0..<panel.count {
        let prior = coefficients.prior(coefficients.factors.map { codes[$0][series] })
        let drawn = coefficients.posterior(prior, information: data.matrix(series), score: data.vector(series))
        own[series] = zip(drawn, scales).map { $0 / $1 }
      }
      fitted = coefficients
    }
    guard let fitted else { return nil }
    self.choice = choice
    names = regressors.names
    forms = regressors.forms
    transform = table.transform
    coefficients = fitted
    factors = fitted.factors.map { factor in
      let levels = panel.levels[factor].enumerated().map { ($1, $0) }
      return (panel.factors[factor], Dictionary(uniqueKeysWithValues: levels))
    }
    self.noise = noise
    self.scales = scales
  }

  private static func drawn(_ squares: Double, _ count: Int, _ noise: Double) -> Double {
    (squares + noisePeriods * noise) / (Double(count) + noisePeriods)
  }

  /// Least squares over all series, in the columns' own units.
  private static func commonCoefficients(_ sums: [DiscountedRegression.Sums], _ scales: [Double]) -> [Double]? {
    let width = scales.count
    var (matrix, score) = (Matrix(rows: width, columns: width), [Double](repeating: 0, count: width))
    for sum in sums {
      for j in 0..<width {
        score[j] += sum.score[j] / scales[j]
        for i in 0..<width { matrix[i, j] += sum.information[i + j * width] / scales[i] / scales[j] }
      }
    }
    let rows = sums.reduce(0) { $0 + $1.count }
    for column in 0..<width { matrix[column, column] += 1e-6 * Double(rows) }
    return (try? Cholesky(matrix)).map { zip($0.solve(score), scales).map { $0 / $1 } }
  }

  /// The forecast of a series.
  struct Forecast {
    /// In the unit of the series; empty where nothing is known of it.
    var values: [Double] = []
    /// On the scale of the regression.
    var responses: [Double] = []
    /// One-step standard deviation on the scale of the regression.
    var deviation = 0.0
    var unit = 1.0
    /// In the units of the columns.
    var coefficients: [Double] = []
  }

  /// - Parameter regressors: those of ``DriverChoice/terms`` over the panel that the series is in.
  func forecast(_ series: Int, _ table: DriverTable, _ regressors: DriverRegressors, back: Int, steps: Int) -> Forecast
  {
    let width = regressors.count
    let filter = DiscountedRegression(discount: choice.discount)
    let input = SeriesInput(table, regressors, series: series, back: back, steps: steps)
    let sum = filter.sums(input.response, input.rows, width: width)
    // Its own coefficients, drawn towards those of its levels, which are known by name.
    let levels = factors.map { factor -> Int? in
      guard let index = table.panel.factors.firstIndex(of: factor.name) else { return nil }
      return factor.levels[table.panel.levels[index][table.panel.level(ofFactor: index, series: series)]]
    }
    let prior = coefficients.prior(levels)
    let inUnits = zip(prior, scales).map { $0 / $1 }
    let variance = Self.drawn(sum.squares(inUnits), sum.count, noise)
    var data = SeriesInformation(count: 1, width: width)
    data.set(0, sum, scales, noise: variance)
    let drawn = coefficients.posterior(prior, information: data.matrix(0), score: data.vector(0))
    var result = Forecast()
    result.coefficients = zip(drawn, scales).map { $0 / $1 }
    result.deviation = Self.drawn(sum.squares(result.coefficients), sum.count, noise).squareRoot()
    result.unit = input.unit
    guard let level = filter.level(input.response, input.rows, result.coefficients) else { return result }
    for step in 0..<steps {
      let start = (input.response.count + step) * width
      let response = level + DiscountedRegression.product(input.rows, start, result.coefficients)
      result.responses.append(response)
      result.values.append(transform.value(ofResponse: response, unit: input.unit))
    }
    return result
  }
}

/// One series as the regression sees it.
struct SeriesInput {
  /// History, NaN where unknown.
  let response: [Double]
  /// Regressors over history and steps.
  let rows: [Double]
  let unit: Double

  init(_ table: DriverTable, _ regressors: DriverRegressors, series: Int, back: Int, steps: Int) {
    let history = table.panel.series.values(ofSeries: series).dropLast(back)
    let unit = table.transform.unit(history)
    response = history.map { table.transform.response($0, unit: unit) }
    var rows: [Double] = []
    let known = table.panel.series.length(ofSeries: series) - history.count + table.panel.horizon
    regressors.fill(&rows, series: series, end: history.count, steps: min(steps, known))
    self.rows = rows
    self.unit = unit
  }
}

extension SeriesInformation {
  /// Sets the equations of a series from its sums, in units of the columns' scales and the noise.
  mutating func set(_ series: Int, _ sums: DiscountedRegression.Sums, _ scales: [Double], noise: Double) {
    for j in 0..<width {
      score[series * width + j] = sums.score[j] / scales[j] / noise
      for i in 0..<width {
        information[series * width * width + i + j * width] =
          sums.information[i + j * width] / scales[i] / scales[j] / noise
      }
    }
  }
}
