import Planning
import Tables

/// How far a decision is from the best possible one, in words.
enum CertificateText {
  /// `budget: optimal, expected 1,234,000 CNY; at most 0.04 % better exists`.
  static func line(_ certificate: Certificate) -> String {
    let number =
      certificate.objective.magnitude < 100
      ? NumberText.significant(certificate.objective) : NumberText.grouped(certificate.objective)
    let amount = Unit.amount(number, TerminalText.safe(certificate.unit))
    let name = Prose.word(TerminalText.safe(certificate.problem), isPlain: false)
    let status = say(word: TerminalText.safe(certificate.status))
    return certificate.sense == "minimise"
      ? say("\(name): \(status), cost \(amount); \(better(certificate.relativeGap))")
      : say("\(name): \(status), worth \(amount); \(better(certificate.relativeGap))")
  }

  /// `at most 0.04 % better exists`; a gap that is nothing but rounding is said to be none.
  static func better(_ gap: Double) -> String {
    guard gap.isFinite else { return say("no bound is known") }
    if gap < 5e-10 { return say("nothing better exists") }
    // Rounded up, so that the statement stays true.
    let percent = gap * 100
    for decimals in 2...9 {
      let scale = (0..<decimals).reduce(1.0) { value, _ in value * 10 }
      let rounded = (percent * scale).rounded(.up) / scale
      if rounded >= 2 / scale || decimals == 9 {
        return say("at most \(NumberText.grouped(rounded, decimals: decimals)) % better exists")
      }
    }
    return ""
  }
}

/// What the planned budget is expected to earn, how sure that is, and where it comes from.
struct BudgetSentence {
  /// The gain and its parts: `expected margin +412,000, of which +148,000 from moving the same money, …`.
  let gain: String
  /// `80 %: +54,000..+770,000`, `chance of doing better than now 93 %`, `at most 0.04 % better exists`.
  let certainty: [String]

  init(_ figures: BudgetFigures, _ view: RunView) {
    func indicator(_ name: String) -> Double? { view.indicators.first { $0.name == name }?.value }
    let whole = figures.gain.map { NumberText.signed($0) } ?? say("unknown")
    var parts: [String] = []
    if let split = figures.gainParts, let now = figures.total(of: "now"), let plan = figures.total(of: "plan") {
      let moved = NumberText.signed(split.moved)
      parts.append(
        split.isSameMoney
          ? say("of which \(moved) from moving the same money")
          : say("of which \(moved) from placing the money better"))
      let (extra, worth) = (plan - now, NumberText.signed(split.total))
      if extra >= 0.5 { parts.append(say("\(worth) from the extra \(NumberText.grouped(extra))")) }
      if extra <= -0.5 { parts.append(say("\(worth) from spending \(NumberText.grouped(-extra)) less")) }
    }
    var text = ([say("expected margin \(whole)")] + parts).joined(separator: Typography.comma)
    if let kept = view.filled("retention_budget") {
      let (saved, cost) = (kept.cells("expected_saved"), kept.cells("cost"))
      let sums = [saved, cost].map { cells in knownSum((0..<kept.rowCount).map { cells.number($0) }) }
      text += Typography.semicolon
      text += say("\(NumberText.grouped(sums[1])) for retention are expected to save \(NumberText.grouped(sums[0]))")
    }
    gain = text
    var certainty: [String] = []
    if let low = indicator("expected_margin_gain_low"), let high = indicator("expected_margin_gain_high") {
      certainty.append(say("80 %: \(NumberText.signed(low))..\(NumberText.signed(high))"))
    }
    if let chance = indicator("chance_better_than_now") {
      certainty.append(
        say("chance of earning more than now, spend paid, \(NumberText.percent(chance, decimals: 0))"))
    }
    if let certificate = view.certificates.first(where: { $0.problem == "budget" }) {
      certainty.append(CertificateText.better(certificate.relativeGap))
    }
    self.certainty = certainty
  }

  /// Two lines for the terminal, each ended by a newline.
  var text: String {
    guard !certainty.isEmpty else { return gain + "\n" }
    return gain + "\n  " + say("(\(certainty.joined(separator: Typography.semicolon)))") + "\n"
  }
}
