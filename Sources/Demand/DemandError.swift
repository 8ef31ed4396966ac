/// Why demand cannot be forecast or explained.
public enum DemandError: Error, Sendable, Hashable, CustomStringConvertible {
  /// No row has a partner, a product, a period and a quantity.
  case noSeries
  case missingColumn(String)
  case unknownDriver(String, known: [String])
  /// The column holds text or periods.
  case driverIsNotANumber(String)
  /// Fewer periods than a forecast can start from.
  case historyTooShort(periods: Int)
  /// No driver varies, or no series has enough positive values.
  case nothingToExplain
  /// A value or a driver is infinite.
  case infiniteValue

  public var description: String {
    switch self {
    case .noSeries: "no row has a partner, a product, a period and a quantity"
    case .missingColumn(let name): "the sales table has no column \(name)"
    case .unknownDriver(let name, let known):
      "driver \(name) is neither a column of the sales table nor a name in the drivers or events table"
        + (known.isEmpty ? "" : "; known: \(known.joined(separator: ", "))")
    case .driverIsNotANumber(let name): "driver \(name) does not hold numbers"
    case .historyTooShort(let periods): "a history of \(periods) periods is too short; 3 are needed at least"
    case .nothingToExplain: "no driver varies over the series, or too few quantities are above zero"
    case .infiniteValue: "a value is infinite; mark it as unknown (NaN)"
    }
  }
}
