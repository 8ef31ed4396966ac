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

  /// self += factor · other.
  public mutating func add(_ factor: Double, times other: LinearExpression) {
    constant += factor * other.constant
    for term in other.terms { add(factor * term.coefficient, term.variable) }
  }
}

/// What stands on either side of an operator: a variable or an expression. Numbers do not conform, so that comparing
/// numbers stays what it is.
public protocol LinearOperand {
  var expression: LinearExpression { get }
}

extension LinearExpression: LinearOperand {
  public var expression: LinearExpression { self }
}
extension ModelVariable: LinearOperand {
  public var expression: LinearExpression { LinearExpression(self) }
}

extension LinearOperand {
  public static func + (left: Self, right: some LinearOperand) -> LinearExpression {
    var sum = left.expression
    sum.add(1, times: right.expression)
    return sum
  }
  public static func + (left: Self, right: Double) -> LinearExpression {
    var sum = left.expression
    sum.constant += right
    return sum
  }
  public static func - (left: Self, right: some LinearOperand) -> LinearExpression {
    var sum = left.expression
    sum.add(-1, times: right.expression)
    return sum
  }
  public static func - (left: Self, right: Double) -> LinearExpression { left + -right }

  public static func * (factor: Double, operand: Self) -> LinearExpression {
    var product = LinearExpression()
    product.add(factor, times: operand.expression)
    return product
  }

  public static func <= (left: Self, right: some LinearOperand) -> LinearRelation {
    LinearRelation(left - right, upper: 0)
  }
  public static func <= (left: Self, right: Double) -> LinearRelation {
    LinearRelation(left.expression, upper: right)
  }
  public static func >= (left: Self, right: some LinearOperand) -> LinearRelation {
    LinearRelation(left - right, lower: 0)
  }
  public static func >= (left: Self, right: Double) -> LinearRelation {
    LinearRelation(left.expression, lower: right)
  }

  /// self = other; `==` compares expressions.
  public func equals(_ other: some LinearOperand) -> LinearRelation {
    LinearRelation(self - other, lower: 0, upper: 0)
  }
  public func equals(_ number: Double) -> LinearRelation {
    LinearRelation(expression, lower: number, upper: number)
  }
}

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
