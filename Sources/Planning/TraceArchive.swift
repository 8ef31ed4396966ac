import Specifications
public import Tables

/// The traces of a run folder: what `explain` looks a number up in.
public struct TraceArchive: Sendable {
  /// A trace as it was written; numbers keep the text that they were written with.
  public struct Entry: Sendable, Hashable {
    public struct Step: Sendable, Hashable {
      public var label: String
      public var detail: String
      /// Nil for evidence.
      public var amount: String?
      /// Where the figure can be seen, a phrase each.
      public var sources: [String]
    }

    public var stage: String
    public var subject: String
    public var item: String
    public var label: String
    public var value: String
    public var unit: String
    public var steps: [Step]
    /// The line of the file: one JSON object.
    public var json: String
  }

  public let path: String
  private let files: [(stage: String, path: String)]

  /// - Returns: nil where `path` holds no run.
  public init?(run path: String) {
    let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard FileSystem.exists(folder + "/run.json") else { return nil }
    self.path = folder
    files = StageName.allCases.compactMap { stage in
      let file = "\(folder)/\(TraceFile.folder)/\(stage.rawValue).jsonl"
      return FileSystem.exists(file) ? (stage.rawValue, file) : nil
    }
  }

  /// The traces of a subject, of one item or of all, in the order of the stages.
  /// Complexity: O(bytes of the traces).
  public func entries(of subject: String, item: String? = nil) throws(FileError) -> [Entry] {
    var prefix = "{\"subject\":" + JSONValue.string(subject).compact + ","
    if let item { prefix += "\"item\":" + JSONValue.string(item).compact + "," }
    var found: [Entry] = []
    for (stage, file) in files {
      found += try TextFile.lines(of: file, startingWith: prefix).compactMap { Entry(line: $0, stage: stage) }
    }
    return found
  }

  /// Every subject that has a trace, each once; of the first so many traces of each stage.
  public func subjects(atMost limit: Int = .max) throws(FileError) -> [String] {
    var seen: Set<String> = []
    var subjects: [String] = []
    for (_, file) in files {
      for line in try TextFile.lines(of: file, startingWith: "{\"subject\":\"", limit: limit) {
        // Up to the next quote that is not escaped; subjects with quotes inside are decoded whole.
        let rest = line.dropFirst(12)
        guard let end = rest.firstIndex(of: "\""), !rest[..<end].contains("\\") else {
          if let entry = Entry(line: line, stage: ""), seen.insert(entry.subject).inserted {
            subjects.append(entry.subject)
          }
          continue
        }
        let subject = String(rest[..<end])
        if seen.insert(subject).inserted { subjects.append(subject) }
      }
    }
    return subjects
  }
}

extension TraceArchive.Entry {
  /// JSON is YAML: the one reader of YAML reads the line.
  fileprivate init?(line: String, stage: String) {
    var ignored = Findings()
    guard let root = SpecificationDocument.parse(line, file: "trace", findings: &ignored)?.root else { return nil }
    func text(_ key: String) -> String { root[key]?.plainText ?? "" }
    self.init(
      stage: stage, subject: text("subject"), item: text("item"), label: text("label"), value: text("value"),
      unit: text("unit"), steps: (root["steps"]?.plainItems ?? []).map(Step.init), json: line)
  }
}

extension TraceArchive.Entry.Step {
  fileprivate init(_ node: LocatedNode) {
    self.init(
      label: node["label"]?.plainText ?? "", detail: node["detail"]?.plainText ?? "",
      amount: node["amount"]?.plainText, sources: (node["from"]?.plainItems ?? []).map(Self.source))
  }

  private static func source(_ node: LocatedNode) -> String {
    func text(_ key: String) -> String { node[key]?.plainText ?? "" }
    let place = text("place").isEmpty ? text("first") : text("place")
    if node["plan"] != nil { return [place, text("plan")].filter { !$0.isEmpty }.joined(separator: " ") }
    if node["table"] != nil {
      let rows = text("rows") == "1" ? "1 row of" : "\(text("rows")) rows of"
      return "\(rows) \(text("table")) where \(text("where"))" + (place.isEmpty ? "" : ", first \(place)")
    }
    if node["result"] != nil { return "\(text("result")).csv where \(text("where"))" }
    return "\(text("subject")) \(text("item"))"
  }
}
