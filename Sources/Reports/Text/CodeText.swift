public import Tables

/// What `sluice explain` prints about diagnostic codes.
public enum CodeText {
  /// Every code with its title, a line each, in order.
  public static func list(_ codes: [DiagnosticCode]) -> String {
    codes.sorted { $0.id < $1.id }.map { "\($0.id)  \($0.title)\n" }.joined()
  }

  /// One code with its explanation, wrapped for a terminal.
  public static func explanation(_ code: DiagnosticCode) -> String {
    let paragraphs = code.explanation.split(separator: "\n", omittingEmptySubsequences: false)
    return "\(code.id): \(code.title)\n\n" + paragraphs.map { wrapped(String($0), width: 80) + "\n" }.joined()
  }

  private static func wrapped(_ text: String, width: Int) -> String {
    var lines = [""]
    for word in text.split(separator: " ") {
      if !lines[lines.count - 1].isEmpty, lines[lines.count - 1].count + word.count + 1 > width { lines.append("") }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
    }
    return lines.joined(separator: "\n")
  }
}
