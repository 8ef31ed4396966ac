import Glibc

/// A folder that appears whole or not at all: filled under a hidden name beside its place, then renamed.
///
/// A reader never sees half of it, and a failure leaves what stood there before as it was. What stands there is
/// replaced only where the caller recognises every file in it; anything else is somebody's work and is left alone.
public struct StagedFolder: Sendable {
  /// Where the folder is to appear.
  public let path: String
  /// Where files are to be put until `commit`.
  public let staging: String

  /// Prepares the hidden folder.
  ///
  /// - Parameter canReplace: given the names in a folder that stands there already; by default none may.
  public init(at path: String, canReplace: (_ names: [String]) -> Bool = { _ in false }) throws(FileError) {
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.path = trimmed
    staging = StagedFolder.beside(trimmed, suffix: "partial")
    if access(trimmed, F_OK) == 0 {
      guard let names = StagedFolder.names(in: trimmed) else { throw .occupied(path: trimmed) }
      guard names.isEmpty || canReplace(names) else { throw .occupied(path: trimmed) }
    }
    try FolderListing.makeFolders(FileSystem.split(trimmed).folder)
    StagedFolder.remove(staging)
    guard mkdir(staging, 0o777) == 0 else { throw .writing(trimmed, errno) }
  }

  /// Makes a folder inside.
  public func makeFolder(_ name: String) throws(FileError) {
    guard mkdir(staging + "/" + name, 0o777) == 0 else { throw .writing(path + "/" + name, errno) }
  }

  /// Puts the complete folder in place, and removes what stood there before.
  public func commit() throws(FileError) {
    let old = StagedFolder.beside(path, suffix: "old")
    StagedFolder.remove(old)
    let existed = access(path, F_OK) == 0
    if existed, rename(path, old) != 0 { throw .writing(path, errno) }
    guard rename(staging, path) == 0 else {
      let number = errno
      if existed { rename(old, path) }
      throw .writing(path, number)
    }
    if existed { StagedFolder.remove(old) }
  }

  /// Removes the hidden folder where it is not to be completed.
  public func abandon() { StagedFolder.remove(staging) }

  /// Removes what a process that ended in the middle of its work left beside `path`.
  package static func abandon(at path: String) { remove(beside(path, suffix: "partial")) }

  private static func beside(_ path: String, suffix: String) -> String {
    let (folder, name) = FileSystem.split(path)
    let hidden = ".\(name).\(suffix)"
    return folder.isEmpty ? hidden : folder == "/" ? "/" + hidden : folder + "/" + hidden
  }

  /// The names in a folder; nil where it is none.
  package static func names(in path: String) -> [String]? {
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Removes a folder of this type's making: what is in it, and itself.
  package static func remove(_ path: String) {
    for name in names(in: path) ?? [] {
      let inner = path + "/" + name
      if unlink(inner) != 0 { remove(inner) }
    }
    rmdir(path)
  }
}
