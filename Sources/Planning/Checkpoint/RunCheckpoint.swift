import Glibc
import Synchronization
public import Tables

/// The results of a run that take long, kept where it is interrupted, and taken over by the run that goes on.
///
/// Stages hand such results to ``StageContext/kept(_:_:)``. They stay in memory; ``write()`` puts them into a folder
/// beside the output (`out/q2.partial`), which holds no `run.json` and is no run. A run that goes on computes everything
/// else anew, which is cheap, so that its files are the same as those of a run without an interruption. A result is taken
/// over only where all its inputs are as they were, and a file that is not whole is left alone.
public final class RunCheckpoint: Sendable {
  /// `<output>.partial`
  public let folder: String
  /// What a person types to go on; recorded in the folder.
  private let command: String
  private let writesAtOnce: Bool
  private let state = Mutex(State())

  private struct State {
    /// Of the interrupted run, by file name.
    var offered: [String: CheckpointFile.Header] = [:]
    var kept: [String: Kept] = [:]
    var notes: [Diagnostic] = []
  }

  private struct Kept {
    var header: CheckpointFile.Header
    var isWritten: Bool
    /// Writes the value to a path.
    var write: @Sendable (String) throws -> Void
  }

  private static let manifest = "partial.json"
  private static let ending = ".checkpoint"

  /// - Parameters:
  ///   - output: the folder that the run writes when it has finished.
  ///   - writesAtOnce: whether results are written as soon as they are there, against a loss of power.
  ///   - command: how to go on: `sluice run plan.yaml --resume`.
  /// - Throws: where something stands in the folder's place that is no interrupted run.
  public init(forOutput output: String, writesAtOnce: Bool = false, command: String = "") throws(FileError) {
    let trimmed = output.count > 1 && output.hasSuffix("/") ? String(output.dropLast()) : output
    folder = trimmed + ".partial"
    self.writesAtOnce = writesAtOnce
    self.command = command
    guard Self.isOurs(folder) else { throw .occupied(path: folder) }
  }

  /// Looks for what an interrupted run left; whatever is unusable is noted.
  public func resume() {
    let names = (StagedFolder.names(in: folder) ?? []).filter { $0.hasSuffix(Self.ending) }.sorted()
    guard StagedFolder.names(in: folder) != nil else {
      note(
        Diagnostic(CheckpointCodes.nothingToResume, .note, "there is no `\(folder)`: the run starts from the beginning")
      )
      return
    }
    for name in names {
      do {
        let header = try CheckpointFile.header(of: path(name))
        state.withLock { $0.offered[name] = header }
      } catch { note(damage(name, error)) }
    }
  }

  /// What was taken over, what was not and why; in the order in which it happened.
  public var notes: [Diagnostic] { state.withLock(\.notes) }

  /// A result of an interrupted run with the same inputs, or else what `compute` gives, which is kept.
  func value<Value: Codable & Sendable, Failure: Error>(
    _ name: String, of stage: StageName, inputs: [CheckpointInput], _ compute: () throws(Failure) -> Value
  ) throws(Failure) -> (value: Value, isTakenOver: Bool) {
    let header = CheckpointFile.Header(stage: stage.rawValue, name: name, inputs: inputs)
    if let value = takenOver(Value.self, header) {
      keep(value, header, isWritten: true)
      return (value, true)
    }
    let value = try compute()
    keep(value, header, isWritten: false)
    return (value, false)
  }

  private func takenOver<Value: Decodable>(_ type: Value.Type, _ header: CheckpointFile.Header) -> Value? {
    let file = header.file
    guard let offered = state.withLock({ $0.offered[file] }) else { return nil }
    let changes = offered.changes(to: header)
    guard changes.isEmpty else {
      note(
        Diagnostic(
          CheckpointCodes.recomputed, .note, "\(header.title) is computed anew: \(changes.quotedList) changed since"))
      return nil
    }
    do {
      let value = try CheckpointFile.value(type, of: path(file))
      note(Diagnostic(CheckpointCodes.takenOver, .note, "\(header.title) is taken over from `\(folder)`"))
      return value
    } catch {
      note(damage(file, error))
      return nil
    }
  }

  private func keep<Value: Encodable & Sendable>(_ value: Value, _ header: CheckpointFile.Header, isWritten: Bool) {
    let kept = Kept(header: header, isWritten: isWritten) { try CheckpointFile.write(value, header, to: $0) }
    state.withLock { $0.kept[header.file] = kept }
    guard writesAtOnce, !isWritten else { return }
    do { try write() } catch {
      note(Diagnostic(CheckpointCodes.notKept, .warning, "\(header.title) was not kept: \(Self.reason(error))"))
    }
  }

  /// Puts the results that are there, and not written yet, into the folder.
  ///
  /// - Returns: what the folder holds now: `forecast`, `churn`; in order.
  @discardableResult
  public func write() throws -> [String] {
    let all = state.withLock(\.kept)
    try FolderListing.makeFolders(folder + "/")
    for (file, kept) in all.sorted(by: { $0.key < $1.key }) where !kept.isWritten {
      try kept.write(path(file))
      state.withLock { $0.kept[file]?.isWritten = true }
    }
    let headers = all.sorted { $0.key < $1.key }.map(\.value.header)
    let record: JSONValue = [
      "schema_version": 1, "partial": true, "sluice": .string(EngineVersion.current), "go_on": .string(command),
      "kept": .array(headers.map { ["stage": .string($0.stage), "result": .string($0.name)] }),
    ]
    try JSONWriter.write(record, to: path(Self.manifest))
    return headers.map(\.title)
  }

  /// Removes the folder once the run has finished.
  public func remove() {
    if Self.isOurs(folder) { StagedFolder.remove(folder) }
  }

  private func path(_ name: String) -> String { folder + "/" + name }

  private func note(_ note: Diagnostic) { state.withLock { $0.notes.append(note) } }

  private func damage(_ file: String, _ error: any Error) -> Diagnostic {
    Diagnostic(
      CheckpointCodes.damaged, .warning,
      "`\(path(file))` cannot be used, its result is computed anew: "
        + Self.reason(error))
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let damage as CheckpointFile.Damage: damage.reason
    case let error as FileError: error.diagnostic.message
    default: "\(error)"
    }
  }

  /// Whether nothing, or nothing but an interrupted run, stands in a folder.
  private static func isOurs(_ folder: String) -> Bool {
    guard access(folder, F_OK) == 0 else { return true }
    guard let names = StagedFolder.names(in: folder) else { return false }
    return names.allSatisfy { $0 == manifest || $0.hasSuffix(ending) || ($0.hasPrefix(".") && $0.hasSuffix(".part")) }
  }
}

extension CheckpointFile.Header {
  fileprivate var file: String { "\(stage)-\(name).checkpoint" }

  /// `churn (partners)`; only the stage where the result is all of it.
  fileprivate var title: String { name == "result" ? stage : "\(stage) (\(name))" }

  /// The names of the inputs that are not as they were.
  fileprivate func changes(to now: CheckpointFile.Header) -> [String] {
    let before = Dictionary(inputs.map { ($0.name, $0.hash) }, uniquingKeysWith: { first, _ in first })
    let after = Dictionary(now.inputs.map { ($0.name, $0.hash) }, uniquingKeysWith: { first, _ in first })
    return Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
  }
}

/// Where a stage keeps what takes long.
package struct StageCheckpoint: Sendable {
  let run: RunCheckpoint
  let stage: StageName
  let inputs: [CheckpointInput]
  /// Told of each result that is taken over.
  let onTakeOver: @Sendable () -> Void
}
