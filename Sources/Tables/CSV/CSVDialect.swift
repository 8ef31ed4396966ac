/// How a text table is written, as the reader found it; stated back to the user.
public struct CSVDialect: Sendable, Hashable, CustomStringConvertible {
  public enum Encoding: String, Sendable, Hashable {
    case utf8 = "UTF-8"
    case gb18030 = "GB18030"
    case utf16 = "UTF-16"
  }

  /// The byte between cells: comma, semicolon, tab or vertical bar.
  public var separator: UInt8
  /// The byte between the whole and the fractional part of a number: full stop or comma.
  public var decimalMark: UInt8
  public var encoding: Encoding
  /// Whether the file is compressed with gzip.
  public var isCompressed: Bool
  /// The last byte of a line: line feed (also after a carriage return), or carriage return alone.
  public var lineEnd: UInt8

  public init(
    separator: UInt8 = UInt8(ascii: ","), decimalMark: UInt8 = UInt8(ascii: "."), encoding: Encoding = .utf8,
    isCompressed: Bool = false, lineEnd: UInt8 = UInt8(ascii: "\n")
  ) {
    self.separator = separator
    self.decimalMark = decimalMark
    self.encoding = encoding
    self.isCompressed = isCompressed
    self.lineEnd = lineEnd
  }

  /// `comma-separated, decimal point, UTF-8, gzip`
  public var description: String {
    let separatorName =
      switch separator {
      case UInt8(ascii: ";"): "semicolon"
      case UInt8(ascii: "\t"): "tab"
      case UInt8(ascii: "|"): "bar"
      default: "comma"
      }
    let decimalName = decimalMark == UInt8(ascii: ",") ? "comma" : "point"
    return "\(separatorName)-separated, decimal \(decimalName), \(encoding.rawValue)" + (isCompressed ? ", gzip" : "")
  }
}
