/// The place of a cell in a sheet, counting from 1: `C12` is row 12, column 3.
public struct CellAddress: Hashable, Sendable, CustomStringConvertible {
  public var row: Int
  public var column: Int

  /// The most that a sheet has (ECMA-376, 18.3.1.73 and 18.3.1.13).
  static let lastRow = 1_048_576
  static let lastColumn = 16_384

  public init(row: Int, column: Int) {
    self.row = row
    self.column = column
  }

  /// Reads `C12`, also `$C$12`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    let bytes = text.utf8.filter { $0 != UInt8(ascii: "$") }
    guard let address = bytes.withUnsafeBufferPointer({ CellAddress(bytes: $0) }) else { return nil }
    self = address
  }

  /// The reader of `r="C12"` in the cells of a sheet.
  init?(bytes: UnsafeBufferPointer<UInt8>) {
    var column = 0
    var place = 0
    while place < bytes.count, case let letter = bytes[place] & 0xDF, letter &- 65 < 26, place < 4 {
      column = column * 26 + Int(letter) - 64
      place += 1
    }
    var row = 0
    let firstDigit = place
    while place < bytes.count, bytes[place] &- 48 < 10, place - firstDigit < 8 {
      row = row * 10 + Int(bytes[place]) - 48
      place += 1
    }
    guard place == bytes.count, (1...Self.lastRow).contains(row), (1...Self.lastColumn).contains(column) else {
      return nil
    }
    self.init(row: row, column: column)
  }

  /// The letters of a column: 1 is `A`, 28 is `AB`.
  public static func letters(ofColumn column: Int) -> String {
    var rest = column
    var letters: [Character] = []
    while rest > 0 {
      letters.append(Character(Unicode.Scalar(UInt8(65 + (rest - 1) % 26))))
      rest = (rest - 1) / 26
    }
    return String(letters.reversed())
  }

  public var description: String { Self.letters(ofColumn: column) + String(row) }
}

/// A rectangle of cells, ends included: `C3:N3`.
public struct CellRange: Hashable, Sendable, CustomStringConvertible {
  public var first: CellAddress
  public var last: CellAddress

  public init(_ first: CellAddress, _ last: CellAddress) {
    self.first = first
    self.last = last
  }

  /// Reads `C3:N3`, and `C3` as a range of one cell; nil where the ends are in the wrong order.
  public init?(_ text: some StringProtocol) {
    let ends = text.split(separator: ":", omittingEmptySubsequences: false)
    guard ends.count <= 2, let first = CellAddress(ends[0]), let last = CellAddress(ends[ends.count - 1]),
      first.row <= last.row, first.column <= last.column
    else { return nil }
    self.init(first, last)
  }

  public func contains(_ address: CellAddress) -> Bool {
    (first.row...last.row).contains(address.row) && (first.column...last.column).contains(address.column)
  }

  public var description: String { first == last ? "\(first)" : "\(first):\(last)" }
}
