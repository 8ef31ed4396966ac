import Specifications
import Tables

/// Reads `data:`: `sales: data/sales.csv` or `sales: {file: …, columns: {partner_id: store, region: {const: all}}}`.
///
/// A file may be a sheet of a workbook, `plan.xlsx#2025`; `wide: sell_out_qty` says which figure its columns of months
/// hold.
struct DataDecoder {
  let folder: PlanFolder
  let periodsAreNumbers: Bool

  func decode(_ cursor: inout MappingCursor) -> [InputTable: TableReference] {
    var tables: [InputTable: TableReference] = [:]
    for table in InputTable.allCases {
      let key = table.rawValue
      switch cursor.shape(of: key) {
      case nil: cursor.expect(key)
      case .section:
        cursor.section(key) { section in
          let figure = section.read("wide", as: .text)
          guard let path = section.require("file", as: .text.checked(Self.sourceComplaint)) else {
            section.keepSection("columns")
            return
          }
          let columns = section.section("columns") { origins(&$0) }
          tables[table] = reference(path, columns, figure: figure?.value)
        }
      case .value, .list:
        guard let path = cursor.require(key, as: .text.checked(Self.sourceComplaint)) else { continue }
        tables[table] = reference(path, [:])
      }
    }
    return tables
  }

  private func reference(
    _ path: Located<String>, _ columns: [String: ColumnOrigin], figure: String? = nil
  ) -> TableReference {
    TableReference(
      path: folder.path(path.value), columns: columns, periodsAreNumbers: periodsAreNumbers, wideFigure: figure,
      at: path.place)
  }

  private func origins(_ cursor: inout MappingCursor) -> [String: ColumnOrigin] {
    var columns: [String: ColumnOrigin] = [:]
    for name in cursor.keys {
      if cursor.shape(of: name) == .section {
        cursor.section(name) { origin in
          if let found = self.origin(&origin) { columns[name] = found }
        }
      } else if let column = cursor.require(name, as: .text) {
        columns[name] = .named(column.value)
      }
    }
    return columns
  }

  /// `{const: all}`, `{expr: units * price}`, `{row: number}`, or a column and how its cells are written:
  /// `{column: 日期, dates: ymd}`, `{column: 渠道, words: {线上: online}}`, `{column: 金额, numbers: grouped}`.
  private func origin(_ cursor: inout MappingCursor) -> ColumnOrigin? {
    let constant = cursor.read("const", as: .text)
    let expression = cursor.read("expr", as: .text)
    let row = cursor.read("row", as: .word(of: ["number"], "number"))
    let column = cursor.read("column", as: .text)
    let dates: Located<DateOrder>? = cursor.read("dates", as: .choice)
    let numbers = cursor.read("numbers", as: .word(of: ["grouped"], "grouped"))
    var words: [CellConversion.WordPair] = []
    cursor.section("words") { section in
      for written in section.keys {
        guard let meant = section.require(written, as: .text) else { continue }
        words.append(CellConversion.WordPair(written: written, meant: meant.value))
      }
    }
    var conversions: [CellConversion] = []
    if let dates { conversions.append(.dates(dates.value)) }
    if numbers != nil { conversions.append(.groupedNumbers) }
    if !words.isEmpty { conversions.append(.words(words)) }
    switch (constant, expression, row, column, conversions.count) {
    case (let constant?, nil, nil, nil, 0): return .constant(constant.value)
    case (nil, let expression?, nil, nil, 0): return .expression(expression.value)
    case (nil, nil, _?, nil, 0): return .rowNumber
    case (nil, nil, nil, let column?, 0): return .named(column.value)
    case (nil, nil, nil, let column?, 1): return .converted(column.value, conversions[0])
    default:
      cursor.report(
        SpecificationCodes.wrongShape,
        "`\(cursor.path.joined(separator: "."))` needs one of `const`, `expr`, `column` and `row`", at: cursor.origin,
        hint: "write {const: all}, {expr: units * price}, {row: number}, or {column: NAME} with one of `dates`,"
          + " `numbers` and `words`")
      return nil
    }
  }

  private static func sourceComplaint(_ path: String) -> ScalarFormat<String>.Complaint? {
    let schemes = ["sqlite:", "postgres:", "postgresql:", "duckdb:", "http:", "https:", "s3:"]
    let endings = [".parquet", ".xls", ".json", ".zip", ".db", ".sqlite"]
    let lowered = path.lowercased()
    let isForeign = schemes.contains(where: lowered.hasPrefix) || endings.contains(where: lowered.hasSuffix)
    guard isForeign || path.contains("*") else { return nil }
    return .init(
      PlanCodes.unsupportedSource, .error, "`\(path)` is neither a CSV file nor an .xlsx workbook",
      hint: "export it as .csv, .csv.gz or .xlsx and name that file")
  }
}
