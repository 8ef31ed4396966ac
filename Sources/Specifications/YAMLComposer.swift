import Tables

/// Builds a located tree from YAML events: aliases resolved within a bound, every duplicate key reported.
struct YAMLComposer {
  /// All values after aliases are expanded.
  static let maximumNodes = 200_000
  static let maximumDepth = 64

  /// Where the text stands.
  enum Carrier {
    /// In a file: each value has its own line and column; the origin gives the file and the layer.
    case file(SourceText, Origin)
    /// In a setting or variable: all values have its origin.
    case setting(Origin)
  }

  private let events: [YAMLEvent]
  private let carrier: Carrier
  private var position = 0
  private var nodeCount = 0
  private var anchors: [String: (node: LocatedNode, size: Int)] = [:]
  private var findings: Findings

  /// The tree of one document; nil where it has none or must not be expanded. Findings are added either way.
  static func compose(
    _ events: [YAMLEvent], from carrier: Carrier, findings: inout Findings
  ) -> LocatedNode? {
    var composer = YAMLComposer(events: events, carrier: carrier, findings: findings)
    defer { findings = composer.findings }
    return composer.document()
  }

  private init(events: [YAMLEvent], carrier: Carrier, findings: Findings) {
    self.events = events
    self.carrier = carrier
    self.findings = findings
  }

  private mutating func document() -> LocatedNode? {
    guard let start = next(), case .documentStart = start.kind else { return nil }
    guard let event = next() else { return nil }
    let errors = findings.errorCount
    let root = node(event, depth: 0)
    _ = next()
    if let second = next() {
      report(SpecificationCodes.unsupportedYAML, "a second document begins here", second, "keep one document per file")
    }
    // A tree that broke a bound is incomplete; reading it would report keys as missing.
    return nodeCount > Self.maximumNodes || (root == nil && findings.errorCount > errors) ? nil : root
  }

  private mutating func next() -> YAMLEvent? {
    guard position < events.count else { return nil }
    position += 1
    return events[position - 1]
  }

  /// The value that begins with `event`; nil where it is refused.
  private mutating func node(_ event: YAMLEvent, depth: Int) -> LocatedNode? {
    nodeCount += 1
    let countBefore = nodeCount
    let content: LocatedNode.Content?
    switch event.kind {
    case .alias(let name): return alias(name, event)
    case .scalar(let text, let style):
      content = .scalar(LocatedNode.Scalar(text: text, style: event.tag == "tag:yaml.org,2002:str" ? .quoted : style))
    case .sequenceStart: content = depth < Self.maximumDepth ? sequence(depth) : nil
    case .mappingStart: content = depth < Self.maximumDepth ? mapping(depth) : nil
    case .documentStart, .documentEnd, .sequenceEnd, .mappingEnd: return nil
    }
    if let tag = event.tag, !tag.hasPrefix("tag:yaml.org,2002:"), tag != "!" {
      report(SpecificationCodes.unsupportedYAML, "the tag `\(tag)` is not supported", event, "remove it")
    }
    guard let content else {
      report(
        SpecificationCodes.unsupportedYAML, "nested deeper than \(Self.maximumDepth) levels", event,
        "specifications need fewer than ten levels")
      skip()
      return nil
    }
    let node = LocatedNode(content, from: origin(event))
    if let anchor = event.anchor { anchors[anchor] = (node, nodeCount - countBefore + 1) }
    return node
  }

  private mutating func sequence(_ depth: Int) -> LocatedNode.Content {
    var items: [LocatedNode] = []
    while let event = next() {
      if case .sequenceEnd = event.kind { break }
      if let item = node(event, depth: depth + 1) { items.append(item) }
    }
    return .sequence(items)
  }

  private mutating func mapping(_ depth: Int) -> LocatedNode.Content {
    var entries: [LocatedNode.Entry] = []
    var positions: [String: Int] = [:]
    var merged: [LocatedNode.Entry] = []
    while let keyEvent = next() {
      if case .mappingEnd = keyEvent.kind { break }
      let key = node(keyEvent, depth: depth + 1)
      guard let valueEvent = next() else { break }
      let value = node(valueEvent, depth: depth + 1)
      guard case .scalar(let scalar) = key?.content, let text = scalar.text else {
        report(
          SpecificationCodes.unsupportedYAML, "a key must be a single word", keyEvent,
          "write `key: value`; a value that begins with `{` or `[` needs quotes")
        continue
      }
      guard let value else { continue }
      if text == "<<", scalar.style == .plain, case .mapping(let others) = value.content {
        merged += others
      } else if let first = positions[text] {
        report(
          SpecificationCodes.duplicateKey, "the key `\(text)` is written twice in this section", keyEvent,
          "keep one of the two", note: "it was first written at \(entries[first].keyOrigin.place)")
      } else {
        positions[text] = entries.count
        entries.append(LocatedNode.Entry(key: text, keyOrigin: origin(keyEvent), value: value))
      }
    }
    for entry in merged where positions[entry.key] == nil {
      positions[entry.key] = entries.count
      entries.append(entry)
    }
    return .mapping(entries)
  }

  private mutating func alias(_ name: String, _ event: YAMLEvent) -> LocatedNode? {
    guard let (node, size) = anchors[name] else {
      report(
        SpecificationCodes.alias, "`*\(name)` refers to nothing before it", event,
        "mark the value it repeats with `&\(name)`, or put a change in quotes: \"*\(name)\"")
      return nil
    }
    nodeCount += size
    if nodeCount > Self.maximumNodes, nodeCount - size <= Self.maximumNodes {
      report(
        SpecificationCodes.alias, "the aliases expand to more than \(Self.maximumNodes) values", event,
        "write the values out where they are needed")
    }
    return nodeCount > Self.maximumNodes ? nil : node
  }

  /// Skips to the end of the collection whose start was just read.
  private mutating func skip() {
    var open = 1
    while open > 0, let event = next() {
      switch event.kind {
      case .sequenceStart, .mappingStart: open += 1
      case .sequenceEnd, .mappingEnd: open -= 1
      default: break
      }
    }
  }

  private func origin(_ event: YAMLEvent) -> Origin {
    switch carrier {
    case .setting(let origin): return origin
    case .file(_, var origin):
      let isOneLine = event.start.line == event.end.line
      origin.place.line = event.start.line
      origin.place.column = event.start.column
      origin.length = isOneLine ? max(1, event.end.column - event.start.column) : 1
      return origin
    }
  }

  private mutating func report(
    _ code: DiagnosticCode, _ message: String, _ event: YAMLEvent, _ hint: String, note: String? = nil
  ) {
    var source = SourceText()
    if case .file(let text, _) = carrier { source = text }
    findings.add(
      source.diagnostic(code, .error, message, at: origin(event), hint: hint, notes: note.map { [$0] } ?? []))
  }
}
