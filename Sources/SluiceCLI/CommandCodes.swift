import Sluice

/// Findings about the command line itself.
enum CommandCodes {
  static let unknownCode = DiagnosticCode(
    "C001", "there is no such code",
    "`sluice explain` takes a code as errors print it, such as D104. Without a code it lists every one.")
  static let unknownStage = DiagnosticCode(
    "C002", "`--only` names a stage that this version does not have",
    """
    `--only` takes stage names separated by commas: forecast, drivers, churn, budget, stock. Stages that the named \
    ones build on are evaluated as well.
    """)
  static let unknownVerb = DiagnosticCode(
    "C003", "there is no such verb",
    """
    The first word after `sluice` says what to do: init, check, run, whatif, forecast, regress, bench or explain. `sluice help` \
    lists them.
    """)
  static let noRun = DiagnosticCode(
    "C004", "a folder is no run of a plan",
    """
    `sluice explain RUN …` takes a folder that `sluice run` wrote: it holds a run.json beside its tables.
    """)
  static let unknownItem = DiagnosticCode(
    "C005", "a run holds no such number",
    """
    `sluice explain RUN` lists whom one can ask about; `sluice explain RUN partner:P017` the numbers of a partner; with \
    one of these it prints the arithmetic. Stages that were skipped have none.
    """)
  static let oneRun = DiagnosticCode(
    "C006", "a comparison needs two runs",
    """
    `sluice compare` puts two or more run folders side by side: the earliest first, the latest last. With one folder \
    there is nothing to put beside it.
    """)
  static let freezeName = DiagnosticCode(
    "C007", "a name under which a run is frozen must name a folder",
    """
    `--freeze NAME` keeps a run in out/frozen-NAME, where no later run replaces it. Letters, digits, `-` and `_` are \
    allowed in the name.
    """)
  static let nothingAsked = DiagnosticCode(
    "C008", "a what-if asks for nothing",
    """
    `sluice whatif PLAN` answers the scenarios that it names, or all of the plan; `--set`, `--sweep`, `--tornado` and \
    `--interactive` ask for more. A tornado needs `uncertainties:` in the plan.
    """)
  static let noDiff = DiagnosticCode(
    "C009", "a change cannot be written as a diff",
    """
    `--adopt` replaces values where they stand on one line, and adds keys to their section. A list over several lines, \
    or a value of another file, is left to the person who keeps it.
    """)
  static let failedOn = DiagnosticCode(
    "C020", "something was found that was to end the command with 1",
    """
    `--fail-on LEVEL` ends `sluice run` with 1 where an alert is at that level or above (watch, warn, critical), and \
    `sluice check` where a finding is (note, warn). All outputs are written. With `--exit-zero` it ends with 0 instead.
    """)
  static let all = [
    unknownCode, unknownStage, unknownVerb, noRun, unknownItem, oneRun, freezeName, nothingAsked, noDiff, failedOn,
  ]
}
