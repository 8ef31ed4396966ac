public import ArgumentParser
public import Sluice

/// The option of every verb that prints sentences or writes a report.
struct LanguageOption: ParsableArguments {
  @Option(help: "The language of labels and sentences: en or zh. The plan's `language` where it is not given.")
  var lang: Language?

  /// Does the work in the language that was asked for, else in that of the plan, else in English.
  func speaking<Result>(plan: Language? = nil, _ work: () throws -> Result) rethrows -> Result {
    try Language.$current.withValue(lang ?? plan ?? .english, operation: work)
  }
}

extension Language: ExpressibleByArgument {}
