internal import LinearAlgebra

/// A grouping factor with all random terms that share it, in a basis in which its columns have unit mean square and,
/// within a correlated term, are orthogonal over all rows: units and origins of slopes then do not matter to the search.
///
/// With z the q columns of a row and G = mean(z zᵀ) = B Bᵀ (its diagonal alone for independent effects), the basis is
/// z̃ = B⁻¹ z; effects on z are b = B⁻ᵀ b̃.
struct RandomFactor: Sendable {
  /// One of the terms that share the factor, with its columns.
  struct Part: Sendable {
    let term: Int
    let columns: Range<Int>
    let correlated: Bool
  }

  let name: String
  /// Levels that occur in rows with a weight above zero.
  let levels: [String]
  /// Per row the index of its level; −1 for rows without weight.
  let codes: [Int32]
  let parts: [Part]
  private let terms: [RandomTerm]
  /// B, lower triangular, q × q.
  let basis: Matrix

  /// Number of columns q.
  var width: Int { basis.rows }
  /// Number of random effects.
  var count: Int { levels.count * width }

  /// Gathers the terms by factor, the factor with the most effects first.
  static func gather(_ terms: [RandomTerm], _ weights: [Double]?) throws(RegressionError) -> [RandomFactor] {
    var names: [String] = []
    for term in terms where !names.contains(term.factor) { names.append(term.factor) }
    var factors: [RandomFactor] = []
    for name in names {
      let indices = terms.indices.filter { terms[$0].factor == name }
      factors.append(try RandomFactor(name, indices, indices.map { terms[$0] }, weights))
    }
    let order = factors.indices.sorted { (factors[$0].count, $1) > (factors[$1].count, $0) }
    return order.map { factors[$0] }
  }

  private init(
    _ name: String, _ indices: [Int], _ terms: [RandomTerm], _ weights: [Double]?
  ) throws(RegressionError) {
    let first = terms[0]
    for term in terms {
      guard term.codes == first.codes, term.levels == first.levels else {
        throw .badSpecification("the random terms of factor `\(name)` differ in their levels")
      }
      guard term.intercept || !term.slopes.isEmpty else {
        throw .badSpecification("a random term of factor `\(name)` has neither an intercept nor a slope")
      }
      for slope in term.slopes where !slope.values.isAllFinite { throw .notFinite(column: slope.name) }
    }
    (levels, codes) = try RandomFactor.occurring(first, weights)
    self.name = name
    self.terms = terms
    var parts: [Part] = []
    var start = 0
    for (index, term) in zip(indices, terms) {
      parts.append(Part(term: index, columns: start..<start + term.columns.count, correlated: term.correlated))
      start += term.columns.count
    }
    self.parts = parts
    basis = try RandomFactor.basis(name, terms, parts, codes)
  }

  /// The levels that occur, and the codes into them.
  private static func occurring(
    _ term: RandomTerm, _ weights: [Double]?
  ) throws(RegressionError) -> ([String], [Int32]) {
    var occurs = [Bool](repeating: false, count: term.levels.count)
    for (row, code) in term.codes.enumerated() where weights.map({ $0[row] > 0 }) ?? true {
      guard code >= 0 else { throw .missingLevel(factor: term.factor, row: row) }
      occurs[Int(code)] = true
    }
    var position = [Int32](repeating: -1, count: term.levels.count)
    var levels: [String] = []
    for code in occurs.indices where occurs[code] {
      position[code] = Int32(levels.count)
      levels.append(term.levels[code])
    }
    guard levels.count > 1 else {
      throw .badSpecification("factor `\(term.factor)` has a single level, so that nothing varies between levels")
    }
    var codes = term.codes
    for row in codes.indices {
      codes[row] = codes[row] >= 0 && (weights.map { $0[row] > 0 } ?? true) ? position[Int(codes[row])] : -1
    }
    return (levels, codes)
  }

  /// B with B Bᵀ = mean(z zᵀ), block by block.
  private static func basis(
    _ name: String, _ terms: [RandomTerm], _ parts: [Part], _ codes: [Int32]
  ) throws(RegressionError) -> Matrix {
    let width = parts.last?.columns.upperBound ?? 0
    var basis = Matrix(rows: width, columns: width)
    for (part, term) in zip(parts, terms) {
      let q = part.columns.count
      var gram = Matrix(rows: q, columns: q)
      var row = [Double](repeating: 0, count: q)
      var rows = 0.0
      for index in codes.indices where codes[index] >= 0 {
        term.fill(&row, from: 0, row: index)
        rows += 1
        for j in 0..<q {
          for i in j..<q where i == j || part.correlated { gram[i, j] += row[i] * row[j] }
        }
      }
      for j in 0..<q {
        for i in j..<q { gram[i, j] /= rows }
      }
      let scale = gram.diagonal.map { $0.squareRoot() }
      if let zero = scale.firstIndex(of: 0) {
        throw .badSpecification("the random slope `\(term.columns[zero])` of factor `\(name)` is zero in every row")
      }
      for j in 0..<q {
        for i in j..<q { gram[i, j] /= scale[i] * scale[j] }
      }
      guard let factor = try? Cholesky(gram), factor.lower.diagonal.allSatisfy({ $0 > 1e-7 }) else {
        throw .badSpecification("the random slopes of factor `\(name)` are linear combinations of one another")
      }
      for j in 0..<q {
        for i in j..<q {
          basis[part.columns.lowerBound + i, part.columns.lowerBound + j] = factor.lower[i, j] * scale[i]
        }
      }
    }
    return basis
  }

  /// z of one row, in the given columns.
  func fill(_ values: inout [Double], from start: Int, row: Int) {
    for (part, term) in zip(parts, terms) { term.fill(&values, from: start + part.columns.lowerBound, row: row) }
  }

  /// z̃ = B⁻¹ z of one row.
  func fillStandardized(_ values: inout [Double], from start: Int, row: Int) {
    fill(&values, from: start, row: row)
    basis.solveLowerTriangle(&values, from: start)
  }

  /// The positions (row, column) of Λ that are estimated.
  var parameters: [CovarianceParameters.Position] {
    parts.flatMap { part in
      part.columns.flatMap { column in
        (column..<(part.correlated ? part.columns.upperBound : column + 1)).map {
          CovarianceParameters.Position(row: $0, column: column)
        }
      }
    }
  }

  /// B⁻ᵀ Λ: the factor of the covariance of the effects in the units of the data. Column-major like Λ.
  func unscaled(_ lambda: [Double]) -> [Double] {
    var result = lambda
    let q = width
    for column in 0..<q {
      for i in (0..<q).reversed() {
        var sum = result[i + column * q]
        for k in i + 1..<max(q, i + 1) { sum -= basis[k, i] * result[k + column * q] }
        result[i + column * q] = sum / basis[i, i]
      }
    }
    return result
  }
}

extension Matrix {
  /// Replaces x by L⁻¹ x, where this matrix is the lower triangle L and x starts at `start`.
  func solveLowerTriangle(_ x: inout [Double], from start: Int) {
    for i in 0..<rows {
      var sum = x[start + i]
      for k in 0..<i { sum -= storage[i + k * rows] * x[start + k] }
      x[start + i] = sum / storage[i + i * rows]
    }
  }

  /// Replaces x by L⁻ᵀ x.
  func solveTransposedLowerTriangle(_ x: inout [Double], from start: Int) {
    for i in (0..<rows).reversed() {
      var sum = x[start + i]
      for k in i + 1..<max(rows, i + 1) { sum -= storage[k + i * rows] * x[start + k] }
      x[start + i] = sum / storage[i + i * rows]
    }
  }
}
