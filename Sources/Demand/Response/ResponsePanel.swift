/// Spend and outcome of several regions over the same periods: what response curves are estimated from.
///
/// Shape: values of one region lie together, periods in order: element (region r, period t) at `r * periodCount + t`.
/// Units: outcome and spend in the plan's currency per period.
public struct ResponsePanel: Sendable {
  /// A further explanation of the outcome, so that spend is not credited with it: market index, price, promotion.
  public struct Control: Sendable {
    public var name: String
    /// Region-major like the outcome; no unknown values.
    public var values: [Double]

    public init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// A controlled trial: spend of one type was changed in one region on purpose, and the effect was read out.
  public struct Experiment: Sendable {
    /// Positions in `regions` and `spendTypes`.
    public var region: Int
    public var spendType: Int
    /// The panel's periods in which spend was changed.
    public var periods: Range<Int>
    /// Added to the spend of each of these periods; negative where it was cut. Part of the recorded spend.
    public var extraSpend: Double
    /// The extra outcome over all these periods, and its standard error (positive).
    public var lift: Double
    public var standardError: Double

    public init(
      region: Int, spendType: Int, periods: Range<Int>, extraSpend: Double, lift: Double, standardError: Double
    ) {
      self.region = region
      self.spendType = spendType
      self.periods = periods
      self.extraSpend = extraSpend
      self.lift = lift
      self.standardError = standardError
    }
  }

  public let regions: [String]
  public let spendTypes: [String]
  public let periodCount: Int
  /// Margin (or sales) of region and period; NaN where it is unknown.
  public var outcome: [Double]
  /// One region-major panel for each spend type, in the order of `spendTypes`; no unknown values, none below zero.
  public var spend: [[Double]]
  public var controls: [Control]
  public var experiments: [Experiment] = []
  /// Periods after which the season repeats; 1 for none.
  public var seasonLength: Int

  public init(
    regions: [String], spendTypes: [String], periodCount: Int, outcome: [Double], spend: [[Double]],
    controls: [Control] = [], seasonLength: Int = 12
  ) {
    self.regions = regions
    self.spendTypes = spendTypes
    self.periodCount = periodCount
    self.outcome = outcome
    self.spend = spend
    self.controls = controls
    self.seasonLength = seasonLength
  }

  var rowCount: Int { regions.count * periodCount }

  func rows(of region: Int) -> Range<Int> { region * periodCount..<(region + 1) * periodCount }

  /// The mean of the known outcomes of each region: its size. Where none is known, or their mean is not positive, the
  /// region's share of all spend stands in.
  func regionSizes() throws(ResponseError) -> [Double] {
    let means = regions.indices.map { region in
      let known = outcome[rows(of: region)].filter { !$0.isNaN }
      return known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
    }
    let positive = means.reduce(0) { $0 + max(0, $1) }
    guard positive > 0 else { throw .noOutcome }
    let spent = regions.indices.map { region in
      spend.reduce(0) { $0 + $1[rows(of: region)].reduce(0, +) }
    }
    let spentWhereKnown = zip(means, spent).reduce(0) { $0 + ($1.0 > 0 ? $1.1 : 0) }
    return zip(means, spent).map { mean, spent in
      if mean > 0 { return mean }
      return spentWhereKnown > 0 && spent > 0 ? positive * spent / spentWhereKnown : positive / Double(regions.count)
    }
  }

  func validate() throws(ResponseError) {
    guard !regions.isEmpty, !spendTypes.isEmpty else { throw .empty }
    guard periodCount >= ResponsePanel.fewestPeriods else { throw .tooShort(periods: periodCount) }
    guard outcome.count == rowCount, spend.count == spendTypes.count else { throw .shape(name: "outcome") }
    for (name, values) in zip(spendTypes, spend) {
      guard values.count == rowCount else { throw .shape(name: name) }
      guard values.allSatisfy({ $0.isFinite && $0 >= 0 }) else { throw .badSpend(type: name) }
    }
    guard !outcome.contains(where: \.isInfinite) else { throw .badControl(name: "outcome") }
    for control in controls {
      guard control.values.count == rowCount else { throw .shape(name: control.name) }
      guard control.values.allSatisfy(\.isFinite) else { throw .badControl(name: control.name) }
    }
    for (index, trial) in experiments.enumerated() {
      let isKnown = regions.indices.contains(trial.region) && spendTypes.indices.contains(trial.spendType)
      let isInside = !trial.periods.isEmpty && trial.periods.lowerBound >= 0 && trial.periods.upperBound <= periodCount
      let isMeasured = trial.lift.isFinite && trial.standardError > 0 && trial.standardError.isFinite
      guard isKnown, isInside, isMeasured, trial.extraSpend.isFinite else { throw .badExperiment(index: index) }
    }
  }

  static let fewestPeriods = 12
}

/// Why response curves could not be estimated.
public enum ResponseError: Error, Sendable, Equatable {
  case empty
  /// Fewer than twelve periods of history.
  case tooShort(periods: Int)
  /// No region has a positive outcome.
  case noOutcome
  /// A vector does not fill regions × periods.
  case shape(name: String)
  /// Negative or unknown spend.
  case badSpend(type: String)
  /// An unknown or infinite value of a control.
  case badControl(name: String)
  /// An experiment outside the panel, or without a standard error.
  case badExperiment(index: Int)
}
