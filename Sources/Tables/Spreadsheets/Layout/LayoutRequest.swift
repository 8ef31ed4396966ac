/// What a reader looks for in a sheet: the layout of a sheet is recognised by what it is read for.
struct LayoutRequest {
  /// What is read from a column of the sheet.
  struct Target {
    var type: ColumnType
    /// 15 % is 15 in the table, where a share would be 0.15.
    var isPercentage = false
    var hasVocabulary = false
    var isNumber: Bool { [.integer, .real, .money].contains(type) }
  }

  /// A number that the columns of months could hold.
  struct Figure: Equatable {
    /// The name in the header.
    var name: String
    /// The name in the plan.
    var column: String
    var isRequired: Bool
    /// Whether the plan maps it by name.
    var isMapped: Bool
  }

  var table: String
  /// By the name in the header.
  var targets: [String: Target] = [:]
  /// The header of the column of periods; nil for a table that has none.
  var period: String?
  /// The figure that the plan says the columns of months hold.
  var figure: Figure?
  /// The figures that they could hold.
  var figures: [Figure] = []
  /// Headers that expressions of the plan name: the plan knows their units.
  var operands: Set<String> = []

  /// For a table with a schema: headers are those of the plan's mapping.
  init(_ schema: Schema, _ reference: TableReference) {
    table = schema.table
    for column in schema.columns {
      let target = Target(
        type: column.type, isPercentage: column.unit == "%" || column.name.hasSuffix("_pct"),
        hasVocabulary: column.vocabulary != nil)
      let origin = reference.columns[column.name]
      var header = column.name
      switch origin {
      case .named(let name), .converted(let name, _): header = name
      case .constant, .rowNumber: continue
      case .expression(let text):
        if let expression = try? Expression(text) { operands.formUnion(expression.operands.map(\.name)) }
        continue
      case nil: break
      }
      targets[header] = target
      if column.type == .period, column.isRequired, period == nil { period = header }
      if target.isNumber {
        figures.append(
          Figure(name: header, column: column.name, isRequired: column.isRequired, isMapped: origin != nil))
      }
    }
    for (name, origin) in reference.columns where schema[column: name] == nil {
      if case .expression(let text) = origin, let expression = try? Expression(text) {
        operands.formUnion(expression.operands.map(\.name))
      }
    }
    if let wide = reference.wideFigure {
      figure =
        figures.first { $0.column == wide }
        ?? Figure(name: wide, column: wide, isRequired: true, isMapped: true)
    }
  }

  /// For a table whose columns are named by a command.
  init(_ columns: LongTableColumns) {
    table = "table"
    for name in columns.ids + columns.texts { targets[name] = Target(type: .text) }
    for name in columns.numbers { targets[name] = Target(type: .real) }
    targets[columns.value] = Target(type: .real)
    targets[columns.time] = Target(type: .period)
    period = columns.time
    figure = Figure(name: columns.value, column: columns.value, isRequired: true, isMapped: true)
  }

  /// For a look at the header only.
  init(table: String) { self.table = table }
}
