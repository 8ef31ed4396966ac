public import Tables

/// Findings of the stage `scores`.
public enum ScoresCodes {
  public static let nothing = DiagnosticCode(
    "S531", "the stage `scores` has nothing to work on",
    """
    The stage reads the section `scorecard` of the plan and the months of the sales table. Where one of them is \
    missing, or no quarter is whole, the run goes on without it.
    """)
  public static let weightSum = DiagnosticCode(
    "S532", "weights do not add up to 1",
    """
    A score is a weighted mean: the weights of each set under `scorecard.weights`, the parts of the potential under \
    `scorecard.map`, and the weights of candidates add up to 1. The hint names a weight with the value that makes it so.
    """)
  public static let overlap = DiagnosticCode(
    "S533", "rules of the scorecard overlap in time",
    """
    Sets of weights and tables of grades hold from a quarter on until a later one follows. Two that begin in the same \
    quarter for the same partners leave open which of them counts.
    """)
  public static let order = DiagnosticCode(
    "S534", "bands, grades or tiers are out of order",
    "Bands, grades and tiers are written from the best or largest, each from a lower value than the one before.")
  public static let fewPartners = DiagnosticCode(
    "S535", "too few partners to predict a candidate's first year",
    """
    The regression needs at least twenty partners with twelve months of sales. Without it candidates are held to the \
    must-have rules and ordered by their attributes; predictions are left empty.
    """)
  public static let unknownIndicator = DiagnosticCode(
    "S536", "an indicator with a weight is not known for any partner",
    """
    The tables that the indicator is computed from are missing or have no rows in the last quarter. Its weight goes to \
    the other indicators; `score_parts` shows the weights that were used.
    """)
  public static let attainmentByContract = DiagnosticCode(
    "S537", "attainment is measured against contracts",
    """
    Quarters without tracked targets of partners use a quarter of the annual target of the contract in force instead; \
    the column `source` of `score_parts` says `contracts`.
    """)
  public static let noWeights = DiagnosticCode(
    "S538", "no set of weights fits some partners",
    """
    Every partner that sells needs a set under `scorecard.weights` that holds in the quarter: one without `channel` and \
    `tier`, from an early quarter on, holds for all.
    """)

  public static let all = [
    nothing, weightSum, overlap, order, fewPartners, unknownIndicator, attainmentByContract, noWeights,
  ]
}
