internal import Probability

/// One estimated coefficient with its uncertainty.
public struct Coefficient: Sendable, Hashable {
  public let name: String
  public let estimate: Double
  public let standardError: Double
  /// Degrees of freedom of the t distribution that the statistic is compared with; infinite for the normal.
  public let degreesOfFreedom: Double

  public init(name: String, estimate: Double, standardError: Double, degreesOfFreedom: Double) {
    self.name = name
    self.estimate = estimate
    self.standardError = standardError
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// estimate / standard error; zero where both are zero, as in a fit without residual of a coefficient of zero.
  public var statistic: Double { estimate == 0 ? 0 : estimate / standardError }

  /// P(|T| ≥ |statistic|) if the coefficient were zero.
  public var pValue: Double {
    degreesOfFreedom > 0 ? StudentT(degreesOfFreedom: degreesOfFreedom).twoSidedTail(statistic) : 1
  }

  /// The interval that covers the coefficient with this probability; everything where its error is not known.
  public func interval(level: Double = 0.95) -> ClosedRange<Double> {
    guard degreesOfFreedom > 0, standardError.isFinite else { return -.infinity ... .infinity }
    let margin = StudentT(degreesOfFreedom: degreesOfFreedom).quantile((1 + level) / 2) * standardError
    return estimate - margin...estimate + margin
  }
}

extension Coefficient: Codable {
  private enum Keys: String, CodingKey { case name, estimate, standardError, degreesOfFreedom }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Keys.self)
    self.init(
      name: try container.decode(String.self, forKey: .name),
      estimate: try container.decode(Double.self, forKey: .estimate),
      standardError: try container.decodeIfPresent(Double.self, forKey: .standardError) ?? .nan,
      degreesOfFreedom: try container.decodeIfPresent(Double.self, forKey: .degreesOfFreedom) ?? .infinity)
  }

  /// JSON has no infinity: the normal distribution's degrees of freedom, and an error that is not known, are left out.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Keys.self)
    try container.encode(name, forKey: .name)
    try container.encode(estimate, forKey: .estimate)
    if standardError.isFinite { try container.encode(standardError, forKey: .standardError) }
    if degreesOfFreedom.isFinite { try container.encode(degreesOfFreedom, forKey: .degreesOfFreedom) }
  }
}

/// A column that a fit left out because others explain it.
public struct DroppedColumn: Sendable, Hashable, Codable, CustomStringConvertible {
  public struct Part: Sendable, Hashable, Codable {
    public let column: String
    public let weight: Double
  }

  public let name: String
  /// The kept columns whose combination equals it; empty where the column is zero in every row.
  public let combination: [Part]

  /// `city[wuxi] = region[east] - 1 × city[suzhou]`.
  public var description: String {
    guard !combination.isEmpty else { return "\(name) is zero in every row" }
    var text = "\(name) ="
    for (index, part) in combination.enumerated() {
      let sign = part.weight < 0 ? (index == 0 ? " -" : " - ") : (index == 0 ? " " : " + ")
      let magnitude = (abs(part.weight) * 1e6).rounded() / 1e6
      let whole = magnitude == magnitude.rounded() && magnitude < 1e15
      text += sign + (magnitude == 1 ? "" : (whole ? "\(Int(magnitude))" : "\(magnitude)") + " × ") + part.column
    }
    return text
  }
}

/// How the uncertainty of coefficients is estimated.
public enum StandardErrors: Sendable, Hashable {
  /// From the model: right where its variance is right and rows are independent.
  case model
  /// Right also where the variance differs between rows (HC1).
  case robust
  /// Right also where rows of the same cluster depend on one another: a cluster number per row.
  case clustered([Int])
}
