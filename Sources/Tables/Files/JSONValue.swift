public import ChannelTypes

/// A JSON document with members in the order given, written the same way every time.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int)
  /// Written as the shortest text that reads back the same; JSON has no NaN or infinity, which become `null`.
  case number(Double)
  /// An exact amount, written as a number with all its decimals.
  case money(Money)
  case string(String)
  case array([JSONValue])
  case object([Member])

  public struct Member: Sendable, Hashable {
    public var name: String
    public var value: JSONValue
    public init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  /// On one line, without blanks: a line of a JSON Lines file.
  public var compact: String {
    var text = ""
    append(to: &text, indentation: nil)
    return text
  }

  /// Indented by two blanks a level; arrays and objects without nested ones stay on a line where they are short.
  public var indented: String {
    var text = ""
    append(to: &text, indentation: 0)
    return text
  }

  private func append(to text: inout String, indentation: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += value.isFinite ? value.written : "null"
    case .money(let value): text += value.description
    case .string(let value): Self.append(quoted: value, to: &text)
    case .array(let values):
      Self.append("[", "]", count: values.count, isFlat: isFlat, to: &text, indentation) { index, text, indentation in
        values[index].append(to: &text, indentation: indentation)
      }
    case .object(let members):
      Self.append("{", "}", count: members.count, isFlat: isFlat, to: &text, indentation) { index, text, indentation in
        Self.append(quoted: members[index].name, to: &text)
        text += indentation == nil ? ":" : ": "
        members[index].value.append(to: &text, indentation: indentation)
      }
    }
  }

  private static func append(
    _ open: String, _ close: String, count: Int, isFlat: Bool, to text: inout String, _ indentation: Int?,
    element: (Int, inout String, Int?) -> Void
  ) {
    text += open
    for index in 0..<count {
      if index > 0 { text += "," }
      switch indentation {
      case .some(let depth) where !isFlat: text += "\n" + String(repeating: "  ", count: depth + 1)
      case .some: if index > 0 { text += " " }
      case .none: break
      }
      element(index, &text, indentation.map { $0 + 1 })
    }
    if let indentation, !isFlat, count > 0 { text += "\n" + String(repeating: "  ", count: indentation) }
    text += close
  }

  /// Whether it holds at most eight scalars and nothing nested.
  private var isFlat: Bool {
    switch self {
    case .array(let values): values.count <= 8 && values.allSatisfy(\.isScalar)
    case .object(let members): members.count <= 4 && members.allSatisfy(\.value.isScalar)
    default: true
    }
  }

  private var isScalar: Bool {
    switch self {
    case .array, .object: false
    case .string(let text): text.utf8.count <= 40
    default: true
    }
  }

  private static func append(quoted value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _
      where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || [0x2028, 0x2029].contains(scalar.value):
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(nilLiteral: ()) { self = .null }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(elements.map { Member($0.0, $0.1) })
  }
}

public enum JSONWriter {
  /// Writes the document, indented and ending in a line feed, as one file that appears whole or not at all.
  public static func write(_ value: JSONValue, to path: String) throws(FileError) {
    try AtomicFile.write(value.indented + "\n", to: path)
  }

  /// A table as an array of objects, a member per column; unknown cells are `null`.
  public static func value(_ table: Table) -> JSONValue {
    .array(
      (0..<table.rowCount).map { row in
        .object(table.columns.map { JSONValue.Member($0.name, value($0, row)) })
      })
  }

  private static func value(_ column: Column, _ row: Int) -> JSONValue {
    guard column.isKnown(row) else { return .null }
    switch column.values {
    case .integer(let values): return .integer(Int(values[row]))
    case .real(let values): return .number(values[row])
    case .money(let values): return .money(values[row])
    case .text, .period: return column.text(row).map(JSONValue.string) ?? .null
    }
  }
}
