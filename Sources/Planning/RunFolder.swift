public import Tables

/// The folder that a run leaves behind: `run.json`, `plan.resolved.yaml`, a CSV per table, and the reports.
public enum RunFolder {
  /// Whether a run could be written at `path`; asked before the work is done.
  public static func check(_ path: String) throws(FileError) {
    try StagedFolder(at: path) { isRun(path, $0) }.abandon()
  }

  /// Writes the folder, all of it or nothing; an earlier run in its place is replaced, anything else left alone.
  ///
  /// - Parameters:
  ///   - reports: further files by name, such as `report.html`.
  ///   - frozen: the name under which the run is frozen: no later run replaces it.
  ///   - timings: what the run cost, for `run.json`; nil where it is not to be told.
  public static func write(
    _ run: Run, reports: [(name: String, text: String)], to path: String, frozen: String? = nil,
    timings: RunTimings? = nil
  ) throws(FileError) {
    let folder = try StagedFolder(at: path) { isRun(path, $0) }
    do throws(FileError) {
      let tables = run.tables
      for table in tables { try CSVWriter.write(table, to: "\(folder.staging)/\(table.name).csv") }
      let texts = [(name: "plan.resolved.yaml", text: run.loaded.resolvedYAML())] + reports
      for (name, text) in texts { try AtomicFile.write(text, to: "\(folder.staging)/\(name)") }
      let traced = run.stages.filter { ($0.output?.traces.count ?? 0) > 0 }
      if !traced.isEmpty {
        try folder.makeFolder(TraceFile.folder)
        for stage in traced { try TraceFile.write(stage, to: folder.staging) }
      }
      let files =
        tables.map { $0.name + ".csv" } + texts.map(\.name) + (traced.isEmpty ? [] : [TraceFile.folder]) + ["run.json"]
      try JSONWriter.write(run.record(files: files, frozen: frozen, timings: timings), to: folder.staging + "/run.json")
      try folder.commit()
    } catch {
      folder.abandon()
      throw error
    }
  }

  /// Removes what a write that ended in the middle left beside `path`; what stands at `path` is not touched.
  public static func abandon(_ path: String) { StagedFolder.abandon(at: path) }

  /// Whether every file of a folder is listed in its `run.json`, and the run is not frozen.
  private static func isRun(_ path: String, _ names: [String]) -> Bool {
    guard let manifest = try? TextFile.read(path + "/run.json") else { return false }
    guard !manifest.contains("\n  \"frozen\": ") else { return false }
    return names.allSatisfy { manifest.contains("\"\($0)\"") }
  }
}
