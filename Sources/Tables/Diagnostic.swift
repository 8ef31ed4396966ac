/// The stable name of a kind of finding, with the text that `sluice explain CODE` prints.
///
/// Each module lists its codes in one file (`…Codes.swift`). The letter tells the origin: D data, P plan and
/// model files, A allocation, S stages, C command line, I internal.
public struct DiagnosticCode: Hashable, Sendable {
  public let id: String
  /// One line: what the finding says.
  public let title: String
  /// Why it matters, the usual causes, and what to do; plain paragraphs.
  public let explanation: String

  public init(_ id: String, _ title: String, _ explanation: String) {
    self.id = id
    self.title = title
    self.explanation = explanation
  }

  public static func == (left: Self, right: Self) -> Bool { left.id == right.id }
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// A place in a file that a user can open: lines and columns count from 1, columns in characters. In a workbook they
/// are the row and the column of a cell.
public struct SourcePlace: Hashable, Sendable, CustomStringConvertible {
  public var file: String
  public var line: Int?
  public var column: Int?
  /// The sheet of a workbook; nil for a text file.
  public var sheet: String?

  public init(file: String, line: Int? = nil, column: Int? = nil, sheet: String? = nil) {
    self.file = file
    self.line = line
    self.column = column
    self.sheet = sheet
  }

  /// `sales.csv:1842:36`; `book.xlsx#Sheet!C12` for a cell.
  public var description: String {
    guard let sheet else { return file + (line.map { ":\($0)" } ?? "") + (column.map { ":\($0)" } ?? "") }
    let cell = line.map { row in column.map { CellAddress(row: row, column: $0).description } ?? "\(row):\(row)" }
    return "\(file)#\(sheet)" + (cell.map { "!\($0)" } ?? "")
  }
}

/// One finding about the user's input: which cell or key, what is wrong, and what to do.
public struct Diagnostic: Sendable {
  public enum Severity: String, Sendable, Comparable {
    case note, warning, error
    private var rank: Int { self == .note ? 0 : self == .warning ? 1 : 2 }
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
  }

  /// The offending line (shortened where it is long) and where in it to put the caret.
  public struct Excerpt: Sendable {
    public var text: String
    /// Offset of the first marked character in `text`.
    public var caret: Int
    /// How many characters to mark; at least 1.
    public var length: Int

    public init(text: String, caret: Int, length: Int) {
      self.text = text
      self.caret = caret
      self.length = length
    }
  }

  public var code: DiagnosticCode
  public var severity: Severity
  /// One sentence without a full stop, naming the value and the column or key.
  public var message: String
  public var place: SourcePlace?
  public var excerpt: Excerpt?
  /// What to do about it.
  public var hint: String?
  /// Further facts, a line each (“3 more cells look the same”; the chain of “because … and …”).
  public var notes: [String]

  public init(
    _ code: DiagnosticCode, _ severity: Severity, _ message: String, at place: SourcePlace? = nil,
    excerpt: Excerpt? = nil, hint: String? = nil, notes: [String] = []
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.place = place
    self.excerpt = excerpt
    self.hint = hint
    self.notes = notes
  }

  /// An error.
  public init(
    _ code: DiagnosticCode, _ message: String, at place: SourcePlace? = nil, excerpt: Excerpt? = nil,
    hint: String? = nil, notes: [String] = []
  ) {
    self.init(code, .error, message, at: place, excerpt: excerpt, hint: hint, notes: notes)
  }
}

/// The findings of one pass, in the order they were met. The first `limit` are kept whole, the rest are counted.
public struct Findings: Sendable {
  public private(set) var kept: [Diagnostic] = []
  public private(set) var errorCount = 0
  public private(set) var warningCount = 0
  public private(set) var noteCount = 0
  public let limit: Int

  public init(limit: Int = 50) { self.limit = limit }

  public var hasErrors: Bool { errorCount > 0 }
  public var count: Int { errorCount + warningCount + noteCount }
  /// Findings that were counted but not kept.
  public var omittedCount: Int { count - kept.count }
  /// Whether a further finding would be kept: a reader asks before it builds an excerpt.
  public var hasRoom: Bool { kept.count < limit }

  public mutating func add(_ finding: @autoclosure () -> Diagnostic, severity: Diagnostic.Severity = .error) {
    count(severity, 1)
    guard kept.count < limit else { return }
    let finding = finding()
    precondition(finding.severity == severity, "the severity that is counted must be the finding's own")
    kept.append(finding)
  }

  public mutating func add(_ finding: Diagnostic) { add(finding, severity: finding.severity) }

  /// Counts findings without keeping their texts.
  public mutating func count(_ severity: Diagnostic.Severity, _ number: Int) {
    switch severity {
    case .error: errorCount += number
    case .warning: warningCount += number
    case .note: noteCount += number
    }
  }

  /// The same findings with each kept one changed by `edit`, which must leave its severity alone.
  public func editing(_ edit: (inout Diagnostic) -> Void) -> Findings {
    var edited = self
    for index in edited.kept.indices { edit(&edited.kept[index]) }
    return edited
  }

  /// Appends another pass's findings; what exceeds the limit is counted.
  public mutating func merge(_ other: Findings) {
    errorCount += other.errorCount
    warningCount += other.warningCount
    noteCount += other.noteCount
    kept.append(contentsOf: other.kept.prefix(max(0, limit - kept.count)))
  }
}
