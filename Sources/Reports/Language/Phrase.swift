/// A text for people with its figures still apart, so that another language can put them in its own order.
///
/// Written as an ordinary string: `say("\(count) of \(total) partners leave")` has the key
/// `{} of {} partners leave`, by which `Glossary` finds its translation.
struct Phrase: ExpressibleByStringInterpolation, Sendable {
  /// The text with `{}` in place of each figure.
  let key: String
  let arguments: [String]

  init(stringLiteral value: String) { (key, arguments) = (value, []) }

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

/// The phrase in the current language; in English where the glossary has no translation.
func say(_ phrase: Phrase) -> String { Glossary.text(of: phrase, in: Language.current) }
