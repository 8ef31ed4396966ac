/// A condition on a row: `split=train`, `week>=40`, `region!=north`.
///
/// Two numbers compare as numbers, everything else as text, byte by byte, so that ISO dates are in order.
public struct RowCondition: Sendable, Hashable {
  public enum Comparison: String, Sendable, CaseIterable {
    // Longer ones first: `<=` is not `<` with a value that begins with `=`.
    case atMost = "<="
    case atLeast = ">="
    case isNot = "!="
    case equals = "=="
    case isEqual = "="
    case below = "<"
    case above = ">"
  }

  public let column: String
  public let comparison: Comparison
  public let value: String
  private let bytes: [UInt8]
  private let number: Double?

  /// Nil where the text is not a name, a comparison and a value; an empty value asks for empty cells.
  public init?(_ text: String) {
    let signs: Set<Character> = ["<", ">", "!", "="]
    guard let start = text.firstIndex(where: signs.contains) else { return nil }
    let rest = text[start...]
    guard let comparison = Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else { return nil }
    let blanks: (Character) -> Bool = { $0 == " " }
    let name = String(text[..<start].reversed().drop(while: blanks).reversed().drop(while: blanks))
    guard !name.isEmpty else { return nil }
    column = name
    self.comparison = comparison
    value = String(
      rest.dropFirst(comparison.rawValue.count).drop(while: blanks).reversed().drop(while: blanks).reversed())
    bytes = Array(value.utf8)
    number = bytes.withUnsafeBufferPointer { NumberParsing.real($0, mark: UInt8(ascii: ".")) }
  }

  /// Whether a cell of a table that was read meets the condition; an unknown one is the empty text.
  public func holds(_ cell: String) -> Bool {
    var cell = cell
    return cell.withUTF8 { holds($0, mark: UInt8(ascii: ".")) }
  }

  /// Whether a cell, without quotation marks and surrounding blanks, meets the condition.
  func holds(_ cell: UnsafeBufferPointer<UInt8>, mark: UInt8) -> Bool {
    let isSame = cell.count == bytes.count && zip(cell, bytes).allSatisfy { $0 == $1 }
    if isSame { return [.atMost, .atLeast, .equals, .isEqual].contains(comparison) }
    if let number, let own = NumberParsing.real(cell, mark: mark) {
      switch comparison {
      case .atMost: return own <= number
      case .atLeast: return own >= number
      case .isNot: return own != number
      case .equals, .isEqual: return own == number
      case .below: return own < number
      case .above: return own > number
      }
    }
    switch comparison {
    case .isNot: return true
    case .equals, .isEqual: return false
    case .atMost, .below: return !cell.isEmpty && cell.lexicographicallyPrecedes(bytes)
    case .atLeast, .above: return !cell.isEmpty && !cell.lexicographicallyPrecedes(bytes)
    }
  }
}
