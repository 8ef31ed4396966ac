import Glibc

extension TextFile {
  /// The lines of a file that start with `prefix`, in order; a file of any size is looked through without being held.
  ///
  /// - Parameter limit: no more lines than this.
  /// Complexity: O(bytes).
  public static func lines(of path: String, startingWith prefix: String, limit: Int = .max) throws(FileError)
    -> [String]
  {
    let wanted = Array(prefix.utf8)
    let file = try FileBytes(path: path)
    return file.withBytes { bytes in
      var found: [String] = []
      var start = 0
      while let first = bytes.baseAddress, start < bytes.count, found.count < limit {
        let end = memchr(first + start, 0x0A, bytes.count - start).map { UnsafeRawPointer($0) - first } ?? bytes.count
        let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        if line.starts(with: wanted) { found.append(String(decoding: line, as: UTF8.self)) }
        start = end + 1
      }
      return found
    }
  }
}
