/// One value of a specification after all layers, with where it came from: what `check --resolved` prints.
public struct ResolvedValue: Sendable, Hashable {
  /// The keys from the top.
  public var path: [String]
  /// The value as canonical YAML on one line.
  public var text: String
  /// `plan.yaml:33`, `default`, `SLUICE_BUDGET_QUARTER`, `plan.yaml:33, then --set budget.quarter=*0.9`.
  public var source: String
  /// Whether a stage reads the value; values of sections for later versions are kept but not used.
  public var isUsed = true

  /// `budget.quarter`
  public var name: String { path.joined(separator: ".") }
}

/// Writes resolved values as a YAML file that reads back as the same values.
public struct ResolvedDocument: Sendable {
  public let values: [ResolvedValue]
  /// The values that stages read, by their first key, as lines in the order of their names.
  private let lines: [String: [(path: [String], line: String)]]

  public init(_ values: [ResolvedValue]) {
    self.values = values
    lines = Dictionary(grouping: values.lazy.filter(\.isUsed)) { $0.path.first ?? "" }.mapValues { values in
      values.map { ($0.path, "\($0.name): \($0.text)\n") }.sorted { $0.1 < $1.1 }
    }
  }

  /// One line a value, the source of each behind it as a comment.
  /// - Parameter header: lines of comment at the top.
  public func yaml(header: [String] = []) -> String {
    var output = header.map { "# \($0)\n" }.joined()
    write(values[...], depth: 0, to: &output)
    return output
  }

  /// The values at and below the given keys (`calendar`, `budget.spend_types`), without sources: equal texts mean equal
  /// settings.
  public func canonicalText(sections: [String]) -> String {
    let wanted = Dictionary(grouping: sections.map { $0.split(separator: ".").map(String.init) }) { $0.first ?? "" }
    var text = ""
    for (first, paths) in wanted.sorted(by: { $0.key < $1.key }) {
      for (path, line) in lines[first] ?? [] where paths.contains(where: { path.starts(with: $0) }) { text += line }
    }
    return text
  }

  /// Values that share their first keys stand together, in the order in which the first of them was read.
  private func write(_ values: ArraySlice<ResolvedValue>, depth: Int, to output: inout String) {
    var order: [String] = []
    var groups: [String: [ResolvedValue]] = [:]
    for value in values {
      if groups[value.path[depth]] == nil { order.append(value.path[depth]) }
      groups[value.path[depth], default: []].append(value)
    }
    let indentation = String(repeating: "  ", count: depth)
    for key in order {
      guard let group = groups[key] else { continue }
      let name = indentation + YAMLText.scalar(key, isText: true) + ":"
      if let value = group.first, value.path.count == depth + 1 {
        let line = name + " " + value.text
        let padding = String(repeating: " ", count: max(1, 48 - line.count))
        output += line + padding + "# " + value.source + "\n"
      } else {
        output += name + "\n"
        write(group[...], depth: depth + 1, to: &output)
      }
    }
  }
}

extension ResolvedDocument {
  /// The values of a file that `yaml(header:)` wrote.
  public init(of document: SpecificationDocument) {
    var values: [ResolvedValue] = []
    func collect(_ node: LocatedNode, _ path: [String]) {
      if case .mapping(let entries) = node.content, !entries.isEmpty || path.isEmpty {
        for entry in entries { collect(entry.value, path + [entry.key]) }
      } else {
        values.append(
          ResolvedValue(path: path, text: YAMLText.flow(node), source: node.origin.description, isUsed: true))
      }
    }
    collect(document.root, [])
    self.init(values)
  }
}

/// Values as YAML on one line.
package enum YAMLText {
  /// Quoted where plain text would read as something else.
  package static func scalar(_ text: String, isText: Bool) -> String {
    guard isText else { return text }
    let reserved = ["", "~", "null", "true", "false", "yes", "no", "on", "off"]
    let isPlain = text.unicodeScalars.allSatisfy { isLetter($0) || isDigit($0) || "_-./+".unicodeScalars.contains($0) }
    let startsPlain = text.unicodeScalars.first.map(isLetter) == true
    if isPlain, startsPlain, !reserved.contains(text.lowercased()) { return text }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\" + String(scalar)
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\r": quoted += "\\r"
      default:
        if isPrintable(scalar) {
          quoted.unicodeScalars.append(scalar)
        } else {
          let digits = String(scalar.value, radix: 16, uppercase: true)
          let width = scalar.value > 0xFFFF ? 8 : 4
          quoted += (width == 8 ? "\\U" : "\\u") + String(repeating: "0", count: width - digits.count) + digits
        }
      }
    }
    return quoted + "\""
  }

  // The properties of Unicode are slow to look up, and nearly every key and value is ASCII.
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? (65...90).contains(scalar.value & ~0x20) : scalar.properties.isAlphabetic
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? (48...57).contains(scalar.value) : scalar.properties.numericType == .decimal
  }

  /// Text as a comment: on one line, without what a terminal or an editor would act on, cut where it is long.
  package static func comment(_ text: String, longest: Int = 200) -> String {
    var cleaned = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { cleaned.append(isPrintable(scalar) ? scalar : "\u{FFFD}") }
    let whole = String(cleaned)
    return whole.count > longest ? whole.prefix(longest) + "…" : whole
  }

  /// YAML 1.2, 5.1, less the marks that begin a line elsewhere or turn the direction of reading.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF,
      0xFFFE, 0xFFFF:
      false
    default: true
    }
  }

  /// A node with everything below it.
  static func flow(_ node: LocatedNode) -> String {
    switch node.content {
    case .scalar(let scalar): self.scalar(scalar.text ?? "", isText: scalar.style != .plain || !isSimple(scalar))
    case .sequence(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
    case .mapping(let entries):
      "{" + entries.map { self.scalar($0.key, isText: true) + ": " + flow($0.value) }.joined(separator: ", ") + "}"
    }
  }

  /// Whether a plain scalar stays what it is inside brackets.
  private static func isSimple(_ scalar: LocatedNode.Scalar) -> Bool {
    guard let text = scalar.text else { return false }
    return !text.contains { ",[]{}#\n".contains($0) } && !text.contains(": ")
  }
}
