internal import ChannelTypes
internal import LinearAlgebra

/// The first, pooled estimate: one height for each spend type, the same in all regions. It finds the forms and the
/// behaviour of the errors from which the sampler starts, and compares the families on held-out periods.
struct ResponsePilot: Sendable {
  /// Index into `ResponseForm.all` for each spend type.
  private(set) var forms: [Int]
  /// Pooled heights in units of region size, not negative.
  private(set) var heights: [Double]
  private(set) var errors: ErrorModel

  fileprivate let panel: ResponsePanel
  /// Outcome in units of region size, 0 where unknown.
  fileprivate let outcome: [Double]
  fileprivate let columns: [ResponseColumns]
  /// The height at which a spend type returns its own cost: the centre of the ridge.
  fileprivate let breakEven: [Double]

  /// Degrees of freedom of the t distribution behind the robust weights.
  static let robustDegrees = 5.0
  /// A held-out block is a sixth of the history; three of them follow one another at its end.
  static let heldOutBlocks = 3

  init(panel: ResponsePanel, outcome: [Double], known: [Bool], columns: [ResponseColumns], breakEven: [Double])
    throws(LinearAlgebraError)
  {
    self.panel = panel
    self.outcome = outcome
    self.columns = columns
    self.breakEven = breakEven
    let middle = ResponseForm.all.firstIndex { $0.family == .hill && $0.elasticity >= 0.4 } ?? 0
    forms = breakEven.map { _ in middle }
    heights = breakEven
    let plain = ErrorModel(autocorrelation: 0, weights: known.map { $0 ? 1 : 0 })
    errors = plain
    // 1. Forms and heights with independent errors; 2. autocorrelation and weights from the residuals; 3. again.
    for _ in 0..<3 {
      let design = PilotDesign(self, errors: errors)
      for _ in 0..<2 {
        for type in forms.indices {
          forms[type] = try design.bestForm(type: type, among: Array(ResponseForm.all.indices), forms: forms).form
        }
      }
      heights = try design.fit(forms: forms)
      errors = errorModel(plain: plain)
    }
  }

  /// Autocorrelation of the unwhitened residuals (corrected for the bias that a fitted level and trend bring:
  /// Kendall, 1954), then region variances shrunken towards their mean and robust weights.
  private func errorModel(plain: ErrorModel) -> ErrorModel {
    let residual = panel.controlSpace(plain).residual(plain.whitened(unexplained(), periodCount: panel.periodCount))
    var (cross, square) = (0.0, 0.0)
    for row in residual.indices where row % panel.periodCount > 0 && plain.weights[row] * plain.weights[row - 1] > 0 {
      cross += residual[row] * residual[row - 1]
      square += residual[row - 1] * residual[row - 1]
    }
    let raw = square > 0 ? cross / square : 0
    let corrected = raw + (2 + 4 * raw) / Double(panel.periodCount)
    var errors = ErrorModel(autocorrelation: min(max(corrected, 0), 0.95), weights: plain.weights)

    let news = panel.controlSpace(errors).residual(errors.whitened(unexplained(), periodCount: panel.periodCount))
    let total = squaredNorm(news)
    let count = plain.weights.reduce(0, +)
    guard total > 0, count > 0 else { return errors }
    let pooled = total / count
    for region in panel.regions.indices {
      let rows = panel.rows(of: region).filter { plain.weights[$0] > 0 }
      let variance = (rows.reduce(0) { $0 + news[$1] * news[$1] } + 6 * pooled) / Double(rows.count + 6)
      for row in rows {
        let robust = (Self.robustDegrees + 1) / (Self.robustDegrees + news[row] * news[row] / variance)
        errors.weights[row] = (robust * pooled / variance).squareRoot()
      }
    }
    return errors
  }

  /// Outcome less the fitted responses.
  private func unexplained() -> [Double] {
    var rest = outcome
    for (type, form) in forms.enumerated() where heights[type] != 0 {
      for (row, value) in columns[type].column(form).enumerated() { rest[row] -= heights[type] * value }
    }
    return rest
  }

  /// The family of each spend type that explains held-out periods best.
  ///
  /// Rolling origins: three blocks at the end of the history, each judged by a fit on what lies before it (form
  /// parameters and heights; levels of the block itself are projected out). Hill stays unless another family is
  /// better by more than the standard error of the difference.
  func chosenFamilies() throws(LinearAlgebraError) -> [ResponseCurve.Family] {
    let block = max(2, panel.periodCount / 6)
    var losses = forms.map { _ in ResponseCurve.Family.allCases.map { _ in [Double]() } }
    for index in 0..<Self.heldOutBlocks {
      let origin = panel.periodCount - (Self.heldOutBlocks - index) * block
      guard origin >= block else { continue }
      let before = PilotDesign(self, errors: errors.keeping(0..<origin, of: panel.periodCount))
      let held = PilotDesign(
        self, errors: errors.keeping(origin..<origin + block, of: panel.periodCount), trends: false)
      for type in forms.indices {
        for (position, family) in ResponseCurve.Family.allCases.enumerated() {
          let candidates = ResponseForm.all.indices.filter { ResponseForm.all[$0].family == family }
          let best = try before.bestForm(type: type, among: candidates, forms: forms)
          var tried = forms
          tried[type] = best.form
          losses[type][position].append(contentsOf: held.squaredErrors(forms: tried, heights: best.heights))
        }
      }
    }
    let hill = ResponseCurve.Family.allCases.firstIndex(of: .hill) ?? 0
    return losses.map { families in
      var (chosen, bestGain) = (hill, 0.0)
      for (position, errors) in families.enumerated() where position != hill && !errors.isEmpty {
        let gains = zip(families[hill], errors).map { $0 - $1 }
        let count = Double(gains.count)
        let mean = gains.reduce(0, +) / count
        let deviation = (gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot()
        if mean > deviation / count.squareRoot(), mean > bestGain { (chosen, bestGain) = (position, mean) }
      }
      return ResponseCurve.Family.allCases[chosen]
    }
  }

}

/// Whitened, projected least squares on a set of rows.
private struct PilotDesign {
  let space: ControlSpace
  let outcome: [Double]
  let breakEven: [Double]
  let variance: Double
  /// For each type the projected columns of all forms, rows × forms, and their products with the outcome.
  let columns: [Matrix]
  let products: [[Double]]

  init(_ pilot: ResponsePilot, errors: ErrorModel, trends: Bool = true) {
    let panel = pilot.panel
    space = ControlSpace(
      columns: panel.controlColumns(trends: trends).map { errors.whitened($0, periodCount: panel.periodCount) },
      rowCount: panel.rowCount)
    let outcome = space.residual(errors.whitened(pilot.outcome, periodCount: panel.periodCount))
    self.outcome = outcome
    breakEven = pilot.breakEven
    let rowsUsed = errors.weights.count { $0 > 0 }
    variance = squaredNorm(outcome) / Double(max(1, rowsUsed - space.dimension))
    let space = space
    columns = pilot.columns.map { space.residual($0.whitened(errors).stacked) }
    products = columns.map { $0.transposedTimes(outcome) }
  }

  /// Heights by non-negative least squares with a weak ridge towards break-even.
  func fit(forms: [Int]) throws(LinearAlgebraError) -> [Double] {
    let used = forms.indices.map { Array(columns[$0].column(forms[$0])) }
    var gram = Matrix(rows: used.count, columns: used.count)
    for i in used.indices {
      for j in used.indices { gram[i, j] = dot(used[i], used[j]) }
    }
    return try solve(gram, forms.indices.map { products[$0][forms[$0]] }).heights
  }

  private func solve(_ gram: Matrix, _ products: [Double]) throws(LinearAlgebraError) -> (
    heights: [Double], loss: Double
  ) {
    var (gram, products) = (gram, products)
    for i in products.indices {
      let ridge = variance / (4 * breakEven[i] * breakEven[i])
      gram[i, i] += ridge
      products[i] += ridge * breakEven[i]
    }
    let heights = try NonNegativeLeastSquares(gram: gram, products: products).solution
    let loss = dot(heights, gram * heights) - 2 * dot(heights, products)
    return (heights, loss)
  }

  /// The form of one spend type with the least loss, the forms of the others held.
  func bestForm(type: Int, among candidates: [Int], forms: [Int]) throws(LinearAlgebraError)
    -> (form: Int, heights: [Double])
  {
    var gram = Matrix(rows: forms.count, columns: forms.count)
    let used = forms.indices.map { Array(columns[$0].column(forms[$0])) }
    for i in used.indices where i != type {
      for j in used.indices where j != type { gram[i, j] = dot(used[i], used[j]) }
    }
    let cross = used.map { columns[type].transposedTimes($0) }
    var right = forms.indices.map { products[$0][forms[$0]] }
    var best = (form: forms[type], heights: [Double](repeating: 0, count: forms.count), loss: Double.infinity)
    for candidate in candidates {
      for other in forms.indices where other != type {
        gram[type, other] = cross[other][candidate]
        gram[other, type] = cross[other][candidate]
      }
      gram[type, type] = columns[type].column(candidate).reduce(0) { $0 + $1 * $1 }
      right[type] = products[type][candidate]
      let fit = try solve(gram, right)
      if fit.loss < best.loss { best = (candidate, fit.heights, fit.loss) }
    }
    return (best.form, best.heights)
  }

  func squaredErrors(forms: [Int], heights: [Double]) -> [Double] {
    var rest = outcome
    for (type, form) in forms.enumerated() where heights[type] != 0 {
      for (row, value) in columns[type].column(form).enumerated() { rest[row] -= heights[type] * value }
    }
    return rest.map { $0 * $0 }
  }
}

extension ErrorModel {
  /// The same errors with every row outside `periods` left out.
  func keeping(_ periods: Range<Int>, of periodCount: Int) -> ErrorModel {
    var copy = self
    for row in weights.indices where !periods.contains(row % periodCount) { copy.weights[row] = 0 }
    return copy
  }
}
