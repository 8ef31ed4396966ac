import Planning
import Synchronization

/// The one place that knows what every phrase is called in another language; report, workbook and summary share it.
///
/// A translation names its figures `{1}`, `{2}` by their place in the English phrase, or `{}` in the same order.
/// Each part of the report keeps its own list (`Chinese+Stock.swift`), joined in `Chinese.swift`.
enum Glossary {
  /// Collects, in tests, the phrases that were asked for, and those that have no translation.
  final class Gaps: Sendable {
    private let keys = Mutex<(missing: Set<String>, seen: Set<String>)>(([], []))
    func add(_ key: String) { keys.withLock { _ = $0.missing.insert(key) } }
    func note(_ key: String) { keys.withLock { _ = $0.seen.insert(key) } }
    var sorted: [String] { keys.withLock { $0.missing.sorted() } }
    var seen: Set<String> { keys.withLock { $0.seen } }
  }

  @TaskLocal static var gaps: Gaps?

  static func text(of phrase: Phrase, in language: Language) -> String {
    guard language == .chinese else { return filled(phrase.key, phrase.arguments) { $0 + $1 } }
    gaps?.note(phrase.key)
    guard let translation = Chinese.phrases[phrase.key] else {
      if phrase.key.contains(where: \.isLetter) { gaps?.add(phrase.key) }
      return filled(phrase.key, phrase.arguments) { $0 + $1 }
    }
    return filled(translation, phrase.arguments.map { Chinese.units[$0] ?? $0 }, joined: Typography.joined)
  }

  /// A text in English from elsewhere: as it is written, with its numbers kept apart, or by the pattern of a key
  /// whose `{}` stand for any text.
  static func label(_ label: String, in language: Language) -> String {
    guard language == .chinese, label.contains(where: \.isLetter) else { return label }
    gaps?.note(label)
    if let translation = Chinese.labels[label] ?? Chinese.words[label] { return translation }
    let phrase = numbersApart(label)
    if let translation = Chinese.labels[phrase.key] {
      gaps?.note(phrase.key)
      return filled(translation, phrase.arguments, joined: Typography.joined)
    }
    if let run = run(label), let translation = Chinese.labels[run.key] {
      gaps?.note(run.key)
      return filled(translation, run.arguments, joined: Typography.joined)
    }
    for pattern in Chinese.patterns {
      guard let found = pattern.arguments(in: label), let translation = Chinese.labels[pattern.key] else { continue }
      gaps?.note(pattern.key)
      return filled(translation, found.map { Chinese.words[$0] ?? $0 }, joined: Typography.joined)
    }
    // A key of the plan stands as it is written there.
    let isKey = label.contains(".") && !label.contains(" ")
    if !isKey { gaps?.add(phrase.key) }
    return label
  }

  /// The message of an alert that goes on, `orders < 0.6 * forecast.p50, 4 months in a row`: the condition is the
  /// plan's own text, commas included.
  private static func run(_ label: String) -> Phrase? {
    let end = " months in a row"
    guard label.hasSuffix(end), let comma = label.ranges(of: ", ").last else { return nil }
    let count = label[comma.upperBound...].dropLast(end.count)
    guard !count.isEmpty, count.allSatisfy(\.isNumber) else { return nil }
    return Phrase(key: "{}, {} months in a row", arguments: [String(label[..<comma.lowerBound]), String(count)])
  }

  /// What a stage or a check says of plan and tables.
  static func finding(_ text: String, in language: Language) -> String {
    guard language == .chinese else { return text }
    if let translation = Chinese.findings[text] { return translation }
    // What says that a stage was skipped quotes the reason, which has a pattern of its own.
    for pattern in [Chinese.skippedStage].compactMap(\.self) + Chinese.findingPatterns {
      guard let found = pattern.arguments(in: text), let translation = Chinese.findings[pattern.key] else { continue }
      // A finding may quote another one, or name a stage, a status, a rule.
      let figures = found.map { Chinese.words[$0] ?? ($0.contains(" ") ? finding($0, in: language) : $0) }
      return filled(translation, figures, joined: Typography.joined)
    }
    return text
  }

  /// What a word of the files is called; nil where it is none of ours.
  static func word(_ word: String, in language: Language) -> String? {
    guard language == .chinese, word.contains(where: \.isLetter) else { return nil }
    gaps?.note(word)
    let found = Chinese.words[word] ?? Chinese.labels[word]
    if found == nil { gaps?.add(word) }
    return found
  }

  /// `Units expected in the next 12 periods` → `Units expected in the next {} periods`, 12.
  static func numbersApart(_ text: String) -> Phrase {
    var (key, arguments, number) = ("", [String](), "")
    var isInsideWord = false
    func close() {
      guard !number.isEmpty else { return }
      // A point or comma that ends a sentence belongs to the text.
      let digits = number.reversed().drop { ".,".contains($0) }.reversed()
      arguments.append(String(digits))
      key += "{}" + number.dropFirst(digits.count)
      number = ""
    }
    for character in text {
      let isDigit = ("0"..."9").contains(character)
      if !isInsideWord, isDigit || (!number.isEmpty && ".,".contains(character)) {
        number.append(character)
      } else {
        close()
        key.append(character)
        isInsideWord = character.isLetter || (isInsideWord && isDigit)
      }
    }
    close()
    return Phrase(key: key, arguments: arguments)
  }

  /// The text with its figures: `{}` takes the next one, `{2}` the second; `joined` puts two pieces together.
  private static func filled(
    _ text: String, _ arguments: [String], joined: (String, String) -> String
  ) -> String {
    guard !arguments.isEmpty else { return text }
    var result = ""
    var next = 0
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      result = joined(result, String(rest[..<open]))
      let name = rest[rest.index(after: open)..<close]
      let position = name.isEmpty ? next : (Int(name) ?? 0) - 1
      if name.isEmpty { next += 1 }
      if arguments.indices.contains(position) { result = joined(result, arguments[position]) }
      rest = rest[rest.index(after: close)...]
    }
    return joined(result, String(rest))
  }
}
