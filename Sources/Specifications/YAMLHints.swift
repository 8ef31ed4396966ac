import Tables

/// Turns libyaml's words into a sentence and a hint that help a planner.
extension YAMLProblem {
  func diagnostic(file: String, source: SourceText) -> Diagnostic {
    let (message, hint, mark) = explanation(source, file)
    var notes: [String] = []
    if let contextMark, contextMark.line != mark.line {
      notes.append("the part that could not be finished begins at \(file):\(contextMark.line):\(contextMark.column)")
    }
    let place = SourcePlace(file: file, line: mark.line, column: mark.column)
    return Diagnostic(
      SpecificationCodes.syntax, .error, message, at: place, excerpt: source.excerpt(at: place, length: 1), hint: hint,
      notes: notes)
  }

  /// What happened, what to do, and the place that shows it best.
  private func explanation(_ source: SourceText, _ file: String) -> (String, String, YAMLEvent.Mark) {
    let line = source.line(mark.line, of: file) ?? ""
    let indentation = line.prefix { $0 == " " || $0 == "\t" }
    if indentation.contains("\t") {
      return ("a tab in the indentation", "indent with blanks, two for each level", mark)
    }
    for number in [mark.line, mark.line - 1, contextMark?.line ?? 0] {
      guard let line = source.line(number, of: file), let found = Self.fullWidth(in: line) else { continue }
      return (
        "the full-width `\(found.wrong)` is not YAML", "write `\(found.right)`",
        YAMLEvent.Mark(line: number, column: found.column)
      )
    }
    let (message, hint) = explanation(of: line.dropFirst(mark.column - 1).first)
    return (message, hint, problem.hasPrefix("did not find expected alphabetic") ? contextMark ?? mark : mark)
  }

  private func explanation(of at: Character?) -> (String, String) {
    switch problem {
    case "found character that cannot start any token":
      if at == "\t" { return ("a tab where a value should begin", "use blanks instead") }
      let text = at.map { "`\($0)`" } ?? "this character"
      return ("a value cannot start with \(text)", "put the value in quotes")
    case "mapping values are not allowed in this context":
      return (
        "a second `: ` where a value was expected",
        "check the indentation against the line above, or put a value that holds `: ` in quotes"
      )
    case "could not find expected ':'":
      return ("a key without `:`", "write `key: value`, with a blank after the colon")
    case "did not find expected key":
      return ("the line does not fit its section", "check the indentation and the brackets of the lines above")
    case "did not find expected '-' indicator":
      return ("a list item is expected here", "begin it with `- ` under the first item, or check the indentation")
    case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
      let bracket = problem.hasSuffix("']'") ? "[" : "{"
      return (
        "a list or section in `\(bracket)` is not closed", "add the closing bracket, or the comma that is missing"
      )
    case "did not find expected alphabetic or numeric character":
      return ("`*` and `&` at the start of a value have a meaning in YAML", "put the value in quotes: \"*0.85\"")
    case "found unexpected end of stream":
      return ("the file ends inside quotes", "add the closing quote")
    default:
      return (problem + (context.map { " " + $0 } ?? ""), "`sluice explain P103` lists the usual causes")
    }
  }

  /// A full-width punctuation mark outside quotes that was probably meant as YAML.
  private static func fullWidth(in line: Substring) -> (wrong: Character, right: Character, column: Int)? {
    let code = line.prefix { $0 != "#" && $0 != "\"" && $0 != "'" }
    let pairs: [(Character, Character)] = [
      ("：", ":"), ("，", ","), ("［", "["), ("］", "]"), ("｛", "{"), ("｝", "}"), ("＂", "\""), ("“", "\""),
      ("　", " "),
    ]
    for (offset, character) in code.enumerated() {
      if let pair = pairs.first(where: { $0.0 == character }) { return (pair.0, pair.1, offset + 1) }
    }
    return nil
  }
}
