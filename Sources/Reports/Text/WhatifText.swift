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

  /// A row a figure, two columns a scenario: the value, and the change with its noise.
  private var scenarios: String {
    guard !report.scenarios.isEmpty else { return "" }
    var columns = [TextTable.Column(say("figure"), .left), .init(say("unit"), .left), .init(base)]
    for scenario in report.scenarios { columns += [.init(scenario.name), .init(""), .init("")] }
    var table = TextTable(columns)
    var order: [FigureChange] = []
    var known: Set<String> = []
    for figure in report.scenarios.flatMap(\.figures) where known.insert(figure.name).inserted { order.append(figure) }
    for figure in order where isShown(figure.name) {
      let own = report.scenarios.map { scenario in scenario.figures.first { $0.name == figure.name } }
      guard wanted != nil || own.contains(where: { $0.map { !$0.isSame } ?? false }) else { continue }
      var cells = [say(label: figure.label), say(label: figure.unit), Self.number(figure.base)]
      for change in own {
        guard let change else {
          cells += ["", "", ""]
          continue
        }
        cells += change.isSame ? ["=", "", ""] : [Self.number(change.value), Self.change(change), Self.noise(change)]
      }
      table.add(cells)
    }
    var text = table.rows.isEmpty ? say("no figure changes") + "\n" : table.text
    for scenario in report.scenarios {
      let settings = scenario.settings.map { "\($0.key) \($0.base ?? "–") → \($0.value ?? "–")" }
      let stages = scenario.recomputed.map(\.rawValue).joined(separator: ", ")
      text +=
        "\n\(scenario.name): "
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
    // Without a choice, the first figures that are good or bad news.
    if wanted == nil { figures = Array(figures.filter { $0.better != .neutral }.prefix(4)) }
    guard !figures.isEmpty else { return say("no figure moves along \(sweep.key)") + "\n" }
    var table = TextTable([.init(sweep.key)] + figures.map { .init($0.name) })
    for (value, step) in zip(sweep.values, sweep.figures) {
      table.add(
        [NumberText.digits(value, 10)]
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
