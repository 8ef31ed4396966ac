public import Tables

/// Reads the keys of one section. What it is not asked for is an error when the section ends.
///
/// Sections are read by closures, so that none can be left without its check:
/// ```swift
/// cursor.section("budget") { budget in
///   settings.quarter = budget.read("quarter", as: .money(.atLeast(.zero)))
///   settings.horizon = budget.read("horizon", as: .integer(.atLeast(1)), default: 12).value
/// }
/// ```
public struct MappingCursor: Sendable {
  /// The keys from the top to this section.
  public let path: [String]
  /// Where the section begins.
  public let origin: Origin
  private var entries: [LocatedNode.Entry]
  private var asked: [String] = []
  var decoder: SpecificationDecoder

  init(_ node: LocatedNode, path: [String], decoder: SpecificationDecoder) {
    self.path = path
    self.decoder = decoder
    origin = node.origin
    if case .mapping(let entries) = node.content { self.entries = entries } else { entries = [] }
  }

  /// The keys of the section, for sections whose keys are ids.
  public var keys: [String] { entries.map(\.key) }

  /// Where a key is written; the section's begin where it is not.
  public func origin(of key: String) -> Origin { entries.first { $0.key == key }?.keyOrigin ?? origin }

  /// What stands under a key.
  public enum Shape: Sendable { case value, list, section }

  /// The shape of a key's value; nil where the key is absent.
  public func shape(of key: String) -> Shape? {
    switch entries.first(where: { $0.key == key })?.value.content {
    case .scalar: .value
    case .sequence: .list
    case .mapping: .section
    case nil: nil
    }
  }

  /// Adds a finding about a place of this document.
  public mutating func report(
    _ code: DiagnosticCode, _ message: String, severity: Diagnostic.Severity = .error, at origin: Origin,
    hint: String? = nil, notes: [String] = []
  ) {
    decoder.report(code, message, severity: severity, at: origin, hint: hint, notes: notes)
  }

  // MARK: Sections

  /// Reads a section; `body` also runs where it is absent, so that defaults are recorded.
  @discardableResult
  public mutating func section<Result: Sendable>(_ key: String, _ body: (inout MappingCursor) -> Result) -> Result {
    let node = takeWritten(key) ?? LocatedNode(.mapping([]), from: Origin(.file, at: .default))
    guard path.isEmpty, let known = decoder.known else { return section(node, as: key, body) }
    if key == known.first, !known.isFirst(node) { decoder.known = nil }
    if let found: (result: Result, values: [ResolvedValue]) = decoder.known?.found(key, node) {
      decoder.take(found.values)
      return found.result
    }
    let (findings, values) = (decoder.findings.count, decoder.values.count)
    let result = section(node, as: key, body)
    if decoder.findings.count == findings {
      decoder.known?.keep(key, node, result, Array(decoder.values[values...]))
    }
    return result
  }

  /// Reads a node as a section with the name `key`: an item of a list.
  mutating func section<Result>(
    _ node: LocatedNode, as key: String, _ body: (inout MappingCursor) -> Result
  ) -> Result {
    let problem = shapeProblem(node, isSection: true)
    let isMisshapen = problem != nil
    if let problem {
      decoder.report(
        SpecificationCodes.wrongShape, "`\(name(key))` \(problem)", at: node.origin,
        hint: "write its keys below it, indented by two blanks")
    }
    let before = decoder.findings
    var child = MappingCursor(node, path: path + [key], decoder: decoder)
    let result = body(&child)
    decoder = child.finish()
    // What a section lacks because it is none is no news.
    if isMisshapen { decoder.findings = before }
    return result
  }

  /// Reads a list of sections; empty where the key is absent.
  public mutating func sections<Result>(_ key: String, _ body: (inout MappingCursor) -> Result) -> [Result] {
    guard let node = takeWritten(key) else {
      decoder.record(path + [key], "[]", source: SourcePlace.default.description)
      return []
    }
    guard case .sequence(let items) = node.content else {
      decoder.report(
        SpecificationCodes.wrongShape, "`\(name(key))` is \(node.kind), where a list of sections is expected",
        at: node.origin, hint: "write `- ` before the first key of each")
      return []
    }
    let recorded = decoder.values.count
    let results = items.enumerated().map { index, item in section(item, as: "\(key)[\(index + 1)]", body) }
    decoder.recordList(path + [key], YAMLText.flow(node), source: node.origin.description, since: recorded)
    return results
  }

  /// Reads a section only where it is written.
  public mutating func sectionIfPresent<Result: Sendable>(
    _ key: String, _ body: (inout MappingCursor) -> Result
  ) -> Result? {
    guard entries.contains(where: { $0.key == key }) else {
      asked.append(key)
      return nil
    }
    return section(key, body)
  }

  /// Accepts keys that no stage of this version uses, with a warning each, and keeps their values in the record.
  public mutating func acceptUnused(_ keys: [String], code: DiagnosticCode, hint: String) {
    for key in keys {
      guard let node = takeWritten(key) else { continue }
      decoder.report(
        code, "no stage of this version uses `\(name(key))`", severity: .warning, at: origin(of: key), hint: hint)
      recordUnused(node, path + [key])
    }
  }

  /// Accepts a key with whatever is below it, as read by another pass.
  public mutating func keepSection(_ key: String) {
    if let node = takeWritten(key) { recordUnused(node, path + [key]) }
  }

  /// Makes an absent key known, so that hints name it.
  public mutating func expect(_ key: String) { asked.append(key) }

  /// A finding about a value that was read: the line of its place is quoted.
  public mutating func report(
    _ code: DiagnosticCode, _ message: String, severity: Diagnostic.Severity = .error, at place: SourcePlace,
    hint: String? = nil, notes: [String] = []
  ) {
    decoder.findings.add(
      decoder.source.diagnostic(code, severity, message, at: place, hint: hint, notes: notes))
  }

  /// Whether a plain word stands under a key.
  func isWord(_ word: String, at key: String) -> Bool {
    guard case .scalar(let scalar)? = entries.first(where: { $0.key == key })?.value.content else { return false }
    return scalar.text == word
  }

  /// Takes every key as known, where one finding says enough about the section.
  mutating func forgive() { asked += keys }

  private mutating func recordUnused(_ node: LocatedNode, _ path: [String]) {
    if case .mapping(let entries) = node.content, !entries.isEmpty {
      for entry in entries { recordUnused(entry.value, path + [entry.key]) }
    } else {
      decoder.record(path, YAMLText.flow(node), source: node.origin.description, isUsed: false)
    }
  }

  /// Reports the keys that nobody asked for and gives the decoder back.
  consuming func finish() -> SpecificationDecoder {
    for entry in entries where !asked.contains(entry.key) {
      // A key that is still missing is likelier than one that is there already.
      let missing = asked.filter { key in !entries.contains { $0.key == key } }
      let hint =
        if let nearest = Suggestion.closest(to: entry.key, among: missing)
          ?? Suggestion.closest(to: entry.key, among: asked)
        {
          "did you mean `\(nearest)`?"
        } else if asked.isEmpty {
          "remove it"
        } else {
          "known here: \(asked.sorted().joined(separator: ", "))"
        }
      let section = path.isEmpty ? "" : " in `\(path.joined(separator: "."))`"
      decoder.report(
        SpecificationCodes.unknownKey, "unknown key `\(entry.key)`\(section)", at: entry.keyOrigin, hint: hint)
    }
    return decoder
  }

  // MARK: Access for reads

  /// The value of a key as the files and patches give it.
  private mutating func takeWritten(_ key: String) -> LocatedNode? {
    asked.append(key)
    return entries.first { $0.key == key }?.value
  }

  /// The value of a key with the environment's in place of a file's. Only values come from the environment, never
  /// whole sections.
  mutating func take(_ key: String) -> LocatedNode? {
    let written = takeWritten(key)
    guard var variable = decoder.variable(for: path + [key]) else { return written }
    guard let written else { return variable }
    guard written.origin.layer < .environment else { return written }
    if case .scalar(let scalar) = written.content, case .scalar(var base) = variable.content {
      base.adjustments = scalar.adjustments
      variable.content = .scalar(base)
    }
    return variable
  }

  /// `budget.floors.region`
  public func name(_ key: String) -> String { (path + [key]).joined(separator: ".") }

  /// What is wrong with the shape of a node; nil where it fits.
  func shapeProblem(_ node: LocatedNode, isSection: Bool) -> String? {
    switch node.content {
    case .mapping: isSection ? nil : "is a section with keys, where a single value is expected"
    case .sequence: isSection ? "is a list, where keys are expected" : "is a list, where a single value is expected"
    case .scalar(let scalar):
      if isSection { scalar.isNull ? nil : "is a single value, where keys are expected" } else { nil }
    }
  }
}
