/// Cuts the text of a condition into numbers, names, words and signs, each with its place.
struct ConditionLexer {
  struct Token: Hashable {
    enum Kind: Hashable {
      case number(Double)
      case name(String)
      /// `and`, `or`, `not`.
      case word(String)
      case sign(String)
      case end
    }
    var kind: Kind
    var offset: Int
    var length: Int
    var text: String
  }

  private let scalars: [Unicode.Scalar]
  /// Longer conditions are mistakes.
  static let longest = 2000

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  func tokens() throws(Condition.Problem) -> [Token] {
    guard scalars.count <= Self.longest else {
      throw .init(
        kind: .syntax, message: "the condition is longer than \(Self.longest) characters", offset: Self.longest,
        length: 1)
    }
    var tokens: [Token] = []
    var position = 0
    while position < scalars.count {
      let scalar = scalars[position]
      if scalar.properties.isWhitespace {
        position += 1
      } else if isDigit(scalar) || (scalar == "." && isDigit(at: position + 1)) {
        tokens.append(try number(from: &position))
      } else if isLetter(scalar) {
        let end = run(from: position) { isLetter($0) || isDigit($0) || $0 == "." }
        let text = string(position..<end)
        let isWord = ["and", "or", "not"].contains(text)
        tokens.append(
          Token(kind: isWord ? .word(text) : .name(text), offset: position, length: end - position, text: text))
        position = end
      } else {
        tokens.append(try sign(from: &position))
      }
    }
    tokens.append(Token(kind: .end, offset: scalars.count, length: 1, text: "the end"))
    return tokens
  }

  private func number(from position: inout Int) throws(Condition.Problem) -> Token {
    let start = position
    var end = run(from: start) { isDigit($0) || $0 == "." }
    // An exponent needs digits: `2e3`, `2e-3`.
    if end < scalars.count, scalars[end] == "e" || scalars[end] == "E" {
      let sign = end + 1 < scalars.count && (scalars[end + 1] == "-" || scalars[end + 1] == "+") ? 1 : 0
      if isDigit(at: end + 1 + sign) { end = run(from: end + 1 + sign, isDigit) }
    }
    let text = string(start..<end)
    guard let value = Double(text), value.isFinite, end == scalars.count || !isLetter(scalars[end]) else {
      let stop = run(from: end) { isLetter($0) || isDigit($0) }
      throw .init(
        kind: .syntax, message: "`\(string(start..<stop))` is not a number", hint: "write it like 0.6, 60 % or 1200",
        offset: start, length: stop - start)
    }
    position = end
    return Token(kind: .number(value), offset: start, length: end - start, text: text)
  }

  private func sign(from position: inout Int) throws(Condition.Problem) -> Token {
    let start = position
    for text in ["<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "(", ")", ",", "%"] {
      let length = text.unicodeScalars.count
      guard start + length <= scalars.count, string(start..<start + length) == text else { continue }
      position += length
      return Token(kind: .sign(text), offset: start, length: length, text: text)
    }
    let hints = [
      "=": "write `==`", "&": "write `and`", "|": "write `or`", "!": "write `not`", "≤": "write `<=`",
      "≥": "write `>=`", "×": "write `*`", "<": nil, "＜": "write `<`", "＞": "write `>`",
    ]
    let text = String(scalars[start])
    throw .init(
      kind: .syntax, message: "`\(text)` has no meaning in a condition", hint: hints[text] ?? nil, offset: start,
      length: 1)
  }

  private func run(from start: Int, _ belongs: (Unicode.Scalar) -> Bool) -> Int {
    var end = start
    while end < scalars.count, belongs(scalars[end]) { end += 1 }
    return end
  }

  private func string(_ range: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[range])
    return String(text)
  }

  private func isDigit(at position: Int) -> Bool { position < scalars.count && isDigit(scalars[position]) }
  private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
  private func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar == "_" || scalar.properties.isAlphabetic }
}
