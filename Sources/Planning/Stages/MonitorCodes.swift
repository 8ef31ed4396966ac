public import Tables

/// Findings of the monitor stage.
public enum MonitorCodes {
  public static let nothing = DiagnosticCode(
    "S591", "the stage `monitor` has nothing to watch",
    """
    The channel monitor compares whole months, quarters and years of the sales table. Where the history holds no whole \
    month, the run goes on without it.
    """)
  public static let differentMarkets = DiagnosticCode(
    "S592", "our share and rivals' shares are not of the same market",
    """
    Our share is what partners sold on over the market of `regions.potential` and `market_index`; rivals' shares are \
    those of `competitors.share`. In a quarter in which they add up to more than the whole, the two do not mean the \
    same market: other products, other places, or a potential that is out of date. `rival_share.csv` marks such \
    quarters in `same_market`. Mend the potential or the shares of the rivals before you compare the levels.
    """)
  public static let ownShareUnknown = DiagnosticCode(
    "S593", "our own share of the market is not known",
    """
    Rivals' shares are given, but the size of the market is not: add `potential` to the table `regions`, and \
    `market_index` for its course.
    """)

  public static let all = [nothing, differentMarkets, ownShareUnknown]
}
