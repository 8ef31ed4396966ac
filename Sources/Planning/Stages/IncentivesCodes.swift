public import Tables

/// Findings of the stage `incentives`, and of its section of the plan.
public enum IncentivesCodes {
  public static let nothing = DiagnosticCode(
    "S551", "the stage `incentives` has nothing to work on",
    """
    The stage reads the section `incentives` of the plan and the months of the sales table. Where one of them is \
    missing, the run goes on without it.
    """)
  public static let tiers = DiagnosticCode(
    "S552", "Tiers, steps or rows do not increase",
    """
    Each tier begins above the one before it: sales belong to the last tier that they reach. Two tiers at the same \
    amount, or a lower one behind a higher one, leave open which rate counts.
    """)
  public static let overlap = DiagnosticCode(
    "S553", "Two versions of a rule are in force at the same time",
    """
    A rule may have several versions, each with the settlement periods from which and to which it is in force. Every \
    period is settled by exactly one of them; where two overlap, it is open which terms were agreed.
    """)
  public static let gap = DiagnosticCode(
    "S554", "No version of a rule is in force for some time",
    "Between the end of one version and the beginning of the next, nothing is paid under the rule.")
  public static let period = DiagnosticCode(
    "S555", "A version does not begin or end with a settlement period",
    """
    A rule on quarterly sales settles whole quarters, one on annual sales whole years. Terms that change within one \
    would need two settlements of a part each. Let the version begin with a period and end with one.
    """)
  public static let forms = DiagnosticCode(
    "S556", "The parts of a payout do not add up",
    "`paid_in` divides a payout into cash, discount and goods or services; the shares must add up to 1.")
  public static let falling = DiagnosticCode(
    "S557", "A rebate by sales and penetration falls",
    "A partner that sells more, or is deeper in its market, must not earn a lower rate than one that sells less.")
  public static let totals = DiagnosticCode(
    "S558", "A control total does not agree",
    """
    Rows and amounts of an input table must equal those that the settlement used plus those that it set aside for a \
    stated reason. A difference means that something was dropped or counted twice: please report it.
    """)
  public static let ledger = DiagnosticCode(
    "S559", "Entries of the ledger belong to no rule",
    """
    An entry of the incentive ledger settles the rule that its `ref` names, or the rules of its `kind` in its \
    `period`. Entries that fit none are set aside and listed in control_totals.csv: they are not netted, so check \
    that nothing is paid again that they have paid.
    """)
  public static let missing = DiagnosticCode(
    "S560", "A rule lacks facts of some partners",
    """
    An over-target bonus needs the partner's target of the period, a rebate by grade its grade, one by penetration \
    the potential of its city. Partners without it get no line for the rule: unknown is not zero.
    """)

  public static let all = [nothing, tiers, overlap, gap, period, forms, falling, totals, ledger, missing]
}
