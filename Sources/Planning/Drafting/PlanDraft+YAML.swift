import ChannelTypes
import Specifications
import Tables

extension PlanDraft {
  /// The plan file: each line with its reason, each doubt as a comment that begins with `# ?`.
  ///
  /// - Parameters:
  ///   - folder: The path of the data from the folder of the plan; empty for the same folder.
  ///   - origin: What the user named as the folder, for the first line.
  /// Text of the files stays text: names are quoted where they are not plain words, and comments hold one line each.
  public func yaml(folder: String, origin: String) -> String {
    var lines = YAMLLines()
    lines.comment(
      "Drafted from the files in \(origin). Each line has its reason; lines that begin with `# ?` are questions:")
    lines.comment("answer them by editing the line below, and delete the comment.")
    lines.add("version: 1")
    lines.add("name: \(YAMLText.scalar(name, isText: true))")
    lines.question(currency.question)
    lines.add("currency: \(currency.value)", currency.reason)
    lines.add("calendar:")
    lines.question(frequency.question, depth: 1)
    lines.add("  frequency: \(frequency.value.rawValue)", frequency.reason)
    if usesChineseCalendar { lines.add("  holidays: cn", "names are Chinese: Lunar New Year, 618, 11.11") }
    lines.add("")
    lines.comment("Paths start from the folder of this plan. Columns that are not listed keep their names.")
    lines.add("data:")
    lines.question(salesQuestion, depth: 1)
    for table in tables { lines.add(table, folder: folder) }
    if tables.allSatisfy({ $0.obstacle != nil }) { lines.add("  {}") }
    addLeftOut(&lines)
    lines.add("")
    lines.add("hierarchy: [\(levels.joined(separator: ", "))]", "every level is forecast, and the levels add up")
    lines.add("forecast:")
    lines.question(measure.question, depth: 1)
    lines.add("  measure: \(measure.value.rawValue)", measure.reason)
    lines.question(horizon.question, depth: 1)
    lines.add("  horizon: \(horizon.value)", horizon.reason)
    lines.add("  levels: [50, 80, 95]", "central intervals in percent")
    if usesChineseCalendar { lines.add("  events: cn") }
    return lines.text
  }

  private var usesChineseCalendar: Bool {
    hasChineseNames && [.day, .week, .month].contains(frequency.value)
      && self[.sales].map { !($0["period"]?.question?.hasPrefix("running numbers") ?? false) } ?? false
  }

  /// The levels that the tables tell apart.
  private var levels: [String] {
    let places = [self[.sales], self[.partners]].compactMap(\.self).filter { $0.obstacle == nil }
    let hasCity = places.contains { $0["city"] != nil || $0.others.contains("city") }
    return hasCity ? ["region", "city", "partner"] : ["region", "partner"]
  }

  private func addLeftOut(_ lines: inout YAMLLines) {
    guard !leftOut.isEmpty else { return }
    lines.add("")
    for file in leftOut {
      let text = "\(file.file): \(file.reason)"
      if file.isQuestion { lines.question(text) } else { lines.comment("left out: " + text) }
    }
  }
}

/// Lines of a plan file as they are put together.
private struct YAMLLines {
  private var lines: [String] = []

  var text: String { lines.joined(separator: "\n") + "\n" }

  /// Reasons stand in one column where lines are short enough.
  private static let reasonColumn = 44

  mutating func add(_ line: String, _ reason: String? = nil) {
    guard let reason, !reason.isEmpty else {
      lines.append(line)
      return
    }
    let padding = String(repeating: " ", count: max(2, Self.reasonColumn - line.count))
    lines.append(line + padding + "# " + YAMLText.comment(reason))
  }

  mutating func comment(_ text: String) { lines.append("# " + YAMLText.comment(text)) }

  mutating func question(_ text: String?, depth: Int = 0) {
    guard let text else { return }
    lines.append(String(repeating: "  ", count: depth) + "# ? " + YAMLText.comment(text, longest: 400))
  }

  mutating func add(_ table: PlanDraft.TableDraft, folder: String) {
    for question in table.questions { self.question(question, depth: 1) }
    self.question(table.obstacle, depth: 1)
    let mark = table.obstacle == nil ? "  " : "  # "
    let path = folder.isEmpty ? table.file : folder + "/" + table.file
    add("\(mark)\(table.table.rawValue):", "\(table.reason); about \(table.rows) rows; \(table.readAs)")
    add("\(mark)  file: \(YAMLText.scalar(path, isText: true))")
    if let figure = table.wideFigure { add("\(mark)  wide: \(figure)", "what its columns of periods hold") }
    let mapped = table.columns.filter { mapping in
      // A column that has the schema's name needs no line; its doubt does.
      if case .named(let name) = mapping.origin { return name != mapping.column || mapping.question != nil }
      return true
    }
    if !mapped.isEmpty { add("\(mark)  columns:") }
    for mapping in mapped {
      question(mapping.question, depth: 3)
      add("\(mark)    \(mapping.column): \(Self.origin(mapping.origin))", mapping.reason)
    }
    let kept = table.others.filter { InputSchemas.schema(for: table.table)[column: $0] == nil }
    if !kept.isEmpty {
      let shown = kept.prefix(12).map { "`\($0)`" }.joined(separator: ", ") + (kept.count > 12 ? ", …" : "")
      lines.append("\(mark)  # kept under their names: " + YAMLText.comment(shown))
    }
  }

  static func origin(_ origin: ColumnOrigin) -> String {
    func scalar(_ text: String) -> String { YAMLText.scalar(text, isText: true) }
    switch origin {
    case .named(let name): return scalar(name)
    case .constant(let text): return "{const: \(scalar(text))}"
    case .expression(let text): return "{expr: \(scalar(text))}"
    case .rowNumber: return "{row: number}"
    case .converted(let name, .dates(let order)): return "{column: \(scalar(name)), dates: \(order.rawValue)}"
    case .converted(let name, .groupedNumbers): return "{column: \(scalar(name)), numbers: grouped}"
    case .converted(let name, .words(let pairs)):
      let words = pairs.map { "\(scalar($0.written)): \(scalar($0.meant))" }.joined(separator: ", ")
      return "{column: \(scalar(name)), words: {\(words)}}"
    }
  }
}
