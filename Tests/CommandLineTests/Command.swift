import Foundation
import Testing

/// The built binary, run as a user runs it.
enum Command {
  struct Result {
    var status: Int32
    var output: String
    var messages: String
    var seconds: Double
  }

  /// The `sluice` that was built together with these tests.
  static let binary: URL = {
    let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return own.deletingLastPathComponent().appending(path: "sluice")
  }()

  static func run(_ arguments: [String], in folder: URL, environment: [String: String] = [:]) throws -> Result {
    let process = Process()
    process.executableURL = binary
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"].merging(environment) { $1 }
    // Files instead of pipes: neither stream can block the other.
    let scratch = FileManager.default.temporaryDirectory.appending(path: "sluice-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let streams = ["output", "messages"].map { scratch.appending(path: $0) }
    for stream in streams { FileManager.default.createFile(atPath: stream.path, contents: nil) }
    process.standardOutput = try FileHandle(forWritingTo: streams[0])
    process.standardError = try FileHandle(forWritingTo: streams[1])
    process.standardInput = FileHandle.nullDevice
    let start = Date()
    try process.run()
    process.waitUntilExit()
    let texts = try streams.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Result(
      status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
      output: texts[0], messages: texts[1], seconds: Date().timeIntervalSince(start))
  }
}

/// A folder that is removed when the test ends.
final class ScratchFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "sluice-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    _ = try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path)
    try? FileManager.default.removeItem(at: url)
  }

  func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

  func write(_ data: Data, to path: String) throws {
    let target = url.appending(path: path)
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: target)
  }

  /// Every file below the folder, hidden ones too.
  var files: [String] {
    (try? FileManager.default.subpathsOfDirectory(atPath: url.path))?.sorted() ?? []
  }
}

/// Expected texts, one file each under `Snapshots/`; `SLUICE_RECORD_SNAPSHOTS=1` writes them anew for review.
enum Snapshot {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots")

  static func check(
    _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = folder.appending(path: name + ".txt")
    if ProcessInfo.processInfo.environment["SLUICE_RECORD_SNAPSHOTS"] == "1" {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      return
    }
    let expected = (try? String(contentsOf: file, encoding: .utf8)) ?? "(no snapshot \(name))"
    #expect(text == expected, "differs from Snapshots/\(name).txt", sourceLocation: sourceLocation)
  }
}
