import Planning

/// How far a decision is from the best possible one, in words.
enum CertificateText {
  /// `budget: optimal, expected 1,234,000 CNY; at most 0.04 % better exists`.
  static func line(_ certificate: Certificate) -> String {
    let verb = certificate.sense == "minimise" ? "cost" : "worth"
    return "\(TerminalText.safe(certificate.problem)): \(TerminalText.safe(certificate.status)), \(verb) "
      + "\(NumberText.grouped(certificate.objective)) \(TerminalText.safe(certificate.unit)); "
      + better(certificate.relativeGap)
  }

  /// `at most 0.04 % better exists`; a gap that is nothing but rounding is said to be none.
  static func better(_ gap: Double) -> String {
    guard gap.isFinite else { return "no bound is known" }
    if gap < 5e-10 { return "nothing better exists" }
    // Rounded up, so that the statement stays true.
    let percent = gap * 100
    for decimals in 2...9 {
      let scale = (0..<decimals).reduce(1.0) { value, _ in value * 10 }
      let rounded = (percent * scale).rounded(.up) / scale
      if rounded >= 2 / scale || decimals == 9 {
        return "at most \(NumberText.grouped(rounded, decimals: decimals)) % better exists"
      }
    }
    return ""
  }
}

/// What the planned budget is expected to earn, and where that comes from.
enum BudgetSentence {
  static func text(_ figures: BudgetFigures, certificate gap: Double?) -> String {
    var text = "expected margin "
    guard let gain = figures.gain else { return text + "unknown" }
    text += NumberText.signed(gain)
    if let parts = figures.gainParts, let now = figures.total(of: "now"), let plan = figures.total(of: "plan") {
      text +=
        ", of which \(NumberText.signed(parts.moved)) from \(parts.isSameMoney ? "moving the same money" : "placing the money better")"
      let extra = plan - now
      if abs(extra) >= 0.5 {
        text +=
          ", \(NumberText.signed(parts.total)) from \(extra > 0 ? "the extra" : "spending less:") "
          + NumberText.grouped(extra)
      }
    }
    return text + (gap.map { "\n  (\(CertificateText.better($0)))" } ?? "")
  }
}
