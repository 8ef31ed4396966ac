public import Tables

/// A value with the place that it was written: what a message cites when the value limits a result.
///
/// The place is `plan.yaml:33:12` for a value of a file, `--set budget.quarter=*0.9` for one of the command line,
/// `SLUICE_BUDGET_QUARTER` for one of the environment, `default` where nobody wrote it.
public struct Located<Value: Sendable>: Sendable {
  public var value: Value
  public var place: SourcePlace

  public init(_ value: Value, at place: SourcePlace = .default) {
    self.value = value
    self.place = place
  }
}

extension Located: Equatable where Value: Equatable {}
extension Located: Hashable where Value: Hashable {}

extension SourcePlace {
  /// The place of a value that nobody wrote.
  public static let `default` = SourcePlace(file: "default")
}
