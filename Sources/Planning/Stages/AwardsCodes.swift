public import Tables

/// Findings of the stage `awards`, and of the plan's rules for it.
public enum AwardsCodes {
  public static let nothing = DiagnosticCode(
    "S541", "the stage `awards` has nothing to work on",
    """
    The stage reads the section `incentives` of the plan and the months of the sales table. Where one of them is \
    missing, the run goes on without it.
    """)
  public static let notAscending = DiagnosticCode(
    "S542", "Grades or tiers do not rise",
    """
    Levels are written from the lowest to the highest: the sales that a grade asks for must rise, and neither its \
    coverage nor its rebate may fall; otherwise more sales could give a lower grade. Versions of the grades follow one \
    another: each but the first needs a `from` later than the one before.
    """)
  public static let weights = DiagnosticCode(
    "S543", "The weights of points do not add up to 1",
    "Each weight under `incentives.points.weights` is a share; together they must be exactly 1.")
  public static let prizes = DiagnosticCode(
    "S544", "The contest has not one prize for each winner",
    "`incentives.contest.top` says how many squads win; `prizes` lists what each gets, the first rank first.")
  public static let reward = DiagnosticCode(
    "S545", "The reward for first orders is not clear",
    """
    The first order of a new product brings multiplied points (`first_order_points: x2`) or money \
    (`first_order_cash: 500`), one of them. Points need `incentives.points`, which says what a point is worth.
    """)
  public static let loyalty = DiagnosticCode(
    "S546", "The loyalty bonus contradicts itself",
    """
    `incentives.star.loyalty_pct` lists the lowest and the highest rate in percent. The lowest is paid for the years \
    that make a star, the highest from `full_years` on, which cannot be fewer.
    """)
  public static let missing = DiagnosticCode(
    "S547", "A rule of recognition lacks data",
    """
    A rule looks at figures that no table or earlier stage gives. What they would have earned is left out, and a \
    column of the output says where. Add the table or the section of the plan that the message names.
    """)
  public static let exhausted = DiagnosticCode(
    "S548", "The fund for first orders is exhausted",
    """
    Rewards are paid by month, then partner, then product; the first one that the rest of the fund did not cover \
    ended them. The table `first_orders` shows who came too late. Raise `incentives.new_product.fund`, or lower the \
    reward.
    """)

  public static let takenName = DiagnosticCode(
    "S549", "The name of an award is taken",
    """
    Awards are told apart by name. `points`, `first_order`, `star`, `fund` and `subsidy` name what other rules give; \
    call the pool under `incentives.awards` something else.
    """)

  public static let all = [
    nothing, notAscending, weights, prizes, reward, loyalty, missing, exhausted, takenName,
  ]
}
