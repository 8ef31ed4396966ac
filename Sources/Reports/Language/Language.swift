public import Planning

extension Language {
  /// The language in which `say` speaks: set once around the rendering of a report.
  @TaskLocal public static var current = Language.english
}

extension RunView {
  /// The language that the plan of the run asks for.
  public var language: Language { setting("language").flatMap(Language.init(rawValue:)) ?? .english }
}
