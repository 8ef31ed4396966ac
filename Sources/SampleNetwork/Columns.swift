import ChannelTypes
import Tables

/// Short ways to build the columns that the tables here need; nil is an unknown cell.
extension Column {
  static func text(_ name: String, codes: [Int32], _ dictionary: [String]) -> Column {
    Column(name: name, values: .text(TextColumn(codes: codes, dictionary: dictionary)))
  }
  static func flag(_ name: String, _ values: [Bool]) -> Column {
    Column(name: name, values: .integer(values.map { $0 ? 1 : 0 }))
  }
  static func months(_ name: String, _ values: [Period]) -> Column {
    Column(name: name, values: .period(PeriodColumn(form: .month, values)))
  }
  static func days(_ name: String, _ values: [CivilDate?]) -> Column {
    Column(name: name, values: .period(PeriodColumn(form: .day, values.map { $0.map(Period.day) })))
  }
}

/// The nearest amount; the sizes here are far from the range's ends.
func money(_ value: Double, decimals: Int = 2) -> Money { Money(rounding: value, decimals: decimals) ?? .zero }

extension Double {
  /// Rounded to so many digits after the point: written numbers carry no noise in their last bits.
  func rounded(digits: Int) -> Double {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    return (self * scale).rounded() / scale
  }

  func clamped(_ range: ClosedRange<Double>) -> Double {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}

extension CivilDate {
  func advanced(days: Int) -> CivilDate { CivilDate(daysSinceEpoch: daysSinceEpoch + days) }
}

/// `P007`: a letter and a number with at least three digits, more where the count needs them.
func identifier(_ prefix: String, _ index: Int, of count: Int) -> String {
  let digits = String(index + 1)
  return prefix + String(repeating: "0", count: max(0, max(3, String(count).count) - digits.count)) + digits
}
