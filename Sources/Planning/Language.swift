import Tables

/// The language of labels and sentences; ids, names and figures are the same in every one.
public enum Language: String, Sendable, Hashable, CaseIterable {
  case english = "en"
  case chinese = "zh"
}

extension Language {
  /// The language that the plan of a run folder asked for; nil where the folder does not tell.
  public init?(run folder: String) {
    let file = folder + "/plan.resolved.yaml"
    guard let line = (try? TextFile.lines(of: file, startingWith: "language:"))?.first else { return nil }
    let value = line.dropFirst("language:".count).prefix { $0 != "#" }
    self.init(rawValue: String(value.filter { $0 != " " && $0 != "\"" }))
  }
}
