import CZlib
import Glibc

/// The decompressed bytes of a file, a part at a time, so that memory does not grow with the file.
///
/// A regular file is read or inflated as it is asked for; a pipe, and a text that had to be converted, is held whole.
final class ByteSource {
  private enum Origin {
    case plain
    case gzip(GzipReader)
    case held(HeldText)
  }

  let path: String
  /// Whether the bytes are UTF-8 for certain, because they were converted or checked whole.
  let isDecoded: Bool
  let isCompressed: Bool
  private let descriptor: Int32
  private let origin: Origin
  private var position = 0

  /// Opens a regular file.
  init(path: String) throws(FileError) {
    self.path = path
    isDecoded = false
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .reading(path, errno) }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      close(descriptor)
      throw .isDirectory(path: path)
    }
    var head = [UInt8](repeating: 0, count: 2)
    let count = pread(descriptor, &head, 2, 0)
    isCompressed = count == 2 && head.withUnsafeBytes(Inflate.isGzip)
    origin = isCompressed ? .gzip(GzipReader()) : .plain
  }

  /// How the text is written, where that is known: that of a sheet.
  var dialect: CSVDialect? { if case .held(let text) = origin, text.sheet != nil { SheetText.dialect } else { nil } }

  /// Goes over a text that is held in memory.
  init(_ text: HeldText, path: String) {
    self.path = path
    isDecoded = true
    isCompressed = text.isCompressed
    descriptor = -1
    origin = .held(text)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Fills `room` from the front as far as one call of the system or of zlib goes; 0 only at the end.
  func read(into room: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    switch origin {
    case .plain: return try ByteSource.read(descriptor, into: room, path: path)
    case .gzip(let reader): return try reader.read(descriptor, into: room, path: path)
    case .held(let text):
      let start = position
      let count = text.withBytes { bytes in
        let count = min(room.count, bytes.count - start)
        if count > 0 {
          room.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<start + count]))
        }
        return count
      }
      position += count
      return count
    }
  }

  static func read(
    _ descriptor: Int32, into room: UnsafeMutableRawBufferPointer, path: String
  ) throws(FileError) -> Int {
    while true {
      let count = Glibc.read(descriptor, room.baseAddress, room.count)
      if count >= 0 { return count }
      guard errno == EINTR else { throw .reading(path, errno) }
    }
  }

  /// Whether a path names something that can be read twice.
  static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG || status.st_mode & S_IFMT == S_IFDIR
  }
}

/// A text that is kept in memory to be gone over more than once: that of a file, or that of a sheet.
final class HeldText {
  private enum Content: ~Copyable {
    case file(EncodedText)
    case sheet(SheetText)
  }

  private let content: Content
  let encoding: CSVDialect.Encoding
  let isCompressed: Bool
  /// The sheet that the text was made from.
  let sheet: SheetText?

  init(path: String) throws(EncodedText.Failure) {
    let text = try EncodedText.open(path)
    encoding = text.encoding
    isCompressed = text.isCompressed
    content = .file(text)
    sheet = nil
  }

  init(_ text: SheetText) {
    encoding = .utf8
    isCompressed = false
    content = .sheet(text)
    sheet = text
  }

  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    switch content {
    case .file(let text): text.withBytes(body)
    case .sheet(let text): text.bytes.withUnsafeBufferPointer(body)
    }
  }
}

/// Streaming inflate of a file (RFC 1952), member after member.
final class GzipReader {
  // zlib keeps a pointer back to its stream, so the stream must not move.
  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
  private let isReady: Bool
  private var consumed = 0
  private var isBetweenMembers = false
  private var isDone = false

  init() {
    stream.initialize(to: z_stream())
    // 16 + 15: expect a gzip header, largest window.
    isReady = inflateInit2_(stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  }

  deinit {
    inflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
    input.deallocate()
  }

  func read(
    _ descriptor: Int32, into room: UnsafeMutableRawBufferPointer, path: String
  ) throws(FileError) -> Int {
    guard isReady else { throw .damagedArchive(path: path, reason: "zlib cannot start") }
    stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
    stream.pointee.avail_out = UInt32(min(room.count, Int(UInt32.max) / 2))
    let offered = Int(stream.pointee.avail_out)
    while !isDone, Int(stream.pointee.avail_out) == offered {
      if stream.pointee.avail_in == 0 {
        let count = try ByteSource.read(descriptor, into: input, path: path)
        guard count > 0 else {
          guard isBetweenMembers else {
            throw .damagedArchive(path: path, reason: "it ends after \(consumed) bytes, in the middle of the data")
          }
          isDone = true
          break
        }
        stream.pointee.next_in = input.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_in = UInt32(count)
      }
      if isBetweenMembers {
        // Another member may follow; padding with zeros may not.
        guard let next = stream.pointee.next_in, next.pointee != 0 else {
          isDone = true
          break
        }
        guard inflateReset(stream) == Z_OK else { throw .damagedArchive(path: path, reason: "zlib cannot restart") }
        isBetweenMembers = false
      }
      try inflateStep(path)
    }
    return offered - Int(stream.pointee.avail_out)
  }

  private func inflateStep(_ path: String) throws(FileError) {
    let before = stream.pointee.avail_in
    let status = CZlib.inflate(stream, Z_NO_FLUSH)
    consumed += Int(before - stream.pointee.avail_in)
    switch status {
    case Z_OK, Z_BUF_ERROR: return
    case Z_STREAM_END: isBetweenMembers = true
    case Z_MEM_ERROR: throw .damagedArchive(path: path, reason: "there is not enough memory")
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "error \(status)"
      throw .damagedArchive(path: path, reason: "\(reason) near byte \(consumed)")
    }
  }
}
