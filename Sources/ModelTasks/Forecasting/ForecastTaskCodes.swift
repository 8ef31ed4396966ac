public import Tables

/// Findings about a long table that is to be forecast.
public enum ForecastTaskCodes {
  public static let noRowLeft = DiagnosticCode(
    "F101", "no row meets the conditions",
    """
    Every `--where` has to hold for a row to count, and none is left. Texts are compared exactly, with upper and \
    lower case; two numbers are compared as numbers.
    """)
  public static let offStep = DiagnosticCode(
    "F102", "a time is not on the step of the table",
    """
    Nearly all times are the same number of days or months apart, and some are not: a wrong day, or a series with \
    another calendar. Read with the finer step, most periods would be missing. Correct the times, or forecast series \
    of different steps apart (`--where`).
    """)
  public static let farApart = DiagnosticCode(
    "F103", "the times of a series are implausibly far apart",
    """
    A series is counted from its first to its last time, and periods without a row are unknown. Here they would be \
    far more than there are rows, mostly because one time is mistyped.
    """)
  public static let missingPeriods = DiagnosticCode(
    "F104", "periods without a row or without a value",
    """
    A period between two rows of a series that has no row itself, or an empty value, is unknown, which is not zero. \
    Where nothing was sold, write 0: a forecast from unknown periods is higher than one from periods without sales.
    """)
  public static let noHistory = DiagnosticCode(
    "F105", "series without a value",
    """
    Such series have nothing to forecast from and are left out. With `--peers COLUMN` they are forecast from series \
    that have the same value in that column.
    """)
  public static let coldStart = DiagnosticCode(
    "F106", "series forecast from their peers",
    """
    Series with fewer than five known values are forecast from the series that share their `--peers` columns: the \
    peers' growth and seasonal shape, scaled to the values that there are.
    """)
  public static let replaced = DiagnosticCode(
    "F107", "series that a model could not forecast",
    "The model gave no usable numbers for these series, and the seasonal naive forecast takes their place.")
  public static let sameName = DiagnosticCode(
    "F108", "two series have the same name",
    """
    The parts of a name are joined with `/`, and two different series come out with the same name because a part has \
    a slash in it. Replace the slashes in the column, or give one column with unique names.
    """)
  public static let unknownModel = DiagnosticCode(
    "F109", "there is no such model",
    "`--model` takes `auto` or names of models separated by commas; case, `_` and `-` do not matter.")
  public static let missingDriver = DiagnosticCode(
    "F110", "drivers are not known for the whole horizon",
    """
    A driver has to be known ahead: for every series the table needs `--horizon` rows behind its last value, with the \
    value empty and the drivers filled in. Where some series miss some of them, the driver's usual value stands in.
    """)

  public static let driverModel = DiagnosticCode(
    "F111", "how the drivers were used",
    """
    With `--drivers`, `auto` is a regression on them: coefficients drawn together over the parts of the series' names, \
    a level that wanders, and further terms where they help on held-out periods. What was decided, and the error on \
    held-out periods against that of a naive forecast's step, is said here.
    """)

  public static let overrideWithoutReason = DiagnosticCode(
    "F120", "an override without a reason",
    """
    Overrides are kept apart from the forecast so that their worth can be judged later, which needs the reason: write \
    it in column `reason`, in every row.
    """)
  public static let overrideAmount = DiagnosticCode(
    "F121", "an override needs a value or a change",
    "Each row gives either `value`, which replaces the forecast, or `delta`, which is added to it; not both.")
  public static let overrideUnmatched = DiagnosticCode(
    "F122", "an override matches no forecast",
    """
    `unique_id` and `ds` have to name a row of the forecast, written as they are written there. An override outside \
    the horizon would be lost without a word, so it is refused.
    """)
  public static let overrideRepeated = DiagnosticCode(
    "F123", "two overrides of one value", "Each row of the forecast takes one override. Keep the one that counts.")

  /// Every code, in order of its name.
  public static let all: [DiagnosticCode] = [
    noRowLeft, offStep, farApart, missingPeriods, noHistory, coldStart, replaced, sameName, unknownModel,
    missingDriver, driverModel, overrideWithoutReason, overrideAmount, overrideUnmatched, overrideRepeated,
  ]
}
