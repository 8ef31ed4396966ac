import Glibc

/// The rows of a text table, a stretch of whole rows at a time.
///
/// The bytes of the last, unfinished row are carried over to the next stretch, so that memory is that of one stretch
/// (or of the longest row), whatever the size of the file.
final class RowStream {
  enum Failure: Error {
    case text(EncodedText.Failure)
    /// The bytes are not UTF-8: the file has to be read whole to find its encoding.
    case needsWholeText
  }

  private static let stretch = 1 << 22
  /// A row longer than this is an unclosed quotation mark.
  private static let longestRow = 1 << 28

  private let source: ByteSource
  private var room: UnsafeMutableRawBufferPointer
  /// How many bytes of `room` are text.
  private var filled = 0
  /// Up to where the text is known to be well-formed.
  private var checked = 0
  /// Whether the file has no more bytes than those in `room`.
  private(set) var isAtEnd = false
  /// The line number of the first byte.
  private(set) var firstLine = 1
  private(set) var dialect = CSVDialect()
  private(set) var decimalDoubt: DecimalDoubt?

  init(_ source: ByteSource) throws(Failure) {
    self.source = source
    room = .allocate(byteCount: RowStream.stretch + RowStream.stretch / 4, alignment: 16)
    try fill()
    if let known = source.dialect {
      dialect = known
      return
    }
    if filled >= 3, bytes.starts(with: TextDecoding.mark) { drop(3) }
    var sniffer = DialectSniffer(bytes)
    sniffer.dialect.isCompressed = source.isCompressed
    dialect = sniffer.dialect
    decimalDoubt = sniffer.doubt
  }

  /// Opens a file, or goes over the text of it that is held.
  convenience init(path: String, held: HeldText?) throws(Failure) {
    if let held {
      try self.init(ByteSource(held, path: path))
      return
    }
    let source: ByteSource
    do throws(FileError) { source = try ByteSource(path: path) } catch { throw .text(.file(error)) }
    try self.init(source)
  }

  deinit { room.deallocate() }

  /// The text of the stretch; valid until the next call of `advance`.
  var bytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: UnsafeBufferPointer(room.bindMemory(to: UInt8.self))[..<filled])
  }

  /// The header, read into the first stretch whole; nil for a file without one.
  func header() throws(Failure) -> TableHeader? {
    while true {
      let header = TableHeader(bytes, dialect)
      guard (header?.end ?? Int.max) > filled, !isAtEnd else { return header }
      try advance(consumed: 0)
    }
  }

  /// Drops the bytes that were used up, and reads on behind those that were not.
  func advance(consumed: Int) throws(Failure) {
    let lineEnd = dialect.lineEnd
    var lines = 0
    for byte in bytes[..<min(consumed, filled)] where byte == lineEnd { lines &+= 1 }
    firstLine += lines
    drop(min(consumed, filled))
    try fill()
  }

  private func drop(_ count: Int) {
    guard count > 0, let base = room.baseAddress else { return }
    memmove(base, base + count, filled - count)
    filled -= count
    checked = max(0, checked - count)
  }

  private func fill() throws(Failure) {
    if filled + RowStream.stretch > room.count {
      let larger = UnsafeMutableRawBufferPointer.allocate(
        byteCount: max(room.count * 2, filled + RowStream.stretch), alignment: 16)
      larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: room[..<filled]))
      room.deallocate()
      room = larger
    }
    let target = filled + RowStream.stretch
    while filled < target, !isAtEnd {
      let count: Int
      do throws(FileError) {
        count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: room[filled..<target]))
      } catch {
        throw .text(.file(error))
      }
      if count == 0 { isAtEnd = true }
      filled += count
    }
    if filled > RowStream.longestRow { isAtEnd = true }
    if !source.isDecoded { try check() }
  }

  /// Whether the new bytes are UTF-8 without NUL; a character cut by the end of the stretch waits for its rest.
  private func check() throws(Failure) {
    var end = filled
    if !isAtEnd {
      while end > checked, filled - end < 3, room[end - 1] & 0xC0 == 0x80 { end -= 1 }
      if end > checked, room[end - 1] >= 0xC0 { end -= 1 } else { end = filled }
    }
    let part = UnsafeRawBufferPointer(rebasing: room[checked..<end])
    guard TextDecoding.isWellFormed(part) else { throw .needsWholeText }
    checked = end
  }
}
