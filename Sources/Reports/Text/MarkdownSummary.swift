import Planning
import Tables

/// A run on one screen, as Markdown with the tables of GitHub: what was decided, key figures, how good the decisions
/// are, the actions worth most, alerts and notes. Text from data is escaped, so that none of it becomes markup.
public struct MarkdownSummary {
  private let view: RunView

  public init(_ view: RunView) { self.view = view }

  /// Ends with a newline; the same run gives the same bytes.
  public var text: String {
    let parts = [head, budget, figures, certificates, actions, alerts, notes]
    return Markup.printable(parts.filter { !$0.isEmpty }.joined(separator: "\n"))
  }

  // MARK: - Parts

  private var head: String {
    var facts = [say("Run \(view.run)")]
    if view.scenario != "base" { facts.append(say("scenario \(view.scenario)")) }
    facts += [say("amounts in \(view.currency)"), say("seed \(view.seed)"), "Sluice \(view.version)"]
    let lead = SummaryFigures(view).lead.map { Self.escaped($0) + "\n" }
    return (["# \(Self.escaped(view.plan))\n", facts.map(Self.escaped).joined(separator: " · ") + "\n"] + lead)
      .joined(separator: "\n")
  }

  private var budget: String {
    guard let budget = BudgetFigures(view) else { return "" }
    return section(say("Decided"), budget.table(currency: view.currency))
      + "\n" + Self.escaped(BudgetSentence(budget, view).gain) + "\n"
  }

  /// The most that are shown of key figures, alerts and notes: one screen.
  private static let shown = 12

  private var figures: String {
    guard !view.indicators.isEmpty else { return "" }
    let earlier = EarlierFigures(view)
    let isHeld = earlier?.movements.isEmpty == false
    var table = TextTable(
      [.init(say("figure"), .left), .init(say("value"))] + (isHeld ? [.init(say("moved"), .left)] : []))
    for indicator in view.indicators.prefix(Self.shown) {
      let moved = earlier?.since(indicator.name, showing: indicator.value) ?? ""
      table.add([say(label: indicator.label), IndicatorText.value(indicator)] + (isHeld ? [moved] : []))
    }
    return section(say("Key figures"), table, of: view.indicators.count, file: "kpis.csv")
  }

  private var certificates: String {
    guard !view.certificates.isEmpty else { return "" }
    var table = TextTable([
      .init(say("decision"), .left), .init(say("status"), .left), .init(say("reached")), .init(say("unit"), .left),
      .init(say("in words"), .left),
    ])
    for certificate in view.certificates {
      table.add(
        say(word: certificate.problem), say(word: certificate.status), NumberText.grouped(certificate.objective),
        Unit.text(certificate.unit), CertificateText.better(certificate.relativeGap))
    }
    return section(say("How good the decisions are"), table)
  }

  private var actions: String {
    let actions = ActionFigures(view).actions.prefix(10)
    guard !actions.isEmpty else { return "" }
    var table = TextTable([
      .init(say("do"), .left), .init(say("worth, \(view.currency)")), .init(say("which is"), .left),
    ])
    for action in actions { table.add(action.what, NumberText.grouped(action.worth), action.meaning) }
    return section(say("What is worth most to do"), table)
  }

  private var alerts: String {
    guard let alerts = view.filled("alerts") else { return "" }
    let (level, subject, message) = (alerts.cells("level"), alerts.cells("subject"), alerts.cells("message"))
    let (action, stake) = (alerts.cells("action"), alerts.cells("money_at_stake"))
    var table = TextTable([
      .init(say("level"), .left), .init(say("who"), .left), .init(say("what"), .left), .init(say("at stake")),
      .init(say("what to do"), .left),
    ])
    let critical = (0..<alerts.rowCount).filter { level.text($0) == "critical" }
    for row in critical.prefix(Self.shown) {
      table.add(
        say(word: level.text(row)), subject.text(row), say(label: message.text(row)),
        NumberText.grouped(stake.number(row)),
        say(label: action.text(row)))
    }
    guard !critical.isEmpty else { return "" }
    return section(say("Critical alerts"), table, of: critical.count, file: "alerts.csv")
  }

  private var notes: String {
    let skipped = view.stages.filter { $0.outcome != .ran }.map {
      "\(say(word: $0.stage.rawValue)): \(say(finding: $0.note))"
    }
    let warnings = view.findings.kept.filter { $0.severity >= .warning }.map { finding in
      [finding.place?.description, "\(finding.code.id) \(say(finding: finding.message))"].compactMap(\.self).joined(
        separator: ": ")
    }
    let all = skipped + warnings
    guard !all.isEmpty else { return "" }
    var lines = all.prefix(Self.shown).map { "- \(Self.escaped($0))\n" }
    if all.count > Self.shown { lines.append("- \(say("and \(all.count - Self.shown) more"))\n") }
    return "## \(say("Notes"))\n\n" + lines.joined()
  }

  // MARK: - Markup

  /// A heading and a table; where not all rows are shown it says where the rest is.
  private func section(_ title: String, _ table: TextTable, of count: Int = 0, file: String = "") -> String {
    func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    var text = "## \(Self.escaped(title))\n\n" + row(table.columns.map { Self.escaped($0.title) })
    text += row(table.columns.map { $0.alignment == .right ? "---:" : ":---" })
    for cells in table.rows { text += row(cells.map(Self.escaped)) }
    if count > table.rows.count {
      text += "\n" + Self.escaped(say("\(table.rows.count) of \(count); all are in \(file)")) + "\n"
    }
    return text
  }

  /// Text in which nothing is markup: special characters are escaped, and it stays on one line.
  ///
  /// Source: GitHub Flavored Markdown, 2.4 (backslash escapes) and 4.10 (tables).
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n", "\r", "\t": result += " "
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\\", "|", "`", "*", "_", "[", "]", "#", "~", "@", "!": result += "\\" + String(scalar)
      default: result.unicodeScalars.append(scalar)
      }
    }
    // A line that begins so would be a list, a quotation or a formula.
    if let first = result.first, "=+-".contains(first), !result.dropFirst().prefix(1).allSatisfy(\.isNumber) {
      result = "\\" + result
    }
    return result
  }
}
