/// The condition of an alert rule, such as `orders < 0.6 * forecast.p50 and change(complaints, 3) > 0.5`.
///
///     condition  = and { "or" and }
///     and        = not { "and" not }
///     not        = "not" not | comparison
///     comparison = sum [ ( "<" | "<=" | ">" | ">=" | "==" | "!=" ) sum ]
///     sum        = product { ( "+" | "-" ) product }
///     product    = sign { ( "*" | "/" ) sign }
///     sign       = "-" sign | atom
///     atom       = number [ "%" ] | quantity | "abs" "(" sum ")" | window "(" sum "," months ")" | "(" condition ")"
///     window     = "change" | "mean" | "sum" | "min" | "max"
///
/// A condition is a comparison, or comparisons joined by `and`, `or`, `not`; only numbers are calculated with and
/// compared. `mean(x, 12)` looks at the month and the eleven before it, `change(x, 3)` is x ÷ (x three months before)
/// − 1. Truth has three values, after Kleene ("On notation for ordinal numbers", Journal of Symbolic Logic 3, 1938):
/// what is computed from an unknown number is unknown, unless the rest decides (`false and unknown` is false).
public struct Condition: Sendable, Hashable, CustomStringConvertible {
  /// As it was written.
  public let text: String
  let root: Node
  /// The quantities used, in order of first appearance.
  public let quantities: [AlertQuantity]

  /// Why a text is no condition.
  public struct Problem: Error, Hashable {
    public enum Kind: Sendable, Hashable { case syntax, unknownName, type }
    public var kind: Kind
    public var message: String
    public var hint: String?
    /// Where in the text, in Unicode scalars from 0.
    public var offset: Int
    public var length: Int
  }

  public init(_ text: String) throws(Problem) {
    var parser = ConditionParser(try ConditionLexer(text).tokens())
    root = try parser.parse()
    quantities = parser.quantities
    self.text = text
  }

  /// With every pair of brackets: `(orders < (0.6 * forecast.p50))`.
  public var description: String { root.description }

  public static func == (left: Self, right: Self) -> Bool { left.root == right.root }
  public func hash(into hasher: inout Hasher) { hasher.combine(root) }

  enum Arithmetic: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
  }
  enum Comparison: String, Sendable, CaseIterable {
    case less = "<"
    case atMost = "<="
    case greater = ">"
    case atLeast = ">="
    case equal = "=="
    case unequal = "!="
  }
  enum Window: String, Sendable, CaseIterable {
    case change, mean, sum
    case least = "min"
    case most = "max"
  }

  indirect enum Node: Sendable, Hashable, CustomStringConvertible {
    case number(Double)
    case quantity(AlertQuantity)
    case negate(Node)
    case absolute(Node)
    case calculate(Arithmetic, Node, Node)
    case window(Window, Node, months: Int)
    case compare(Comparison, Node, Node)
    case and(Node, Node)
    case or(Node, Node)
    case not(Node)

    var isTruth: Bool {
      switch self {
      case .compare, .and, .or, .not: true
      default: false
      }
    }

    var description: String {
      switch self {
      case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
      case .quantity(let quantity): quantity.rawValue
      case .negate(let operand): "(-\(operand))"
      case .absolute(let operand): "abs(\(operand))"
      case .calculate(let sign, let left, let right): "(\(left) \(sign.rawValue) \(right))"
      case .window(let window, let operand, let months): "\(window.rawValue)(\(operand), \(months))"
      case .compare(let sign, let left, let right): "(\(left) \(sign.rawValue) \(right))"
      case .and(let left, let right): "(\(left) and \(right))"
      case .or(let left, let right): "(\(left) or \(right))"
      case .not(let operand): "(not \(operand))"
      }
    }
  }
}
