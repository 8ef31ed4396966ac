public import Tables

/// The lines of the files of a specification, kept so that findings can quote them.
public struct SourceText: Sendable {
  private var lines: [String: [Substring]] = [:]

  public init() {}

  mutating func add(_ text: String, of file: String) {
    lines[file] = text.split(omittingEmptySubsequences: false) { $0.isNewline }
  }

  mutating func add(_ other: SourceText) { lines.merge(other.lines) { mine, _ in mine } }

  /// A finding with the line that it is about.
  func diagnostic(
    _ code: DiagnosticCode, _ severity: Diagnostic.Severity, _ message: String, at origin: Origin,
    hint: String? = nil, notes: [String] = []
  ) -> Diagnostic {
    Diagnostic(
      code, severity, message, at: origin.place, excerpt: excerpt(at: origin.place, length: origin.length),
      hint: hint, notes: notes)
  }

  /// A finding about a value that was read earlier: the line of its place is quoted, its word marked.
  public func diagnostic(
    _ code: DiagnosticCode, _ severity: Diagnostic.Severity = .error, _ message: String, at place: SourcePlace,
    hint: String? = nil, notes: [String] = []
  ) -> Diagnostic {
    let origin = Origin(.file, at: place, length: wordLength(at: place))
    return diagnostic(code, severity, message, at: origin, hint: hint, notes: notes)
  }

  /// One line of a file, counted from 1.
  func line(_ number: Int, of file: String) -> Substring? {
    guard let lines = lines[file], lines.indices.contains(number - 1) else { return nil }
    return lines[number - 1]
  }

  /// The length of the word at a place: up to the next blank, comma, bracket or comment.
  func wordLength(at place: SourcePlace) -> Int {
    guard let number = place.line, let column = place.column, let line = line(number, of: place.file) else { return 1 }
    return max(1, line.unicodeScalars.dropFirst(column - 1).prefix { !" \t,:]}#".unicodeScalars.contains($0) }.count)
  }

  /// The line of a place with `length` characters marked; nil for places outside files.
  public func excerpt(at place: SourcePlace, length: Int) -> Diagnostic.Excerpt? {
    guard let number = place.line, let line = line(number, of: place.file) else { return nil }
    // Columns count Unicode scalars, excerpts characters.
    let scalars = line.unicodeScalars.prefix(Self.readableLength)
    let before = String(String.UnicodeScalarView(scalars.prefix(max(place.column ?? 1, 1) - 1)))
    let marked = String(String.UnicodeScalarView(scalars.dropFirst(before.unicodeScalars.count).prefix(length)))
    let characters = Array(String(String.UnicodeScalarView(scalars)))
    let caret = min(before.count, characters.count)
    let start = max(0, min(caret - Self.width / 2, characters.count - Self.width))
    let end = min(characters.count, start + Self.width)
    let isCut = end < characters.count || scalars.endIndex < line.unicodeScalars.endIndex
    let text = (start > 0 ? "…" : "") + String(characters[start..<end]) + (isCut ? "…" : "")
    return Diagnostic.Excerpt(
      text: text, caret: caret - start + (start > 0 ? 1 : 0), length: max(1, min(marked.count, end - caret)))
  }

  /// Longer lines are cut to a window of this many characters around the caret.
  private static let width = 110
  /// Carets beyond this column are not looked for: nobody writes such a line by hand.
  private static let readableLength = 100_000
}
