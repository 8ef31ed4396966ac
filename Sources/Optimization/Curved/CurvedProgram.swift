/// A linear program with curved terms: maximise a linear part, functions of single variables, and, where asked, the
/// mean of the worst outcomes.
///
///     maximise   c·v + Σⱼ hⱼ(vⱼ)                                    without a tail
///                c·v + (1 − w) · mean over d of L_d + w · CVaR(L)    with one; L_d = Σⱼ factor_dj · hⱼ(vⱼ)
///     subject to the rows and bounds of the program, and vⱼ in the domain of its term
///
/// CVaR is the mean of the `1 − level` lowest L_d. Amounts and values should be of magnitude 1: tolerances are absolute.
public struct CurvedProgram: Sendable {
  public struct Term: Sendable {
    public var variable: Int
    public var function: CurvedFunction
    public var domain: AmountDomain

    public init(variable: Int, function: CurvedFunction, domain: AmountDomain) {
      self.variable = variable
      self.function = function
      self.domain = domain
    }
  }

  /// Outcomes over equally likely draws, each of which multiplies every term by a factor of zero or more.
  public struct Tail: Sendable {
    /// Draw-major: `factors[draw * terms + term]`.
    public var factors: [Double]
    /// Above 0 and below 1: 0.9 looks at the worst tenth.
    public var level: Double
    /// Of the worst outcomes in the objective, 0 … 1.
    public var weight: Double

    public init(factors: [Double], level: Double, weight: Double) {
      self.factors = factors
      self.level = level
      self.weight = weight
    }
  }

  /// Its sense must be to maximise; it has no integers.
  public var program: LinearProgram
  public var terms: [Term] = []
  public var tail: Tail?

  public init(_ program: LinearProgram) { self.program = program }

  /// Keeps the choices that a term has made at `value`: nothing or not, and the side of an S-curve. The term is concave
  /// on what is left of its domain.
  public mutating func hold(_ term: Int, at value: Double) {
    terms[term].domain = terms[term].neighbourhood(of: value)
  }

  /// The objective where the terms have these values.
  func objective(at variables: [Double], termValues: [Double]) -> Double {
    let linear = program.objective(at: variables)
    guard let tail else { return linear + termValues.reduce(0, +) }
    let weights = tail.weights(at: termValues)
    return linear + zip(weights, termValues).reduce(0) { $0 + $1.0 * $1.1 }
  }

  func termValues(at variables: [Double]) -> [Double] {
    terms.map { $0.function.value(at: variables[$0.variable]) }
  }

  public func objective(at variables: [Double]) -> Double {
    objective(at: variables, termValues: termValues(at: variables))
  }
}

extension CurvedProgram.Tail {
  /// How much each term counts where the terms have these values: the objective is concave and positively homogeneous
  /// in them, and this is its supergradient, so that Σ weights · values is the objective here and never below it
  /// elsewhere.
  ///
  /// Source: Rockafellar & Uryasev, "Optimization of conditional value-at-risk" (Journal of Risk 2, 2000).
  public func weights(at values: [Double]) -> [Double] {
    let count = values.count
    let draws = count == 0 ? 0 : factors.count / count
    guard draws > 0 else { return [Double](repeating: 1, count: count) }
    var outcomes: [(value: Double, draw: Int)] = []
    outcomes.reserveCapacity(draws)
    for draw in 0..<draws {
      var sum = 0.0
      for term in 0..<count { sum += factors[draw * count + term] * values[term] }
      outcomes.append((sum, draw))
    }
    outcomes.sort { ($0.value, $0.draw) < ($1.value, $1.draw) }
    // The worst outcomes share the tail's mass; the one at its edge counts in part.
    let mass = max((1 - level) * Double(draws), 1e-9)
    var left = mass
    var result = [Double](repeating: 0, count: count)
    for outcome in outcomes {
      let taken = min(1, left)
      left -= taken
      let share = (1 - weight) / Double(draws) + weight * taken / mass
      guard share > 0 else { break }
      for term in 0..<count { result[term] += share * factors[outcome.draw * count + term] }
    }
    return result
  }
}

/// The best values found for a curved program, with the proof.
public struct CurvedSolution: Sendable {
  /// False where a limit of work was met first.
  public var isOptimal: Bool
  /// All variables of the program.
  public var values: [Double]
  public var objective: Double
  /// No feasible values are better.
  public var bound: Double
  public var nodes: Int
  /// Duals of the program's rows and reduced costs of its variables with all discrete choices held: 0 or not, and the
  /// side of an S-curve.
  public var duals: [Double]
  public var reducedCosts: [Double]

  /// |bound − objective| / max(1, |objective|).
  public var relativeGap: Double { abs(bound - objective) / max(1, abs(objective)) }
}
