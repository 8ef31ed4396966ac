public import Tables

extension SpecificationDocument {
  /// Applies patches in order. A key that is not there is added; whether it may be there is for the decoder to say,
  /// which knows the keys.
  public mutating func apply(_ patches: [Patch], findings: inout Findings) {
    for patch in patches {
      var application = PatchApplication(patch: patch, source: source, findings: findings)
      root = application.changed(root, patch.path[...])
      findings = application.findings
    }
  }
}

/// Walks down one patch's path.
private struct PatchApplication {
  let patch: Patch
  let source: SourceText
  var findings: Findings

  mutating func changed(_ node: LocatedNode, _ path: ArraySlice<String>) -> LocatedNode {
    guard let key = path.first else { return replaced(node) }
    switch node.content {
    case .mapping(let entries):
      return LocatedNode(.mapping(changed(entries, key, path.dropFirst())), from: node.origin)
    case .sequence(let items) where key == "+" && path.count == 1:
      return LocatedNode(.sequence(items + [replaced(nothing)]), from: node.origin)
    case .sequence(let items):
      guard let index = Int(key), items.indices.contains(index) else {
        report(
          SpecificationCodes.pathThroughValue, "`\(name)`: there is no item `\(key)` in this list of \(items.count)")
        return node
      }
      var items = items
      items[index] = changed(items[index], path.dropFirst())
      return LocatedNode(.sequence(items), from: node.origin)
    case .scalar(let scalar) where scalar.isNull && key == "+" && path.count == 1:
      return LocatedNode(.sequence([replaced(nothing)]), from: patch.origin)
    case .scalar(let scalar) where scalar.isNull:
      return LocatedNode(.mapping(changed([], key, path.dropFirst())), from: node.origin)
    case .scalar:
      report(
        SpecificationCodes.pathThroughValue, "`\(name)`: there are no keys below a single value",
        note: "the value is written at \(node.origin.place)")
      return node
    }
  }

  private mutating func changed(
    _ entries: [LocatedNode.Entry], _ key: String, _ rest: ArraySlice<String>
  ) -> [LocatedNode.Entry] {
    var entries = entries
    if key == "*" {
      if entries.isEmpty { report(SpecificationCodes.nothingToChange, "`\(name)` matches nothing") }
      for index in entries.indices { entries[index].value = changed(entries[index].value, rest) }
    } else if let index = entries.firstIndex(where: { $0.key == key }) {
      entries[index].value = changed(entries[index].value, rest)
    } else {
      let empty = LocatedNode(rest.first == "+" ? .sequence([]) : .mapping([]), from: patch.origin)
      entries.append(
        LocatedNode.Entry(
          key: key, keyOrigin: patch.origin, value: rest.isEmpty ? replaced(nothing) : changed(empty, rest)))
    }
    return entries
  }

  private var nothing: LocatedNode {
    LocatedNode(.scalar(LocatedNode.Scalar(text: nil, style: .plain)), from: patch.origin)
  }

  private mutating func replaced(_ node: LocatedNode) -> LocatedNode {
    switch patch.change {
    case .replace(let value): return value
    case .adjust(let adjustment):
      guard case .scalar(var scalar) = node.content else {
        report(SpecificationCodes.wrongShape, "`\(name)` is \(node.kind): a change needs a single value")
        return node
      }
      if scalar.isNull { scalar.text = nil }
      scalar.adjustments.append(adjustment)
      return LocatedNode(.scalar(scalar), from: node.origin)
    }
  }

  private var name: String { patch.path.joined(separator: ".") }

  private mutating func report(_ code: DiagnosticCode, _ message: String, note: String? = nil) {
    findings.add(
      source.diagnostic(code, .error, message, at: patch.origin, hint: "check the path", notes: note.map { [$0] } ?? [])
    )
  }
}
