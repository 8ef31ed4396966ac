import ChannelTypes
import Tables

/// Turns what was matched into the lines of a mapping, with units, conversions, constants and questions.
struct ColumnMapper {
  /// A column of the file that its values speak for, and no name.
  struct Proposal {
    var field: Int
    var question: String?
  }

  private let file: SampledFile
  private let match: TableMatch
  private let schema: Schema
  private let joins: [String: String]
  private let doubts: [String: String]
  private let replaced: [String: Int]
  private let proposed: [String: Proposal]
  private(set) var mappings: [PlanDraft.Mapping] = []
  /// Columns of the file that expressions use.
  private(set) var usedNames: Set<String> = []

  init(
    _ file: SampledFile, _ match: TableMatch, joins: [String: String], doubts: [String: String],
    replaced: [String: Int], proposed: [String: Proposal] = [:]
  ) {
    self.file = file
    self.match = match
    self.joins = joins
    self.doubts = doubts
    self.replaced = replaced
    self.proposed = proposed
    schema = InputSchemas.schema(for: match.table)
  }

  mutating func add(_ column: String, _ origin: ColumnOrigin, _ reason: String, question: String?) {
    mappings.append(PlanDraft.Mapping(column: column, origin: origin, reason: reason, question: question))
  }

  /// The mapping in the order of the schema.
  mutating func map() {
    for column in schema.columns {
      if column.name == "period", mapParts() { continue }
      if let found = match[column.name] {
        map(found)
      } else if let proposal = proposed[column.name] {
        let reason = ["by its values", joins[column.name]].compactMap(\.self).joined(separator: "; ")
        add(column.name, .named(file.columns[proposal.field].name), reason, question: proposal.question)
      } else if column.isRequired, let constant = TableMatch.fillable[match.table]?[column.name] {
        add(
          column.name, .constant(constant), "no column for it",
          question: "no column names \(Self.noun(column)); is one of \(list(file.columns.map(\.name)))?")
      }
    }
    if match.table == .sales { standIn() }
  }

  private static func noun(_ column: ColumnSchema) -> String {
    column.meaning.prefix(1).lowercased() + column.meaning.dropFirst()
  }

  private func list(_ names: [String]) -> String {
    let shown = names.filter { !$0.isEmpty }.prefix(8).map { "`\($0)`" }.joined(separator: ", ")
    return names.count > 8 ? shown + ", …" : shown
  }

  /// Year and month in two columns make the period, where no column holds both.
  private mutating func mapParts() -> Bool {
    guard let parts = PeriodParts(file) else { return false }
    if let period = match["period"], case .plain(let form)? = file.columns[period.field].reading, form != .year {
      return false
    }
    add("period", parts.origin, "year and month stand in two columns", question: nil)
    usedNames.formUnion([parts.year.name, parts.month.name])
    return true
  }

  private mutating func map(_ found: ColumnMatch) {
    let name = found.column.name
    let cells = file.columns[replaced[name] ?? found.field]
    var reasons = [replaced[name] != nil ? "values" : found.score >= TableMatch.certain ? "name" : "part of the name"]
    var question = found.fit.question ?? doubts[name]
    var origin: ColumnOrigin = found.fit.conversion.map { .converted(cells.name, $0) } ?? .named(cells.name)
    if let join = joins[name] { reasons.append(join) }
    if found.column.type == .period, let first = cells.distinct.first, let last = cells.distinct.last {
      reasons.append(first == last ? "such as \(first)" : "\(first) … \(last)")
    }
    if let factor = Self.factor(cells.header.unit), found.column.unit == InputSchemas.currency {
      if cells.name.contains("`") || found.fit.conversion != nil {
        question = "the amounts are in units of \(factor); write them out in the export"
      } else {
        origin = .expression("`\(cells.name)` * \(factor)")
        usedNames.insert(cells.name)
        reasons.append("in \(cells.header.unit)")
      }
    }
    if question == nil, replaced[name] == nil {
      if !found.rivals.isEmpty {
        question = "or \(list(found.rivals.map { file.columns[$0].name }))?"
      } else if found.score < TableMatch.certain {
        question = "is `\(cells.name)` \(Self.noun(found.column))?"
      }
    }
    add(name, origin, reasons.joined(separator: "; "), question: question)
  }

  /// Without units, the amounts are what is forecast.
  private mutating func standIn() {
    guard match["sell_out_qty"] == nil, match["sell_in_qty"] == nil else { return }
    let value = mappings.first { $0.column == "sell_out_value" } ?? mappings.first { $0.column == "sell_in_value" }
    guard let value else { return }
    let column = value.column == "sell_out_value" ? "sell_out_qty" : "sell_in_qty"
    add(
      column, value.origin, "amounts stand in for units",
      question: "no column holds units; is one of \(list(file.columns.map(\.name)))?")
  }

  /// By how much amounts in a unit are to be multiplied; nil for the unit itself.
  private static func factor(_ unit: String) -> Int? {
    let chinese: [(word: String, factor: Int)] = [
      ("亿", 100_000_000), ("千万", 10_000_000), ("百万", 1_000_000), ("十万", 100_000), ("万", 10_000), ("千", 1000),
    ]
    if let found = chinese.first(where: { unit.contains($0.word) }) { return found.factor }
    let words = unit.split { !$0.isLetter }.map(String.init)
    if words.contains(where: ["million", "millions", "mn", "mio"].contains) { return 1_000_000 }
    if words.contains(where: ["thousand", "thousands", "k", "tsd"].contains) { return 1000 }
    return nil
  }
}
