public import Tables

/// Findings of the transfers stage.
public enum TransfersCodes {
  public static let notNeeded = DiagnosticCode(
    "S411", "scarce supply that nobody needs",
    """
    `shortage.supply` names a product that no partner has to order: it is misspelt, or every partner has enough. \
    Products are written as in the inventory table.
    """)
  public static let noGrades = DiagnosticCode(
    "S412", "partners have no grades",
    """
    `shortage.weights` gives partners priority by their grade, but the partners table has no column `grade`: all get \
    the same weight.
    """)

  public static let all = [notNeeded, noGrades]
}
