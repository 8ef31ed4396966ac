internal import LinearAlgebra

/// A fitted elastic net at one λ.
public struct ElasticNetFit: Sendable {
  /// The columns of the design.
  public let names: [String]
  public let family: ElasticNetRegression.Family
  public let lambda: Double
  /// One per column of the design on its original scale, the intercept among them; zero for columns left out.
  public let coefficients: [Double]
  /// The coefficient of the constant column times its value; zero without one.
  public let intercept: Double
  /// Coefficients that are not zero, without the intercept.
  public let nonzeroCount: Int
  /// Twice the distance of the log-likelihood from that of a perfect fit; for gaussian the residual sum of squares.
  public let deviance: Double
  /// 1 − deviance / deviance of the model without penalised columns.
  public let devianceExplained: Double
  /// The largest violation of the optimality conditions, on standardised columns and as a share of λ (in units of the
  /// loss where λ is zero).
  public let optimalityResidual: Double
  /// Linear systems (gaussian) or quadratic models (other families) solved for this λ.
  public let iterations: Int

  /// Names and values of the coefficients that are not zero.
  public var selected: [(name: String, coefficient: Double)] {
    zip(names, coefficients).filter { $0.1 != 0 }.map { ($0.0, $0.1) }
  }

  public subscript(name: String) -> Double? { names.firstIndex(of: name).map { coefficients[$0] } }

  /// xᵀb, plus the offset, for every row.
  public func linearPredictor(_ design: DesignMatrix, offset: [Double]? = nil) -> [Double] {
    let predictor = design.matrix * coefficients
    guard let offset else { return predictor }
    precondition(offset.count == predictor.count, "the offset does not fit the design")
    return zip(predictor, offset).map { $0 + $1 }
  }

  /// The expected response of every row.
  public func predict(_ design: DesignMatrix, offset: [Double]? = nil) -> [Double] {
    linearPredictor(design, offset: offset).map { family.mean($0) }
  }
}

/// Fitted elastic nets for decreasing λ.
public struct ElasticNetPath: Sendable {
  /// In decreasing λ.
  public let fits: [ElasticNetFit]
  /// Deviance of the model without penalised columns.
  public let nullDeviance: Double
  /// Rows with a weight above zero.
  public let observations: Int
  /// Constant columns other than the intercept: their coefficients are zero.
  public let constantColumns: [String]

  public var lambdas: [Double] { fits.map(\.lambda) }
  /// The largest of all fits.
  public var worstOptimalityResidual: Double { fits.reduce(0) { max($0, $1.optimalityResidual) } }

  public subscript(index: Int) -> ElasticNetFit { fits[index] }

  /// The fit whose λ is nearest on a logarithmic scale.
  public func nearest(_ lambda: Double) -> ElasticNetFit? {
    fits.min { distance($0.lambda, lambda) < distance($1.lambda, lambda) }
  }

  private func distance(_ left: Double, _ right: Double) -> Double {
    left == right ? 0 : max(left, right) / max(min(left, right), .leastNormalMagnitude)
  }
}
