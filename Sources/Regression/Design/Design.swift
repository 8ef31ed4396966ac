internal import LinearAlgebra

/// A fitted design: the columns of every term with the levels, means, deviations and knots learnt from the data.
public struct Design: Sendable, Hashable {
  /// The columns of one term.
  public enum Encoding: Sendable, Hashable {
    /// (x − centre) / scale, the mean where missing; a second column marks missing values.
    case numeric(String, mean: Double, centre: Double, scale: Double, marks: Bool)
    case spline(String, NaturalSpline, mean: Double, marks: Bool)
    /// `levels` are those with a column.
    case factor(String, reference: String, levels: [String])

    var predictor: String {
      switch self {
      case .numeric(let name, _, _, _, _), .spline(let name, _, _, _), .factor(let name, _, _): name
      }
    }

    var names: [String] {
      switch self {
      case .numeric(let name, _, _, _, let marks): [name] + (marks ? ["\(name)[missing]"] : [])
      case .spline(let name, let spline, _, let marks):
        (1...spline.degreesOfFreedom).map { "spline(\(name))[\($0)]" } + (marks ? ["\(name)[missing]"] : [])
      case .factor(let name, _, let levels): levels.map { "\(name)[\($0)]" }
      }
    }
  }

  public static let interceptName = "(intercept)"
  static let missingLevel = "missing"

  public let specification: DesignSpecification
  public let encodings: [Encoding]

  /// The names of the columns in order.
  public var names: [String] {
    (specification.intercept ? [Design.interceptName] : []) + encodings.flatMap(\.names)
  }

  /// Per column the predictor that it belongs to; empty for the intercept.
  public var predictors: [String] {
    (specification.intercept ? [""] : [])
      + encodings.flatMap { encoding in encoding.names.map { _ in encoding.predictor } }
  }

  /// The columns for data with the same predictors as those of the fit. Cost: O(n p).
  public func matrix(_ data: Predictors) throws(RegressionError) -> DesignMatrix {
    var treatment = DesignMatrix.Treatment()
    let rows = try usableRows(data, &treatment)
    var elements: [Double] = []
    let names = self.names
    elements.reserveCapacity(rows.count * names.count)
    if specification.intercept { elements.append(contentsOf: repeatElement(1, count: rows.count)) }
    for encoding in encodings { try append(encoding, data, rows, &elements, &treatment) }
    let matrix = Matrix(rows: rows.count, columns: names.count, elements: elements)
    return DesignMatrix(matrix, names: names, rows: rows, treatment: treatment)
  }

  /// The rows that the policy about missing values keeps.
  private func usableRows(
    _ data: Predictors, _ treatment: inout DesignMatrix.Treatment
  ) throws(RegressionError) -> [Int] {
    var keep = [Bool](repeating: true, count: data.rowCount)
    for encoding in encodings {
      let name = encoding.predictor
      guard let values = data[name] else { throw .unknownPredictor(name) }
      for row in 0..<data.rowCount where keep[row] && Design.isMissing(values, row) {
        if specification.missing == .leaveOut {
          keep[row] = false
          treatment.leftOut[name, default: 0] += 1
        } else {
          treatment.filled[name, default: 0] += 1
        }
      }
    }
    return keep.indices.filter { keep[$0] }
  }

  private static func isMissing(_ values: Predictors.Values, _ row: Int) -> Bool {
    switch values {
    case .numeric(let numbers): numbers[row].isNaN
    case .factor(let codes, _): codes[row] < 0
    }
  }

  private func append(
    _ encoding: Encoding, _ data: Predictors, _ rows: [Int], _ elements: inout [Double],
    _ treatment: inout DesignMatrix.Treatment
  ) throws(RegressionError) {
    switch (encoding, data[encoding.predictor]) {
    case (.numeric(_, let mean, let centre, let scale, let marks), .numeric(let numbers)):
      for row in rows { elements.append(((numbers[row].isNaN ? mean : numbers[row]) - centre) / scale) }
      if marks { for row in rows { elements.append(numbers[row].isNaN ? 1 : 0) } }
    case (.spline(_, let spline, let mean, let marks), .numeric(let numbers)):
      for index in 0..<spline.degreesOfFreedom {
        for row in rows { elements.append(spline.basis(index, at: numbers[row].isNaN ? mean : numbers[row])) }
      }
      if marks { for row in rows { elements.append(numbers[row].isNaN ? 1 : 0) } }
    case (.factor(let name, let reference, let levels), .factor(let codes, let dictionary)):
      let columns = try columnOfRow(name, reference, levels, codes, dictionary, rows, &treatment)
      for column in levels.indices {
        for index in columns { elements.append(index == column ? 1 : 0) }
      }
    case (.factor(let name, _, _), _): throw .wrongKind(predictor: name, needs: "levels")
    case (.numeric(let name, _, _, _, _), _), (.spline(let name, _, _, _), _):
      throw .wrongKind(predictor: name, needs: "numbers")
    }
  }

  /// Per row the index of its level's column; −1 for the reference.
  private func columnOfRow(
    _ name: String, _ reference: String, _ levels: [String], _ codes: [Int32], _ dictionary: [String], _ rows: [Int],
    _ treatment: inout DesignMatrix.Treatment
  ) throws(RegressionError) -> [Int] {
    let position = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, $0) })
    let columnOfCode = dictionary.map { position[$0] ?? -1 }
    let isKnown = dictionary.map { $0 == reference || position[$0] != nil }
    var columns: [Int] = []
    columns.reserveCapacity(rows.count)
    for row in rows {
      let code = Int(codes[row])
      guard code >= 0 else {
        columns.append(position[Design.missingLevel] ?? -1)
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
