import ChannelTypes
public import Planning

/// What `sluice explain RUN …` prints: the arithmetic behind a number, or the numbers that can be asked for.
public enum TraceText {
  /// One number: its steps in order, what each adds, and where it comes from.
  public static func explanation(_ entry: TraceArchive.Entry) -> String {
    var table = TextTable([.init("", .left), .init(""), .init("", .left), .init("", .left)])
    for step in entry.steps {
      table.add(
        say(label: step.label), step.amount.map(number) ?? "", say(label: step.detail), step.sources.first ?? "")
      for source in step.sources.dropFirst() { table.add("", "", "", source) }
    }
    table.add(say(label: entry.label), value(entry), say(word: entry.unit))
    let title = "\(entry.subject) \(entry.item)"
    return TerminalText.safe(title) + "\n" + table.lines().map { "  \($0)\n" }.joined()
  }

  /// What there is to ask about a subject.
  public static func items(_ entries: [TraceArchive.Entry]) -> String {
    var table = TextTable([
      .init(say("item"), .left), .init(say("value")), .init(say("unit"), .left), .init(say("what"), .left),
    ])
    for entry in entries { table.add(entry.item, value(entry), say(word: entry.unit), say(label: entry.label)) }
    return table.text
  }

  /// Whom one can ask about, a line each.
  public static func subjects(_ subjects: [String]) -> String { subjects.map { TerminalText.safe($0) + "\n" }.joined() }

  /// A number, or a word such as `watch`.
  private static func value(_ entry: TraceArchive.Entry) -> String { say(label: number(entry.value)) }

  /// Numbers grouped, with the decimals that they were written with, at least two where there are any.
  private static func number(_ text: String) -> String {
    let isNumber = text.utf8.allSatisfy { (48...57).contains($0) || $0 == 45 || $0 == 46 }
    guard isNumber, let amount = Money(text) else {
      return Double(text).map { NumberText.digits($0) } ?? text
    }
    let decimals =
      amount == amount.rounded(decimals: 0) ? (text.contains(".") ? 2 : 0) : amount == amount.rounded() ? 2 : 4
    return NumberText.grouped(amount, decimals: decimals)
  }
}
