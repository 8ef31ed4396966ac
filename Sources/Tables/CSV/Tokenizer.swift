/// Splits text into rows and cells, a block of rows at a time (RFC 4180, and what occurs in practice: a carriage
/// return before the line feed, empty lines, text in quotation marks with line ends).
struct Tokenizer {
  /// Cell positions of some rows. Cell `c` of row `r` lies from `bounds[r·(width+1)+c] + 1` up to
  /// `bounds[r·(width+1)+c+1]`, quotation marks included.
  struct Block {
    let width: Int
    let capacity: Int
    var rowCount = 0
    var bounds: [Int]
    var irregularities: [Irregularity] = []

    init(width: Int) {
      self.width = width
      capacity = max(64, min(1024, 32_768 / (width + 1)))
      bounds = [Int](repeating: 0, count: capacity * (width + 1))
    }
  }

  /// A row that is left out, or a cell that is not written as it should be.
  struct Irregularity {
    enum Kind {
      case fieldCount(Int)
      case openQuote, textAfterQuote
    }
    var kind: Kind
    /// The surplus cells, the end of a row that is too short, or the quoted text.
    var range: Range<Int>

    /// The row ends with the text, so that its length says nothing.
    var isOpenQuote: Bool { if case .openQuote = kind { true } else { false } }
  }

  let bytes: UnsafeBufferPointer<UInt8>
  let separator: UInt8
  let lineEnd: UInt8
  /// Whether the text goes on behind `bytes`: a row that reaches their end is then left for later.
  private let isPartial: Bool
  private(set) var position: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ dialect: CSVDialect, position: Int = 0, isPartial: Bool = false) {
    self.isPartial = isPartial
    self.bytes = bytes
    separator = dialect.separator
    lineEnd = dialect.lineEnd
    self.position = position
  }

  /// Reads the cells of one row, however many there are; nil at the end of the text. For headers and samples.
  mutating func nextRow() -> [Range<Int>]? {
    var irregularities: [Irregularity] = []
    var scan = DelimiterScan(bytes, separator, lineEnd, from: position)
    while position < bytes.count {
      var cells: [Range<Int>] = []
      var start = position
      var end = 0
      repeat {
        end = cellEnd(start, &scan, &irregularities)
        cells.append(start..<end)
        start = end + 1
      } while end < bytes.count && bytes[end] == separator
      position = start
      let last = cells.count - 1
      cells[last] = cells[last].lowerBound..<withoutCarriageReturn(end, from: cells[last].lowerBound)
      if cells.count > 1 || !cells[0].isEmpty { return cells }
    }
    return nil
  }

  /// Fills the block with the next rows; an empty block is the end of the text.
  mutating func next(_ block: inout Block) {
    block.rowCount = 0
    block.irregularities.removeAll(keepingCapacity: true)
    let width = block.width
    let capacity = block.capacity
    var irregularities = block.irregularities
    var rowCount = 0
    let end = bytes.count
    var scan = DelimiterScan(bytes, separator, lineEnd, from: position)
    block.bounds.withUnsafeMutableBufferPointer { bounds in
      while rowCount < capacity, position < end {
        let rowStart = position
        let slot = rowCount &* (width &+ 1)
        bounds[slot] = rowStart - 1
        var cellCount = 0
        var start = rowStart
        var stop = 0
        var surplusStart = rowStart
        while true {
          stop = cellEnd(start, &scan, &irregularities)
          cellCount += 1
          if cellCount <= width { bounds[slot + cellCount] = stop }
          if cellCount == width + 1 { surplusStart = start }
          if stop == end || bytes[stop] != separator { break }
          start = stop + 1
        }
        if stop == end, isPartial {
          irregularities.removeAll { $0.range.lowerBound >= rowStart }
          break
        }
        position = stop + 1
        let contentEnd = withoutCarriageReturn(stop, from: start)
        if cellCount == width, contentEnd > rowStart {
          bounds[slot + width] = contentEnd
          rowCount += 1
        } else if contentEnd > rowStart, irregularities.last?.isOpenQuote != true {
          let range = cellCount > width ? surplusStart..<contentEnd : contentEnd..<contentEnd
          irregularities.append(Irregularity(kind: .fieldCount(cellCount), range: range))
        }
      }
    }
    block.rowCount = rowCount
    block.irregularities = irregularities
  }

  @inline(__always) private func withoutCarriageReturn(_ end: Int, from start: Int) -> Int {
    end > start && bytes[end - 1] == 0x0D ? end - 1 : end
  }

  /// Where the cell that begins at `start` ends: at a separator, a line end, or the end of the text.
  @inline(__always)
  private func cellEnd(_ start: Int, _ scan: inout DelimiterScan, _ irregularities: inout [Irregularity]) -> Int {
    if start < bytes.count, bytes[start] == UInt8(ascii: "\"") { return quotedEnd(start, &scan, &irregularities) }
    return scan.next()
  }

  @inline(never)
  private func quotedEnd(
    _ start: Int, _ scan: inout DelimiterScan, _ irregularities: inout [Irregularity]
  ) -> Int {
    let quote = UInt8(ascii: "\"")
    var place = start + 1
    while true {
      while place < bytes.count, bytes[place] != quote { place += 1 }
      guard place < bytes.count else {
        irregularities.append(Irregularity(kind: .openQuote, range: start..<bytes.count))
        scan = DelimiterScan(bytes, separator, lineEnd, from: bytes.count)
        return bytes.count
      }
      place += 1
      guard place < bytes.count, bytes[place] == quote else { break }
      place += 1
    }
    // After the closing quotation mark: the separator or the line end; blanks are overlooked.
    scan = DelimiterScan(bytes, separator, lineEnd, from: place)
    let end = scan.next()
    let rest = bytes[place..<withoutCarriageReturn(end, from: place)]
    if let first = rest.firstIndex(where: { $0 != UInt8(ascii: " ") }) {
      irregularities.append(Irregularity(kind: .textAfterQuote, range: first..<end))
    }
    return end
  }
}
