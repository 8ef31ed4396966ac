import Allocation
import ChannelTypes
public import ModelTasks
import Specifications
import Tables

/// The answer to a problem file, for the terminal.
public struct AllocationText: Sendable {
  private let task: AllocationTask

  public init(_ task: AllocationTask) { self.task = task }

  public var text: String {
    ([header] + [solution, prices, binding, repairs].filter { !$0.isEmpty }).joined(separator: "\n") + "\n"
  }

  private var answer: AllocationAnswer { task.answer }

  private var header: String {
    let title = task.file.name.map { "\(task.file.kind): \($0)" } ?? task.file.kind
    guard let objective = answer.objective else { return "\(title): \(answer.status.rawValue)\n" }
    var line = "\(title): \(answer.status.rawValue), \(answer.sense.rawValue) \(written(objective))"
    if let bound = answer.bound, let gap = answer.relativeGap {
      line += ", bound \(written(bound)), gap \(gap == 0 ? "0" : short(gap))"
    }
    return line + "\n"
  }

  private var solution: String {
    guard case .object(let members) = answer.solution else { return "" }
    return members.map { block($0.name, $0.value) }.joined(separator: "\n")
  }

  private func block(_ name: String, _ value: JSONValue) -> String {
    switch value {
    case .array(let rows):
      if let table = table(rows) { return "\(name)\n" + table.map { "  \($0)\n" }.joined() }
      return "\(name): \(rows.map(cell).joined(separator: ", "))\n"
    case .object(let members):
      var table = TextTable([TextTable.Column("", .left), TextTable.Column("")])
      for member in members { table.add(member.name, cell(member.value)) }
      return "\(name)\n" + table.lines().map { "  \($0)\n" }.joined()
    default: return "\(name): \(cell(value))\n"
    }
  }

  /// Objects of the same members as a table; nil for anything else.
  private func table(_ rows: [JSONValue]) -> [String]? {
    guard case .object(let first)? = rows.first else { return nil }
    var table = TextTable(first.map { TextTable.Column($0.name, $0.value.isText ? .left : .right) })
    for row in rows {
      guard case .object(let members) = row, members.count <= first.count else { return nil }
      table.add(members.map { cell($0.value) })
    }
    return table.lines()
  }

  private func cell(_ value: JSONValue) -> String {
    switch value {
    case .null: "–"
    case .bool(let flag): flag ? "yes" : "no"
    case .number(let number): written(number)
    case .string(let text): text
    case .array(let values): values.map(cell).joined(separator: " ")
    default: value.compact
    }
  }

  private var prices: String {
    guard !answer.prices.isEmpty else { return "" }
    var table = TextTable([
      TextTable.Column("limit", .left), TextTable.Column("value"), TextTable.Column("one unit less"),
      TextTable.Column("one unit more"), TextTable.Column("from"), TextTable.Column("to"),
    ])
    for price in answer.prices {
      table.add(
        price.limit, written(price.value), written(price.left), written(price.right), written(price.from),
        written(price.to))
    }
    return "prices: change of the objective per unit of each limit\n" + table.lines().map { "  \($0)\n" }.joined()
  }

  private var binding: String { answer.binding.isEmpty ? "" : "held by: \(answer.binding.joined(separator: ", "))\n" }

  private var repairs: String {
    guard let conflict = answer.conflict, !conflict.repairs.isEmpty else { return "" }
    let lines = conflict.repairs.enumerated().map { index, repair in
      let changes = repair.changes.map { "\($0.limit) \(written($0.from)) → \(written($0.to))" }
      let cost = repair.cost.map { " (costs \(written($0)))" } ?? ""
      return "  \(index + 1). \(changes.joined(separator: ", "))\(cost)\n"
    }
    return "repairs, cheapest first\n" + lines.joined()
  }

  /// Ten significant digits: what a person can compare, without the noise of the last bits.
  private func written(_ number: Double) -> String {
    number.isFinite ? NumberText.digits(number, 10) : number.isNaN ? "–" : number > 0 ? "∞" : "-∞"
  }
  private func short(_ number: Double) -> String { NumberText.digits(number, 2) }
}

extension JSONValue {
  fileprivate var isText: Bool { if case .string = self { true } else { false } }
}
