import Glibc
public import Tables

/// The folder that a run leaves behind: `run.json`, `plan.resolved.yaml`, a CSV per table, and what reports add.
///
/// Files are written into a hidden folder beside the target, which is renamed when everything is complete: a reader
/// never sees half a run, and a failed run leaves an earlier one as it was.
public struct RunFolder: Sendable {
  /// Why a run folder could not be written.
  public enum Failure: Error, Sendable {
    /// The target holds something that is not a run: left alone.
    case occupied(path: String)
    /// The system refused.
    case file(FileError)
  }

  public let path: String
  private let staging: String

  /// Prepares the hidden folder for a run that is to appear at `path`.
  public init(at path: String) throws(Failure) {
    let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.path = trimmed
    let (parent, name) = RunFolder.split(trimmed)
    staging = parent + "." + name + ".partial"
    guard RunFolder.isFreeOrRun(trimmed) else { throw .occupied(path: trimmed) }
    try RunFolder.makeDirectories(parent)
    RunFolder.remove(staging)
    guard mkdir(staging, 0o777) == 0 else { throw .file(.writing(trimmed, errno)) }
  }

  /// Adds a file of text.
  public func add(_ text: String, as name: String) throws(Failure) {
    do { try AtomicFile.write(text, to: staging + "/" + name) } catch { throw .file(error) }
  }

  /// Adds a table as `<name>.csv`.
  public func add(_ table: Table) throws(Failure) {
    do { try CSVWriter.write(table, to: staging + "/" + table.name + ".csv") } catch { throw .file(error) }
  }

  /// Puts the complete folder in place, and removes the run that stood there before.
  public func commit() throws(Failure) {
    let (parent, name) = RunFolder.split(path)
    let old = parent + "." + name + ".old"
    RunFolder.remove(old)
    let existed = access(path, F_OK) == 0
    if existed, rename(path, old) != 0 { throw .file(.writing(path, errno)) }
    guard rename(staging, path) == 0 else {
      let number = errno
      if existed { rename(old, path) }
      throw .file(.writing(path, number))
    }
    if existed { RunFolder.remove(old) }
  }

  /// Removes the hidden folder of a run that did not come to its end.
  public func abandon() { RunFolder.remove(staging) }

  // MARK: Files of the system

  private static func split(_ path: String) -> (parent: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return ("", path) }
    return (String(path[...slash]), String(path[path.index(after: slash)...]))
  }

  /// Nothing there, an empty folder, or an earlier run with no file that its `run.json` does not list.
  private static func isFreeOrRun(_ path: String) -> Bool {
    guard access(path, F_OK) == 0 else { return true }
    guard let names = list(path) else { return false }
    guard !names.isEmpty, let manifest = try? TextFile.read(path + "/run.json") else { return names.isEmpty }
    return names.allSatisfy { $0 == "run.json" || manifest.contains("\"\($0)\"") }
  }

  /// The names in a folder; nil where it is none.
  private static func list(_ path: String) -> [String]? {
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

  private static func makeDirectories(_ path: String) throws(Failure) {
    var made = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      made += part + "/"
      if mkdir(made, 0o777) != 0, errno != EEXIST { throw .file(.writing(made, errno)) }
    }
  }

  /// Removes a folder that this type made: its files, one level deep, and itself.
  private static func remove(_ path: String) {
    for name in list(path) ?? [] { unlink(path + "/" + name) }
    rmdir(path)
  }
}
