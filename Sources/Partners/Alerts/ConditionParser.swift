import Tables

/// Recursive descent over the grammar of `Condition`, with types checked as the tree is built.
struct ConditionParser {
  private typealias Token = ConditionLexer.Token
  private typealias Node = Condition.Node
  private typealias Problem = Condition.Problem

  private let tokens: [ConditionLexer.Token]
  private var position = 0
  private var depth = 0
  private(set) var quantities: [AlertQuantity] = []
  /// Deeper brackets are mistakes, and would exhaust the stack.
  private static let deepest = 100

  init(_ tokens: [ConditionLexer.Token]) { self.tokens = tokens }

  mutating func parse() throws(Condition.Problem) -> Condition.Node {
    let start = current
    let node = try or()
    guard current.kind == .end else {
      throw problem("`\(current.text)` is not expected here", hint: "join conditions with `and` or `or`")
    }
    guard node.isTruth else {
      throw Problem(
        kind: .type, message: "the condition is a number, not a comparison", hint: "compare it: `… > 0`",
        offset: start.offset, length: start.length)
    }
    return node
  }

  // MARK: Truth

  private mutating func or() throws(Condition.Problem) -> Condition.Node {
    try joined(by: "or") { (parser) throws(Condition.Problem) in
      try parser.and()
    } as: {
      .or($0, $1)
    }
  }

  private mutating func and() throws(Condition.Problem) -> Condition.Node {
    try joined(by: "and") { (parser) throws(Condition.Problem) in
      try parser.not()
    } as: {
      .and($0, $1)
    }
  }

  private mutating func joined(
    by word: String, _ operand: (inout Self) throws(Condition.Problem) -> Condition.Node,
    as make: (Condition.Node, Condition.Node) -> Condition.Node
  ) throws(Condition.Problem) -> Condition.Node {
    let start = current
    var left = try operand(&self)
    while current.kind == .word(word) {
      try require(left, isTruth: true, at: start, "`\(word)` joins comparisons")
      position += 1
      let second = current
      let right = try operand(&self)
      try require(right, isTruth: true, at: second, "`\(word)` joins comparisons")
      left = make(left, right)
    }
    return left
  }

  private mutating func not() throws(Condition.Problem) -> Condition.Node {
    guard current.kind == .word("not") else { return try comparison() }
    position += 1
    let start = current
    let operand = try nested { (parser) throws(Condition.Problem) in try parser.not() }
    try require(operand, isTruth: true, at: start, "`not` turns a comparison round")
    return .not(operand)
  }

  private mutating func comparison() throws(Condition.Problem) -> Condition.Node {
    let start = current
    let left = try sum()
    guard let sign = comparisonSign else { return left }
    try require(left, isTruth: false, at: start, "only numbers are compared")
    position += 1
    let second = current
    let right = try sum()
    try require(right, isTruth: false, at: second, "only numbers are compared")
    if comparisonSign != nil {
      throw problem("a comparison has two sides", hint: "write `a < b and b < c`")
    }
    return .compare(sign, left, right)
  }

  private var comparisonSign: Condition.Comparison? {
    if case .sign(let text) = current.kind { Condition.Comparison(rawValue: text) } else { nil }
  }

  // MARK: Numbers

  private mutating func sum() throws(Condition.Problem) -> Condition.Node {
    try calculated([.add, .subtract]) { (parser) throws(Condition.Problem) in try parser.product() }
  }

  private mutating func product() throws(Condition.Problem) -> Condition.Node {
    try calculated([.multiply, .divide]) { (parser) throws(Condition.Problem) in try parser.sign() }
  }

  private mutating func calculated(
    _ signs: [Condition.Arithmetic], _ operand: (inout Self) throws(Condition.Problem) -> Condition.Node
  ) throws(Condition.Problem) -> Condition.Node {
    let start = current
    var left = try operand(&self)
    while case .sign(let text) = current.kind, let sign = signs.first(where: { $0.rawValue == text }) {
      try require(left, isTruth: false, at: start, "only numbers are calculated with")
      position += 1
      let second = current
      let right = try operand(&self)
      try require(right, isTruth: false, at: second, "only numbers are calculated with")
      left = .calculate(sign, left, right)
    }
    return left
  }

  private mutating func sign() throws(Condition.Problem) -> Condition.Node {
    guard take("-") else { return try atom() }
    let start = current
    let operand = try nested { (parser) throws(Condition.Problem) in try parser.sign() }
    try require(operand, isTruth: false, at: start, "only numbers have a sign")
    return .negate(operand)
  }

  private mutating func atom() throws(Condition.Problem) -> Condition.Node {
    let token = current
    switch token.kind {
    case .number(let value):
      position += 1
      return .number(take("%") ? value / 100 : value)
    case .name(let name):
      position += 1
      if take("(") { return try function(name, token) }
      guard let quantity = AlertQuantity(rawValue: name) else {
        throw Problem(
          kind: .unknownName, message: "`\(name)` is not known here",
          hint: Self.hint(name, among: AlertQuantity.allCases.map(\.rawValue)), offset: token.offset,
          length: token.length)
      }
      if !quantities.contains(quantity) { quantities.append(quantity) }
      return .quantity(quantity)
    case .sign("("):
      position += 1
      let inner = try nested { (parser) throws(Condition.Problem) in try parser.or() }
      try expect(")", "the bracket is not closed")
      return inner
    default:
      throw problem(
        token.kind == .end ? "the condition ends too early" : "`\(token.text)` is not expected here",
        hint: "a number, a name or a bracket is expected")
    }
  }

  /// After its opening bracket.
  private mutating func function(_ name: String, _ token: ConditionLexer.Token) throws(Condition.Problem)
    -> Condition.Node
  {
    let window = Condition.Window(rawValue: name)
    guard window != nil || name == "abs" else {
      throw Problem(
        kind: .unknownName, message: "there is no function `\(name)`",
        hint: Self.hint(name, among: Condition.Window.allCases.map(\.rawValue) + ["abs"]), offset: token.offset,
        length: token.length)
    }
    let start = current
    let operand = try nested { (parser) throws(Condition.Problem) in try parser.sum() }
    try require(operand, isTruth: false, at: start, "`\(name)` takes a number")
    guard let window else {
      try expect(")", "`abs` takes one number")
      return .absolute(operand)
    }
    try expect(",", "`\(name)` takes a number and a count of months: `\(name)(orders, 3)`")
    guard case .number(let count) = current.kind, count == count.rounded(), (1...60).contains(count) else {
      throw problem("the months of `\(name)` are a whole number from 1 to 60")
    }
    position += 1
    try expect(")", "`\(name)` takes a number and a count of months")
    return .window(window, operand, months: Int(count))
  }

  // MARK: Tokens

  private var current: ConditionLexer.Token { tokens[min(position, tokens.count - 1)] }

  private mutating func take(_ sign: String) -> Bool {
    guard current.kind == .sign(sign) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ sign: String, _ message: String) throws(Condition.Problem) {
    if !take(sign) { throw problem(message, hint: "`\(sign)` is expected before `\(current.text)`") }
  }

  private mutating func nested(
    _ body: (inout Self) throws(Condition.Problem) -> Condition.Node
  ) throws(Condition.Problem) -> Condition.Node {
    depth += 1
    guard depth <= Self.deepest else { throw problem("brackets are nested too deeply") }
    let node = try body(&self)
    depth -= 1
    return node
  }

  private func require(
    _ node: Condition.Node, isTruth: Bool, at token: ConditionLexer.Token, _ message: String
  ) throws(Condition.Problem) {
    guard node.isTruth != isTruth else { return }
    throw Problem(
      kind: .type, message: "\(message), but this is \(isTruth ? "a number" : "a comparison")",
      hint: isTruth ? "compare it: `… > 0`" : "take the comparison out of the arithmetic", offset: token.offset,
      length: token.length)
  }

  private func problem(_ message: String, hint: String? = nil) -> Condition.Problem {
    Problem(kind: .syntax, message: message, hint: hint, offset: current.offset, length: current.length)
  }

  private static func hint(_ name: String, among known: [String]) -> String {
    Suggestion.closest(to: name, among: known).map { "did you mean `\($0)`?" }
      ?? "known here: \(known.joined(separator: ", "))"
  }
}
