/// How predictors become the columns of a regression: the terms, and what to do about gaps.
///
/// `fit` learns from the data what has to be stored (levels, means, deviations, knots); the fitted `Design` then gives
/// the same columns for any later data.
public struct DesignSpecification: Sendable, Hashable {
  public enum Term: Sendable, Hashable {
    /// The number itself, or (x − mean) / deviation.
    case numeric(String, standardised: Bool)
    /// A column of zeros and ones per level other than the reference; nil takes the most frequent level.
    case factor(String, reference: String?)
    /// A natural cubic spline with knots at quantiles.
    case spline(String, degreesOfFreedom: Int)

    public var predictor: String {
      switch self {
      case .numeric(let name, _), .factor(let name, _), .spline(let name, _): name
      }
    }
  }

  /// What happens to a row that misses a value.
  public enum MissingPolicy: String, Sendable, Hashable, Codable {
    /// It is left out.
    case leaveOut
    /// Numbers take the mean of the fit and a column `x[missing]` marks them; a factor gets the level `missing`.
    case mark
  }

  /// What happens to a level that the fit had not seen.
  public enum UnseenPolicy: String, Sendable, Hashable, Codable {
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
    for term in terms { encodings.append(try encoding(term, predictors)) }
    return Design(specification: self, encodings: encodings)
  }

  private func encoding(_ term: Term, _ predictors: Predictors) throws(RegressionError) -> Design.Encoding {
    let name = term.predictor
    guard let values = predictors[name] else { throw .unknownPredictor(name) }
    switch (term, values) {
    case (.numeric(_, let standardised), .numeric(let numbers)):
      let (mean, deviation, hasMissing) = try moments(numbers, name)
      let scale = standardised && deviation > 0 ? deviation : 1
      return .numeric(name, mean: mean, centre: standardised ? mean : 0, scale: scale, marks: marks(hasMissing))
    case (.spline(_, let degrees), .numeric(let numbers)):
      guard degrees >= 1 else { throw .badSpecification("spline of `\(name)` has \(degrees) degrees of freedom") }
      let (mean, _, hasMissing) = try moments(numbers, name)
      guard let spline = NaturalSpline(degreesOfFreedom: degrees, over: numbers) else {
        return .numeric(name, mean: mean, centre: 0, scale: 1, marks: marks(hasMissing))
      }
      return .spline(name, spline, mean: mean, marks: marks(hasMissing))
    case (.factor(_, let reference), .factor(let codes, let levels)):
      return try factor(name, codes, levels, reference)
    case (.factor, .numeric): throw .wrongKind(predictor: name, needs: "levels")
    case (.numeric, .factor), (.spline, .factor): throw .wrongKind(predictor: name, needs: "numbers")
    }
  }

  private func marks(_ hasMissing: Bool) -> Bool { hasMissing && missing == .mark }

  private func moments(
    _ numbers: [Double], _ name: String
  ) throws(RegressionError) -> (mean: Double, deviation: Double, hasMissing: Bool) {
    let known = numbers.filter { !$0.isNaN }
    guard known.isAllFiniteNumbers else { throw .notFinite(column: name) }
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
    // Levels in the order of their names, so that the order of rows does not decide the order of columns.
    present.sort()
    if missingCount > 0, missing == .mark { present.append(Design.missingLevel) }
    let countOf = Dictionary(zip(levels, counts), uniquingKeysWith: +)
    let mostFrequent = present.max { (countOf[$0] ?? 0, $1) < (countOf[$1] ?? 0, $0) }
    guard let base = reference ?? mostFrequent else { return .factor(name, reference: "", levels: []) }
    guard present.contains(base) else {
      throw .badSpecification("the reference level `\(base)` of factor `\(name)` does not occur in the data")
    }
    return .factor(name, reference: base, levels: present.filter { $0 != base })
  }
}

extension Array where Element == Double {
  var isAllFiniteNumbers: Bool { allSatisfy(\.isFinite) }
}
