import Glibc

/// The bytes of one file, mapped or on the heap; released with the value.
package struct FileBytes: ~Copyable {
  private enum Storage {
    case mapped(UnsafeRawBufferPointer)
    case heap(UnsafeRawBufferPointer)
  }
  private let storage: Storage

  /// Takes over a block that `malloc` gave.
  init(adopting block: UnsafeRawBufferPointer) { storage = .heap(block) }

  /// Maps a regular file; reads what cannot be mapped (pipes, devices, files of the kernel) to its end.
  package init(path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .reading(path, errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .reading(path, errno) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: throw .isDirectory(path: path)
    case S_IFREG where status.st_size > 0:
      let length = Int(status.st_size)
      let address = mmap(nil, length, PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor, 0)
      if let address, address != MAP_FAILED {
        storage = .mapped(UnsafeRawBufferPointer(start: address, count: length))
      } else {
        storage = .heap(try FileBytes.readAll(descriptor, path: path))
      }
    default: storage = .heap(try FileBytes.readAll(descriptor, path: path))
    }
  }

  deinit {
    switch storage {
    case .mapped(let bytes): munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    case .heap(let bytes): free(UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }
  }

  package borrowing func withBytes<Result: ~Copyable, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch storage {
    case .mapped(let bytes), .heap(let bytes): try body(bytes)
    }
  }

  private static func readAll(_ descriptor: Int32, path: String) throws(FileError) -> UnsafeRawBufferPointer {
    var block = GrowingBlock(capacity: 1 << 16)
    while true {
      block.reserve(1 << 16)
      let count = read(descriptor, block.free, block.freeCount)
      if count == 0 { return block.finish() }
      if count < 0 {
        guard errno == EINTR else {
          let number = errno
          block.discard()
          throw .reading(path, number)
        }
        continue
      }
      block.count += count
    }
  }
}

/// A `malloc` block that grows by half; the owner calls `finish` or `discard` once.
struct GrowingBlock {
  private var start: UnsafeMutableRawPointer
  private var capacity: Int
  var count = 0

  init(capacity: Int) {
    self.capacity = max(capacity, 64)
    start = UnsafeMutableRawPointer(malloc(self.capacity))
  }

  var free: UnsafeMutableRawPointer { start + count }
  var freeCount: Int { capacity - count }

  mutating func reserve(_ room: Int) {
    guard freeCount < room else { return }
    capacity = max(capacity + capacity / 2, count + room)
    start = realloc(start, capacity)
  }

  func finish() -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
  func discard() { Glibc.free(start) }
}

/// A whole text file as a string, for small files such as plans.
public enum TextFile {
  /// The text of the file, without a byte-order mark; bytes that are not UTF-8 become U+FFFD.
  public static func read(_ path: String) throws(FileError) -> String {
    let file = try FileBytes(path: path)
    return file.withBytes { bytes in
      let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
      return String(decoding: bytes.dropFirst(hasMark ? 3 : 0), as: UTF8.self)
    }
  }
}
