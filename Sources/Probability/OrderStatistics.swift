extension Array where Element: BinaryFloatingPoint {
  /// Of ascending values: the one below which a share `probability` (0 to 1) of them lies, linear between order
  /// statistics; NaN without any.
  ///
  /// Source: Hyndman & Fan, "Sample quantiles in statistical packages" (*The American Statistician* 50, 1996), type 7.
  @inlinable
  public func quantileOfAscending(_ probability: Double) -> Double {
    guard let last = indices.last else { return .nan }
    let position = Swift.min(Swift.max(probability, 0), 1) * Double(last)
    let lower = Int(position)
    let upper = Swift.min(lower + 1, last)
    return Double(self[lower]) + (position - Double(lower)) * Double(self[upper] - self[lower])
  }
}
