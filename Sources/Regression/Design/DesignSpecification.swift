internal import LinearAlgebra

/// How predictors become the columns of a regression: the terms, and what to do about gaps.
///
/// `fit` learns from the data what has to be stored (levels, means, deviations, knots); the fitted `Design` then gives
/// the same columns for any later data.
public struct DesignSpecification: Sendable, Hashable, Codable {
  public indirect enum Term: Sendable, Hashable, Codable {
    /// The number itself, or (x − mean) / deviation.
    case numeric(String, standardised: Bool)
    /// A column of zeros and ones per level other than the reference; nil takes the first level in order: by number
    /// where all are numbers, else by name.
    case factor(String, reference: String?)
    /// A natural cubic spline with knots at quantiles.
    case spline(String, degreesOfFreedom: Int)
    /// A curve that a ridge penalty smooths: transform, knots at quantiles and values of their own chosen from the data.
    case smooth(String, knots: Int)
    /// A factor whose levels with fewer rows than `leastRows` are taken together.
    case groupedFactor(String, leastRows: Int)
    /// The powers x, x², …, x^degree.
    case polynomial(String, degree: Int)
    /// The products of the columns of several terms.
    case interaction([Term])

    /// The names of the predictors that the term needs.
    public var predictors: [String] {
      switch self {
      case .numeric(let name, _), .factor(let name, _), .spline(let name, _), .polynomial(let name, _),
        .smooth(let name, _), .groupedFactor(let name, _):
        [name]
      case .interaction(let parts): parts.flatMap(\.predictors)
      }
    }
  }

  /// What happens to a row that misses a value.
  public enum MissingPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// It is left out.
    case leaveOut
    /// Numbers take the mean of the fit and a column `x[missing]` marks them; a factor gets the level `missing`.
    case mark
  }

  /// What happens to a level that the fit had not seen.
  public enum UnseenPolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// It counts as the reference level.
    case reference
    /// It is an error.
    case refuse
  }

  public var terms: [Term]
  public var intercept: Bool
  public var missing: MissingPolicy
  public var unseen: UnseenPolicy

  public init(
    _ terms: [Term], intercept: Bool = true, missing: MissingPolicy = .leaveOut, unseen: UnseenPolicy = .reference
  ) {
    self.terms = terms
    self.intercept = intercept
    self.missing = missing
    self.unseen = unseen
  }

  /// Learns levels, means, deviations and knots. Cost: one pass per term, and a sort per spline.
  public func fit(_ predictors: Predictors) throws(RegressionError) -> Design {
    var encodings: [Design.Encoding] = []
    for term in terms { encodings.append(try encoding(term, predictors, inInteraction: false)) }
    return Design(specification: self, encodings: encodings)
  }

  private func encoding(
    _ term: Term, _ predictors: Predictors, inInteraction: Bool
  ) throws(RegressionError) -> Design.Encoding {
    if case .interaction(let parts) = term {
      guard parts.count >= 2 else { throw .badSpecification("an interaction needs two terms or more") }
      var encodings: [Design.Encoding] = []
      for part in parts { encodings.append(try encoding(part, predictors, inInteraction: true)) }
      return .interaction(encodings)
    }
    let name = term.predictors[0]
    guard let values = predictors[name] else { throw .unknownPredictor(name) }
    switch (term, values) {
    case (.numeric(_, let standardised), .numeric(let numbers)):
      let (mean, deviation, hasMissing) = try moments(numbers, name)
      let scale = standardised && deviation > 0 ? deviation : 1
      let marks = hasMissing && missing == .mark && !inInteraction
      return .numeric(name, mean: mean, centre: standardised ? mean : 0, scale: scale, marks: marks)
    case (.spline(_, let degrees), .numeric(let numbers)):
      guard degrees >= 1 else { throw .badSpecification("spline of `\(name)` has \(degrees) degrees of freedom") }
      let (mean, _, hasMissing) = try moments(numbers, name)
      let marks = hasMissing && missing == .mark && !inInteraction
      guard let spline = NaturalSpline(degreesOfFreedom: degrees, over: numbers) else {
        return .numeric(name, mean: mean, centre: 0, scale: 1, marks: marks)
      }
      return .spline(name, spline, mean: mean, marks: marks)
    case (.polynomial(_, let degree), .numeric(let numbers)):
      guard degree >= 1 else { throw .badSpecification("polynomial of `\(name)` has degree \(degree)") }
      let (mean, _, hasMissing) = try moments(numbers, name)
      let marks = hasMissing && missing == .mark && !inInteraction
      return .polynomial(name, degree: degree, mean: mean, marks: marks)
    case (.smooth(_, let knots), .numeric(let numbers)):
      guard knots >= 3 else { throw .badSpecification("smooth curve of `\(name)` has \(knots) knots") }
      let (mean, _, hasMissing) = try moments(numbers, name)
      let marks = hasMissing && missing == .mark && !inInteraction
      guard let curve = SmoothCurve(numbers, knots: knots) else {
        return .numeric(name, mean: mean, centre: 0, scale: 1, marks: marks)
      }
      return .smooth(name, curve, marks: marks)
    case (.groupedFactor(_, let leastRows), .factor(let codes, let levels)):
      return .groupedFactor(name, GroupedLevels(codes: codes, levels: levels, leastRows: leastRows))
    case (.factor(_, let reference), .factor(let codes, let levels)):
      return try factor(name, codes, levels, reference)
    case (.factor, .numeric), (.groupedFactor, .numeric): throw .wrongKind(predictor: name, needs: "levels")
    default: throw .wrongKind(predictor: name, needs: "numbers")
    }
  }

  private func moments(
    _ numbers: [Double], _ name: String
  ) throws(RegressionError) -> (mean: Double, deviation: Double, hasMissing: Bool) {
    let known = numbers.filter { !$0.isNaN }
    guard known.isAllFinite else { throw .notFinite(column: name) }
    let (mean, deviation) = weightedMoments(known[...], weights: nil)
    return (mean, deviation, known.count < numbers.count)
  }

  private func factor(
    _ name: String, _ codes: [Int32], _ levels: [String], _ reference: String?
  ) throws(RegressionError) -> Design.Encoding {
    var counts = [Int](repeating: 0, count: levels.count)
    var missingCount = 0
    for code in codes {
      if code < 0 { missingCount += 1 } else { counts[Int(code)] += 1 }
    }
    var present = levels.indices.filter { counts[$0] > 0 }.map { levels[$0] }
    // Levels in an order of their own, so that the order of rows does not decide the order of columns.
    present.sortAsLevels()
    if missingCount > 0, missing == .mark { present.append(Design.missingLevel) }
    guard let base = reference ?? present.first else { return .factor(name, reference: "", levels: []) }
    guard present.contains(base) else {
      throw .badSpecification("the reference level `\(base)` of factor `\(name)` does not occur in the data")
    }
    return .factor(name, reference: base, levels: present.filter { $0 != base })
  }
}

extension Array where Element == String {
  /// By number where all levels are numbers, so that 10 follows 9; else by name.
  mutating func sortAsLevels() {
    let numbers = compactMap { Double($0) }
    guard numbers.count == count else { return sort() }
    let value = Dictionary(zip(self, numbers), uniquingKeysWith: { first, _ in first })
    sort { (value[$0] ?? 0, $0) < (value[$1] ?? 0, $1) }
  }
}
