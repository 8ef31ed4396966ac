public import Regression
public import Tables

/// A model file as it was read: the regression that it asks for, with the place of every column that it names.
///
/// Two choices stay open until a table is there: whether a term without a kind of its own (`terms: [x]`) holds numbers
/// or levels, and which fold each row is in where the file asks for folds rather than naming columns of them.
public struct RegressionFile: Sendable, SpecificationReadable {
  /// The path as the user wrote it.
  public var path: String
  /// Terms without a kind stand in it as numeric ones; `flexible` names them.
  public var specification: RegressionSpecification
  /// Columns of terms without a kind: numbers where the column holds numbers, else levels.
  public var flexible: Set<String>
  /// Folds to be drawn, where the file asks for them.
  public var drawnFolds: FoldDraw?
  /// Where each column is named first.
  public var places: [String: SourcePlace]
  /// Where each key of the top level stands.
  public var keyPlaces: [String: SourcePlace]
  /// The lines of the file, to quote.
  public var source: SourceText

  /// `folds: {count: 5, seed: 1}`
  public struct FoldDraw: Sendable, Hashable {
    public var count: Int
    public var seed: UInt64

    public init(count: Int, seed: UInt64) {
      self.count = count
      self.seed = seed
    }
  }

  public static func decode(
    _ document: SpecificationDocument, path: String, findings: inout Findings
  ) -> RegressionFile? {
    var document = document
    document.root = document.root.namingRegressionKeys()
    return SpecificationDecoder.decode(document, findings: &findings) { root in
      var decoder = RegressionFileDecoder()
      return decoder.decode(&root, path: path, source: document.source)
    }.result
  }

  /// A finding about a key of the file, with its line; about the file where the key is not written.
  public func diagnostic(
    _ code: DiagnosticCode, _ message: String, severity: Diagnostic.Severity = .error, atKey key: String,
    hint: String? = nil, notes: [String] = []
  ) -> Diagnostic {
    diagnostic(code, severity, message, at: keyPlaces[key], hint: hint, notes: notes)
  }

  /// A finding about a column that the file names, with the line that names it first.
  public func diagnostic(
    _ code: DiagnosticCode, _ message: String, severity: Diagnostic.Severity = .error, atColumn column: String,
    hint: String? = nil, notes: [String] = []
  ) -> Diagnostic {
    diagnostic(code, severity, message, at: places[column], hint: hint, notes: notes)
  }

  private func diagnostic(
    _ code: DiagnosticCode, _ severity: Diagnostic.Severity, _ message: String, at place: SourcePlace?, hint: String?,
    notes: [String]
  ) -> Diagnostic {
    source.diagnostic(code, severity, message, at: place ?? SourcePlace(file: path), hint: hint, notes: notes)
  }
}

extension LocatedNode {
  /// Keys of two words may be written with an underscore, as in plans: `weight_meaning` for `weightMeaning`.
  fileprivate func namingRegressionKeys() -> LocatedNode {
    switch content {
    case .scalar: return self
    case .sequence(let items): return LocatedNode(.sequence(items.map { $0.namingRegressionKeys() }), from: origin)
    case .mapping(let entries):
      let present = Set(entries.map(\.key))
      let renamed = entries.map { entry in
        var entry = entry
        if let name = RegressionFileDecoder.underscored[entry.key], !present.contains(name) { entry.key = name }
        entry.value = entry.value.namingRegressionKeys()
        return entry
      }
      return LocatedNode(.mapping(renamed), from: origin)
    }
  }
}
