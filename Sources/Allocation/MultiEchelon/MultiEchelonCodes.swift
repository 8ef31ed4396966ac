public import Tables

/// Findings about stock over several echelons and over demand scenarios.
public enum MultiEchelonCodes {
  public static let improperStage = DiagnosticCode(
    "A151", "a stage of a supply network is not proper",
    """
    Times, costs and deviations are zero or more, every link joins two stages of the network and is written once.
    """)
  public static let cycle = DiagnosticCode(
    "A152", "stages supply one another in a circle",
    """
    A supply network leads from suppliers to customers. Returns and repairs are no part of it: leave out the link that \
    leads back.
    """)
  public static let roundedTimes = DiagnosticCode(
    "A153", "times were rounded to a common step",
    """
    Service times are chosen among multiples of a step that divides every time of the problem. Where no step of \
    1/10,000 period does, or where there would be too many, times are rounded up, which is on the safe side: \
    the plan holds for the exact times, and costs a little more than the best plan for them.
    """)
  public static let searchStopped = DiagnosticCode(
    "A154", "the search stopped before it proved the optimum",
    """
    Networks that are not trees are solved by branch and bound. The best plan found is given, with the bound that \
    the search had reached; more nodes (`limits.nodes`) may improve either.
    """)

  public static let all = [improperStage, cycle, roundedTimes, searchStopped]
}
