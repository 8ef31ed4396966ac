import ArgumentParser
import Sluice

/// What a shell proposes while a command is typed: names that the plan, the run or this version know.
///
/// A shell asks at every press of a key, so each answer reads one small file at most, and says nothing where
/// something is wrong: the command itself will.
enum Completion {
  static let plan = CompletionKind.file(extensions: ["yaml", "yml"])
  static let table = CompletionKind.file(extensions: ["csv", "gz", "tsv", "txt"])

  static let scenario = CompletionKind.custom { words, _, prefix in
    matching(loaded(words)?.plan.scenarioNames ?? [], prefix)
  }

  /// Keys of the plan, and `demand.` with a region of its tables.
  static let setting = CompletionKind.custom { words, _, prefix in
    guard let loaded = loaded(words) else { return [] }
    let keys = keys(of: loaded.resolvedYAML()) + regions(loaded.plan).map { "demand.\($0)" }
    return matching(keys.map { $0 + "=" }, prefix)
  }

  /// Stages, also behind others and a comma.
  static let stages = list { StageGraph.standard.names.map(\.rawValue) }

  /// Forecasting models, also behind others and a comma.
  static let models = list { ForecastModels.names }

  /// Of whom a run has numbers: `partner:P017`, `region:east`.
  static let subject = CompletionKind.custom { words, _, prefix in
    matching(archive(words).flatMap { try? $0.subjects(atMost: 20_000) } ?? [], prefix)
  }

  /// Which numbers a run has of the subject before.
  static let item = CompletionKind.custom { words, index, prefix in
    guard let archive = archive(words), index >= 1, index <= words.count else { return [] }
    return matching((try? archive.entries(of: words[index - 1]).map(\.item)) ?? [], prefix)
  }

  // MARK: Reading

  private static func list(_ names: @escaping @Sendable () -> [String]) -> CompletionKind {
    .custom { _, _, prefix in
      let chosen = prefix.lastIndex(of: ",").map { String(prefix[...$0]) } ?? ""
      return matching(names().map { chosen + $0 }, prefix)
    }
  }

  /// At most so many proposals: nobody reads more.
  private static let most = 200

  private static func matching(_ names: [String], _ prefix: String) -> [String] {
    // A name with a line end would be two proposals.
    Array(names.lazy.filter { $0.hasPrefix(prefix) && !$0.contains { $0.isNewline } }.prefix(most))
  }

  /// The plan among the words of the command.
  private static func loaded(_ words: [String]) -> LoadedPlan? {
    guard let path = words.first(where: { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }) else { return nil }
    var findings = Findings()
    return Plan.load(path: path, findings: &findings)
  }

  private static func archive(_ words: [String]) -> TraceArchive? {
    words.lazy.dropFirst().compactMap { TraceArchive(run: $0) }.first
  }

  /// The dotted keys of a resolved plan, from the depth of its lines.
  private static func keys(of yaml: String) -> [String] {
    var path: [Substring] = []
    var keys: [String] = []
    for line in yaml.split(separator: "\n") where !line.hasPrefix("#") {
      let depth = line.prefix { $0 == " " }.count / 2
      let content = line.drop { $0 == " " }
      guard let colon = content.firstIndex(of: ":"), depth <= path.count, !content.hasPrefix("\"") else { continue }
      path = path.prefix(depth) + [content[..<colon]]
      let rest = content[content.index(after: colon)...]
      if !rest.allSatisfy({ $0 == " " }) { keys.append(path.joined(separator: ".")) }
    }
    return keys
  }

  /// The regions of the smaller of the tables that list them.
  private static func regions(_ plan: Plan) -> [String] {
    for name in [InputTable.partners, .regions] {
      guard let reference = plan.data[name] else { continue }
      var findings = Findings()
      let table = TableReader.read(reference, schema: InputSchemas.schema(for: name), findings: &findings)
      if let found = table?.text("region")?.dictionary { return found.sorted() }
    }
    return []
  }
}
