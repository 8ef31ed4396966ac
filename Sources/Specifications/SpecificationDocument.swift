public import Tables

/// A specification as it was written: a tree of values with their places, and the lines to quote them from.
///
/// Layers are put on top of one another before anything is decoded: `merge` for a second file, `apply` for patches.
public struct SpecificationDocument: Sendable {
  public internal(set) var root: LocatedNode
  public internal(set) var source: SourceText

  /// Reads a file.
  /// - Returns: nil where the file cannot be read, is not YAML, or holds no keys; `findings` then says why.
  public static func read(
    _ path: String, layer: Origin.Layer = .file, findings: inout Findings
  ) -> SpecificationDocument? {
    read(path, layer: layer, maximumBytes: SpecificationFile.maximumBytes, findings: &findings)
  }

  static func read(
    _ path: String, layer: Origin.Layer = .file, maximumBytes: Int, findings: inout Findings
  ) -> SpecificationDocument? {
    guard let bytes = SpecificationFile.contents(of: path, maximumBytes: maximumBytes, findings: &findings),
      let text = SpecificationText.decode(bytes, file: path, findings: &findings)
    else { return nil }
    return parse(text, file: path, layer: layer, findings: &findings)
  }

  /// Reads the file where there is one; nil without a finding where there is none.
  public static func readIfPresent(
    _ path: String, layer: Origin.Layer, findings: inout Findings
  ) -> SpecificationDocument? {
    SpecificationFile.exists(path) ? read(path, layer: layer, findings: &findings) : nil
  }

  /// Parses YAML text; `file` names it in places.
  public static func parse(
    _ text: String, file: String, layer: Origin.Layer = .file, findings: inout Findings
  ) -> SpecificationDocument? {
    var source = SourceText()
    source.add(text, of: file)
    let events: [YAMLEvent]
    do {
      events = try yamlEvents(of: Array(text.utf8))
    } catch {
      findings.add(error.diagnostic(file: file, source: source))
      return nil
    }
    let errors = findings.errorCount
    let origin = Origin(layer, at: SourcePlace(file: file, line: 1, column: 1))
    guard let root = YAMLComposer.compose(events, from: .file(source, origin), findings: &findings) else {
      if findings.errorCount == errors {
        findings.add(notAMapping("the file is empty", origin, source))
      }
      return nil
    }
    guard case .mapping = root.content else {
      findings.add(notAMapping("the file holds \(root.kind), not keys", root.origin, source))
      return nil
    }
    return SpecificationDocument(root: root, source: source)
  }

  /// Puts another file on top: sections are merged key by key, everything else is replaced.
  public mutating func merge(_ upper: SpecificationDocument) {
    root = root.merged(with: upper.root)
    source.add(upper.source)
  }

  /// The keys of the top level with their places.
  public var keys: [(key: String, origin: Origin)] {
    guard case .mapping(let entries) = root.content else { return [] }
    return entries.map { ($0.key, $0.keyOrigin) }
  }

  /// The document with one of its top-level keys alone.
  public func keeping(_ key: String) -> SpecificationDocument {
    guard case .mapping(let entries) = root.content else { return self }
    var part = self
    part.root = LocatedNode(.mapping(entries.filter { $0.key == key }), from: root.origin)
    return part
  }

  /// A finding about a key or value, with its line.
  public func diagnostic(
    _ code: DiagnosticCode, _ message: String, severity: Diagnostic.Severity = .error, at origin: Origin,
    hint: String? = nil, notes: [String] = []
  ) -> Diagnostic {
    source.diagnostic(code, severity, message, at: origin, hint: hint, notes: notes)
  }

  private static func notAMapping(_ message: String, _ origin: Origin, _ source: SourceText) -> Diagnostic {
    source.diagnostic(
      SpecificationCodes.notAMapping, .error, message, at: origin, hint: "write lines of `key: value`")
  }
}

extension LocatedNode {
  fileprivate func merged(with upper: LocatedNode) -> LocatedNode {
    guard case .mapping(var entries) = content, case .mapping(let others) = upper.content else { return upper }
    for other in others {
      if let index = entries.firstIndex(where: { $0.key == other.key }) {
        entries[index].value = entries[index].value.merged(with: other.value)
      } else {
        entries.append(other)
      }
    }
    return LocatedNode(.mapping(entries), from: origin)
  }
}
