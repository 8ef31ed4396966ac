internal import Glibc
internal import TimeSeries

/// How the series and each driver enter the regression: as logarithms where every known value is above zero, else as
/// they are, series in units of their own size.
struct DriverTransform: Sendable {
  /// log demand; else demand over the mean size of the series.
  let usesLogarithm: Bool
  /// Per driver.
  let forms: [DriverColumn.Form]

  init(_ panel: DriverPanel) {
    func isPositive(_ values: some Sequence<Double>) -> Bool { values.allSatisfy { $0.isNaN || $0 > 0 } }
    let usesLogarithm = isPositive(panel.series.values)
    forms = panel.drivers.indices.map { driver in
      let isElasticity =
        usesLogarithm
        && (0..<panel.count).allSatisfy { isPositive(panel.values(ofDriver: driver, series: $0)) }
      return isElasticity ? .elasticity : .semiElasticity
    }
    self.usesLogarithm = usesLogarithm
  }

  /// The unit of a series: 1 for logarithms, else its mean absolute known value.
  func unit(_ values: ArraySlice<Double>) -> Double {
    guard !usesLogarithm else { return 1 }
    var (sum, count) = (0.0, 0.0)
    for value in values where !value.isNaN {
      sum += abs(value)
      count += 1
    }
    return sum > 0 ? sum / count : 1
  }

  @inline(__always)
  func response(_ value: Double, unit: Double) -> Double {
    usesLogarithm ? (value > 0 ? log(value) : .nan) : value / unit
  }

  @inline(__always)
  func value(ofResponse response: Double, unit: Double) -> Double {
    usesLogarithm ? exp(min(700, response)) : response * unit
  }

  @inline(__always)
  func driver(_ value: Double, _ index: Int) -> Double {
    forms[index] == .elasticity ? (value > 0 ? log(value) : .nan) : value
  }
}
