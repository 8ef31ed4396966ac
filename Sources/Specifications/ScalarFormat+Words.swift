public import ChannelTypes
import Tables

extension ScalarFormat where Value == String {
  /// Any text that is not empty.
  public static var text: Self {
    ScalarFormat(expected: "text", isText: true, parse: { $0.isEmpty ? nil : $0 }, write: { $0 })
  }

  /// One of a few words, known only at run time.
  public static func word(of vocabulary: [String], _ expected: String = "a word") -> Self {
    ScalarFormat(
      expected: expected, isText: true, vocabulary: vocabulary, parse: { vocabulary.contains($0) ? $0 : nil },
      write: { $0 })
  }
}

extension ScalarFormat where Value == Bool {
  /// `true` or `false`, also `yes` and `no`.
  public static var flag: Self {
    ScalarFormat(
      expected: "true or false", vocabulary: ["true", "false"],
      parse: { text in
        switch text.lowercased() {
        case "true", "yes", "on": true
        case "false", "no", "off": false
        default: nil
        }
      },
      write: { $0 ? "true" : "false" })
  }
}

extension ScalarFormat where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of the words of an enumeration.
  public static var choice: Self {
    ScalarFormat(
      expected: "one of the words allowed", isText: true, vocabulary: Value.allCases.map(\.rawValue),
      parse: { Value(rawValue: $0) }, write: { $0.rawValue })
  }
}

extension ScalarFormat where Value == Period {
  /// A period of the calendar; changes move it by whole periods. `asNumbers` reads bare integers as running numbers.
  public static func period(asNumbers: Bool = false) -> Self {
    ScalarFormat(
      expected: asNumbers ? "a period such as 2026-W05 or 140" : "a period such as 2026-01, 2026Q1 or 2026-W05",
      parse: { text in
        if asNumbers, let number = Period(text, asNumber: true) { return number }
        return Period(text)
      },
      write: { $0.description },
      adjust: { period, adjustment in
        guard let count = Int(adjustment.operand), count < 100_000 else { return nil }
        switch adjustment.operation {
        case .multiply: return nil
        case .add: return period.advanced(by: count)
        case .subtract: return period.advanced(by: -count)
        }
      })
  }
}
