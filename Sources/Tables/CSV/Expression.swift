import Glibc

/// Arithmetic over the numeric columns of a file, as a plan writes it: `units * price`.
///
///     sum     = product { ("+" | "-") product }
///     product = sign { ("*" | "/") sign }
///     sign    = { "-" | "+" } power
///     power   = atom [ "^" sign ]
///     atom    = number | name | "`" any "`" | ("exp" | "log") "(" sum ")" | "(" sum ")"
///
/// Compiled to postfix instructions and evaluated over whole columns; unknown (NaN) operands give unknown results.
struct Expression: Sendable {
  enum Instruction: Sendable, Hashable {
    case number(Double)
    case column(Int)
    case negate, add, subtract, multiply, divide, power, exponential, logarithm
  }

  struct Problem: Error {
    var message: String
    /// Where in the text, in characters, and how many.
    var offset: Int
    var length: Int
  }

  /// The columns used, in order of first appearance, with their first place in the text.
  private(set) var operands: [(name: String, offset: Int)] = []
  private(set) var instructions: [Instruction] = []

  init(_ text: String) throws(Problem) {
    var parser = ExpressionParser(text)
    try parser.parse()
    operands = parser.operands
    instructions = parser.instructions
  }

  /// The result for every row. `columns` are in the order of `operands`, `rowCount` cells each.
  func evaluate(_ columns: [[Double]], rowCount: Int) -> [Double] {
    var stack: [[Double]] = []
    for instruction in instructions {
      switch instruction {
      case .number(let value): stack.append([Double](repeating: value, count: rowCount))
      case .column(let index): stack.append(columns[index])
      case .negate: Self.map(&stack) { -$0 }
      case .exponential: Self.map(&stack) { exp($0) }
      case .logarithm: Self.map(&stack) { log($0) }
      case .add: Self.combine(&stack) { $0 + $1 }
      case .subtract: Self.combine(&stack) { $0 - $1 }
      case .multiply: Self.combine(&stack) { $0 * $1 }
      case .divide: Self.combine(&stack) { $0 / $1 }
      case .power: Self.combine(&stack) { $0.isNaN || $1.isNaN ? .nan : pow($0, $1) }
      }
    }
    return stack.last ?? []
  }

  @inline(__always)
  private static func map(_ stack: inout [[Double]], _ function: (Double) -> Double) {
    var values = stack.removeLast()
    for row in values.indices { values[row] = function(values[row]) }
    stack.append(values)
  }

  @inline(__always)
  private static func combine(_ stack: inout [[Double]], _ function: (Double, Double) -> Double) {
    let right = stack.removeLast()
    var left = stack.removeLast()
    for row in left.indices { left[row] = function(left[row], right[row]) }
    stack.append(left)
  }
}

private struct ExpressionParser {
  private let text: [Character]
  private var position = 0
  private var depth = 0
  private(set) var operands: [(name: String, offset: Int)] = []
  private(set) var instructions: [Expression.Instruction] = []

  private static let functions: [String: Expression.Instruction] = ["exp": .exponential, "log": .logarithm]
  private static let deepest = 100

  init(_ text: String) { self.text = Array(text) }

  mutating func parse() throws(Expression.Problem) {
    try sum()
    if let character = peek { throw problem("an operator is expected before `\(character)`") }
  }

  private mutating func sum() throws(Expression.Problem) {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw problem("it is nested too deeply") }
    try product()
    while let character = peek, character == "+" || character == "-" {
      position += 1
      try product()
      instructions.append(character == "+" ? .add : .subtract)
    }
  }

  private mutating func product() throws(Expression.Problem) {
    try sign()
    while let character = peek, character == "*" || character == "/" {
      position += 1
      try sign()
      instructions.append(character == "*" ? .multiply : .divide)
    }
  }

  private mutating func sign() throws(Expression.Problem) {
    var isNegative = false
    while let character = peek, character == "+" || character == "-" {
      position += 1
      if character == "-" { isNegative.toggle() }
    }
    try power()
    if isNegative { instructions.append(.negate) }
  }

  private mutating func power() throws(Expression.Problem) {
    try atom()
    guard peek == "^" else { return }
    position += 1
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else { throw problem("it is nested too deeply") }
    try sign()
    instructions.append(.power)
  }

  private mutating func atom() throws(Expression.Problem) {
    guard let character = peek else { throw problem("a number, a column or `(` is expected at the end") }
    switch character {
    case "(": try parenthesis()
    case "`": try quotedName()
    case "0"..."9", ".": try number()
    case _ where isNameStart(character): try name()
    default: throw problem("a number, a column or `(` is expected in place of `\(character)`")
    }
  }

  private mutating func parenthesis() throws(Expression.Problem) {
    let open = position
    position += 1
    try sum()
    guard peek == ")" else {
      throw Expression.Problem(message: "this `(` is not closed", offset: open, length: 1)
    }
    position += 1
  }

  private mutating func number() throws(Expression.Problem) {
    let start = position
    while position < text.count {
      let character = text[position]
      let isExponentSign =
        (character == "-" || character == "+") && position > start && "eE".contains(text[position - 1])
        && position + 1 < text.count && text[position + 1].isNumber
      guard character.isASCII, character.isNumber || ".eE".contains(character) || isExponentSign else { break }
      position += 1
    }
    let digits = String(text[start..<position])
    guard let value = Double(digits.hasPrefix(".") ? "0" + digits : digits), value.isFinite else {
      throw Expression.Problem(message: "`\(digits)` is not a number", offset: start, length: position - start)
    }
    instructions.append(.number(value))
  }

  private mutating func name() throws(Expression.Problem) {
    let start = position
    while position < text.count, isNameStart(text[position]) || text[position].isNumber { position += 1 }
    let name = String(text[start..<position])
    guard peek == "(" else { return use(name, at: start) }
    guard let function = Self.functions[name] else {
      throw Expression.Problem(
        message: "there is no function `\(name)`; there are exp and log", offset: start, length: name.count)
    }
    try parenthesis()
    instructions.append(function)
  }

  private mutating func quotedName() throws(Expression.Problem) {
    let start = position
    guard let end = text[(start + 1)...].firstIndex(of: "`") else {
      throw Expression.Problem(message: "this backquote is not closed", offset: start, length: 1)
    }
    position = end + 1
    use(String(text[start + 1..<end]), at: start)
  }

  private mutating func use(_ name: String, at offset: Int) {
    if let known = operands.firstIndex(where: { $0.name == name }) {
      instructions.append(.column(known))
    } else {
      instructions.append(.column(operands.count))
      operands.append((name, offset))
    }
  }

  /// The next character that is not blank.
  private var peek: Character? {
    mutating get {
      while position < text.count, text[position].isWhitespace { position += 1 }
      return position < text.count ? text[position] : nil
    }
  }

  private func isNameStart(_ character: Character) -> Bool { character.isLetter || character == "_" }

  private func problem(_ message: String) -> Expression.Problem {
    Expression.Problem(message: message, offset: min(position, max(0, text.count - 1)), length: 1)
  }
}
