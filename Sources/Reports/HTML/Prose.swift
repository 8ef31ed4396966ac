/// Numbers inside the sentences of a page: as `NumberText` writes them, with a true minus sign.
enum Prose {
  static func signed(_ value: Double) -> String { NumberText.signed(value).typographic }
  static func signedCompact(_ value: Double) -> String { NumberText.signedCompact(value).typographic }
  static func signedPercent(_ share: Double) -> String { NumberText.signedPercent(share).typographic }
  static func points(_ change: Double) -> String { FigureText.points(change).typographic }

  /// Hyphens before digits as minus signs, where a number begins: for sentences that terminals print as well.
  static func withMinus(_ text: String) -> String {
    let characters = Array(text)
    return String(
      characters.indices.map { index in
        let startsNumber = index == 0 || " (.".contains(characters[index - 1])
        let hasDigit = index + 1 < characters.count && characters[index + 1].isNumber
        return characters[index] == "-" && startsNumber && hasDigit ? "\u{2212}" : characters[index]
      })
  }

  /// `6.1 % more`, `4.0 % less`, `as much`.
  static func moreOrLess(_ change: Double) -> String {
    let text = NumberText.percent(change.magnitude)
    guard NumberText.grouped(change.magnitude * 100, decimals: 1) != "0.0" else { return say("as much") }
    return change > 0 ? say("\(text) more") : say("\(text) less")
  }

  /// `east, xian and wuhan`.
  static func list(_ items: [String]) -> String {
    guard items.count > 1, let last = items.last else { return items.first ?? "" }
    return say("\(items.dropLast().joined(separator: Typography.enumeration)) and \(last)")
  }

  /// Names from data, such as spend types, are written with underscores in files.
  static func words(_ name: String) -> String { String(name.map { $0 == "_" ? " " : $0 }) }

  /// A word of the program's own: a stage, an action, a state.
  ///
  /// - Parameter isPlain: whether English writes it without underscores.
  static func word(_ name: String, isPlain: Bool = true) -> String {
    say(word: name, plain: isPlain ? words(name) : name)
  }

  /// `12 partners gain 5,000 CNY together, one partner loses 20 CNY.` What there is none of is not said.
  static func gainsAndLosses(_ gains: [Double], _ losses: [Double], _ currency: String) -> String {
    let (gained, lost) = (NumberText.compact(knownSum(gains)), NumberText.compact(-knownSum(losses)))
    let gain =
      gains.count == 1
      ? say("one partner gains \(gained) \(currency)")
      : say("\(NumberText.grouped(gains.count)) partners gain \(gained) \(currency) together")
    let loss =
      losses.count == 1
      ? say("one partner loses \(lost) \(currency)")
      : say("\(NumberText.grouped(losses.count)) partners lose \(lost) \(currency) together")
    let parts = (gains.isEmpty ? [] : [gain]) + (losses.isEmpty ? [] : [loss])
    return sentence(parts.joined(separator: Typography.comma))
  }

  /// Begins with a capital and ends with a stop.
  static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + Typography.stop }
}
