/// What a number counts: money, units, days, a share.
enum Unit {
  static func text(_ unit: String) -> String { say(word: unit) }

  /// A number with its unit: `1,200 CNY`, `1,200 元`.
  static func amount(_ number: String, _ unit: String) -> String {
    unit.isEmpty ? number : Typography.joined(number + " ", text(unit))
  }
}
