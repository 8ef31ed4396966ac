public import Planning
import Tables

/// What `sluice init --from` prints: which file is which table, what it asks, and what to do next.
public enum DraftText {
  /// - Parameters:
  ///   - draft: The plan that was guessed.
  ///   - plan: The path of the plan file, as it goes into the next commands.
  public static func text(_ draft: PlanDraft, plan: String) -> String {
    var text = ""
    if !draft.tables.isEmpty {
      var table = TextTable([
        .init("file", .left), .init("table", .left), .init("rows"), .init("columns", .left), .init("read as", .left),
      ])
      for entry in draft.tables {
        let mapped = entry.columns.map { mapping in "\(mapping.column) ← \(source(mapping))" }
        let shown = mapped.prefix(4).joined(separator: ", ") + (mapped.count > 4 ? ", …" : "")
        table.add(
          entry.file, entry.obstacle == nil ? entry.table.rawValue : "(\(entry.table.rawValue))",
          NumberText.grouped(entry.rows), shown, entry.readAs)
      }
      text += table.text + "\n"
    }
    let skipped = draft.leftOut.filter { !$0.isQuestion }
    if !skipped.isEmpty {
      let names = skipped.prefix(6).map { TerminalText.safe($0.file) }.joined(separator: ", ")
      text += "left out: \(names)\(skipped.count > 6 ? " and \(skipped.count - 6) more" : "")\n\n"
    }
    text += questions(draft)
    for problem in draft.problems.prefix(3) {
      let place = problem.place.map { "\($0): " } ?? ""
      text += "to repair: \(TerminalText.safe(place + problem.message))\n"
    }
    if draft.problems.count > 3 { text += "and \(draft.problems.count - 3) more, which `sluice check` shows\n" }
    if !draft.problems.isEmpty { text += "\n" }
    return text + next(draft, plan: plan)
  }

  /// The commands that lead to a forecast and its report.
  private static func next(_ draft: PlanDraft, plan: String) -> String {
    let path = CommandText.argument(plan)
    return """
      wrote \(plan)
      next: sluice check \(path)
            sluice run \(path) --only forecast

      """
  }

  private static func questions(_ draft: PlanDraft) -> String {
    let questions = draft.questions
    guard !questions.isEmpty else { return "no questions\n\n" }
    var text = "\(questions.count) question\(questions.count == 1 ? "" : "s") to answer in the plan (lines `# ?`):\n"
    for (about, question) in questions.prefix(12) {
      text += "  \(TerminalText.safe(about)): \(TerminalText.safe(question))\n"
    }
    if questions.count > 12 { text += "  and \(questions.count - 12) more\n" }
    return text + "\n"
  }

  private static func source(_ mapping: PlanDraft.Mapping) -> String {
    switch mapping.origin {
    case .named(let name), .converted(let name, _): name
    case .constant(let text): "“\(text)”"
    case .expression(let text): text
    case .rowNumber: "row number"
    }
  }
}

/// Words of a command as a shell takes them.
enum CommandText {
  /// Quoted where the shell would read more into it.
  static func argument(_ text: String) -> String {
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || $0.properties.numericType != nil || "-_./=,:".unicodeScalars.contains($0)
    }
    return isPlain && !text.isEmpty && !text.hasPrefix("-") ? text : "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
