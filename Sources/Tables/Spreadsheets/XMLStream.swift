import CExpat
import Glibc

/// The name of an element without its prefix, as the parser holds it during an event.
struct XMLName {
  private let bytes: UnsafePointer<CChar>

  /// Prefixes are a matter of taste of the program that wrote the file: `x:row` is a `row`.
  init(_ name: UnsafePointer<CChar>) {
    if let colon = strchr(name, 58) { bytes = UnsafePointer(colon + 1) } else { bytes = name }
  }

  static func == (name: XMLName, other: StaticString) -> Bool {
    strcmp(name.bytes, UnsafeRawPointer(other.utf8Start).assumingMemoryBound(to: CChar.self)) == 0
  }

  static func ~= (pattern: StaticString, name: XMLName) -> Bool { name == pattern }
}

/// The attributes of an element during an event.
struct XMLAttributes {
  fileprivate let list: UnsafeMutablePointer<UnsafePointer<CChar>?>?

  /// The bytes of an attribute, by its name without prefix.
  func bytes(_ name: StaticString) -> UnsafeBufferPointer<UInt8>? {
    guard var place = list else { return nil }
    while let key = place[0], let value = place[1] {
      if XMLName(key) == name {
        let start = UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self)
        return UnsafeBufferPointer(start: start, count: strlen(value))
      }
      place += 2
    }
    return nil
  }

  subscript(_ name: StaticString) -> String? { bytes(name).map { String(decoding: $0, as: UTF8.self) } }

  /// A whole number that is not negative.
  func count(_ name: StaticString) -> Int? {
    bytes(name).flatMap { NumberParsing.integer($0, mark: 46) }.flatMap { $0 >= 0 ? Int($0) : nil }
  }

  /// `1`, `true` and `on` say yes; nil where the attribute is absent.
  func flag(_ name: StaticString) -> Bool? {
    self[name].map { ["1", "true", "on"].contains($0.lowercased()) }
  }
}

/// Takes the events of an XML text, one after another.
protocol XMLVisitor: AnyObject {
  func start(_ name: XMLName, _ attributes: XMLAttributes)
  func end(_ name: XMLName)
  func text(_ bytes: UnsafeBufferPointer<UInt8>)
  /// Set by a visitor that cannot go on.
  var failure: SpreadsheetFailure? { get }
}

/// A pass over an XML text in pieces; the one place that touches expat.
///
/// A document type is refused: parts of a workbook have none, and entities are a way to blow up a small file.
final class XMLStream {
  private let parser: XML_Parser
  private let visitor: any XMLVisitor
  private var hasDocumentType = false

  init(_ visitor: any XMLVisitor) throws(SpreadsheetFailure) {
    guard let parser = XML_ParserCreate(nil) else { throw .damaged(reason: "there is not enough memory") }
    self.parser = parser
    self.visitor = visitor
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser,
      { data, name, attributes in
        guard let stream = XMLStream.of(data), let name else { return }
        stream.visitor.start(XMLName(name), XMLAttributes(list: attributes))
        stream.stopWhereFailed()
      },
      { data, name in
        guard let stream = XMLStream.of(data), let name else { return }
        stream.visitor.end(XMLName(name))
        stream.stopWhereFailed()
      })
    XML_SetCharacterDataHandler(parser) { data, text, count in
      guard let stream = XMLStream.of(data), let text else { return }
      let start = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
      stream.visitor.text(UnsafeBufferPointer(start: start, count: Int(count)))
    }
    XML_SetStartDoctypeDeclHandler(parser) { data, _, _, _, _ in
      guard let stream = XMLStream.of(data) else { return }
      stream.hasDocumentType = true
      XML_StopParser(stream.parser, XML_Bool(0))
    }
  }

  deinit { XML_ParserFree(parser) }

  private static func of(_ data: UnsafeMutableRawPointer?) -> XMLStream? {
    data.map { Unmanaged<XMLStream>.fromOpaque($0).takeUnretainedValue() }
  }

  private func stopWhereFailed() {
    if visitor.failure != nil { XML_StopParser(parser, XML_Bool(0)) }
  }

  /// Takes the next piece.
  func parse(_ bytes: UnsafeRawBufferPointer, isLast: Bool = false, part: String) throws(SpreadsheetFailure) {
    let start = bytes.bindMemory(to: CChar.self).baseAddress
    guard XML_Parse(parser, start, Int32(bytes.count), isLast ? 1 : 0) != XML_STATUS_OK else { return }
    if let failure = visitor.failure { throw failure }
    if hasDocumentType { throw .damaged(reason: "`\(part)` has a document type, which parts of a workbook never have") }
    let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "it is not XML"
    throw .damaged(reason: "`\(part)`, line \(XML_GetCurrentLineNumber(parser)): \(reason)")
  }
}

extension ZipArchive {
  /// Goes over a part of the archive with a visitor.
  func visit(_ part: String, _ visitor: any XMLVisitor) throws(SpreadsheetFailure) {
    let stream = try XMLStream(visitor)
    try read(part) { (bytes) throws(SpreadsheetFailure) in
      try stream.parse(bytes, part: part)
      return true
    }
    try stream.parse(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true, part: part)
  }
}
