/// A workbook (`.xlsx`, Office Open XML) as it stands in a file: its sheets with their cells as typed values.
///
/// Formulas are read by the result that was stored with them; nothing is computed. Charts, comments and pictures are
/// left alone. A workbook is the place where people keep plans, so that the reader keeps what a plan needs to be read
/// back: text, numbers, dates, errors, merged ranges, which sheets are hidden and which cells are locked.
///
/// Source: ECMA-376, Office Open XML File Formats, part 1 (SpreadsheetML) and part 2 (packaging), 5th edition; both
/// the transitional and the strict form are read.
public struct Spreadsheet: Sendable {
  /// The path as the user wrote it.
  public let file: String
  /// In the order of the tabs; hidden ones too.
  public let sheets: [Sheet]

  /// The sheet of this name, upper and lower case alike, as in the application.
  public subscript(sheet name: String) -> Sheet? {
    sheets.first { $0.name == name } ?? sheets.first { $0.name.lowercased() == name.lowercased() }
  }

  /// What is read at most, so that a small file cannot fill the memory (a “zip bomb”).
  public struct Limits: Sendable, Hashable {
    /// Bytes of all parts of a workbook after decompression.
    public var bytes: Int
    /// Cells of all sheets.
    public var cells: Int

    public init(bytes: Int = 1 << 30, cells: Int = 20_000_000) {
      self.bytes = bytes
      self.cells = cells
    }
  }

  /// Reads a workbook whole.
  ///
  /// A file that is no workbook, is damaged or encrypted, or goes beyond the limits is an error among the findings,
  /// with sheet and cell where they are known.
  ///
  /// - Parameters:
  ///   - displayPath: the path for messages; nil for `path` itself.
  /// - Returns: nil where there is an error.
  /// - Complexity: O(bytes of the parts after decompression), in one pass without a tree; 16 bytes of memory for each
  ///   cell, and each distinct text once.
  public static func read(
    _ path: String, displayPath: String? = nil, limits: Limits = Limits(), findings: inout Findings
  ) -> Spreadsheet? {
    let file = displayPath ?? path
    do throws(SpreadsheetFailure) {
      let reader = try SpreadsheetReader(path: path, limits: limits)
      var sheets: [Sheet] = []
      for index in reader.sheets.indices { sheets.append(try reader.sheet(index)) }
      return Spreadsheet(file: file, sheets: sheets)
    } catch {
      findings.add(error.diagnostic(file: file, path: path))
      return nil
    }
  }

  /// What a cell holds.
  public enum Value: Sendable, Hashable {
    case text(String)
    /// As it is stored: a number in binary floating point, of which applications show 15 digits.
    case number(Double)
    case boolean(Bool)
    /// A number that its format shows as a date.
    case date(SpreadsheetDate)
    /// `#N/A`, `#DIV/0!`: a formula that has no result.
    case error(String)
  }

  /// One cell that holds something.
  public struct Cell: Sendable, Hashable {
    public let value: Value
    /// Whether the value is the stored result of a formula.
    public let isFormula: Bool
    /// Whether the cell may not be edited while its sheet is protected; cells are locked unless their style says
    /// otherwise.
    public let isLocked: Bool
    /// Whether the number is shown as a percentage: 0.15 as 15 %.
    public let isPercentage: Bool
  }

  /// One sheet. Rows and columns count from 1, as the application shows them.
  public struct Sheet: Sendable {
    public let name: String
    public let isHidden: Bool
    /// Whether locked cells cannot be edited.
    public let isProtected: Bool
    public let mergedRanges: [CellRange]
    /// Formulas without a stored result, which happens where a program wrote the file and no application has opened
    /// it since; their cells are empty here.
    public let formulasWithoutResult: [CellAddress]
    let grid: SheetGrid

    /// The last row and the last column that hold something; 0 for an empty sheet.
    public var lastRow: Int { grid.rows.last.map { Int($0.number) } ?? 0 }
    public var lastColumn: Int { grid.lastColumn }

    /// The cell at a place; nil where it is empty. O(log rows + log cells of the row).
    public func cell(row: Int, column: Int) -> Cell? { grid.index(row, column).map(grid.cell) }

    public subscript(_ address: CellAddress) -> Cell? { cell(row: address.row, column: address.column) }

    /// What the cell holds, by the address as it is written: `sheet["C12"]`.
    public subscript(_ address: String) -> Value? { CellAddress(address).flatMap { self[$0]?.value } }

    /// Calls `body` for every cell that holds something, row by row from left to right.
    public func forEachCell(_ body: (CellAddress, Cell) -> Void) {
      for index in grid.cells.indices { body(grid.address(index), grid.cell(index)) }
    }
  }
}
