/// A linear or mixed-integer program: optimise c·x subject to rows lower ≤ A·x ≤ upper and bounds on x.
///
/// Plain data, built row by row and handed to a `Solver`. An infinite bound stands for none. A row carries a label for
/// people and a tag by which its author finds it again: rows of one tag are one limit of the user's.
public struct LinearProgram: Sendable {
  public enum Sense: Sendable { case minimise, maximise }

  public struct Variable: Sendable {
    public var lower: Double
    public var upper: Double
    /// Its coefficient in the objective.
    public var objective: Double
    public var isInteger: Bool
    public var label: String

    public init(
      lower: Double = 0, upper: Double = .infinity, objective: Double = 0, isInteger: Bool = false, label: String = ""
    ) {
      self.lower = lower
      self.upper = upper
      self.objective = objective
      self.isInteger = isInteger
      self.label = label
    }
  }

  public struct Row: Sendable {
    public var lower: Double
    public var upper: Double
    public var label: String
    /// The limit that the row belongs to; nil for a row that nobody may drop or relax.
    public var tag: Int?
  }

  public var sense: Sense
  public var variables: [Variable] = []
  public var rows: [Row] = []
  /// The entries of row r are at `rowStart[r]..<rowStart[r + 1]`.
  public private(set) var rowStart: [Int] = [0]
  public private(set) var columns: [Int] = []
  public private(set) var coefficients: [Double] = []

  public init(_ sense: Sense) { self.sense = sense }

  /// Adds a variable and returns its index.
  @discardableResult
  public mutating func addVariable(
    lower: Double = 0, upper: Double = .infinity, objective: Double = 0, isInteger: Bool = false, label: String = ""
  ) -> Int {
    variables.append(
      Variable(lower: lower, upper: upper, objective: objective, isInteger: isInteger, label: label))
    return variables.count - 1
  }

  /// Adds the row lower ≤ Σ coefficient · variable ≤ upper and returns its index. Each variable is named once.
  @discardableResult
  public mutating func addRow(
    _ terms: [(variable: Int, coefficient: Double)], lower: Double = -.infinity,
    upper: Double = .infinity, label: String = "", tag: Int? = nil
  ) -> Int {
    for term in terms {
      columns.append(term.variable)
      coefficients.append(term.coefficient)
    }
    rowStart.append(columns.count)
    rows.append(Row(lower: lower, upper: upper, label: label, tag: tag))
    return rows.count - 1
  }

  /// The row lower ≤ Σ variable ≤ upper.
  @discardableResult
  public mutating func addSumRow(
    _ summed: some Sequence<Int>, lower: Double = -.infinity, upper: Double = .infinity, label: String = "",
    tag: Int? = nil
  ) -> Int {
    addRow(
      summed.map { (variable: $0, coefficient: 1.0) }, lower: lower, upper: upper, label: label, tag: tag)
  }

  public var hasIntegers: Bool { variables.contains { $0.isInteger } }

  /// A·x, row by row.
  public func rowValues(at values: [Double]) -> [Double] {
    rows.indices.map { row in
      (rowStart[row]..<rowStart[row + 1]).reduce(0) { $0 + coefficients[$1] * values[columns[$1]] }
    }
  }

  /// c·x.
  public func objective(at values: [Double]) -> Double {
    zip(variables, values).reduce(0) { $0 + $1.0.objective * $1.1 }
  }

  /// The largest amount by which `values` leave a bound, a row or a whole number.
  public func violation(at values: [Double]) -> Double {
    var worst = 0.0
    for (variable, value) in zip(variables, values) {
      worst = max(worst, variable.lower - value, value - variable.upper)
      if variable.isInteger { worst = max(worst, abs(value - value.rounded())) }
    }
    for (row, value) in zip(rows, rowValues(at: values)) { worst = max(worst, row.lower - value, value - row.upper) }
    return worst
  }

  /// Something in the program that is no number, or no place for one.
  var defect: String? {
    for (index, variable) in variables.enumerated() {
      if let defect = variable.defect { return "\(defect) of variable \(index)" }
    }
    for row in rows where row.lower.isNaN || row.upper.isNaN { return "a bound of row “\(row.label)”" }
    if coefficients.contains(where: { !$0.isFinite }) { return "a coefficient" }
    return nil
  }

  /// Whether some bound excludes every value by itself.
  var hasEmptyBounds: Bool {
    variables.contains { Interval.isEmpty($0.lower, $0.upper) }
      || rows.contains { Interval.isEmpty($0.lower, $0.upper) }
  }
}

extension LinearProgram.Variable {
  var defect: String? {
    if !objective.isFinite { return "the objective" }
    return lower.isNaN || upper.isNaN ? "a bound" : nil
  }
}

enum Interval {
  /// Whether no finite number lies between the bounds.
  static func isEmpty(_ lower: Double, _ upper: Double) -> Bool {
    lower > upper || lower == .infinity || upper == -.infinity
  }
}
