public import Tables

/// The folder that a run leaves behind: `run.json`, `plan.resolved.yaml`, a CSV per table, and the reports.
public enum RunFolder {
  /// A file beside the tables: its name, and how it is written at a path.
  public struct Report: Sendable {
    public var name: String
    var write: @Sendable (_ path: String) throws(FileError) -> Void

    public init(_ name: String, write: @escaping @Sendable (_ path: String) throws(FileError) -> Void) {
      self.name = name
      self.write = write
    }

    public init(_ name: String, text: String) {
      self.init(name) { (path) throws(FileError) in try AtomicFile.write(text, to: path) }
    }
  }

  /// Whether a run could be written at `path`; asked before the work is done.
  public static func check(_ path: String) throws(FileError) {
    try StagedFolder(at: path) { isRun(path, $0) }.abandon()
  }

  /// Writes the folder, all of it or nothing; an earlier run in its place is replaced, anything else left alone.
  ///
  /// - Parameters:
  ///   - reports: further files by name, such as `report.html`.
  ///   - view: what reports say beside the tables, for `run.json`, so that they can be made again from the folder.
  ///   - frozen: the name under which the run is frozen: no later run replaces it.
  ///   - timings: what the run cost, for `run.json`; nil where it is not to be told.
  public static func write(
    _ run: Run, reports: [Report], view: JSONValue? = nil, to path: String, frozen: String? = nil,
    timings: RunTimings? = nil
  ) throws(FileError) {
    let folder = try StagedFolder(at: path) { isRun(path, $0) }
    do throws(FileError) {
      let tables = run.tables
      for table in tables { try CSVWriter.write(table, to: "\(folder.staging)/\(table.name).csv") }
      let texts = [Report("plan.resolved.yaml", text: run.loaded.resolvedYAML())] + reports
      for report in texts { try report.write("\(folder.staging)/\(report.name)") }
      let traced = run.stages.filter { ($0.output?.traces.count ?? 0) > 0 }
      if !traced.isEmpty {
        try folder.makeFolder(TraceFile.folder)
        for stage in traced { try TraceFile.write(stage, to: folder.staging) }
      }
      let files =
        tables.map { $0.name + ".csv" } + texts.map(\.name) + (traced.isEmpty ? [] : [TraceFile.folder]) + ["run.json"]
      var record = run.record(files: files, frozen: frozen, timings: timings)
      record.append("tables", .array(tables.map { .saved($0, in: folder.staging) }))
      if let view { record.append("report", view) }
      try JSONWriter.write(record, to: folder.staging + "/run.json")
      try folder.commit()
    } catch {
      folder.abandon()
      throw error
    }
  }

  /// What `sluice report` may put beside the tables later.
  public static let reportNames = ["report.html", "report.xlsx", "summary.md"]

  /// Removes what a write that ended in the middle left beside `path`; what stands at `path` is not touched.
  public static func abandon(_ path: String) { StagedFolder.abandon(at: path) }

  /// Whether every file of a folder is listed in its `run.json`, and the run is not frozen.
  private static func isRun(_ path: String, _ names: [String]) -> Bool {
    guard let manifest = try? TextFile.read(path + "/run.json") else { return false }
    guard !manifest.contains("\n  \"frozen\": ") else { return false }
    return names.allSatisfy { reportNames.contains($0) || manifest.contains("\"\($0)\"") }
  }
}

extension JSONValue {
  /// Adds a member to an object.
  fileprivate mutating func append(_ name: String, _ value: JSONValue) {
    guard case .object(let members) = self else { return }
    self = .object(members + [.init(name, value)])
  }

  fileprivate static func saved(_ table: Table, in folder: String) -> JSONValue {
    SavedRun.record(of: table, at: "\(folder)/\(table.name).csv")
  }
}
