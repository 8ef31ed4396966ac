public import Specifications
public import Tables

extension BenchmarkSuite: SpecificationReadable {
  public static func decode(
    _ document: SpecificationDocument, path: String, findings: inout Findings
  ) -> BenchmarkSuite? {
    SpecificationDecoder.decode(document, findings: &findings) { root in
      SuiteDecoder().decode(&root, path: path, source: document.source)
    }.result
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
