import ChannelTypes

/// What the columns of the output tables are called: their own names in English.
enum ColumnTitle {
  /// The title over a column; a column that is a period keeps its name.
  static func text(_ name: String) -> String { Period(name) == nil ? say(word: name) : name }

  /// Whether the cells of a text column are words and sentences of the program, not ids and names from data.
  static func holdsWords(_ name: String) -> Bool { columns.contains(name) }

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
