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
          let constant = origin.read("const", as: .text)
          let expression = origin.read("expr", as: .text)
          switch (constant, expression) {
          case (let constant?, nil): columns[name] = .constant(constant.value)
          case (nil, let expression?): columns[name] = .expression(expression.value)
          default:
            origin.report(
              SpecificationCodes.wrongShape, "`\(origin.path.joined(separator: "."))` needs either `const` or `expr`",
              at: origin.origin, hint: "write {const: all} or {expr: units * price}")
          }
        }
      } else if let column = cursor.require(name, as: .text) {
        columns[name] = .named(column.value)
      }
    }
    return columns
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
