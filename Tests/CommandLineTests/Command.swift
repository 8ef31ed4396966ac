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

  /// Runs the binary by `posix_spawn`, its streams in files, so that tests may run side by side.
  ///
  /// - Parameter during: given the process and what it has said so far on its message stream, again and again, until it
  ///   returns true; for sending signals.
  static func run(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:],
    during: ((_ process: pid_t, _ messages: String) -> Bool)? = nil
  ) throws -> Result {
    let scratch = try ScratchFolder()
    let streams = ["output", "messages"].map { scratch.url.appending(path: $0).path }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (index, stream) in streams.enumerated() {
      posix_spawn_file_actions_addopen(&actions, Int32(index + 1), stream, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    let variables = ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"].merging(environment) { $1 }
    // `env -C` changes the folder for the child alone.
    var words = (["env", "-C", folder.path, binary.path] + arguments).map { strdup($0) } + [nil]
    var settings = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in words + settings { free(text) } }
    let start = Date()
    var process = pid_t()
    let failure = posix_spawn(&process, "/usr/bin/env", &actions, nil, &words, &settings)
    try #require(failure == 0, "cannot start \(binary.path): \(String(cString: strerror(failure)))")
    var status: Int32 = 0
    var hasEnded = false
    if let during {
      while !hasEnded {
        let messages = (try? Data(contentsOf: URL(filePath: streams[1]))) ?? Data()
        if during(process, String(decoding: messages, as: UTF8.self)) { break }
        usleep(5000)
        hasEnded = waitpid(process, &status, WNOHANG) == process
      }
    }
    while !hasEnded, waitpid(process, &status, 0) < 0, errno == EINTR {}
    let texts = try streams.map { String(decoding: try Data(contentsOf: URL(filePath: $0)), as: UTF8.self) }
    let signal = status & 0x7F
    return Result(
      status: signal == 0 ? (status >> 8) & 0xFF : -signal, output: texts[0], messages: texts[1],
      seconds: Date().timeIntervalSince(start))
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
