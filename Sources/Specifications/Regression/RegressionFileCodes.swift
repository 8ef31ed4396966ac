public import Tables

/// Findings about model files, beyond those of all specifications.
public enum RegressionFileCodes {
  public static let contradiction = DiagnosticCode(
    "P140", "Keys of a model file contradict one another",
    """
    Two keys cannot both hold: a link that can give means outside the family, an event for a family without one, a \
    key of survival models without `survival`, a column that is explained and explains. Nothing is guessed: the hint \
    says which keys to keep.
    """)

  public static let all = [contradiction]
}
