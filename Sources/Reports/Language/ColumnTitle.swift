import ChannelTypes

/// What the columns of the output tables are called: their own names in English.
enum ColumnTitle {
  /// The title over a column, in English its name with blanks; a column that is a period keeps its name, and an id is
  /// called as it is in every file.
  static func text(_ name: String, isPlain: Bool) -> String {
    guard Period(name) == nil else { return name }
    return say(word: name, plain: !isPlain || name.hasSuffix("_id") ? name : Prose.words(name))
  }

  /// Whether the cells of a text column are words and sentences of the program, not ids and names from data.
  static func holdsWords(_ name: String) -> Bool { columns.contains(name) }

  /// Whether a cell is one of our words though its column holds names from data: `tier 2` among groups.
  static func isWord(_ text: String, in name: String) -> Bool {
    name == "group" && text.hasPrefix("tier ") && text.dropFirst(5).allSatisfy(\.isNumber)
  }

  private static let columns: Set = [
    "action", "against_benchmark", "allocation", "band", "band_before", "basis", "better", "bottleneck",
    "bottleneck_class", "cause", "change", "channel_type", "choice", "close", "component", "constraint", "corner",
    "dimension",
    "driver", "early_end", "evaluation", "evidence", "failed_gates", "flag", "form", "formula", "grain", "held_by",
    "improvement", "indicator", "indicator_state", "intervention", "kind", "kpi", "label", "level", "limit", "line",
    "list", "main_reason", "maturity", "measure", "message", "moved", "notice", "passes", "proposal", "quadrant",
    "model", "party", "potential", "previous", "ratio", "reason", "recommendation", "remove", "risk", "rule", "scope",
    "sense", "shock", "signal",
    "slow_against_benchmark",
    "stage", "stage_before", "standing", "standing_is", "state", "state_before", "statistic", "status", "survives",
    "terms",
    "unit", "use", "verdict", "weights", "why",
  ]
}
