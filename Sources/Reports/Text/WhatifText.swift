public import Planning
import Tables

/// What-ifs as `sluice whatif` prints them: figures of the base beside each scenario's, sweeps, and the tornado.
public struct WhatifText: Sendable {
  private let base: String
  private let report: ScenarioReport
  /// The figures to show; nil for all that change.
  private let wanted: Set<String>?

  public init(_ report: ScenarioReport, base: String, figures wanted: Set<String>? = nil) {
    self.report = report
    self.base = base
    self.wanted = wanted
  }

  public var text: String {
    let parts = [scenarios, report.sweeps.map(sweep).joined(separator: "\n"), tornado].filter { !$0.isEmpty }
    return parts.joined(separator: "\n")
  }

  private func isShown(_ name: String) -> Bool { wanted?.contains(name) ?? true }

  /// Side by side where that can be read, one below the other where it cannot.
  private var scenarios: String {
    guard !report.scenarios.isEmpty else { return "" }
    guard report.scenarios.count > 2 else { return table(report.scenarios) + "\n" + notes(report.scenarios) }
    return report.scenarios.map { table([$0]) + notes([$0]) }.joined(separator: "\n")
  }

  /// A row a figure, two columns a scenario: the value, and the change with its noise.
  private func table(_ scenarios: [ScenarioReport.Column]) -> String {
    var columns = [TextTable.Column(say("figure"), .left), .init(say("unit"), .left), .init(base)]
    for scenario in scenarios { columns += [.init(scenario.name), .init(""), .init("")] }
    var table = TextTable(columns)
    var order: [FigureChange] = []
    var known: Set<String> = []
    var small = 0
    for figure in scenarios.flatMap(\.figures) where known.insert(figure.name).inserted { order.append(figure) }
    for figure in order where isShown(figure.name) {
      let own = scenarios.map { scenario in scenario.figures.first { $0.name == figure.name } }
      if wanted == nil {
        guard own.contains(where: { $0.map { !$0.isSame } ?? false }) else { continue }
        guard own.contains(where: { $0.map(Self.isVisible) ?? false }) else {
          small += 1
          continue
        }
      }
      let label = (figure.baseLabel.map { say(label: $0) + " → " } ?? "") + say(label: figure.label)
      var cells = [label, say(label: figure.unit), Self.number(figure.base)]
      for change in own {
        guard let change else {
          cells += ["", "", ""]
          continue
        }
        cells += change.isSame ? ["=", "", ""] : [Self.number(change.value), Self.change(change), Self.noise(change)]
      }
      table.add(cells)
    }
    let rest = small == 0 ? "" : say("\(NumberText.count(small, "figure")) change by less than 0.05 %") + "\n"
    return (table.rows.isEmpty ? say("no figure changes") + "\n" : table.text) + rest
  }

  /// Whether a change is more than a zero when it is rounded for people.
  private static func isVisible(_ figure: FigureChange) -> Bool {
    guard !figure.isSame else { return false }
    guard figure.base.isFinite, figure.value.isFinite, figure.base != 0 || figure.unit == "share" else { return true }
    let change = figure.unit == "share" ? figure.change : figure.change / abs(figure.base)
    return abs(change) >= 0.000_5
  }

  /// What each scenario sets, and what that made to be computed again.
  private func notes(_ scenarios: [ScenarioReport.Column]) -> String {
    var text = ""
    for scenario in scenarios {
      let settings = scenario.settings.map { "\($0.key) \($0.base ?? "–") → \($0.value ?? "–")" }
      let stages = scenario.recomputed.map(\.rawValue).joined(separator: ", ")
      text +=
        "\(text.isEmpty ? "" : "\n")\(scenario.name): "
        + (settings.isEmpty ? say("nothing differs") : settings.prefix(6).joined(separator: "; "))
        + (settings.count > 6 ? say("; and \(settings.count - 6) more") : "")
        + (stages.isEmpty ? "" : "\n  " + say("computed again: \(stages)"))
      for conflict in scenario.conflicts { text += "\n  " + say("infeasible: \(conflict.message)") }
    }
    return text + "\n"
  }

  /// A row a step, a column a figure that moves.
  private func sweep(_ sweep: ScenarioReport.SweepColumn) -> String {
    var figures: [FigureChange] = []
    var known: Set<String> = []
    for figure in sweep.figures.joined() where !figure.isSame && isShown(figure.name) {
      if known.insert(figure.name).inserted { figures.append(figure) }
    }
    // Without a choice, the first figures that are good or bad news; what was asked for is shown even if it stays.
    if wanted == nil { figures = Array(figures.filter { $0.better != .neutral }.prefix(4)) }
    for figure in sweep.figures.first ?? [] where wanted?.contains(figure.name) ?? false {
      if known.insert(figure.name).inserted { figures.append(figure) }
    }
    guard !figures.isEmpty else { return say("no figure moves along \(sweep.key)") + "\n" }
    var table = TextTable([.init(sweep.key)] + figures.map { .init($0.name) })
    for ((value, setting), step) in zip(zip(sweep.values, sweep.settings), sweep.figures) {
      table.add(
        [setting.first?.isNumber ?? false ? NumberText.digits(value, 10) : setting]
          + figures.map { figure in Self.number(step.first { $0.name == figure.name }?.value ?? .nan) })
    }
    return table.text + "\n"
      + figures.map { "\($0.name): \(say(label: $0.label)), \(say(label: $0.unit))\n" }.joined()
  }

  /// The bars of the wanted figures, or of the one that moves most against its size.
  private var tornado: String {
    guard !report.tornado.isEmpty else { return "" }
    let names =
      wanted
      ?? report.tornado.filter { $0.base != 0 }.max { $0.width / abs($0.base) < $1.width / abs($1.base) }.map {
        [$0.figure]
      } ?? []
    var parts: [String] = []
    for name in names.sorted() {
      let bars = report.tornado.filter { $0.figure == name }
      guard let first = bars.first else { continue }
      var table = TextTable([
        .init(say(label: first.label) + ", " + say(label: first.unit), .left), .init(say("from"), .left),
        .init(say("to"), .left), .init(say("at the low end")), .init(say("base")), .init(say("at the high end")),
        .init(say("noise")),
      ])
      for bar in bars {
        table.add(
          bar.uncertainty, "\(bar.key) \(bar.low)", bar.high, Self.number(bar.atLow), Self.number(bar.base),
          Self.number(bar.atHigh), bar.noise.isFinite ? "±" + Self.number(bar.noise) : "")
      }
      parts.append(table.text)
    }
    return parts.joined(separator: "\n")
  }

  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return NumberText.unknown }
    return value.magnitude >= 1000 ? NumberText.grouped(value) : NumberText.digits(value, 4)
  }

  private static func change(_ figure: FigureChange) -> String {
    FigureText.change(from: figure.base, to: figure.value, unit: figure.unit)
  }

  private static func signed(_ value: Double) -> String {
    value.isFinite ? (value > 0 ? "+" : "") + number(value) : NumberText.unknown
  }

  /// `(-420,000..-310,000)`: the 80 % interval of the change; of a share in percentage points, as its change.
  private static func noise(_ figure: FigureChange) -> String {
    guard let noise = figure.noise else { return "" }
    if figure.unit == "share" {
      let ends = [noise.lowerBound, noise.upperBound].map { NumberText.signed($0 * 100, decimals: 2) }
      return "(\(ends[0])..\(ends[1]))"
    }
    return "(\(signed(noise.lowerBound))..\(signed(noise.upperBound)))"
  }
}
