import Allocation
import Demand
import Tables

/// `kind: response_curves`
enum ResponseCurvesDecoder {
  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let seed = UInt64(root.read("seed", as: .integer(.atLeast(0)), default: 1).value)
    let season = root.read("season_length", as: .integer(.atLeast(1)), default: 12).value
    let period = root.require("period", as: .text)?.value
    let region = root.read("region", as: .text)?.value
    let outcome = root.require("outcome", as: .text)?.value
    let spend = root.list("spend", of: .text).map(\.value)
    let controls = root.list("controls", of: .text).map(\.value)
    if spend.isEmpty {
      root.report(
        SpecificationCodes.missingKey, "`spend` names no column", at: root.origin(of: "spend"),
        hint: "list the columns of spend: `spend: [ads, training]`")
    }
    guard let period, let outcome, !spend.isEmpty else {
      root.keepSection("history")
      return nil
    }
    let schema = Schema(
      "history", key: [region, period].compactMap(\.self),
      [ColumnSchema(period, .text, required: true), ColumnSchema(outcome, .real)]
        + (region.map { [ColumnSchema($0, .text, required: true)] } ?? [])
        + spend.map { ColumnSchema($0, .real, required: true, range: 0...Double.greatestFiniteMagnitude) }
        + controls.map { ColumnSchema($0, .real, required: true) })
    guard let table = root.table("history", schema) else { return nil }
    let cells = Cells(table, region: region, period: period)
    guard cells.missing.isEmpty else {
      root.report(
        AllocationFileCodes.missingName, "\(cells.missing.count) rows of regions × periods are missing",
        at: root.origin(of: "history"), hint: "every region needs a row for every period",
        notes: cells.missing.prefix(3).map { "no row for \($0)" })
      return nil
    }
    func panel(_ column: String) -> [Double] {
      let values = table.numbers(column)
      return cells.rows.map { values[$0] }
    }
    return ResponseCurvesProblem(
      panel: ResponsePanel(
        regions: cells.regions, spendTypes: spend, periodCount: cells.periodCount, outcome: panel(outcome),
        spend: spend.map(panel), controls: controls.map { ResponsePanel.Control(name: $0, values: panel($0)) },
        seasonLength: season), seed: seed)
  }

  /// Rows of a table as regions × periods; periods in the order of their texts, which dates and numbers of equal width
  /// sort by.
  private struct Cells {
    var regions: [String] = []
    var periodCount = 0
    /// Region-major: the row of each cell.
    var rows: [Int] = []
    var missing: [String] = []

    init(_ table: ProblemTable, region: String?, period: String) {
      let periods = table.names(period)
      let names = region.map { table.names($0) } ?? Array(repeating: "all", count: table.count)
      var seen: Set<String> = []
      regions = names.filter { seen.insert($0).inserted }
      let order = Set(periods).sorted { left, right in
        if let left = Double(left), let right = Double(right) { return left < right }
        return left < right
      }
      periodCount = order.count
      var rowOf: [String: Int] = [:]
      for row in periods.indices { rowOf[names[row] + "\u{0}" + periods[row]] = row }
      for region in regions {
        for period in order {
          if let row = rowOf[region + "\u{0}" + period] {
            rows.append(row)
          } else {
            missing.append("\(region), \(period)")
          }
        }
      }
    }
  }
}
