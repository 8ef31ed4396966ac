import Glibc
import Synchronization

/// A file that appears whole or not at all: written beside its place under a temporary name and renamed.
public struct AtomicFile: ~Copyable {
  private let path: String
  private let temporaryPath: String
  private let descriptor: Int32
  private var isCommitted = false

  private static let counter = Atomic<Int>(0)

  /// Creates the temporary file in the folder of `path`.
  public init(path: String) throws(FileError) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { throw .isDirectory(path: path) }
    let (folder, name) = FileSystem.split(path)
    let number = AtomicFile.counter.add(1, ordering: .relaxed).newValue
    let temporaryName = ".\(name.utf8.count > 200 ? "output" : name).\(getpid()).\(number).part"
    let temporaryPath = folder.isEmpty ? temporaryName : "\(folder)/\(temporaryName)"
    let descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .writing(path, errno) }
    self.path = path
    self.temporaryPath = temporaryPath
    self.descriptor = descriptor
  }

  deinit {
    if !isCommitted {
      close(descriptor)
      unlink(temporaryPath)
    }
  }

  public mutating func append(_ bytes: [UInt8]) throws(FileError) {
    let failure = bytes.withUnsafeBytes { AtomicFile.write($0, to: descriptor) }
    if failure != 0 { throw .writing(path, failure) }
  }

  /// The same for bytes that lie somewhere already.
  package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    let failure = AtomicFile.write(bytes, to: descriptor)
    if failure != 0 { throw .writing(path, failure) }
  }

  /// Writes all bytes; 0, or the number of the error.
  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var written = 0
    while written < bytes.count {
      let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
      if count < 0 {
        if errno == EINTR { continue }
        return errno
      }
      written += count
    }
    return 0
  }

  /// Puts the file in its place, replacing what was there. Safe against the end of the process at any moment; it does
  /// not wait for the disk.
  public consuming func commit() throws(FileError) {
    guard rename(temporaryPath, path) == 0 else { throw .writing(path, errno) }
    close(descriptor)
    isCommitted = true
  }

  /// For a library that writes files by their name: `fill` makes the file at the temporary path that it is given.
  public static func write(to path: String, by fill: (_ temporary: String) throws(FileError) -> Void) throws(FileError)
  {
    let file = try AtomicFile(path: path)
    try fill(file.temporaryPath)
    try file.commit()
  }

  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    var file = try AtomicFile(path: path)
    try file.append(bytes)
    try file.commit()
  }

  public static func write(_ text: String, to path: String) throws(FileError) {
    try write(Array(text.utf8), to: path)
  }
}
