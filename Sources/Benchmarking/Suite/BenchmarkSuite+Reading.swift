internal import Specifications
public import Tables

extension BenchmarkSuite {
  /// Reads a suite file.
  /// - Returns: nil where it cannot be read or has errors; `findings` then names all of them.
  public static func read(_ path: String, findings: inout Findings) -> BenchmarkSuite? {
    var found = Findings(limit: findings.limit)
    defer { findings.merge(found) }
    guard let document = SpecificationDocument.read(path, findings: &found) else { return nil }
    return decode(document, path, &found)
  }

  /// Reads the text of a suite; `file` names it in places.
  public static func parse(_ text: String, file: String, findings: inout Findings) -> BenchmarkSuite? {
    var found = Findings(limit: findings.limit)
    defer { findings.merge(found) }
    guard let document = SpecificationDocument.parse(text, file: file, findings: &found) else { return nil }
    return decode(document, file, &found)
  }

  private static func decode(
    _ document: SpecificationDocument, _ path: String, _ findings: inout Findings
  ) -> BenchmarkSuite? {
    let (suite, _) = SpecificationDecoder.decode(document, findings: &findings) { root in
      SuiteDecoder().decode(&root, path: path, source: document.source)
    }
    return findings.hasErrors ? nil : suite
  }

  /// A finding about a place of the file, with its line.
  func diagnostic(
    _ code: DiagnosticCode, _ severity: Diagnostic.Severity, _ message: String, at place: SourcePlace,
    hint: String? = nil
  ) -> Diagnostic {
    source.diagnostic(code, severity, message, at: place, hint: hint)
  }

  func diagnostic(
    _ code: DiagnosticCode, _ message: String, at place: SourcePlace, hint: String? = nil
  ) -> Diagnostic {
    source.diagnostic(code, .error, message, at: place, hint: hint)
  }

  /// The path of a file that the suite names, from the suite's folder.
  func besideSuite(_ name: String) -> String {
    guard !name.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return name }
    return path[...slash] + name
  }

  /// The path of a data file; `override` in place of the suite's data folder.
  func dataPath(_ name: String, override: String?) -> String {
    if name.hasPrefix("/") { return name }
    let folder = override ?? besideSuite(dataFolder)
    return folder.isEmpty || folder == "." ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}
