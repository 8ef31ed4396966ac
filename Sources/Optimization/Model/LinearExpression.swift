/// A variable of an `OptimizationModel`: a number to look it up by.
public struct ModelVariable: Sendable, Hashable {
  public let index: Int
}

/// Σ coefficient · variable + constant, written with the usual operators: `2 * x - y + 3`.
public struct LinearExpression: Sendable, Hashable {
  /// In the order in which the variables were first named; each once.
  public private(set) var terms: [(variable: ModelVariable, coefficient: Double)] = []
  public var constant: Double
  private var positions: [ModelVariable: Int] = [:]

  public init(_ constant: Double = 0) { self.constant = constant }

  public init(_ variable: ModelVariable) {
    constant = 0
    add(1, variable)
  }

  /// Σ of variables.
  public init(sum variables: some Sequence<ModelVariable>) {
    constant = 0
    for variable in variables { add(1, variable) }
  }

  public mutating func add(_ coefficient: Double, _ variable: ModelVariable) {
    if let position = positions[variable] {
      terms[position].coefficient += coefficient
    } else {
      positions[variable] = terms.count
      terms.append((variable, coefficient))
    }
  }

  public subscript(variable: ModelVariable) -> Double { positions[variable].map { terms[$0].coefficient } ?? 0 }

  public func value(at values: [Double]) -> Double {
    terms.reduce(constant) { $0 + $1.coefficient * values[$1.variable.index] }
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.constant == right.constant && left.positions.keys == right.positions.keys
      && left.terms.allSatisfy { right[$0.variable] == $0.coefficient }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(constant)
    hasher.combine(terms.count)
  }

  public static func + (left: Self, right: Self) -> Self {
    var sum = left
    sum.constant += right.constant
    for term in right.terms { sum.add(term.coefficient, term.variable) }
    return sum
  }

  public static func * (factor: Double, expression: Self) -> Self {
    var product = expression
    product.constant *= factor
    for index in product.terms.indices { product.terms[index].coefficient *= factor }
    return product
  }

  public static func += (left: inout Self, right: Self) { left = left + right }
  public static prefix func - (expression: Self) -> Self { -1 * expression }
  public static func - (left: Self, right: Self) -> Self { left + -right }
}

/// What stands on either side of an operator: a variable, a number, an expression.
public protocol LinearOperand {
  var expression: LinearExpression { get }
}

extension LinearExpression: LinearOperand {
  public var expression: LinearExpression { self }
}
extension ModelVariable: LinearOperand {
  public var expression: LinearExpression { LinearExpression(self) }
}
extension Double: LinearOperand {
  public var expression: LinearExpression { LinearExpression(self) }
}

public func + (left: ModelVariable, right: some LinearOperand) -> LinearExpression {
  left.expression + right.expression
}
public func + (left: LinearExpression, right: some LinearOperand) -> LinearExpression { left + right.expression }
public func - (left: ModelVariable, right: some LinearOperand) -> LinearExpression {
  left.expression - right.expression
}
public func - (left: LinearExpression, right: some LinearOperand) -> LinearExpression { left - right.expression }
public func * (factor: Double, variable: ModelVariable) -> LinearExpression { factor * variable.expression }

/// lower ≤ expression ≤ upper, as `x + y <= 3` writes it.
public struct LinearRelation: Sendable, Hashable {
  public var expression: LinearExpression
  public var lower: Double
  public var upper: Double

  public init(_ expression: LinearExpression, lower: Double = -.infinity, upper: Double = .infinity) {
    self.expression = expression
    self.lower = lower
    self.upper = upper
  }
}

public func <= (left: some LinearOperand, right: some LinearOperand) -> LinearRelation {
  LinearRelation(left.expression - right.expression, upper: 0)
}
public func >= (left: some LinearOperand, right: some LinearOperand) -> LinearRelation {
  LinearRelation(left.expression - right.expression, lower: 0)
}
public func == (left: some LinearOperand, right: some LinearOperand) -> LinearRelation {
  LinearRelation(left.expression - right.expression, lower: 0, upper: 0)
}
