public import Tables

/// Why a stage of a run gave no result.
public enum StageCodes {
  public static let missingTable = DiagnosticCode(
    "S001", "a stage was skipped because a table is missing",
    """
    Each stage declares the tables that it cannot do without. Where the plan names none under `data:`, the stage is \
    skipped and the rest of the run goes on. Add the table to the plan, or leave the stage out with `--only`.
    """)
  public static let missingUpstream = DiagnosticCode(
    "S002", "a stage was skipped because a stage it builds on gave no result",
    """
    Stages build on one another: stock needs the forecast. Where the upstream stage was skipped or its plan is \
    infeasible, this one has nothing to start from. Mend the upstream stage first; its own note says how.
    """)
  public static let nothingRan = DiagnosticCode(
    "S003", "no stage gave a result",
    """
    Every stage that was asked for was skipped: the tables are empty, or hold too little. The notes above say for \
    each stage what is missing. No output folder is written for a run without results.
    """)
  public static let computedAlone = DiagnosticCode(
    "S004", "a stage was computed without what others would give it",
    """
    `--only` evaluates the named stages and what they need. What they can use but do not need, such as partners' scores \
    for the budget, joins where it is named as well. The figures of a whole run may differ.
    """)
  public static let all = [missingTable, missingUpstream, nothingRan, computedAlone]
}
