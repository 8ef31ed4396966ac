import Tables

/// One of the inputs that a kept result was computed from: `table sales`, `plan churn`, `seed`, with its hash.
struct CheckpointInput: Sendable, Hashable, Codable {
  var name: String
  var hash: String
}

/// A file with one result: a mark, a header that says what it is and what it was computed from, the value, and at the
/// end the length and the CRC-32 of all before.
///
/// The header is read alone where only that is asked for. What is cut short, damaged or of another format is refused.
struct CheckpointFile {
  struct Header: Sendable, Codable {
    /// Of the format: another one is not read.
    var format = 1
    var stage: String
    var name: String
    /// All that the result depends on.
    var inputs: [CheckpointInput]
  }

  /// Why a file gives no value.
  struct Damage: Error {
    var reason: String
  }

  private static let mark = Array("sluice checkpoint\n".utf8)
  /// Length in eight bytes, CRC-32 in four.
  private static let trailer = 12

  /// Writes a value beside its place and renames it. Memory is that of one block.
  static func write(_ value: some Encodable, _ header: Header, to path: String) throws {
    let output = SummedFile(try AtomicFile(path: path))
    let head = try CheckpointEncoder.bytes(of: header)
    try output.append(mark)
    try output.append(UInt64(head.count).littleEndianBytes)
    try output.append(head)
    let encoder = CheckpointEncoder { try output.append($0) }
    try encoder.write(value)
    try encoder.finish()
    try output.commit()
  }

  /// What a file says of itself; the value behind it is not looked at.
  static func header(of path: String) throws -> Header {
    try open(path) { try header(in: $0).header }
  }

  /// The value of a file, once its length and sum are right.
  static func value<Value: Decodable>(_ type: Value.Type, of path: String) throws -> Value {
    try open(path) { bytes in
      let start = try header(in: bytes).end
      let end = bytes.count - trailer
      guard start <= end, bytes.loadUnaligned(fromByteOffset: end, as: UInt64.self).littleEndian == UInt64(end) else {
        throw Damage(reason: "it is cut short")
      }
      let body = UnsafeRawBufferPointer(rebasing: bytes[..<end])
      guard bytes.loadUnaligned(fromByteOffset: end + 8, as: UInt32.self).littleEndian == Checksum.crc32(body) else {
        throw Damage(reason: "its checksum is wrong")
      }
      return try CheckpointDecoder.value(type, from: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
    }
  }

  private static func open<Value>(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> Value) throws -> Value {
    do {
      return try FileBytes(path: path).withBytes(body)
    } catch let error as DecodingError {
      throw Damage(reason: "\(error)")
    } catch let error as FileError {
      throw Damage(reason: error.diagnostic.message)
    }
  }

  private static func header(in bytes: UnsafeRawBufferPointer) throws -> (header: Header, end: Int) {
    let first = mark.count + 8
    guard bytes.count >= first, bytes[..<mark.count].elementsEqual(mark) else {
      throw Damage(reason: "it is no checkpoint")
    }
    let length = bytes.loadUnaligned(fromByteOffset: mark.count, as: UInt64.self).littleEndian
    guard length <= UInt64(bytes.count - first) else { throw Damage(reason: "it is cut short") }
    let end = first + Int(length)
    let header = try CheckpointDecoder.value(Header.self, from: UnsafeRawBufferPointer(rebasing: bytes[first..<end]))
    guard header.format == Header(stage: "", name: "", inputs: []).format else {
      throw Damage(reason: "it has another format")
    }
    return (header, end)
  }
}

/// A file that appears whole, with the length and the sum of what was appended behind it.
private final class SummedFile {
  private var file: AtomicFile?
  private var length = 0
  private var sum: UInt32 = 0

  init(_ file: consuming AtomicFile) { self.file = consume file }

  func append(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try append($0) } }

  func append(_ bytes: UnsafeRawBufferPointer) throws {
    try file?.append(bytes)
    length += bytes.count
    sum = Checksum.crc32(bytes, after: sum)
  }

  func commit() throws {
    try file?.append(UInt64(length).littleEndianBytes + sum.littleEndianBytes)
    try file.take()?.commit()
  }
}

extension FixedWidthInteger {
  fileprivate var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
