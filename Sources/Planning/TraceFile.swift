import Tables

/// `trace/<stage>.jsonl` of a run folder: one traced number a line.
enum TraceFile {
  static let folder = "trace"

  /// Writes the traces of a stage, a line each, without holding them all at once.
  static func write(_ stage: StageRecord, to folder: String) throws(FileError) {
    guard let traces = stage.output?.traces else { return }
    var file = try AtomicFile(path: "\(folder)/\(TraceFile.folder)/\(stage.name.rawValue).jsonl")
    var buffer: [UInt8] = []
    for index in 0..<traces.count {
      buffer += Array(traces[index].json.compact.utf8)
      buffer.append(UInt8(ascii: "\n"))
      guard buffer.count > 1 << 20 else { continue }
      try file.append(buffer)
      buffer.removeAll(keepingCapacity: true)
    }
    try file.append(buffer)
    try file.commit()
  }
}
