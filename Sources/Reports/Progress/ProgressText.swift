import Tables

/// What is said of work that is under way: a line for people, or one JSON object a line for programs.
public enum ProgressText {
  /// `forecast 812 of 2,413, churn; 34 %, about 6 s left`, without an end of line.
  public static func line(_ progress: WorkProgress, elapsed: Double, remaining: Double?) -> String {
    let parts = progress.running.map { part -> String in
      let name = TerminalText.safe(part.name)
      guard let done = part.done, let total = part.total, total > 0 else { return name }
      return "\(name) \(grouped(done)) of \(grouped(total))"
    }
    var ends: [String] = []
    if let remaining {
      if let fraction = progress.fraction { ends.append("\(Int(fraction * 100)) %") }
      ends.append("about \(duration(remaining)) left")
    } else {
      ends.append("\(duration(elapsed)) so far")
    }
    return ([parts.joined(separator: ", ")].filter { !$0.isEmpty } + [ends.joined(separator: ", ")])
      .joined(separator: "; ")
  }

  /// An object for each part that runs; `total` and `eta_s` are null where they are not known. `eta_s` is of all work.
  public static func json(_ progress: WorkProgress, elapsed: Double, remaining: Double?) -> String {
    progress.running.map { part in
      let record: JSONValue = [
        "event": "progress", "stage": .string(part.name), "done": .integer(part.done ?? 0),
        "total": part.total.map(JSONValue.integer) ?? .null, "elapsed_s": tenths(elapsed),
        "eta_s": remaining.map(tenths) ?? .null,
      ]
      return record.compact + "\n"
    }.joined()
  }

  private static func tenths(_ seconds: Double) -> JSONValue { .number((seconds * 10).rounded() / 10) }

  private static func grouped(_ count: Int) -> String { NumberText.grouped(Double(count), decimals: 0) }

  /// `45 s`, `3 min`, `2 h 10 min`.
  static func duration(_ seconds: Double) -> String {
    guard seconds < 1e6 else { return "days" }
    let whole = Int(seconds.rounded(.up))
    switch whole {
    case ..<90: return "\(whole) s"
    case ..<5400: return "\((whole + 30) / 60) min"
    default: return "\(whole / 3600) h \(whole % 3600 / 60) min"
    }
  }
}
