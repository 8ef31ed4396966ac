/// The language of labels and sentences; ids, names and figures are the same in every one.
public enum Language: String, Sendable, Hashable, CaseIterable {
  case english = "en"
  case chinese = "zh"

  /// The language in which `say` speaks: set once around the rendering of a report.
  @TaskLocal public static var current = Language.english
}
