internal import LinearAlgebra

/// A fitted design: the columns of every term with the levels, means, deviations and knots learnt from the data.
public struct Design: Sendable, Hashable, Codable {
  /// The columns of one term.
  public indirect enum Encoding: Sendable, Hashable, Codable {
    /// (x − centre) / scale, the mean where missing; a second column marks missing values.
    case numeric(String, mean: Double, centre: Double, scale: Double, marks: Bool)
    case spline(String, NaturalSpline, mean: Double, marks: Bool)
    case polynomial(String, degree: Int, mean: Double, marks: Bool)
    /// `levels` are those with a column.
    case factor(String, reference: String, levels: [String])
    case smooth(String, SmoothCurve, marks: Bool)
    case groupedFactor(String, GroupedLevels)
    case interaction([Encoding])

    /// The predictors that the columns are made of.
    var predictors: [String] {
      switch self {
      case .numeric(let name, _, _, _, _), .spline(let name, _, _, _), .polynomial(let name, _, _, _),
        .factor(let name, _, _), .smooth(let name, _, _), .groupedFactor(let name, _):
        [name]
      case .interaction(let parts): parts.flatMap(\.predictors)
      }
    }

    var names: [String] {
      switch self {
      case .numeric(let name, _, _, _, let marks): [name] + mark(name, marks)
      case .spline(let name, let spline, _, let marks):
        (1...spline.degreesOfFreedom).map { "spline(\(name))[\($0)]" } + mark(name, marks)
      case .polynomial(let name, let degree, _, let marks):
        (1...degree).map { "poly(\(name), \($0))" } + mark(name, marks)
      case .factor(let name, _, let levels): levels.map { "\(name)[\($0)]" }
      case .smooth(let name, let curve, let marks): curve.names(name) + mark(name, marks)
      case .groupedFactor(let name, let grouped): grouped.levels.map { "\(name)[\($0)]" }
      case .interaction(let parts):
        parts.dropFirst().reduce(parts.first?.names ?? []) { names, part in
          part.names.flatMap { right in names.map { "\($0):\(right)" } }
        }
      }
    }

    private func mark(_ name: String, _ marks: Bool) -> [String] { marks ? ["\(name)[missing]"] : [] }

    /// One per column: how strongly a ridge penalty holds it beside others.
    var penaltyFactors: [Double] {
      let ones = [Double](repeating: 1, count: names.count)
      guard case .smooth(_, let curve, _) = self else { return ones }
      return curve.penaltyFactors + ones.dropFirst(curve.penaltyFactors.count)
    }
  }

  public static let interceptName = "(intercept)"
  static let missingLevel = "missing"

  /// A factor with more levels than this is kept as codes instead of columns of zeros and ones, where a fit can use that.
  public static let largeFactor = 60

  public let specification: DesignSpecification
  public let encodings: [Encoding]

  public init(specification: DesignSpecification, encodings: [Encoding]) {
    self.specification = specification
    self.encodings = encodings
  }

  /// The names of the columns in order.
  public var names: [String] {
    (specification.intercept ? [Design.interceptName] : []) + encodings.flatMap(\.names)
  }

  /// Per column the predictor that it belongs to, joined by `:` for an interaction; empty for the intercept.
  public var predictors: [String] {
    (specification.intercept ? [""] : [])
      + encodings.flatMap { encoding in
        let owner = encoding.predictors.joined(separator: ":")
        return encoding.names.map { _ in owner }
      }
  }

  /// The columns for data with the same predictors as those of the fit. Cost: O(n p).
  /// - Parameters:
  ///   - rows: the rows to use; nil for all of them.
  ///   - keepingLargeFactors: factors of many levels become `DesignMatrix.factors` instead of columns.
  public func matrix(
    _ data: Predictors, rows candidates: [Int]? = nil, keepingLargeFactors: Bool = false
  ) throws(RegressionError) -> DesignMatrix {
    var builder = DesignBuilder(data, specification)
    builder.choose(rows: candidates, try missing(data))
    if specification.intercept { builder.appendIntercept() }
    for encoding in encodings {
      if keepingLargeFactors, case .factor(let name, let reference, let levels) = encoding,
        levels.count > Design.largeFactor
      {
        try builder.appendFactor(name, reference, levels)
      } else {
        try builder.append(encoding)
      }
    }
    return builder.finished
  }

  /// Per encoding and predictor whether the row misses its value.
  private func missing(_ data: Predictors) throws(RegressionError) -> [String] {
    var names: [String] = []
    for encoding in encodings {
      for name in encoding.predictors {
        guard data[name] != nil else { throw .unknownPredictor(name) }
        if !names.contains(name) { names.append(name) }
      }
    }
    return names
  }
}

/// Fills the columns of a design one after the other.
private struct DesignBuilder {
  private let data: Predictors
  private let specification: DesignSpecification
  private var rows: [Int] = []
  private var treatment = DesignMatrix.Treatment()
  private var elements: [Double] = []
  private var names: [String] = []
  private var factors: [DesignMatrix.Factor] = []
  /// What elements are beyond their doubles, by column: powers keep all their digits.
  private var remainders: [(column: Int, values: [Double])] = []
  private var penaltyFactors: [Double] = []

  init(_ data: Predictors, _ specification: DesignSpecification) {
    self.data = data
    self.specification = specification
  }

  var finished: DesignMatrix {
    let matrix = Matrix(rows: rows.count, columns: names.count, elements: elements)
    var low: Matrix?
    if !remainders.isEmpty {
      var rest = Matrix(rows: rows.count, columns: names.count)
      for (column, values) in remainders { rest.setColumn(column, values) }
      low = rest
    }
    return DesignMatrix(
      matrix, lowOrder: low, names: names, rows: rows, treatment: treatment, factors: factors,
      penaltyFactors: penaltyFactors.allSatisfy { $0 == 1 } ? nil : penaltyFactors)
  }

  /// Settles the rows that the policy about missing values keeps.
  mutating func choose(rows candidates: [Int]?, _ predictors: [String]) {
    var keep = [Bool](repeating: candidates == nil, count: data.rowCount)
    if let candidates { for row in candidates { keep[row] = true } }
    let isComplete = predictors.allSatisfy { !(data[$0]?.hasMissing ?? false) }
    if !isComplete {
      for name in predictors {
        guard let values = data[name], values.hasMissing else { continue }
        for row in 0..<data.rowCount where keep[row] && values.isMissing(row) {
          if specification.missing == .leaveOut {
            keep[row] = false
            treatment.leftOut[name, default: 0] += 1
          } else {
            treatment.filled[name, default: 0] += 1
          }
        }
      }
    }
    rows = (candidates ?? Array(0..<data.rowCount)).filter { keep[$0] }
  }

  mutating func appendIntercept() {
    elements.append(contentsOf: repeatElement(1, count: rows.count))
    names.append(Design.interceptName)
    penaltyFactors.append(1)
  }

  mutating func append(_ encoding: Design.Encoding) throws(RegressionError) {
    if case .polynomial(let name, let degree, let mean, let marks) = encoding, degree > 1,
      case .numeric(let numbers) = data[name]
    {
      let powers = PolynomialPowers.columns(of: rows.map { numbers[$0].isNaN ? mean : numbers[$0] }, degree: degree)
      for power in 1..<degree where powers.low.column(power).contains(where: { $0 != 0 }) {
        remainders.append((names.count + power, Array(powers.low.column(power))))
      }
      elements.append(contentsOf: powers.high.elements)
      elements.append(contentsOf: mark(numbers, marks))
      names += encoding.names
      penaltyFactors += encoding.penaltyFactors
      return
    }
    elements.append(contentsOf: try columns(encoding))
    names += encoding.names
    penaltyFactors += encoding.penaltyFactors
  }

  mutating func appendFactor(_ name: String, _ reference: String, _ levels: [String]) throws(RegressionError) {
    guard case .factor(let codes, let dictionary) = data[name] else {
      throw .wrongKind(predictor: name, needs: "levels")
    }
    let columns = try columnOfRow(name, reference, levels, codes, dictionary)
    factors.append(DesignMatrix.Factor(name: name, levels: levels, codes: columns))
  }

  /// The columns of an encoding, one after the other.
  private mutating func columns(_ encoding: Design.Encoding) throws(RegressionError) -> [Double] {
    switch (encoding, data[encoding.predictors[0]]) {
    case (.interaction(let parts), _): return try products(parts)
    case (.numeric(_, let mean, let centre, let scale, let marks), .numeric(let numbers)):
      return rows.map { ((numbers[$0].isNaN ? mean : numbers[$0]) - centre) / scale } + mark(numbers, marks)
    case (.spline(_, let spline, let mean, let marks), .numeric(let numbers)):
      var columns: [Double] = []
      columns.reserveCapacity(rows.count * spline.degreesOfFreedom)
      for index in 0..<spline.degreesOfFreedom {
        for row in rows { columns.append(spline.basis(index, at: numbers[row].isNaN ? mean : numbers[row])) }
      }
      return columns + mark(numbers, marks)
    case (.polynomial(_, let degree, let mean, let marks), .numeric(let numbers)):
      var columns = rows.map { numbers[$0].isNaN ? mean : numbers[$0] }
      columns.reserveCapacity(rows.count * degree)
      for power in 1..<max(degree, 1) {
        for i in rows.indices { columns.append(columns[i] * columns[(power - 1) * rows.count + i]) }
      }
      return columns + mark(numbers, marks)
    case (.factor(let name, let reference, let levels), .factor(let codes, let dictionary)):
      let columnOf = try columnOfRow(name, reference, levels, codes, dictionary)
      var columns = [Double](repeating: 0, count: levels.count * rows.count)
      for (i, column) in columnOf.enumerated() where column >= 0 { columns[Int(column) * rows.count + i] = 1 }
      return columns
    case (.smooth(_, let curve, let marks), .numeric(let numbers)):
      return curve.columns(rows.map { numbers[$0] }) + mark(numbers, marks)
    case (.groupedFactor(let name, let grouped), .factor(let codes, let dictionary)):
      return try columns(name, grouped, codes, dictionary)
    case (.factor(let name, _, _), _), (.groupedFactor(let name, _), _):
      throw .wrongKind(predictor: name, needs: "levels")
    default: throw .wrongKind(predictor: encoding.predictors[0], needs: "numbers")
    }
  }

  private func mark(_ numbers: [Double], _ marks: Bool) -> [Double] {
    marks ? rows.map { numbers[$0].isNaN ? 1 : 0 } : []
  }

  /// Every product of a column of each part, the first part's columns running fastest.
  private mutating func products(_ parts: [Design.Encoding]) throws(RegressionError) -> [Double] {
    let n = rows.count
    var left = try columns(parts[0])
    for part in parts.dropFirst() {
      let right = try columns(part)
      var product: [Double] = []
      product.reserveCapacity(n == 0 ? 0 : left.count / max(n, 1) * right.count)
      for r in 0..<(n == 0 ? 0 : right.count / n) {
        for l in 0..<left.count / n {
          for i in 0..<n { product.append(left[l * n + i] * right[r * n + i]) }
        }
      }
      left = product
    }
    return left
  }

  private mutating func columns(
    _ name: String, _ grouped: GroupedLevels, _ codes: [Int32], _ dictionary: [String]
  ) throws(RegressionError) -> [Double] {
    let (columnOf, missing) = grouped.columns(of: dictionary)
    let isRefused = specification.unseen == .refuse && grouped.merged == 0
    let known = Set(grouped.levels + [grouped.reference])
    let isUnseen = dictionary.map { grouped.merged == 0 && !known.contains($0) }
    var columns = [Double](repeating: 0, count: grouped.levels.count * rows.count)
    for (i, row) in rows.enumerated() {
      let code = Int(codes[row])
      if code >= 0, isUnseen[code] {
        if isRefused { throw .unseenLevel(predictor: name, level: dictionary[code]) }
        treatment.unseen[name, default: 0] += 1
      }
      let column = Int(code < 0 ? missing : columnOf[code])
      if column >= 0 { columns[column * rows.count + i] = 1 }
    }
    return columns
  }

  /// Per row the index of its level's column; −1 for the reference.
  private mutating func columnOfRow(
    _ name: String, _ reference: String, _ levels: [String], _ codes: [Int32], _ dictionary: [String]
  ) throws(RegressionError) -> [Int32] {
    let position = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, Int32($0)) })
    let columnOfCode = dictionary.map { position[$0] ?? -1 }
    let isKnown = dictionary.map { $0 == reference || position[$0] != nil }
    let missingColumn = position[Design.missingLevel] ?? -1
    var columns: [Int32] = []
    columns.reserveCapacity(rows.count)
    for row in rows {
      let code = Int(codes[row])
      guard code >= 0 else {
        columns.append(missingColumn)
        continue
      }
      if !isKnown[code] {
        if specification.unseen == .refuse { throw .unseenLevel(predictor: name, level: dictionary[code]) }
        treatment.unseen[name, default: 0] += 1
      }
      columns.append(columnOfCode[code])
    }
    return columns
  }
}
