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
      while start < bytes.count, found.count < limit {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
        let end = memchr(rest.baseAddress, 0x0A, rest.count).map {
          $0 - UnsafeMutableRawPointer(mutating: rest.baseAddress!)
        }
        let line = UnsafeRawBufferPointer(rebasing: rest[..<(end ?? rest.count)])
        if line.count >= wanted.count, line.starts(with: wanted) { found.append(String(decoding: line, as: UTF8.self)) }
        start += line.count + 1
      }
      return found
    }
  }
}
