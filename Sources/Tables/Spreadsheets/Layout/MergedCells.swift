/// Merged ranges of the body of a table: what stands in the first cell holds for all of them.
struct MergedCells {
  /// By column, from top to bottom.
  private var ranges: [Int: [CellRange]] = [:]
  /// The first columns and rows in which a merged cell was used.
  private(set) var used: Set<Int> = []

  init(_ sheet: Spreadsheet.Sheet, columns: [Int], from row: Int) {
    let wanted = Set(columns)
    for range in sheet.mergedRanges where range.last.row > row {
      for column in range.first.column...range.last.column where wanted.contains(column) {
        ranges[column, default: []].append(range)
      }
    }
    for column in ranges.keys { ranges[column]?.sort { $0.first.row < $1.first.row } }
  }

  /// The cell whose content holds for an empty one; nil where that is not merged.
  mutating func origin(row: Int, column: Int) -> CellAddress? {
    guard let list = ranges[column] else { return nil }
    var low = 0
    var high = list.count
    while low < high {
      let middle = (low + high) / 2
      if list[middle].first.row <= row { low = middle + 1 } else { high = middle }
    }
    guard low > 0, list[low - 1].last.row >= row else { return nil }
    used.insert(column)
    return list[low - 1].first
  }
}
