public import ChannelTypes

/// How a sales table becomes a panel.
public struct PanelSettings: Sendable {
  /// The column that is forecast.
  public var measure = "sell_out_qty"
  /// The column that stands in for series in which the measure is never known; nil for none.
  public var standIn: String? = "sell_in_qty"
  /// Names of driver columns; nil for the price and promotion columns that the table has.
  public var drivers: [String]?
  public var frequency = Frequency.month
  /// Earlier rows are left out.
  public var historyFrom: Period?
  /// The first planned period: rows from there on are left out. Nil for the one after the last row.
  public var start: Period?
  /// A partner without any row for this many periods at the end of the history has stopped.
  public var silentPeriods: Int?
  /// Periods ahead for which drivers may be known.
  public var horizon = 12
  /// Whether days without stock are made up for; false for sell-in measures.
  public var treatsStockOuts = true

  public init() {}

  /// A quarter of a year by default, at least two periods.
  var effectiveSilentPeriods: Int { silentPeriods ?? max(2, frequency.periodsPerYear / 4) }
}

/// What was done to the rows of a sales table on their way into a panel: the numbers behind the notes of a run.
public struct PanelReport: Sendable, Hashable {
  /// Series in which the stand-in column was used throughout.
  public var standInSeries = 0
  /// Cells raised because stock was out for part of the period.
  public var raisedForStockOuts = 0
  /// Cells taken as unknown because stock was out for most of the period.
  public var hiddenByStockOuts = 0
  /// Cells without a row that count as zero, because the partner reported other products.
  public var zeroFilled = 0
  /// Cells without a row that are unknown, because the partner reported nothing in the period.
  public var unreported = 0
  /// Negative quantities, taken as zero.
  public var negativeCells = 0
  /// Partners that have stopped reporting: forecast as zero.
  public var silentPartners: [String] = []

  public init() {}
}
