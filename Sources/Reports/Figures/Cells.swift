import ChannelTypes
import Tables

/// One column of an output table, read leniently: a table of a run that was just made has typed columns, one read
/// again from its file may hold text. What is absent or unknown is empty text, NaN, or nil.
struct Cells {
  private let column: Column?

  func text(_ row: Int) -> String { column?.text(row) ?? "" }

  func number(_ row: Int) -> Double {
    guard let column else { return .nan }
    switch column.values {
    case .text(let values): return values[row].flatMap(Double.init) ?? .nan
    case .period: return .nan
    default: return column.number(row)
    }
  }

  func period(_ row: Int) -> Period? {
    guard let column else { return nil }
    if case .period(let values) = column.values { return values[row] }
    return column.text(row).flatMap { Period($0) ?? Period($0, asNumber: true) }
  }

  /// Flags are written as 1 and 0, or as true and false.
  func flag(_ row: Int) -> Bool { ["1", "true", "yes"].contains(text(row)) }

  fileprivate init(_ column: Column?) { self.column = column }
}

extension Table {
  func cells(_ name: String) -> Cells { Cells(self[column: name]) }
}

extension RunView {
  /// A table that is there and has rows.
  func filled(_ name: String) -> Table? {
    guard let table = tables[name], table.rowCount > 0 else { return nil }
    return table
  }

  func setting(_ key: String) -> String? { settings.first { $0.key == key }?.value }

  /// What a sum of the forecast measure counts: units, or money of the plan's currency.
  var measureUnit: String {
    (setting("forecast.measure") ?? "").hasSuffix("_value") ? currency : "units"
  }
}

/// A sum in which unknown numbers do not count.
func knownSum(_ values: some Sequence<Double>) -> Double { values.reduce(0) { $1.isFinite ? $0 + $1 : $0 } }
