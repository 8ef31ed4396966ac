import CZlib

/// Streaming gzip compression whose bytes depend on nothing but the content: no name, modification time zero.
struct GzipWriter: ~Copyable {
  // zlib keeps a pointer back to its stream, so the stream must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let isReady: Bool

  init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 16 + 15: write a gzip header; zlib leaves name and time out of it unless asked.
    isReady =
      deflateInit2_(
        stream, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
  }

  deinit {
    deflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  /// Compresses further bytes; nil where zlib has no memory to work with.
  mutating func compress(_ bytes: [UInt8], isLast: Bool) -> [UInt8]? {
    guard isReady else { return nil }
    var bytes = bytes
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    return bytes.withUnsafeMutableBufferPointer { input in
      stream.pointee.next_in = input.baseAddress
      stream.pointee.avail_in = UInt32(input.count)
      var status = Z_OK
      repeat {
        let produced = chunk.withUnsafeMutableBufferPointer { room in
          stream.pointee.next_out = room.baseAddress
          stream.pointee.avail_out = UInt32(room.count)
          status = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
          return room.count - Int(stream.pointee.avail_out)
        }
        guard status >= Z_OK || status == Z_BUF_ERROR else { return nil }
        output.append(contentsOf: chunk[..<produced])
      } while stream.pointee.avail_out == 0 || (isLast && status != Z_STREAM_END)
      return output
    }
  }
}
