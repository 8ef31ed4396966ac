public import Tables

/// A kind of specification file: read from a path or a text, with everything that is wrong told in one pass.
public protocol SpecificationReadable {
  /// No file of the kind is larger.
  static var maximumBytes: Int { get }
  /// Decodes a document; nil, with findings, where it makes no value at all.
  static func decode(_ document: SpecificationDocument, path: String, findings: inout Findings) -> Self?
}

extension SpecificationReadable {
  public static var maximumBytes: Int { SpecificationFile.maximumBytes }

  /// Reads a file.
  /// - Returns: nil where it cannot be read or has errors; `findings` then names all of them.
  public static func read(_ path: String, findings: inout Findings) -> Self? {
    reading(path, &findings) { SpecificationDocument.read(path, maximumBytes: maximumBytes, findings: &$0) }
  }

  /// Reads a text; `file` names it in places.
  public static func parse(_ text: String, file: String, findings: inout Findings) -> Self? {
    reading(file, &findings) { SpecificationDocument.parse(text, file: file, findings: &$0) }
  }

  /// Findings of the caller's earlier files do not count against this one.
  private static func reading(
    _ path: String, _ findings: inout Findings, _ document: (inout Findings) -> SpecificationDocument?
  ) -> Self? {
    var found = Findings(limit: findings.limit)
    defer { findings.merge(found) }
    guard let document = document(&found) else { return nil }
    let value = decode(document, path: path, findings: &found)
    return found.hasErrors ? nil : value
  }
}
