import Tables

extension MappingCursor {
  /// Reads a value; the default, with a finding, where it is wrong.
  public mutating func read<Value>(
    _ key: String, as format: ScalarFormat<Value>, default standard: Value
  ) -> Located<Value> {
    guard let node = take(key) else {
      decoder.record(path + [key], text(standard, format), source: SourcePlace.default.description)
      return Located(standard)
    }
    return value(of: node, name(key), format, default: standard, path: path + [key])
      ?? Located(standard, at: node.origin.place)
  }

  /// Reads a value that may be absent; nil where it is absent or wrong.
  public mutating func read<Value>(_ key: String, as format: ScalarFormat<Value>) -> Located<Value>? {
    guard let node = take(key) else { return nil }
    return value(of: node, name(key), format, default: nil, path: path + [key])
  }

  /// Reads a value that must be there; nil, with a finding, where it is absent or wrong.
  public mutating func require<Value>(
    _ key: String, as format: ScalarFormat<Value>, hint: String? = nil
  ) -> Located<Value>? {
    guard let node = take(key) else {
      decoder.report(
        SpecificationCodes.missingKey, "`\(name(key))` is missing", at: origin,
        hint: hint ?? "add `\(key):` with \(format.expected)")
      return nil
    }
    return value(of: node, name(key), format, default: nil, path: path + [key])
  }

  /// Reads a list of values; the default where it is absent. Items that are wrong are left out, with a finding.
  /// - Parameter unique: whether a repeated item is an error.
  public mutating func list<Value>(
    _ key: String, of format: ScalarFormat<Value>, default standard: [Value] = [], unique: Bool = true
  ) -> [Located<Value>] {
    guard let node = take(key) else {
      decoder.record(path + [key], flow(standard, format), source: SourcePlace.default.description)
      return standard.map { Located($0) }
    }
    guard case .sequence(let items) = node.content else {
      decoder.report(
        SpecificationCodes.wrongShape, "`\(name(key))` is \(node.kind), where a list is expected", at: node.origin,
        hint: "write [\(listHint(node))]")
      return standard.map { Located($0) }
    }
    var read: [(text: String, item: Located<Value>)] = []
    for (index, item) in items.enumerated() {
      guard let value = value(of: item, "\(name(key)) item \(index + 1)", format, default: nil, path: nil) else {
        continue
      }
      let text = format.write(value.value)
      if unique, let first = read.first(where: { $0.text == text })?.item {
        decoder.report(
          SpecificationCodes.repeatedItem, "`\(text)` is listed twice in `\(name(key))`", at: item.origin,
          hint: "remove one", notes: ["it is first listed at \(first.place)"])
      } else {
        read.append((text, value))
      }
    }
    decoder.record(path + [key], flow(read.map(\.item.value), format), source: node.origin.description)
    return read.map(\.item)
  }

  // MARK: One value

  mutating func value<Value>(
    of node: LocatedNode, _ name: String, _ format: ScalarFormat<Value>, default standard: Value?, path: [String]?
  ) -> Located<Value>? {
    if let problem = shapeProblem(node, isSection: false) {
      decoder.report(
        SpecificationCodes.wrongShape, "`\(name)` \(problem)", at: node.origin, hint: "write \(format.expected)")
      return nil
    }
    guard case .scalar(let scalar) = node.content else { return nil }
    if scalar.isNull {
      decoder.report(
        SpecificationCodes.wrongShape, "`\(name)` has no value", at: node.origin,
        hint: "write \(format.expected), or delete the line")
      return nil
    }
    guard var value = base(scalar, node.origin, name, format, standard) else { return nil }
    var sources = scalar.text == nil ? [SourcePlace.default.description] : [node.origin.description]
    var origin = node.origin
    for adjustment in scalar.adjustments {
      guard let changed = adjusted(value, adjustment, name, format) else { return nil }
      value = changed
      origin = adjustment.origin
      sources.append(adjustment.origin.description)
    }
    if let complaint = format.check(value) {
      decoder.report(
        complaint.code, "`\(name)`: \(complaint.message)", severity: complaint.severity, at: origin,
        hint: complaint.hint)
      if complaint.severity == .error { return nil }
    }
    if let path { decoder.record(path, text(value, format), source: sources.joined(separator: ", then ")) }
    return Located(value, at: origin.place)
  }

  /// The value before changes.
  private mutating func base<Value>(
    _ scalar: LocatedNode.Scalar, _ origin: Origin, _ name: String, _ format: ScalarFormat<Value>, _ standard: Value?
  ) -> Value? {
    guard let text = scalar.text else {
      guard let standard else {
        decoder.report(
          SpecificationCodes.nothingToChange, "`\(name)` is not in the plan, so there is nothing to change", at: origin,
          hint: "set the value itself, or correct the path")
        return nil
      }
      return standard
    }
    let isQuotedNumber = scalar.style != .plain && !format.isText
    if !isQuotedNumber, let value = format.parse(text) { return value }
    if let vocabulary = format.vocabulary {
      decoder.report(
        SpecificationCodes.unknownWord, "`\(name)` cannot be `\(text)`", at: origin,
        hint: Suggestion.hint(for: text, among: vocabulary))
    } else {
      let repaired = isQuotedNumber ? text : DecimalText.repaired(text)
      let hint = repaired.flatMap { format.parse($0) == nil ? nil : "write \($0)" }
      decoder.report(
        SpecificationCodes.unreadableValue,
        "`\(name)` is not \(format.expected): `\(text)`" + Self.peculiarity(text, isQuotedNumber), at: origin,
        hint: hint ?? "write \(format.expected)")
    }
    return nil
  }

  /// What makes a text no number although it looks like one.
  private static func peculiarity(_ text: String, _ isQuotedNumber: Bool) -> String {
    if isQuotedNumber { return " is text in quotes" }
    let isFullWidth = text.unicodeScalars.contains { (0xFF01...0xFF5E).contains($0.value) }
    return isFullWidth ? " is written in full-width digits" : ""
  }

  private mutating func adjusted<Value>(
    _ value: Value, _ adjustment: Adjustment, _ name: String, _ format: ScalarFormat<Value>
  ) -> Value? {
    let change = "\(adjustment.operation.rawValue)\(adjustment.operand)"
    guard let adjust = format.adjust else {
      decoder.report(
        SpecificationCodes.nothingToChange, "`\(name)` is not a number, so `\(change)` cannot change it",
        at: adjustment.origin, hint: "to set this text, write `=\(change)`")
      return nil
    }
    guard let changed = adjust(value, adjustment) else {
      decoder.report(
        SpecificationCodes.outOfRange, "`\(name)`: \(format.write(value)) changed by `\(change)` is not possible",
        at: adjustment.origin, hint: "the result must be \(format.expected)")
      return nil
    }
    return changed
  }

  // MARK: Canonical text

  private func text<Value>(_ value: Value, _ format: ScalarFormat<Value>) -> String {
    YAMLText.scalar(format.write(value), isText: format.isText)
  }

  private func flow<Value>(_ values: [Value], _ format: ScalarFormat<Value>) -> String {
    "[" + values.map { text($0, format) }.joined(separator: ", ") + "]"
  }

  private func listHint(_ node: LocatedNode) -> String {
    guard case .scalar(let scalar) = node.content, !scalar.isNull else { return "first, second" }
    return scalar.text ?? ""
  }
}
