import Planning

/// A text for people with its figures still apart, so that another language can put them in its own order.
///
/// Written as an ordinary string: `say("\(count) of \(total) partners leave")` has the key
/// `{} of {} partners leave`, by which `Glossary` finds its translation.
struct Phrase: ExpressibleByStringInterpolation, Sendable {
  /// The text with `{}` in place of each figure.
  let key: String
  let arguments: [String]

  init(stringLiteral value: String) { (key, arguments) = (value, []) }

  init(key: String, arguments: [String]) { (self.key, self.arguments) = (key, arguments) }

  init(stringInterpolation: StringInterpolation) {
    (key, arguments) = (stringInterpolation.key, stringInterpolation.arguments)
  }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var key = ""
    fileprivate var arguments: [String] = []

    init(literalCapacity: Int, interpolationCount: Int) {
      key.reserveCapacity(literalCapacity + 2 * interpolationCount)
    }

    mutating func appendLiteral(_ literal: String) { key += literal }

    mutating func appendInterpolation(_ value: some CustomStringConvertible) {
      key += "{}"
      arguments.append(value.description)
    }
  }
}

extension Phrase {
  /// One phrase from two halves, for texts that do not fit a line.
  static func + (left: Phrase, right: Phrase) -> Phrase {
    Phrase(key: left.key + right.key, arguments: left.arguments + right.arguments)
  }
}

/// The phrase in the current language; in English where the glossary has no translation.
func say(_ phrase: Phrase) -> String { Glossary.text(of: phrase, in: Language.current) }

/// A text that another module wrote in English, such as the label of an indicator: its numbers are taken out and the
/// rest is looked up, `Units expected in the next {} periods`. Unchanged where the glossary does not have it.
func say(label: String) -> String { Glossary.label(label, in: Language.current) }

/// A finding's message, note or hint; as it is written where the glossary has no pattern for it.
func say(finding: String) -> String { Glossary.finding(finding, in: Language.current) }

/// A word of the program's own, as files write it: a stage, a status, an action, a rule, the name of a column.
/// English takes it as it stands, or its `plain` form where that differs.
func say(word: String, plain: String? = nil) -> String {
  Language.current == .english ? plain ?? word : Glossary.word(word, in: Language.current) ?? plain ?? word
}
