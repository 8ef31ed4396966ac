internal import Glibc
public import LinearAlgebra

/// What explains the difference between two totals of a modelled quantity: a contribution per driver, rows that came
/// and went, and a residual, which add up to the difference.
///
/// For a prediction that is a sum the contribution of a driver is the change of its terms. For a product (a log link)
/// it is the additive logarithmic mean Divisia index (LMDI-I): L(μ₁, μ₀) · Δη of the driver with the logarithmic mean
/// L(a, b) = (a − b) / (log a − log b), which leaves nothing over and treats before and after alike. Source: Ang, "The
/// LMDI approach to decomposition analysis: a practical guide", Energy Policy 33 (2005), equations 5 and 6.
public struct AdditiveBridge: Sendable, Hashable {
  /// How terms make up the prediction.
  public enum Form: String, Sendable, Hashable, Codable {
    /// μ = Σ terms: an identity link.
    case sum
    /// μ = exp(Σ terms): a log link.
    case product
  }

  /// The rows of one period.
  public struct Period: Sendable {
    /// n × p, the columns of the fit.
    public let design: Matrix
    /// What was observed, one value per row.
    public let actual: [Double]
    /// Added to each row's linear predictor; nil for nothing.
    public let offset: [Double]?
    /// What the rows are rows of (a shop, a product): rows of both periods with the same key are compared.
    public let keys: [Int]

    /// - Parameter keys: different from one another; nil pairs rows by their position.
    public init(design: Matrix, actual: [Double], offset: [Double]? = nil, keys: [Int]? = nil) {
      precondition(actual.count == design.rows, "the observed values do not fit the design")
      precondition(offset.map { $0.count == design.rows } ?? true, "the offsets do not fit the design")
      precondition(keys.map { $0.count == design.rows && Set($0).count == $0.count } ?? true, "keys must be distinct")
      self.design = design
      self.actual = actual
      self.offset = offset
      self.keys = keys ?? Array(0..<design.rows)
    }
  }

  public struct Contribution: Sendable, Hashable {
    public let name: String
    public let amount: Double
  }

  /// Observed totals.
  public let before: Double
  public let after: Double
  /// Per driver in the order of their first columns, then `(offset)` where there is one.
  public let contributions: [Contribution]
  /// Predicted total of rows that only the later period has.
  public let entered: Double
  /// Minus the predicted total of rows that only the earlier period has.
  public let left: Double
  /// The change of what the model does not explain: the difference less everything above.
  public let residual: Double

  public var difference: Double { after - before }

  public static let offsetName = "(offset)"

  /// - Parameters:
  ///   - coefficients: one per column.
  ///   - drivers: the driver of each column; columns of one driver share a contribution.
  public init(
    from before: Period, to after: Period, coefficients: [Double], drivers: [String], form: Form
  ) {
    precondition(
      before.design.columns == coefficients.count && after.design.columns == coefficients.count
        && drivers.count == coefficients.count, "coefficients and drivers must fit the designs")
    let grouping = DriverColumnGroups(drivers.map { $0.isEmpty ? Design.interceptName : $0 })
    let (terms, earlierTerms) = (
      DriverTerms(after, coefficients, grouping), DriverTerms(before, coefficients, grouping)
    )
    let rowOfKey = Dictionary(uniqueKeysWithValues: before.keys.enumerated().map { ($1, $0) })
    var isMatched = [Bool](repeating: false, count: before.keys.count)
    var amounts = [Double](repeating: 0, count: terms.count)
    var entered = 0.0
    for (row, key) in after.keys.enumerated() {
      guard let earlier = rowOfKey[key] else {
        entered += terms.prediction(row, form)
        continue
      }
      isMatched[earlier] = true
      // Δμ = L · Σ Δterms; for a sum L is one.
      let changes = (0..<terms.count).map { terms.term(row, $0) - earlierTerms.term(earlier, $0) }
      let mean =
        form == .sum ? 1 : logarithmicMean(earlierTerms.prediction(earlier, form), logRatio: changes.reduce(0, +))
      for (index, change) in changes.enumerated() { amounts[index] += mean * change }
    }
    var left = 0.0
    for row in isMatched.indices where !isMatched[row] { left -= earlierTerms.prediction(row, form) }
    self.before = before.actual.reduce(0, +)
    self.after = after.actual.reduce(0, +)
    // Without offsets the last amount is zero and has no name.
    let names = grouping.names + (before.offset == nil && after.offset == nil ? [] : [AdditiveBridge.offsetName])
    contributions = zip(names, amounts).map { Contribution(name: $0, amount: $1) }
    self.entered = entered
    self.left = left
    residual = self.after - self.before - amounts.reduce(0, +) - entered - left
  }
}

/// L(b · exp(r), b) = b (eʳ − 1) / r, b itself at r = 0.
private func logarithmicMean(_ base: Double, logRatio: Double) -> Double {
  logRatio == 0 ? base : base * expm1(logRatio) / logRatio
}

/// The linear predictor of every row, split by driver.
private struct DriverTerms {
  /// Drivers, and one more for the offset.
  let count: Int
  private let rows: Int
  private let elements: [Double]

  init(_ period: AdditiveBridge.Period, _ coefficients: [Double], _ grouping: DriverColumnGroups) {
    rows = period.design.rows
    var elements: [Double] = []
    for columns in grouping.columns {
      var terms = [Double](repeating: 0, count: rows)
      for column in columns {
        for (row, value) in period.design.column(column).enumerated() { terms[row] += value * coefficients[column] }
      }
      elements += terms
    }
    // Always a place for the offset, so that one period with and one without an offset can be compared.
    elements += period.offset ?? [Double](repeating: 0, count: rows)
    count = grouping.columns.count + 1
    self.elements = elements
  }

  func term(_ row: Int, _ driver: Int) -> Double { elements[row + driver * rows] }

  func prediction(_ row: Int, _ form: AdditiveBridge.Form) -> Double {
    let sum = (0..<count).reduce(0) { $0 + term(row, $1) }
    return form == .sum ? sum : exp(sum)
  }
}
