public import Tables

/// Findings about a table and the model that is fitted to it.
public enum ModelTaskCodes {
  public static let unknownColumn = DiagnosticCode(
    "R101", "the model names a column that the table does not have",
    """
    Every column of a model file must be in the header of the table, or of the table that `join` names; names are \
    compared exactly, with upper and lower case. An expression such as `log(price)` or `units * price` is computed \
    from the columns that it names.
    """)
  public static let unknownEvent = DiagnosticCode(
    "R102", "the event does not occur in the table",
    """
    `event` names the value of the response that counts as 1, and no row has it. Values are compared exactly: `Yes` \
    is not `yes`.
    """)
  public static let outcomeIsText = DiagnosticCode(
    "R103", "the outcome is written in words",
    """
    A binomial response is 0, 1 or a share, or one of two words of which `event` names the one that counts as 1, as \
    in `event: Yes`. Which of them it is cannot be guessed.
    """)
  public static let mixedColumn = DiagnosticCode(
    "R104", "a column of numbers holds something else",
    """
    Most cells of the column are numbers and some are not. Taking all of them as levels would turn one typing error \
    into hundreds of coefficients, so the cells are reported. Correct or empty them; where the column does hold \
    levels, say so: `{factor: column}`.
    """)
  public static let joinKey = DiagnosticCode(
    "R105", "tables cannot be joined",
    """
    `join: {file: F, on: KEY}` looks up each row's KEY in the file F. Both tables need the column; `on: row` means the \
    number of the row, from 0, where the table has no column of that name.
    """)
  public static let unmatchedRows = DiagnosticCode(
    "R106", "rows without a partner in the joined table",
    """
    The keys of these rows do not occur in the joined table, so that its columns are unknown for them. A row in no \
    fold is always fitted and never judged.
    """)
  public static let keyLikeColumn = DiagnosticCode(
    "R107", "a column of names is left out of the automatic terms",
    """
    More than half of the rows have a value of their own in this column of text, as a key or a remark has. As a \
    factor it would fit every row. List it under `ignore` to say that it is a key, or name it in `terms` to use it.
    """)
  public static let groupingTerm = DiagnosticCode(
    "R108", "a term is taken as levels because the column groups rows",
    """
    The column of the term also names strata, clusters or random effects, which are levels. A copy of the column \
    under another name can be used as a number.
    """)
  public static let loadedModel = DiagnosticCode(
    "R109", "the file holds no fitted model",
    """
    `--load` takes a file that `--save` wrote, by this version or an earlier one. A model file in YAML is given with \
    `--spec`.
    """)
  public static let leftOut = DiagnosticCode(
    "R110", "rows were left out or filled in",
    """
    A row that misses a value of the response or of a term is left out (`missing: leave out`), or the value is \
    replaced and marked by a column of its own (`missing: mark`). Levels that the fit had not seen count as the \
    reference level (`unseen: reference`) or are refused (`unseen: refuse`). All of them are counted here.
    """)

  public static let separation = DiagnosticCode(
    "R120", "the outcomes are separated",
    """
    A combination of terms tells the two outcomes apart without error, so that the likelihood grows without end and \
    the coefficients have no finite estimate. Other programs then print coefficients of 20 or 1e14 with errors as \
    large. Firth's penalty (`penalty: firth`) or a small ridge (`penalty: {ridge: 0.01}`) gives finite estimates; or \
    drop the column, or merge its levels. Ask first whether the column is known before the outcome.
    """)
  public static let notConverged = DiagnosticCode(
    "R121", "the fit did not converge",
    """
    The iterations ended before the optimum was reached, and an estimate that is not the optimum is not reported. The \
    message says why; the usual causes are nearly dependent columns, extreme values, and a link that does not suit.
    """)
  public static let badResponse = DiagnosticCode(
    "R122", "a response that the family does not allow",
    """
    Counts are zero or above, gamma responses above zero, binomial ones between 0 and 1. Correct the value, or choose \
    a family that allows it.
    """)
  public static let tooLittleData = DiagnosticCode(
    "R123", "too little data for the model",
    """
    No row is left, there are more coefficients than rows, or the outcome is the same everywhere.
    """)
  public static let badWeights = DiagnosticCode(
    "R124", "weights that cannot be used", "Weights are numbers of zero or above, at least one of them above zero.")
  public static let unseenLevel = DiagnosticCode(
    "R125", "a level that the fit had not seen",
    """
    With `unseen: refuse` a level that did not occur when the model was fitted is an error; `unseen: reference` \
    counts it as the reference level and says how often.
    """)
  public static let badModel = DiagnosticCode(
    "R126", "the model cannot be fitted as it is written",
    "The keys of the model file are right each by itself, and together they ask for something that does not exist.")

  public static let all = [
    unknownColumn, unknownEvent, outcomeIsText, mixedColumn, joinKey, unmatchedRows, keyLikeColumn, groupingTerm,
    loadedModel, leftOut, separation, notConverged, badResponse, tooLittleData, badWeights, unseenLevel, badModel,
  ]
}
