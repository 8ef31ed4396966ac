import Tables

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The bytes of a specification file, or the finding that says why there are none.
enum SpecificationFile {
  /// No plan or model file is larger.
  static let maximumBytes = 8 << 20
  /// Problem files may hold their tables.
  static let maximumProblemBytes = 128 << 20

  /// Reads a file whole.
  /// - Returns: nil where it cannot be read or is not text; `findings` then says why.
  static func contents(
    of path: String, maximumBytes: Int = maximumBytes, findings: inout Findings
  ) -> [UInt8]? {
    func refuse(_ message: String, _ hint: String) -> [UInt8]? {
      findings.add(
        Diagnostic(SpecificationCodes.unreadableFile, .error, message, at: SourcePlace(file: path), hint: hint))
      return nil
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT:
        return refuse(
          "no such file",
          FileSystem.closestNeighbour(of: path).map { "did you mean `\($0)`?" }
            ?? "check the path; `sluice init --demo` writes a plan to start from")
      case EACCES: return refuse("the file may not be read", "check its permissions with `ls -l`")
      default: return refuse("the file cannot be opened: \(String(cString: strerror(errno)))", "check the path")
      }
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      return refuse("the file cannot be opened: \(String(cString: strerror(errno)))", "check the path")
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      let inside = path + (path.hasSuffix("/") ? "" : "/") + "plan.yaml"
      return refuse("a directory, not a file", exists(inside) ? "did you mean `\(inside)`?" : "name the file in it")
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 { return refuse("reading failed: \(String(cString: strerror(errno)))", "check the file") }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
      if bytes.count > maximumBytes {
        return refuse("larger than \(maximumBytes >> 20) MB, which no specification is", "is this a data file?")
      }
    }
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
