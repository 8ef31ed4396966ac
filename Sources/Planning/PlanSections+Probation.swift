public import ChannelTypes
public import Partners
public import Specifications
public import Tables

/// `probation:` when a partner is warned, what its exit costs, and who could follow.
///
/// Days and months are whole; values in percent unless said otherwise; amounts in the plan's currency.
public struct ProbationSettings: Sendable {
  /// One indicator with what it is held to.
  public struct Held: Sendable {
    public var indicator: ProbationIndicator
    public var baseline: Located<ProbationBaseline>
    /// What is proposed to a partner that fails; the indicator's own text where the plan has none.
    public var improvement: String

    public init(_ indicator: ProbationIndicator, _ baseline: Located<ProbationBaseline>, improvement: String? = nil) {
      self.indicator = indicator
      self.baseline = baseline
      self.improvement = improvement ?? indicator.improvement
    }
  }

  /// `baselines`: by default growth (not a fifth less than a year before) and days overdue (30).
  public var held = [
    Held(.growth, Located(.fixed(-0.2))), Held(.overdueDays, Located(.fixed(30))),
  ]
  /// `quarters`: 2, `grace_months`: 3, `recovery_quarters`: 1.
  public var rule = ProbationRule()
  /// `on_fail` and `exit`.
  public var exit = ExitTerms()
  /// Standard deviation of the logarithm of a year's sales, where there is no forecast: 0.25.
  public var salesSpread = 0.25
  /// `successors`: 60 % follow to a partner, 40 % to a candidate, 70 % of that to another city.
  public var rates = Succession.Rates()
  /// How much more than today a partner can sell: 30 %.
  public var headroom = Percent(30)
  /// What counts of the sales that are expected of a candidate: 70 %.
  public var candidateTrust = Percent(70)
  /// A candidate needs so many people for our products: 1.
  public var dedicatedStaff = 1
  public var conflicts = ConflictRecord.Rule()
  /// `bands` and `lists_pct`.
  public var bands = PerformanceBands.Limits()
  /// Where the values were written, by their keys.
  public var places: [String: SourcePlace] = [:]

  public init() {}

  /// A value of this section as a source of a trace.
  func source(_ key: String) -> Trace.Source {
    .plan(key: "probation." + key, place: places["probation." + key])
  }
}
