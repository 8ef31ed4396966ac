public import Tables

/// Findings as a person reads them in a terminal, and as a program reads them.
///
///     error[D104]: not a number in column `sell_out_qty`
///       --> data/sales.csv:1842:36
///          | 2025-11,east,hefei,P017,5g-cpe,120,12O0,…
///          |                                    ^^^^
///       hint: fix the cell
///       note: 3 more cells in this column look the same
///
/// Notes that form an argument keep their shape: lines that begin with `because`, `and` and `so` are set under one
/// another, and the items under a note that ends in a colon are indented.
public struct DiagnosticRenderer: Sendable {
  /// Colours and bold by escape sequences; for terminals only.
  public var isColoured: Bool

  public init(isColoured: Bool = false) { self.isColoured = isColoured }

  /// All findings with the closing line; empty where there are none.
  public func text(_ findings: Findings) -> String {
    guard findings.count > 0 else { return "" }
    return findings.kept.map { text($0) + "\n" }.joined() + Self.closingLine(findings) + "\n"
  }

  /// One finding, each line ended by a newline.
  public func text(_ finding: Diagnostic) -> String {
    var lines = [
      styled("\(finding.severity.rawValue)[\(finding.code.id)]", colour(finding.severity)) + ": "
        + TerminalText.safe(finding.message)
    ]
    if let place = finding.place { lines.append("  --> " + TerminalText.safe(place.description)) }
    if let excerpt = finding.excerpt { lines += Self.excerptLines(excerpt) }
    if let hint = finding.hint { lines.append("  hint: " + TerminalText.safe(hint)) }
    lines += Self.noteLines(finding.notes)
    return lines.map { $0 + "\n" }.joined()
  }

  /// One finding in one line, as `check` lists them: `warn  D210 data/inventory.csv:77:21  negative stock`.
  public func line(_ finding: Diagnostic) -> String {
    let word =
      switch finding.severity {
      case .note: "note "
      case .warning: "warn "
      case .error: "error"
      }
    let place = finding.place.map { " \($0)" } ?? ""
    return styled(word, colour(finding.severity)) + " " + finding.code.id + TerminalText.safe(place) + "  "
      + TerminalText.safe(finding.message)
  }

  /// `3 errors, 2 warnings (12 more not shown)`; empty without findings.
  public static func closingLine(_ findings: Findings) -> String {
    let parts = [
      (findings.errorCount, "error"), (findings.warningCount, "warning"), (findings.noteCount, "note"),
    ].filter { $0.0 > 0 }.map { NumberText.count($0.0, $0.1) }
    let omitted = findings.omittedCount > 0 ? " (\(NumberText.grouped(findings.omittedCount)) more not shown)" : ""
    return parts.joined(separator: ", ") + omitted
  }

  /// The offending line and the carets under the marked cells of it.
  private static func excerptLines(_ excerpt: Diagnostic.Excerpt) -> [String] {
    let gutter = "     | "
    let characters = Array(excerpt.text)
    let start = min(max(0, excerpt.caret), characters.count)
    let end = min(characters.count, start + max(1, excerpt.length))
    func width(_ range: Range<Int>) -> Int {
      characters[range].reduce(0) { $0 + TerminalText.width(TerminalText.safe(String($1))) }
    }
    let carets = String(repeating: "^", count: max(1, width(start..<end)))
    return [
      gutter + TerminalText.safe(excerpt.text), gutter + String(repeating: " ", count: width(0..<start)) + carets,
    ]
  }

  private static func noteLines(_ notes: [String]) -> [String] {
    var isList = false
    return notes.map { note in
      let text = TerminalText.safe(note)
      if text.hasPrefix("because ") || text.hasPrefix("so ") {
        isList = false
        return "  " + text
      }
      if text.hasPrefix("and ") { return "      " + text }
      if text.hasSuffix(":") {
        isList = true
        return "  " + text
      }
      return isList ? "      " + text : "  note: " + text
    }
  }

  // MARK: - Colours

  private func colour(_ severity: Diagnostic.Severity) -> String {
    switch severity {
    case .error: "1;31"
    case .warning: "1;33"
    case .note: "1;36"
    }
  }

  private func styled(_ text: String, _ code: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}

// MARK: - JSON

extension DiagnosticRenderer {
  /// An object with the kept findings and the counts of all.
  public static func json(_ findings: Findings) -> JSONValue {
    [
      "errors": .integer(findings.errorCount), "warnings": .integer(findings.warningCount),
      "notes": .integer(findings.noteCount), "not_shown": .integer(findings.omittedCount),
      "findings": .array(findings.kept.map(json)),
    ]
  }

  /// One finding as an object; what it does not have is left out.
  public static func json(_ finding: Diagnostic) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("code", .string(finding.code.id)), .init("severity", .string(finding.severity.rawValue)),
      .init("message", .string(finding.message)),
    ]
    if let place = finding.place {
      members.append(.init("file", .string(place.file)))
      if let sheet = place.sheet { members.append(.init("sheet", .string(sheet))) }
      if let line = place.line { members.append(.init("line", .integer(line))) }
      if let column = place.column { members.append(.init("column", .integer(column))) }
    }
    if let excerpt = finding.excerpt {
      members.append(
        .init(
          "excerpt",
          ["text": .string(excerpt.text), "caret": .integer(excerpt.caret), "length": .integer(excerpt.length)]))
    }
    if let hint = finding.hint { members.append(.init("hint", .string(hint))) }
    if !finding.notes.isEmpty { members.append(.init("notes", .array(finding.notes.map(JSONValue.string)))) }
    return .object(members)
  }
}
