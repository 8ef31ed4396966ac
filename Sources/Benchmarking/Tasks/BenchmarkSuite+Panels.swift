public import Tables

extension BenchmarkSuite {
  /// Reads the tables of the suite and cuts them into windows: for each task and group its panels, the latest first.
  /// - Parameter data: a folder in place of the suite's own `dataFolder`.
  /// - Returns: nil with an error among the findings.
  public func panels(data: String? = nil, findings: inout Findings) -> [(
    task: BenchmarkTask, panels: [BenchmarkPanel]
  )]? {
    var found = Findings(limit: findings.limit)
    defer { findings.merge(found) }
    var result: [(task: BenchmarkTask, panels: [BenchmarkPanel])] = []
    for task in tasks {
      let reader = SeriesTableReader(suite: self, task: task, dataOverride: data)
      guard let groups = reader.read(findings: &found) else { continue }
      for table in groups {
        guard let panels = TaskWindows(suite: self, task: task, table: table).panels(findings: &found) else { continue }
        result.append((task, panels))
      }
    }
    return found.hasErrors ? nil : result
  }
}
