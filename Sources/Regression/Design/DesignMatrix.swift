public import LinearAlgebra

/// The numbers that a regression sees: named columns over the rows that could be used.
public struct DesignMatrix: Sendable {
  /// n × p: the columns that are held as numbers.
  public let matrix: Matrix
  /// What the elements exceed their doubles by, n × p, for columns formed in double-double arithmetic such as powers
  /// (`PolynomialPowers`); nil for nothing. Linear regression makes use of it, other fits pass it over.
  public let lowOrder: Matrix?
  /// One name per column of `matrix`: `(intercept)`, `tenure`, `region[east]`, `spline(age)[2]`.
  public let names: [String]
  /// Factors of many levels, held as codes; empty unless asked for.
  public let factors: [Factor]
  /// Which rows of the predictors the rows of the matrix are.
  public let rows: [Int]
  /// What was done about missing values and unseen levels.
  public let treatment: Treatment
  /// One per column of `matrix`: how strongly a ridge penalty holds it beside others; nil for ones.
  public let penaltyFactors: [Double]?

  /// A factor whose columns of zeros and ones are never written out.
  public struct Factor: Sendable {
    public let name: String
    /// The levels that have a column.
    public let levels: [String]
    /// The level's column of each row; −1 for the reference level.
    public let codes: [Int32]

    public init(name: String, levels: [String], codes: [Int32]) {
      self.name = name
      self.levels = levels
      self.codes = codes
    }

    public var names: [String] { levels.map { "\(name)[\($0)]" } }
  }

  /// Counts of rows by what was done about them; nothing is left out or filled in silently.
  public struct Treatment: Sendable, Hashable, Codable {
    /// Rows left out for a missing value, by the first predictor that missed it.
    public var leftOut: [String: Int] = [:]
    /// Missing values replaced by the mean or the reference level, by predictor.
    public var filled: [String: Int] = [:]
    /// Levels that the fit had not seen, taken as the reference level, by predictor.
    public var unseen: [String: Int] = [:]

    public init() {}

    public var isEmpty: Bool { leftOut.isEmpty && filled.isEmpty && unseen.isEmpty }
  }

  public init(
    _ matrix: Matrix, lowOrder: Matrix? = nil, names: [String], rows: [Int]? = nil,
    treatment: Treatment = Treatment(), factors: [Factor] = [], penaltyFactors: [Double]? = nil
  ) {
    precondition(penaltyFactors.map { $0.count == matrix.columns } ?? true, "one penalty factor per column is needed")
    self.penaltyFactors = penaltyFactors
    precondition(names.count == matrix.columns, "one name per column is needed")
    precondition(
      lowOrder.map { $0.rows == matrix.rows && $0.columns == matrix.columns } ?? true,
      "the low-order part differs in shape from the matrix")
    precondition(rows.map { $0.count == matrix.rows } ?? true, "the row numbers do not fit the matrix")
    precondition(factors.allSatisfy { $0.codes.count == matrix.rows }, "the factors do not fit the matrix")
    self.matrix = matrix
    self.lowOrder = lowOrder
    self.names = names
    self.rows = rows ?? Array(0..<matrix.rows)
    self.treatment = treatment
    self.factors = factors
  }

  /// The names of all columns: those of the matrix, then those of the factors.
  public var allNames: [String] { names + factors.flatMap(\.names) }

  /// xᵀb of every row: the matrix's columns first among the coefficients, then the levels of the factors.
  func predictor(_ coefficients: [Double]) -> [Double] {
    var predictor = matrix * Array(coefficients.prefix(names.count))
    var start = names.count
    for factor in factors {
      for (i, code) in factor.codes.enumerated() where code >= 0 { predictor[i] += coefficients[start + Int(code)] }
      start += factor.levels.count
    }
    return predictor
  }

  /// The design of some of the rows, as for the folds of a cross-validation.
  public func selecting(rows indices: [Int]) -> DesignMatrix {
    DesignMatrix(
      matrix.selecting(rows: indices), lowOrder: lowOrder?.selecting(rows: indices), names: names,
      rows: indices.map { rows[$0] }, treatment: treatment,
      factors: factors.map { factor in
        Factor(name: factor.name, levels: factor.levels, codes: indices.map { factor.codes[$0] })
      }, penaltyFactors: penaltyFactors)
  }

  /// The first column that holds a value that is not a finite number.
  var notFiniteColumn: String? {
    matrix.isFinite ? nil : names.indices.first { !Array(matrix.column($0)).isAllFinite }.map { names[$0] }
  }

  /// Weighted mean and population standard deviation of a column.
  func moments(_ column: Int, weights: [Double]?) -> (mean: Double, deviation: Double) {
    weightedMoments(matrix.column(column), weights: weights)
  }
}

/// Weighted mean and population standard deviation, in two passes; an exactly constant column has deviation zero.
func weightedMoments(_ values: ArraySlice<Double>, weights: [Double]?) -> (mean: Double, deviation: Double) {
  guard let first = values.first else { return (0, 0) }
  if values.allSatisfy({ $0 == first }) { return (first, 0) }
  guard let weights else { return moments(values.span, first) }
  var (sum, total) = (0.0, 0.0)
  for (index, value) in values.enumerated() {
    let weight = weights[index]
    sum += weight * value
    total += weight
  }
  guard total > 0 else { return (0, 0) }
  let mean = sum / total
  var squares = 0.0
  for (index, value) in values.enumerated() {
    squares += weights[index] * (value - mean) * (value - mean)
  }
  return (mean, (squares / total).squareRoot())
}

/// Mean and population deviation without weights; four sums side by side, since each addition waits for the last.
private func moments(_ values: Span<Double>, _ first: Double) -> (mean: Double, deviation: Double) {
  let n = values.count
  func sum(_ term: (Double) -> Double) -> Double {
    var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
    var i = 0
    while i + 4 <= n {
      a += term(values[i])
      b += term(values[i + 1])
      c += term(values[i + 2])
      d += term(values[i + 3])
      i += 4
    }
    while i < n {
      a += term(values[i])
      i += 1
    }
    return (a + b) + (c + d)
  }
  // Differences from the first value keep the digits of columns far from zero.
  let mean = first + sum { $0 - first } / Double(n)
  return (mean, (sum { ($0 - mean) * ($0 - mean) } / Double(n)).squareRoot())
}

/// The data that a design is built from: named predictors of equal length.
public struct Predictors: Sendable {
  public enum Values: Sendable {
    /// NaN where missing.
    case numeric([Double])
    /// A code per row into `levels`; −1 where missing.
    case factor(codes: [Int32], levels: [String])

    var count: Int {
      switch self {
      case .numeric(let values): values.count
      case .factor(let codes, _): codes.count
      }
    }

    var hasMissing: Bool {
      switch self {
      case .numeric(let values): values.contains { $0.isNaN }
      case .factor(let codes, _): codes.contains { $0 < 0 }
      }
    }

    func isMissing(_ row: Int) -> Bool {
      switch self {
      case .numeric(let values): values[row].isNaN
      case .factor(let codes, _): codes[row] < 0
      }
    }
  }

  public let rowCount: Int
  private var columns: [String: Values] = [:]

  public init(rowCount: Int) { self.rowCount = rowCount }

  public subscript(name: String) -> Values? {
    get { columns[name] }
    set {
      precondition(newValue.map { $0.count == rowCount } ?? true, "predictor \(name) differs in length")
      columns[name] = newValue
    }
  }

  public var names: [String] { columns.keys.sorted() }

  /// The predictors of some of the rows.
  public func selecting(rows: [Int]) -> Predictors {
    var selected = Predictors(rowCount: rows.count)
    for (name, values) in columns {
      switch values {
      case .numeric(let values): selected[name] = .numeric(rows.map { values[$0] })
      case .factor(let codes, let levels): selected[name] = .factor(codes: rows.map { codes[$0] }, levels: levels)
      }
    }
    return selected
  }
}
