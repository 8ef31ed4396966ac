public import Tables

/// Findings about problem files, beyond those of all specifications.
public enum AllocationFileCodes {
  public static let unknownKind = DiagnosticCode(
    "P150", "No such kind of problem",
    """
    `kind:` says what a problem file asks. Models/allocation has a commented file of every kind to copy; the hint \
    lists them.
    """)
  public static let repeatedRow = DiagnosticCode(
    "P151", "A row is written twice",
    """
    Rows of a table in a problem file are named by their key columns, and each name may occur once. Nothing is \
    overwritten in silence: remove one of the two, or give them different names.
    """)
  public static let wrongCount = DiagnosticCode(
    "P152", "A list or matrix has the wrong size",
    """
    The numbers of a list belong to the rows of another one, in their order, so that their counts must agree.
    """)
  public static let missingName = DiagnosticCode(
    "P153", "A name is not known",
    """
    A row, column or reference names something that the problem does not have. Names are compared letter by letter.
    """)
  public static let contradiction = DiagnosticCode(
    "P154", "Keys of a problem file contradict one another",
    """
    Two keys cannot both hold, or one needs another that is not there. Nothing is guessed: the hint says which keys to \
    keep.
    """)

  public static let all = [unknownKind, repeatedRow, wrongCount, missingName, contradiction]
}
