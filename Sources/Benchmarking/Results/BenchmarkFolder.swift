public import Tables

/// The folder that a benchmark leaves behind: `leaderboard.csv`, `results.json`, the page, and forecasts that are kept.
public enum BenchmarkFolder {
  private static let names: Set<String> = [
    "leaderboard.csv", "results.json", "bench.html", "value_added.csv", "forecasts.csv.gz",
  ]

  /// Whether results could be written at `path`; asked before the work is done.
  public static func check(_ path: String) throws(FileError) {
    try StagedFolder(at: path, canReplace: isOurs).abandon()
  }

  /// Writes the folder, all of it or nothing; earlier results in its place are replaced, anything else left alone.
  /// - Parameters:
  ///   - page: the text of `bench.html`.
  ///   - forecasts: kept as `forecasts.csv.gz`; nil for none.
  public static func write(
    _ results: BenchmarkResults, page: String, forecasts: Table?, to path: String
  ) throws(FileError) {
    let folder = try StagedFolder(at: path, canReplace: isOurs)
    do throws(FileError) {
      try CSVWriter.write(results.leaderboard, to: folder.staging + "/leaderboard.csv")
      if let table = results.valueAdded { try CSVWriter.write(table, to: folder.staging + "/value_added.csv") }
      if let forecasts { try CSVWriter.write(forecasts, to: folder.staging + "/forecasts.csv.gz") }
      try JSONWriter.write(results.json, to: folder.staging + "/results.json")
      try AtomicFile.write(page, to: folder.staging + "/bench.html")
      try folder.commit()
    } catch {
      folder.abandon()
      throw error
    }
  }

  private static func isOurs(_ found: [String]) -> Bool {
    found.contains("leaderboard.csv") && found.allSatisfy(names.contains)
  }
}
