import ChannelTypes
import Planning
public import Tables

/// Rows of text in aligned columns, for the terminal and for Markdown.
///
/// Cells are measured in terminal cells, so that Chinese names stay in line; control characters of the data are shown
/// as pictures.
public struct TextTable: Sendable {
  public enum Alignment: Sendable { case left, right }

  public struct Column: Sendable {
    public var title: String
    public var alignment: Alignment

    public init(_ title: String, _ alignment: Alignment = .right) {
      self.title = title
      self.alignment = alignment
    }
  }

  public let columns: [Column]
  public private(set) var rows: [[String]] = []
  /// Blanks between columns.
  public var gap = 3

  public init(_ columns: [Column]) { self.columns = columns }

  /// Appends a row; missing cells at its end are empty.
  public mutating func add(_ cells: [String]) {
    precondition(cells.count <= columns.count, "a row has more cells than the table has columns")
    rows.append(cells.map(TerminalText.safe) + Array(repeating: "", count: columns.count - cells.count))
  }

  public mutating func add(_ cells: String...) { add(cells) }

  /// The header and the rows, a line each, without trailing blanks.
  public func lines() -> [String] {
    let titles = columns.map(\.title)
    let widths = columns.indices.map { index in
      ([titles] + rows).map { TerminalText.width($0[index]) }.max() ?? 0
    }
    let blank = String(repeating: " ", count: gap)
    let body = titles.allSatisfy(\.isEmpty) ? rows : [titles] + rows
    return body.map { row in
      var line = columns.indices.map { index in
        TerminalText.padded(row[index], to: widths[index], alignment: columns[index].alignment)
      }.joined(separator: blank)
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }

  /// The lines, each ended by a newline.
  public var text: String { lines().map { $0 + "\n" }.joined() }

  /// The same as a Markdown table.
  public var markdown: String {
    func line(_ cells: [String]) -> String {
      "| "
        + cells.map { $0.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|") }
        .joined(separator: " | ") + " |\n"
    }
    return line(columns.map(\.title)) + line(columns.map { $0.alignment == .left ? ":--" : "--:" })
      + rows.map(line).joined()
  }
}

extension TextTable {
  /// The first `limit` rows of a table, numbers grouped and to the right; titles and the program's own words are in
  /// the current language, ids and names as they stand.
  ///
  /// - Parameter isPlain: whether English titles are written with blanks; files have underscores.
  public init(_ table: Table, limit: Int = .max, isPlain: Bool = true) {
    self.init(
      table.columns.map { column in
        Column(
          ColumnTitle.text(column.name, isPlain: isPlain),
          column.type == .text || column.type == .period ? .left : .right)
      })
    let isOurs = table.columns.map { Language.current != .english && ColumnTitle.holdsWords($0.name) }
    for row in 0..<min(limit, table.rowCount) {
      add(
        zip(table.columns, isOurs).map { column, isOurs in
          let text = column.displayText(row)
          return isOurs || ColumnTitle.isWord(text, in: column.name) ? say(label: text) : text
        })
    }
  }
}

extension Tables.Column {
  /// The cell as people read it: numbers grouped, money to the unit where it is whole; empty where unknown.
  func displayText(_ row: Int) -> String {
    guard isKnown(row) else { return "" }
    switch values {
    case .text, .period: return text(row) ?? ""
    case .integer(let values): return NumberText.grouped(Int(values[row]))
    case .money(let values):
      return NumberText.grouped(values[row], decimals: values[row] == values[row].rounded(decimals: 0) ? 0 : 2)
    case .real(let values):
      let value = values[row]
      return value == value.rounded() && value.magnitude < 1e15
        ? NumberText.grouped(value) : NumberText.significant(value)
    }
  }
}
