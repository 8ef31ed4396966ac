internal import LinearAlgebra

/// A generalized linear model by maximum likelihood, optionally with a ridge penalty.
///
/// Minimises −logLik(b) / Σw + λ/2 Σ fⱼ sⱼ² bⱼ² (up to the dispersion), where sⱼ is the population standard deviation of
/// column j and fⱼ its penalty factor, usually 1: the penalty does not depend on units, and constant columns (the
/// intercept) are not penalised.
///
/// Newton's method with step-halving. Where the link is not canonical, the expected information (Fisher scoring, that is
/// iteratively reweighted least squares) leads to the neighbourhood of the optimum and the observed information from
/// there, because scoring alone converges linearly. Standard errors come from the expected information at the final
/// coefficients. Source: McCullagh and Nelder, "Generalized Linear Models" (2nd ed., 1989), section 2.5.
///
/// Large factors of the design are absorbed (`BlockInformation`), tall designs start from a part of their rows
/// (`SubsampleStart`). Cost: n p² an iteration, usually 4 to 8 of them.
public struct GeneralizedLinearRegression: Sendable, Hashable, Codable {
  public var family: Family
  /// Nil takes the family's default.
  public var link: Link?
  /// λ ≥ 0.
  public var ridge: Double
  /// Iterations after which the fit gives up.
  public var iterationLimit: Int

  public init(_ family: Family, link: Link? = nil, ridge: Double = 0, iterationLimit: Int = 100) {
    self.family = family
    self.link = link
    self.ridge = ridge
    self.iterationLimit = iterationLimit
  }

  public var usedLink: Link { link ?? family.defaultLink }

  /// - Parameters:
  ///   - design: n × p, possibly with factors held as codes.
  ///   - response: n values that the family allows; for the binomial 0 and 1, or shares of events with the number of
  ///     trials as weight.
  ///   - weights: n values ≥ 0; nil for ones.
  ///   - offset: n known parts of the linear predictor; nil for zeros.
  ///   - start: coefficients to start from, in the order of `design.names`; nil lets the fit choose.
  public func fit(
    _ design: DesignMatrix, response: [Double], weights: [Double]? = nil, offset: [Double]? = nil,
    standardErrors: StandardErrors = .model, start: [Double]? = nil
  ) throws(RegressionError) -> GeneralizedLinearFit {
    precondition(response.count == design.matrix.rows, "the response does not fit the design")
    precondition(offset.map { $0.count == response.count } ?? true, "the offset does not fit the design")
    try check(design, response, weights, offset)
    if case .negativeBinomial(nil) = family {
      return try fitWithSize(Data(design: design, response: response, weights: weights, offset: offset), standardErrors)
    }
    let data = Data(design: design, response: response, weights: weights, offset: offset)
    let solution = try solve(data, family: family, start: start)
    return GeneralizedLinearFit(self, data, solution, sizeError: nil, standardErrors: standardErrors)
  }

  /// What a fit is given.
  struct Data {
    var design: DesignMatrix
    var response: [Double]
    var weights: [Double]?
    var offset: [Double]?

    func selecting(rows: [Int]) -> Data {
      Data(
        design: design.selecting(rows: rows), response: rows.map { response[$0] },
        weights: weights.map { weights in rows.map { weights[$0] } },
        offset: offset.map { offset in rows.map { offset[$0] } })
    }
  }

  /// The optimum on the independent columns.
  struct Solution {
    var problem: GeneralizedLinearProblem
    var point: GeneralizedLinearProblem.Point
    var rows: GeneralizedLinearProblem.Rows
    /// Of the expected information at the optimum.
    var factor: BlockFactor
    /// Indices of the matrix's columns in use.
    var kept: [Int]
    var dropped: [DroppedColumn]
    var iterations: Int
  }

  func solve(_ data: Data, family: Family, start: [Double]?) throws(RegressionError) -> Solution {
    let all = Array(data.design.names.indices)
    let problem = GeneralizedLinearProblem(
      self, data.design, data.response, data.weights, data.offset, family: family)
    var newton = NewtonIteration(problem, limit: iterationLimit, ridge: ridge)
    if try newton.start(start, self, data) {
      try newton.run()
      return newton.solution(kept: all, dropped: [])
    }
    // Some columns depend on others: leave them out by name and start again.
    let (kept, levels, dropped) = try independentColumns(data, problem)
    guard !dropped.isEmpty else { throw .notConverged(iterations: 0, cause: "the information matrix is singular") }
    var reduced = data
    reduced.design = data.design.selecting(columns: kept).removing(levels: levels)
    let smaller = GeneralizedLinearProblem(
      self, reduced.design, data.response, data.weights, data.offset, family: family)
    newton = NewtonIteration(smaller, limit: iterationLimit, ridge: ridge)
    guard try newton.start(start.map { start in kept.map { start[$0] } }, self, reduced) else {
      throw .notConverged(iterations: 0, cause: "the information matrix is singular")
    }
    try newton.run()
    return newton.solution(kept: kept, dropped: dropped)
  }

  private func check(
    _ design: DesignMatrix, _ response: [Double], _ weights: [Double]?, _ offset: [Double]?
  ) throws(RegressionError) {
    guard ridge >= 0, ridge.isFinite else { throw .badSpecification("the ridge penalty \(ridge) is negative") }
    guard family.links.contains(usedLink) else {
      throw .badSpecification(
        "the link \(usedLink.rawValue) does not suit the family \(family); it takes "
          + family.links.map(\.rawValue).joined(separator: ", "))
    }
    if case .tweedie(let power) = family, !(power >= 1 && power <= 3) {
      throw .badSpecification("the power \(power) of the Tweedie family is outside 1 to 3")
    }
    guard design.matrix.rows > 0 else { throw .noRows(leftOut: design.treatment.leftOut.values.reduce(0, +)) }
    try checkWeights(weights)
    if let offset, !offset.isAllFinite { throw .notFinite(column: "offset") }
    for (row, y) in response.enumerated() where !(family.allows(y) && y.isFinite) {
      guard let allowed = family.allowed(), !y.isNaN else { throw .notFinite(column: "response") }
      throw .badResponse(row: design.rows[row], value: y, allowed: allowed)
    }
    if family == .binomial { try checkVaries(response, weights) }
    let counts = family == .poisson || family.isNegativeBinomial
    if counts, ridge == 0 { try checkLevels(design, response, weights) }
  }

  private func checkVaries(_ response: [Double], _ weights: [Double]?) throws(RegressionError) {
    let used = response.indices.lazy.filter { (weights?[$0] ?? 1) > 0 }
    guard let first = used.first else { return }
    let value = response[first]
    guard (value > 0 && value < 1) || used.contains(where: { response[$0] != value }) else {
      throw .constantOutcome(value: value)
    }
  }

  /// A level in which every count is zero has its optimum at minus infinity.
  private func checkLevels(
    _ design: DesignMatrix, _ response: [Double], _ weights: [Double]?
  ) throws(RegressionError) {
    for factor in design.factors {
      var totals = [Double](repeating: 0, count: factor.levels.count)
      for (i, code) in factor.codes.enumerated() where code >= 0 {
        totals[Int(code)] += response[i] * (weights?[i] ?? 1)
      }
      let empty = totals.indices.filter { totals[$0] == 0 }
      guard empty.isEmpty else { throw .separation(columns: empty.map { factor.names[$0] }, rows: response.count) }
    }
  }

  /// The columns that do not depend on those before them.
  private func independentColumns(
    _ data: Data, _ problem: GeneralizedLinearProblem
  ) throws(RegressionError) -> (kept: [Int], levels: Set<String>, dropped: [DroppedColumn]) {
    if let column = data.design.notFiniteColumn { throw .notFinite(column: column) }
    guard data.design.factors.isEmpty else { return DependentColumns.amongFactors(problem) }
    let (kept, dropped) = try data.design.independentColumns(weights: data.weights)
    return (kept, [], dropped)
  }
}

extension Family {
  var isNegativeBinomial: Bool {
    if case .negativeBinomial = self { true } else { false }
  }
}

extension DesignMatrix {
  /// The design with some of the matrix's columns.
  func selecting(columns: [Int]) -> DesignMatrix {
    DesignMatrix(
      matrix.selecting(columns: columns), names: columns.map { names[$0] }, rows: rows, treatment: treatment,
      factors: factors, penaltyFactors: penaltyFactors.map { factors in columns.map { factors[$0] } })
  }

  /// The matrix's columns that do not depend on those before them, and what the others are made of.
  func independentColumns(weights: [Double]?) throws(RegressionError) -> (kept: [Int], dropped: [DroppedColumn]) {
    // Rows of weight zero say nothing about rank.
    let rows = weights.map { weights in weights.indices.filter { weights[$0] > 0 } }
    do {
      let qr = try PivotedQR(rows.map { matrix.selecting(rows: $0) } ?? matrix)
      return (qr.kept, qr.droppedColumns(names: names))
    } catch {
      throw .notFinite(column: "design")
    }
  }

  /// The design without some levels of its factors, by the names of their columns: their rows join the reference level.
  func removing(levels removed: Set<String>) -> DesignMatrix {
    guard !removed.isEmpty else { return self }
    let reduced = factors.map { factor in
      var position: [Int32] = []
      var levels: [String] = []
      for (level, name) in zip(factor.levels, factor.names) {
        position.append(removed.contains(name) ? -1 : Int32(levels.count))
        if !removed.contains(name) { levels.append(level) }
      }
      return Factor(name: factor.name, levels: levels, codes: factor.codes.map { $0 < 0 ? -1 : position[Int($0)] })
    }
    return DesignMatrix(
      matrix, names: names, rows: rows, treatment: treatment, factors: reduced, penaltyFactors: penaltyFactors)
  }
}
