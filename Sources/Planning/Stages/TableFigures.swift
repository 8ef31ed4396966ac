/// A figure as tables show it: to three decimals, or to as many as are asked for (0 to 9); empty (NaN) where it is not
/// finite.
func tabled(_ value: Double, _ decimals: Int = 3) -> Double {
  guard value.isFinite else { return .nan }
  let factor = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
  let scaled = value * factor
  // Beyond 2^53 there are no decimals to take off.
  return abs(scaled) < 9e15 ? scaled.rounded() / factor : value
}
