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
  static let outputExists = DiagnosticCode(
    "C003", "the output folder holds something that is not a run",
    """
    A run replaces an earlier run in the same folder, and nothing else: a folder without a run.json is left alone, so \
    that no file of yours is lost. Name another folder with `--output`, or empty this one.
    """)
  static let targetExists = DiagnosticCode(
    "C004", "`init` does not overwrite files",
    "`sluice init` writes into a new or empty folder only. Name another one with `--output`, or move the files away.")
  static let badOption = DiagnosticCode(
    "C005", "an option has a value that it cannot take",
    "The message names the option and what it takes. `sluice help VERB` shows every option with its meaning.")
  static let all = [unknownCode, unknownStage, outputExists, targetExists, badOption]
}
