import Synchronization

/// The one place that knows what every phrase is called in another language; report, workbook and summary share it.
///
/// A translation names its figures `{1}`, `{2}` by their place in the English phrase, or `{}` in the same order.
/// Each part of the report keeps its own list (`Chinese+Stock.swift`), joined in `Chinese.swift`.
enum Glossary {
  /// Collects, in tests, the phrases that have no translation.
  final class Gaps: Sendable {
    private let keys = Mutex<Set<String>>([])
    func add(_ key: String) { keys.withLock { _ = $0.insert(key) } }
    var sorted: [String] { keys.withLock { $0.sorted() } }
  }

  @TaskLocal static var gaps: Gaps?

  static func text(of phrase: Phrase, in language: Language) -> String {
    guard language == .chinese else { return filled(phrase.key, phrase.arguments) }
    guard let translation = Chinese.phrases[phrase.key] else {
      if phrase.key.contains(where: \.isLetter) { gaps?.add(phrase.key) }
      return filled(phrase.key, phrase.arguments)
    }
    return filled(translation, phrase.arguments)
  }

  /// The text with its figures: `{}` takes the next one, `{2}` the second.
  private static func filled(_ text: String, _ arguments: [String]) -> String {
    guard !arguments.isEmpty else { return text }
    var result = ""
    var next = 0
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      result += rest[..<open]
      let name = rest[rest.index(after: open)..<close]
      let position = name.isEmpty ? next : (Int(name) ?? 0) - 1
      if name.isEmpty { next += 1 }
      if arguments.indices.contains(position) { result += arguments[position] }
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
