public import Tables

/// Findings about a suite, its data and its contestants.
public enum BenchmarkCodes {
  public static let badTask = DiagnosticCode(
    "B101", "a task of the suite cannot be carried out as it is written",
    """
    A task needs a horizon, and either windows or a test part. Horizon and season are a number, a column of the \
    table or of the joined one, or a number for each value of `groupBy`.
    """)
  public static let unknownColumn = DiagnosticCode(
    "B102", "the suite names a column that the table does not have",
    "Names are compared exactly. The columns of a joined table may be used for `groupBy`, `horizon`, `season`.")
  public static let dataMissing = DiagnosticCode(
    "B103", "the data of the suite are not here",
    """
    Paths in a suite start from its `dataFolder`, which starts from the folder of the suite. `--data DIR` or the \
    variable SLUICE_DATA name another folder.
    """)
  public static let badTime = DiagnosticCode(
    "B104", "times that cannot be used",
    """
    Times are whole numbers, dates, months (2024-01), quarters (2024Q1), weeks (2024-W05) or years. A series has one \
    row for each time. Rows whose time cannot be read are left out and counted.
    """)
  public static let noSeries = DiagnosticCode(
    "B105", "no series is long enough",
    "Every window needs a test part of the horizon's length and at least `minimumTraining` periods before it.")
  public static let unknownModel = DiagnosticCode(
    "B106", "there is no model of this name",
    """
    Built-in models go by their names in lower case with `_` between words, read without case and `_`; programs are \
    `exec: ./program arguments`, files of forecasts `import: FILE.csv`.
    """)
  public static let contestantFailed = DiagnosticCode(
    "B110", "a contestant failed",
    """
    The program ended with an error or ran out of time, its output could not be read, or the model refused the data. \
    The contestant is ranked last in the task.
    """)
  public static let missingForecasts = DiagnosticCode(
    "B111", "a contestant left out series",
    """
    Forecasts are missing or are no numbers. In the averages the benchmark Naive2 stands in for them; by rank the \
    contestant is last in these series.
    """)
  public static let strayForecasts = DiagnosticCode(
    "B112", "forecasts that nobody asked for", "Rows of series or times that are not part of the task are left out.")
  public static let regression = DiagnosticCode(
    "B120", "a contestant became worse",
    """
    Its mean score is worse than in the earlier run by more than the tolerance, it fails now, or it is gone. The same \
    suite on the same data must have been run both times.
    """)
  public static let noResults = DiagnosticCode(
    "B121", "a folder holds no benchmark results",
    "`bench compare` reads `leaderboard.csv` from two folders that `sluice bench SUITE.yaml --output DIR` wrote.")
  public static let barMissed = DiagnosticCode(
    "B122", "a bar of the suite is not reached",
    "`bars` of a task name the worst score that a model may have; see `bench.html` for the scores.")

  public static let all = [
    badTask, unknownColumn, dataMissing, badTime, noSeries, unknownModel, contestantFailed, missingForecasts,
    strayForecasts, regression, noResults, barMissed,
  ]
}
