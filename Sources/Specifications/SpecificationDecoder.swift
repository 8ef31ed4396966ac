public import Tables

/// Decodes a document: every read is recorded with its source, every finding is collected, and keys that nobody asked
/// for are reported at the end of their section.
public struct SpecificationDecoder: Sendable {
  public internal(set) var findings: Findings
  /// All values in the order in which they were read.
  public private(set) var values: [ResolvedValue] = []
  let source: SourceText
  /// Where files that the document names are looked for: ends with `/`, or is empty for the current folder.
  private let folder: String
  private let variables: [String: String]
  private var usedVariables: Set<String> = []
  /// Sections of earlier documents; nil where none can be taken.
  var known: DecodedSections?

  /// Decodes the top-level section with `body`.
  /// - Parameters:
  ///   - environment: variables that start with `SLUICE_` override values of files, not those of patches.
  ///   - folder: where files that the document names are looked for: ends with `/`, or is empty.
  ///   - known: sections of other documents of the same files; this one adds its own.
  public static func decode<Result>(
    _ document: SpecificationDocument, environment: [String: String] = [:], folder: String = "",
    known: DecodedSections? = nil, findings: inout Findings, _ body: (inout MappingCursor) -> Result
  ) -> (result: Result, values: ResolvedDocument) {
    var decoder = SpecificationDecoder(document, environment, folder, findings)
    // A variable is looked up key by key.
    if decoder.variables.isEmpty { decoder.known = known }
    var cursor = MappingCursor(document.root, path: [], decoder: decoder)
    let result = body(&cursor)
    var finished = cursor.finish()
    finished.reportUnusedVariables()
    findings = finished.findings
    return (result, ResolvedDocument(finished.values))
  }

  private init(
    _ document: SpecificationDocument, _ environment: [String: String], _ folder: String, _ findings: Findings
  ) {
    source = document.source
    self.folder = folder
    variables = environment.filter { $0.key.hasPrefix(Self.prefix) }
    self.findings = findings
  }

  private static let prefix = "SLUICE_"

  /// The path of a file that the document names.
  func resolved(_ path: String) -> String { path.hasPrefix("/") ? path : folder + path }

  mutating func report(
    _ code: DiagnosticCode, _ message: String, severity: Diagnostic.Severity = .error, at origin: Origin,
    hint: String? = nil, notes: [String] = []
  ) {
    findings.add(source.diagnostic(code, severity, message, at: origin, hint: hint, notes: notes))
  }

  mutating func record(_ path: [String], _ text: String, source: String, isUsed: Bool = true) {
    values.append(ResolvedValue(path: path, text: text, source: source, isUsed: isUsed))
  }

  mutating func take(_ known: [ResolvedValue]) { values += known }

  /// Takes one value for all that was recorded below a list: items of a list have no keys to be written under.
  mutating func recordList(_ path: [String], _ text: String, source: String, since count: Int) {
    values.removeSubrange(count...)
    record(path, text, source: source)
  }

  // MARK: Environment

  /// The value that a variable gives to a path; nil where there is none or it cannot be read.
  mutating func variable(for path: [String]) -> LocatedNode? {
    guard !variables.isEmpty else { return nil }
    let name = Self.variableName(path)
    guard let text = variables[name] else { return nil }
    usedVariables.insert(name)
    return LocatedNode(value: text, from: Origin(.environment, at: SourcePlace(file: name)), findings: &findings)
  }

  /// `SLUICE_BUDGET_MAX_MOVE_PCT` for `budget.max_move_pct`.
  static func variableName(_ path: [String]) -> String {
    let words = path.map { word in
      String(word.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }
    return prefix + words.joined(separator: "_")
  }

  /// Warns of variables that were meant for this document: near a key's name, or under one of its sections.
  private mutating func reportUnusedVariables() {
    let unused = variables.keys.filter { !usedVariables.contains($0) }.sorted()
    guard !unused.isEmpty else { return }
    let known = values.map { String(Self.variableName($0.path).dropFirst(Self.prefix.count)) }
    let sections = Set(values.compactMap { $0.path.count > 1 ? Self.variableName([$0.path[0]]) + "_" : nil })
    for name in unused {
      let nearest = Suggestion.closest(to: String(name.dropFirst(Self.prefix.count)), among: known)
      guard nearest != nil || sections.contains(where: name.hasPrefix) else { continue }
      findings.add(
        Diagnostic(
          SpecificationCodes.unknownVariable, .warning, "the environment variable `\(name)` matches no key",
          at: SourcePlace(file: name), hint: nearest.map { "did you mean `\(Self.prefix)\($0)`?" } ?? "unset it"))
    }
  }
}
