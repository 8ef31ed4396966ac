import Glibc
import Tables

/// What a run cost: no part of its results, and shown only where it is asked for.
public struct RunTimings: Sendable {
  public struct Stage: Sendable {
    public var name: StageName
    /// Wall time.
    public var seconds: Double
    /// Of the seconds of all stages, 0…1. Stages run side by side: together they may take longer than the run.
    public var share: Double
    /// Rows of the tables that the stage can see, and of those that it gives.
    public var rowsIn: Int
    public var rowsOut: Int
  }

  /// In the order in which results are shown.
  public var stages: [Stage]
  public var threads: Int
  /// The most memory that the process has held so far, in MB (10⁶ bytes).
  public var peakMegabytes: Double

  /// Measures what there is to measure now.
  public init(_ run: Run, graph: StageGraph = .standard) {
    let total = run.stages.reduce(0) { $0 + $1.seconds }
    stages = run.stages.map { stage in
      Stage(
        name: stage.name, seconds: stage.seconds, share: total > 0 ? stage.seconds / total : 0,
        rowsIn: graph.declaredTables(of: stage.name).reduce(0) { $0 + (run.data[$1]?.rowCount ?? 0) },
        rowsOut: (stage.output?.tables ?? []).reduce(0) { $0 + $1.rowCount })
    }
    threads = run.threads
    peakMegabytes = Self.peakMegabytes
  }

  private static var peakMegabytes: Double {
    var usage = rusage()
    guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return 0 }
    return Double(usage.ru_maxrss) * 1024 / 1e6
  }

  /// For `run.json`.
  var record: JSONValue {
    func rounded(_ value: Double, _ scale: Double) -> JSONValue { .number((value * scale).rounded() / scale) }
    return [
      "threads": .integer(threads), "peak_memory_mb": rounded(peakMegabytes, 10),
      "stages": .array(
        stages.map {
          [
            "stage": .string($0.name.rawValue), "seconds": rounded($0.seconds, 1000), "share": rounded($0.share, 10000),
            "rows_in": .integer($0.rowsIn), "rows_out": .integer($0.rowsOut),
          ]
        }),
    ]
  }
}
