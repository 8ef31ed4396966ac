/// Changes of key figures as people read them, with plain minus signs.
enum FigureText {
  /// Shares by percentage points, `+1.4 points`; all else relative to what it was, `-3.2 %`, or the amount itself where
  /// that was nothing.
  static func change(from base: Double, to value: Double, unit: String) -> String {
    guard base.isFinite, value.isFinite else { return NumberText.unknown }
    if unit == "share" { return points(value - base) }
    return base == 0 ? NumberText.signedCompact(value) : NumberText.signedPercent((value - base) / abs(base))
  }

  /// `+0.3 points`: a share against another.
  static func points(_ change: Double) -> String {
    change.isFinite ? say("\(NumberText.signed(change * 100, decimals: 1)) points") : NumberText.unknown
  }
}
