import CZlib
import Glibc

/// Reading of gzip files (RFC 1952), by zlib's streaming inflate into one growing block.
enum Inflate {
  static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B
  }

  /// The content of all members of a gzip file. Bytes after the last member are ignored where they are zero.
  static func inflate(_ file: borrowing FileBytes, path: String) throws(FileError) -> FileBytes {
    try file.withBytes { (bytes) throws(FileError) in try inflate(bytes, path: path) }
  }

  private static func inflate(_ bytes: UnsafeRawBufferPointer, path: String) throws(FileError) -> FileBytes {
    var stream = z_stream()
    // 16 + 15: expect a gzip header, largest window.
    guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw .damagedArchive(path: path, reason: "zlib cannot start")
    }
    defer { inflateEnd(&stream) }
    var block = GrowingBlock(capacity: expectedSize(bytes) + 64)
    do throws(FileError) {
      try run(&stream, bytes, &block, path: path)
    } catch {
      block.discard()
      throw error
    }
    return FileBytes(adopting: block.finish())
  }

  private static func run(
    _ stream: inout z_stream, _ bytes: UnsafeRawBufferPointer, _ block: inout GrowingBlock, path: String
  ) throws(FileError) {
    var consumed = 0
    let start = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
    while true {
      block.reserve(1 << 16)
      let offered = min(bytes.count - consumed, Int(UInt32.max) / 2)
      let room = min(block.freeCount, Int(UInt32.max) / 2)
      stream.next_in = start.map { $0 + consumed }
      stream.avail_in = UInt32(offered)
      stream.next_out = block.free.assumingMemoryBound(to: UInt8.self)
      stream.avail_out = UInt32(room)
      let status = CZlib.inflate(&stream, Z_NO_FLUSH)
      consumed += offered - Int(stream.avail_in)
      block.count += room - Int(stream.avail_out)
      switch status {
      case Z_OK: continue
      case Z_STREAM_END:
        // Another member may follow; padding with zeros may not.
        guard consumed < bytes.count, bytes[consumed] != 0 else { return }
        guard inflateReset(&stream) == Z_OK else { throw .damagedArchive(path: path, reason: "zlib cannot restart") }
      case Z_BUF_ERROR:
        throw .damagedArchive(path: path, reason: "it ends after \(consumed) bytes, in the middle of the data")
      case Z_MEM_ERROR: throw .damagedArchive(path: path, reason: "there is not enough memory")
      default:
        let reason = stream.msg.map { String(cString: $0) } ?? "error \(status)"
        throw .damagedArchive(path: path, reason: "\(reason) near byte \(consumed)")
      }
    }
  }

  /// The size that the trailer of the file gives (modulo 2³²), within what deflate can reach.
  private static func expectedSize(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard bytes.count >= 18 else { return 64 }
    let size = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self)))
    return min(size, bytes.count * 20)
  }
}
