import Glibc

/// The text of a file as UTF-8 without byte-order mark, decompressed and converted where needed.
struct EncodedText: ~Copyable {
  private let content: FileBytes
  private let start: Int
  let encoding: CSVDialect.Encoding
  let isCompressed: Bool

  /// Why the bytes of a file are no text, and where.
  struct Problem: Error {
    enum Kind { case nul, invalid, wide }
    var kind: Kind
    /// Bytes from the start of the decompressed file.
    var offset: Int
    /// How many bytes of the kind there are, where they were counted.
    var count: Int
    var line: Int
  }

  enum Failure: Error {
    case file(FileError)
    case text(Problem)
  }

  private init(_ content: consuming FileBytes, start: Int, _ encoding: CSVDialect.Encoding, isCompressed: Bool) {
    self.content = content
    self.start = start
    self.encoding = encoding
    self.isCompressed = isCompressed
  }

  /// Opens, decompresses and decodes a file.
  static func open(_ path: String) throws(Failure) -> EncodedText {
    let file: FileBytes
    let isCompressed: Bool
    do throws(FileError) {
      let raw = try FileBytes(path: path)
      isCompressed = raw.withBytes(Inflate.isGzip)
      file = isCompressed ? try Inflate.inflate(raw, path: path) : raw
    } catch { throw .file(error) }
    return try decode(file, isCompressed: isCompressed)
  }

  private static func decode(_ file: consuming FileBytes, isCompressed: Bool) throws(Failure) -> EncodedText {
    let decoded: TextDecoding.Decoded
    do throws(Problem) {
      decoded = try file.withBytes { (bytes) throws(Problem) in try TextDecoding.decode(bytes) }
    } catch { throw .text(error) }
    switch decoded {
    case .utf8(let start): return EncodedText(file, start: start, .utf8, isCompressed: isCompressed)
    case .converted(let converted, let encoding):
      let block = FileBytes(adopting: converted)
      let start = block.withBytes { $0.starts(with: TextDecoding.mark) ? TextDecoding.mark.count : 0 }
      return EncodedText(block, start: start, encoding, isCompressed: isCompressed)
    }
  }

  borrowing func withBytes<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try content.withBytes { (bytes) throws(Failure) in
      try body(UnsafeBufferPointer(rebasing: bytes.bindMemory(to: UInt8.self)[start...]))
    }
  }
}

/// Recognising and converting encodings.
enum TextDecoding {
  enum Decoded {
    /// The bytes are UTF-8 from `start` on.
    case utf8(start: Int)
    /// A `malloc` block with the text as UTF-8, and what it was before.
    case converted(UnsafeRawBufferPointer, CSVDialect.Encoding)
  }

  /// The byte-order mark of UTF-8.
  static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  static func decode(_ bytes: UnsafeRawBufferPointer) throws(EncodedText.Problem) -> Decoded {
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
      throw EncodedText.Problem(kind: .wide, offset: 0, count: 1, line: 1)
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return try decodeUTF16(bytes) }
    let start = bytes.starts(with: mark) ? mark.count : 0
    let (hasNul, isASCII) = inspect(bytes)
    if hasNul {
      let offset = bytes.firstIndex(of: 0) ?? 0
      throw EncodedText.Problem(
        kind: .nul, offset: offset, count: bytes.count { $0 == 0 }, line: line(of: offset, in: bytes))
    }
    if isASCII { return .utf8(start: start) }

    let check = checkUTF8(bytes)
    guard let firstInvalid = check.firstInvalid else { return .utf8(start: start) }
    // A text with many good sequences and few bad bytes is damaged UTF-8; GB18030 text has hardly any good ones.
    var offset = firstInvalid
    if check.invalidCount * 4 >= check.sequenceCount {
      switch convert(bytes, from: "GB18030") {
      case .success(let block): return .converted(block, .gb18030)
      case .failure(let place): offset = max(offset, place.offset)
      }
    }
    throw EncodedText.Problem(
      kind: .invalid, offset: offset, count: check.invalidCount, line: line(of: offset, in: bytes))
  }

  /// UTF-16 with its mark, as spreadsheets write “Unicode text”.
  private static func decodeUTF16(_ bytes: UnsafeRawBufferPointer) throws(EncodedText.Problem) -> Decoded {
    switch convert(bytes, from: "UTF-16") {
    case .success(let block):
      guard let nul = block.firstIndex(of: 0) else { return .converted(block, .utf16) }
      let count = block.count { $0 == 0 }
      let line = line(of: nul, in: block)
      free(UnsafeMutableRawPointer(mutating: block.baseAddress))
      throw EncodedText.Problem(kind: .nul, offset: nul, count: count, line: line)
    case .failure(let place):
      throw EncodedText.Problem(kind: .invalid, offset: place.offset, count: 1, line: 1)
    }
  }

  /// Whether bytes are UTF-8 (or ASCII) without NUL, as far as they go.
  static func isWellFormed(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return false }
    let (hasNul, isASCII) = inspect(bytes)
    return !hasNul && (isASCII || checkUTF8(bytes).firstInvalid == nil)
  }

  /// Whether a byte is zero and whether all are ASCII: eight bytes at a time.
  private static func inspect(_ bytes: UnsafeRawBufferPointer) -> (hasNul: Bool, isASCII: Bool) {
    var zero: UInt64 = 0
    var high: UInt64 = 0
    var position = 0
    while position + 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      zero |= (word &- 0x0101_0101_0101_0101) & ~word
      high |= word
      position += 8
    }
    var hasNul = zero & 0x8080_8080_8080_8080 != 0
    var isASCII = high & 0x8080_8080_8080_8080 == 0
    for byte in bytes[position...] {
      hasNul = hasNul || byte == 0
      isASCII = isASCII && byte < 0x80
    }
    return (hasNul, isASCII)
  }

  /// Counts well-formed sequences of several bytes and bytes that belong to none (Unicode 15, table 3-7).
  private static func checkUTF8(
    _ bytes: UnsafeRawBufferPointer
  ) -> (firstInvalid: Int?, invalidCount: Int, sequenceCount: Int) {
    var firstInvalid: Int?
    var invalidCount = 0
    var sequenceCount = 0
    var position = 0
    while position < bytes.count {
      if position + 8 <= bytes.count,
        bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      {
        position += 8
        continue
      }
      if bytes[position] < 0x80 {
        position += 1
        continue
      }
      let length = sequenceLength(bytes, position)
      if length > 0 {
        sequenceCount += 1
        position += length
      } else {
        firstInvalid = firstInvalid ?? position
        invalidCount += 1
        position += 1
      }
    }
    return (firstInvalid, invalidCount, sequenceCount)
  }

  /// The length of the well-formed sequence at `position`; 0 where there is none.
  private static func sequenceLength(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> Int {
    let lead = bytes[position]
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
    guard lead >= 0xC2, lead <= 0xF4, position + length <= bytes.count else { return 0 }
    let second = bytes[position + 1]
    let lowest: UInt8 = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80
    let highest: UInt8 = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF
    guard second >= lowest, second <= highest else { return 0 }
    for offset in 2..<max(length, 2) where bytes[position + offset] & 0xC0 != 0x80 { return 0 }
    return length
  }

  private struct ConversionStop: Error { var offset: Int }

  /// To UTF-8 by the C library.
  private static func convert(
    _ bytes: UnsafeRawBufferPointer, from encoding: String
  ) -> Result<UnsafeRawBufferPointer, ConversionStop> {
    let converter = iconv_open("UTF-8", encoding)
    guard converter != iconv_t(bitPattern: -1) else { return .failure(ConversionStop(offset: 0)) }
    defer { iconv_close(converter) }
    var block = GrowingBlock(capacity: bytes.count + bytes.count / 2 + 64)
    var input = UnsafeMutablePointer(mutating: bytes.bindMemory(to: CChar.self).baseAddress)
    var inputLeft = bytes.count
    while inputLeft > 0 {
      block.reserve(1 << 12)
      var output: UnsafeMutablePointer<CChar>? = block.free.assumingMemoryBound(to: CChar.self)
      let room = block.freeCount
      var outputLeft = room
      let status = iconv(converter, &input, &inputLeft, &output, &outputLeft)
      block.count += room - outputLeft
      if status == Int(bitPattern: UInt.max), errno != E2BIG {
        block.discard()
        return .failure(ConversionStop(offset: bytes.count - inputLeft))
      }
    }
    return .success(block.finish())
  }

  private static func line(of offset: Int, in bytes: UnsafeRawBufferPointer) -> Int {
    1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
  }
}
