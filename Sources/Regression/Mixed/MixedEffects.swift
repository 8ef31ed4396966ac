/// The random effects of one term: their covariance and, per level, the shrunken effects.
public struct RandomEffects: Sendable, Hashable, Codable {
  /// The grouping factor.
  public let factor: String
  /// `(intercept)` and the slopes: q of them.
  public let columns: [String]
  public let correlated: Bool
  /// Levels that occurred in the fit.
  public let levels: [String]
  /// Covariance of the effects of one level, q × q, column after column, in the units of the response and the slopes.
  public let covariance: [Double]
  /// The best linear unbiased predictions, level after level, q each.
  public let effects: [Double]
  /// Their standard deviations given the data, the fixed effects and the variances, in the same order.
  public let conditionalDeviations: [Double]

  /// √ of the covariance's diagonal.
  public var standardDeviations: [Double] {
    columns.indices.map { covariance[$0 + $0 * columns.count].squareRoot() }
  }

  /// The correlation of the effects of two columns; zero where one of them does not vary.
  public func correlation(_ first: Int, _ second: Int) -> Double {
    let deviations = standardDeviations
    let product = deviations[first] * deviations[second]
    return product > 0 ? min(1, max(-1, covariance[first + second * columns.count] / product)) : 0
  }

  /// The q effects of a level; nil for a level that did not occur. Cost: O(levels).
  public subscript(level: String) -> [Double]? {
    levels.firstIndex(of: level).map { Array(effects[$0 * columns.count..<($0 + 1) * columns.count]) }
  }

  /// Adds zᵀb of every row to `values`; the number of rows whose level did not occur in the fit or is missing.
  func add(_ term: RandomTerm, to values: inout [Double]) -> Int {
    let q = columns.count
    let position = Dictionary(levels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let levelOfCode = term.levels.map { position[$0] ?? -1 }
    var z = [Double](repeating: 0, count: q)
    var unseen = 0
    for row in values.indices {
      let code = Int(term.codes[row])
      let level = code >= 0 ? levelOfCode[code] : -1
      guard level >= 0 else {
        unseen += 1
        continue
      }
      term.fill(&z, from: 0, row: row)
      for k in 0..<q { values[row] += z[k] * effects[level * q + k] }
    }
    return unseen
  }
}

/// A variance or a covariance of random effects, or the residual variance.
public struct VarianceComponent: Sendable, Hashable, Codable {
  /// The grouping factor; nil for the residual variance.
  public let factor: String?
  /// The column of the random term; empty for the residual variance.
  public let column: String
  /// The second column of a covariance; nil for a variance.
  public let other: String?
  /// The variance or covariance.
  public let estimate: Double
  /// From the observed information; nil on the boundary, where it does not apply.
  public let standardError: Double?
  /// The standard deviation, or the correlation.
  public let deviation: Double
}

/// Predictions for new rows.
public struct MixedPrediction: Sendable, Hashable {
  /// xᵀβ + zᵀb.
  public let values: [Double]
  /// xᵀβ alone.
  public let population: [Double]
  /// Rows by grouping factor whose level the fit had not seen; their random effect counts as zero.
  public let unseen: [String: Int]
}

/// What is needed to predict: the part of a fitted mixed model that is worth saving.
public struct MixedModel: Sendable, Hashable, Codable {
  public let estimation: MixedRegression.Estimation
  /// The columns of the design.
  public let names: [String]
  /// One per column of the design; zero for dropped columns.
  public let coefficients: [Double]
  /// One per column of the design; zero for dropped columns.
  public let standardErrors: [Double]
  /// One per random term, in the order of the specification.
  public let randomEffects: [RandomEffects]
  /// σ².
  public let residualVariance: Double
}
