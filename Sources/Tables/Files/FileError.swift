import Glibc

/// Why a file could not be opened, read or written: the operating system's answer in the user's terms.
public enum FileError: Error, Sendable, Hashable {
  case missing(path: String)
  case isDirectory(path: String)
  case unreadable(path: String, reason: String)
  /// The gzip stream ends early or its checksum does not match.
  case damagedArchive(path: String, reason: String)
  case noSuchDirectory(path: String)
  /// A folder was to be written where something else stands that must not be lost.
  case occupied(path: String)
  case notWritable(path: String, reason: String)
  case noSpace(path: String)
  case writeFailed(path: String, reason: String)

  /// The finding to show, with what to do about it.
  public var diagnostic: Diagnostic {
    switch self {
    case .missing(let path):
      let neighbour = FileSystem.closestNeighbour(of: path)
      return Diagnostic(
        DataCodes.fileMissing, "there is no file `\(path)`", at: SourcePlace(file: path),
        hint: neighbour.map { "did you mean `\($0)`?" } ?? "paths in a plan start from the folder of the plan")
    case .isDirectory(let path):
      return Diagnostic(
        DataCodes.fileIsDirectory, "`\(path)` is a folder, not a file", at: SourcePlace(file: path),
        hint: "name one file in it")
    case .unreadable(let path, let reason):
      return Diagnostic(
        DataCodes.fileUnreadable, "`\(path)` cannot be read: \(reason)", at: SourcePlace(file: path),
        hint: "check the permissions with `ls -l`")
    case .damagedArchive(let path, let reason):
      return Diagnostic(
        DataCodes.damagedArchive, "`\(path)` is not a complete gzip file: \(reason)", at: SourcePlace(file: path),
        hint: "copy or download the file again; `gzip -t` tells whether it is whole")
    case .noSuchDirectory(let path):
      return Diagnostic(
        DataCodes.outputFolderMissing, "the folder of `\(path)` does not exist", at: SourcePlace(file: path),
        hint: "create the folder or choose another output")
    case .occupied(let path):
      return Diagnostic(
        DataCodes.outputOccupied, "`\(path)` holds files that this command did not write", at: SourcePlace(file: path),
        hint: "name a new or empty folder with --output; nothing was changed")
    case .notWritable(let path, let reason):
      return Diagnostic(
        DataCodes.outputNotWritable, "`\(path)` cannot be written: \(reason)", at: SourcePlace(file: path),
        hint: "choose a folder that you may write to")
    case .noSpace(let path):
      return Diagnostic(
        DataCodes.outputNoSpace, "there is no space left to write `\(path)`", at: SourcePlace(file: path),
        hint: "free some space; nothing was left half-written")
    case .writeFailed(let path, let reason):
      return Diagnostic(
        DataCodes.outputFailed, "writing `\(path)` failed: \(reason)", at: SourcePlace(file: path),
        hint: "nothing was left half-written; try again or choose another output")
    }
  }

  /// The error of a failed call on a file that was to be read.
  static func reading(_ path: String, _ number: Int32) -> FileError {
    switch number {
    case ENOENT, ENOTDIR: .missing(path: path)
    case EISDIR: .isDirectory(path: path)
    default: .unreadable(path: path, reason: reason(number))
    }
  }

  /// The error of a failed call on a file that was to be written.
  static func writing(_ path: String, _ number: Int32) -> FileError {
    switch number {
    case ENOENT, ENOTDIR: .noSuchDirectory(path: path)
    case EISDIR: .isDirectory(path: path)
    case EACCES, EPERM, EROFS: .notWritable(path: path, reason: reason(number))
    case ENOSPC, EDQUOT: .noSpace(path: path)
    default: .writeFailed(path: path, reason: reason(number))
    }
  }

  private static func reason(_ number: Int32) -> String {
    let text = String(cString: strerror(number))
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}

package enum FileSystem {
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The name in the same folder that looks most like the one asked for.
  package static func closestNeighbour(of path: String) -> String? {
    let (folder, name) = split(path)
    guard let directory = opendir(folder.isEmpty ? "." : folder) else { return nil }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory), names.count < 2000 {
      let entryName = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !entryName.hasPrefix(".") { names.append(entryName) }
    }
    return Suggestion.closest(to: name, among: names.sorted()).map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
  }

  /// The folder (without the last slash; empty for the current one) and the name of a path.
  static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return ("", path) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
  }
}
