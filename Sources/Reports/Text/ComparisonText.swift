import ChannelTypes
public import Planning

/// Runs side by side, as `sluice compare` prints them.
public struct ComparisonText: Sendable {
  private let comparison: RunComparison
  /// Whether figures that agree are shown too.
  private let showsAll: Bool

  public init(_ comparison: RunComparison, showsAll: Bool = false) {
    self.comparison = comparison
    self.showsAll = showsAll
  }

  public var text: String {
    let parts = [figures, outcomes, movements].filter { !$0.isEmpty }
    return parts.isEmpty ? say("the runs have the same key figures") + "\n" : parts.joined(separator: "\n")
  }

  private var figures: String {
    let shown = comparison.figures.filter { showsAll || !$0.isSame }
    guard !shown.isEmpty else { return "" }
    var columns = [TextTable.Column(say("figure"), .left), .init(say("unit"), .left), .init(comparison.runs[0])]
    for run in comparison.runs.dropFirst() { columns += [.init(run), .init(say("change"))] }
    var table = TextTable(columns)
    for figure in shown {
      var cells = [say(label: figure.label), Unit.text(figure.unit), Self.number(figure.values[0])]
      for value in figure.values.dropFirst() {
        cells += [Self.number(value), Self.change(figure.values[0], value, figure.unit)]
      }
      table.add(cells)
    }
    return table.text
  }

  private var outcomes: String {
    let totals = comparison.totals
    guard !totals.isEmpty else { return "" }
    var table = TextTable([
      .init(say("promised against realised"), .left), .init(say("period"), .left), .init(say("promised")),
      .init(say("realised")),
      .init(say("change")),
    ])
    for total in totals {
      table.add(
        say("\(say(word: total.measure.rawValue)) (\(say(word: total.basis)))"), total.period.description,
        Self.number(total.promised),
        Self.number(total.realised), Self.change(total.promised, total.realised))
    }
    return table.text
  }

  private var movements: String {
    guard !comparison.movements.isEmpty else { return "" }
    var table = TextTable([
      .init(say("before and after"), .left), .init(say("region"), .left), .init(say("period"), .left),
      .init(say("before")),
      .init(say("period"), .left), .init(say("after")), .init(say("change")),
    ])
    for item in comparison.movements {
      table.add(
        say(word: item.measure.rawValue), item.id, item.before.description, NumberText.digits(item.amountBefore, 4),
        item.after.description, NumberText.digits(item.amountAfter, 4), Self.change(item.amountBefore, item.amountAfter)
      )
    }
    return table.text
  }

  private static func number(_ value: Double?) -> String {
    guard let value else { return "" }
    return value.magnitude >= 1000 ? NumberText.grouped(value) : NumberText.digits(value, 5)
  }

  /// Nothing where the two agree or one is missing.
  private static func change(_ base: Double?, _ value: Double?, _ unit: String = "") -> String {
    guard let base, let value, base != value else { return "" }
    return FigureText.change(from: base, to: value, unit: unit)
  }
}
