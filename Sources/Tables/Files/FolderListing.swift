import Glibc

/// The files of a folder, by name.
public enum FolderListing {
  /// One entry of a folder.
  public struct Entry: Sendable, Hashable {
    public let name: String
    public let isFolder: Bool
  }

  /// What is in a folder, hidden entries left out, in the order of the names.
  public static func entries(of path: String) throws(FileError) -> [Entry] {
    guard let folder = opendir(path) else { throw .reading(path, errno) }
    defer { closedir(folder) }
    var entries: [Entry] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      guard !name.hasPrefix(".") else { continue }
      var status = stat()
      let isFolder = stat("\(path)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      entries.append(Entry(name: name, isFolder: isFolder))
    }
    return entries.sorted { $0.name.unicodeScalars.lexicographicallyPrecedes($1.name.unicodeScalars) }
  }

  /// The path of `target` from the folder `base`: `../exports` where both lie in one tree, else the absolute path.
  /// Both need not exist.
  public static func relativePath(of target: String, from base: String) -> String {
    let to = components(target)
    let from = components(base)
    var shared = 0
    while shared < min(to.count, from.count), to[shared] == from[shared] { shared += 1 }
    guard shared > 0 else { return "/" + to.joined(separator: "/") }
    let up = Array(repeating: "..", count: from.count - shared)
    return (up + to[shared...]).joined(separator: "/")
  }

  /// The names on the way from the root, `.` and `..` resolved; links of folders that exist are followed.
  private static func components(_ path: String) -> [String] {
    var whole = path
    if let resolved = realpath(path.isEmpty ? "." : path, nil) {
      whole = String(cString: resolved)
      free(resolved)
    } else if !path.hasPrefix("/"), let current = getcwd(nil, 0) {
      whole = String(cString: current) + "/" + path
      free(current)
    }
    var names: [String] = []
    for part in whole.split(separator: "/") where part != "." {
      if part == ".." { _ = names.popLast() } else { names.append(String(part)) }
    }
    return names
  }
}

extension FolderListing {
  /// Makes a folder and those above it, where they are missing.
  public static func makeFolders(_ path: String) throws(FileError) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += part + "/"
      if mkdir(made, 0o777) != 0, errno != EEXIST { throw .writing(path, errno) }
    }
  }
}

extension AtomicFile {
  /// Copies the bytes of a file.
  public static func copy(_ source: String, to path: String) throws(FileError) {
    let file = try FileBytes(path: source)
    let bytes = file.withBytes { Array($0) }
    try write(bytes, to: path)
  }
}
