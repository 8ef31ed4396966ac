import Tables

/// Changes of single values in the text of a specification, told as a diff: comments, order and everything else of the
/// file stay as they are.
///
/// A value that stands in the file is replaced where it stands; a missing key is added at the end of its section.
/// What has no place on one line (lists over several lines, values of another file) is left, and listed.
public struct SpecificationEdit: Sendable {
  /// The file that is edited.
  public let file: String
  private let original: [String]
  /// What becomes of each line: itself, another text, or itself and lines after it.
  private var lines: [Line]
  private let root: LocatedNode
  /// Keys that have to be changed by hand, with the value that they should have.
  public private(set) var byHand: [(key: String, value: String)] = []

  private struct Line: Sendable {
    var text: String
    var isChanged = false
    var added: [String] = []
  }

  /// - Parameter file: the path under which the document's own file was read.
  public init(_ document: SpecificationDocument, file: String) {
    self.file = file
    root = document.root
    original = document.source.allLines(of: file)
    lines = original.map { Line(text: $0) }
  }

  /// Sets the value at a path of keys.
  ///
  /// - Parameter text: the value as canonical YAML on one line.
  public mutating func set(_ path: [String], to text: String) {
    guard !path.isEmpty else { return }
    var node = root
    for (depth, key) in path.enumerated() {
      guard case .mapping(let entries) = node.content else { return leave(path, text) }
      guard let entry = entries.first(where: { $0.key == key }) else {
        return add(Array(path[depth...]), text, to: node, isRoot: depth == 0, path)
      }
      node = entry.value
    }
    replace(node, path, text)
  }

  /// The edits as a unified diff with three lines around each; empty where nothing changes.
  public var unifiedDiff: String {
    var hunks = ""
    var index = 0
    var shift = 0
    while let first = lines.indices.dropFirst(index).first(where: { lines[$0].isChanged || !lines[$0].added.isEmpty }) {
      // 1. The changes that lie close enough to share a hunk.
      var last = first
      while let next = lines.indices.dropFirst(last + 1).first(where: {
        lines[$0].isChanged || !lines[$0].added.isEmpty
      }), next - last <= 6 { last = next }
      let range = max(index, first - 3)...min(lines.count - 1, last + 3)
      // 2. Its lines.
      var body = ""
      var added = 0
      for number in range {
        let line = lines[number]
        body += line.isChanged ? "-\(original[number])\n+\(line.text)\n" : " \(line.text)\n"
        for text in line.added { body += "+\(text)\n" }
        added += line.added.count
      }
      let start = range.lowerBound + 1
      hunks += "@@ -\(start),\(range.count) +\(start + shift),\(range.count + added) @@\n" + body
      shift += added
      index = range.upperBound + 1
    }
    return hunks.isEmpty ? "" : "--- \(file)\n+++ \(file)\n" + hunks
  }

  /// The edited text.
  public var text: String {
    lines.flatMap { [$0.text] + $0.added }.joined(separator: "\n") + "\n"
  }

  // MARK: - One edit

  private mutating func leave(_ path: [String], _ text: String) {
    byHand.append((path.joined(separator: "."), text))
  }

  private mutating func replace(_ node: LocatedNode, _ path: [String], _ text: String) {
    guard let range = extent(of: node), let number = node.origin.place.line else { return leave(path, text) }
    var scalars = Array(lines[number - 1].text.unicodeScalars)
    scalars.replaceSubrange(range, with: Array(text.unicodeScalars))
    lines[number - 1].text = String(String.UnicodeScalarView(scalars))
    lines[number - 1].isChanged = true
  }

  /// The columns of a value that stands on one line of the file as it was read; nil for any other.
  private func extent(of node: LocatedNode) -> Range<Int>? {
    let place = node.origin.place
    guard place.file == file, let number = place.line, let column = place.column, lines.indices.contains(number - 1),
      !lines[number - 1].isChanged
    else { return nil }
    let scalars = Array(lines[number - 1].text.unicodeScalars)
    let start = column - 1
    guard scalars.indices.contains(start) else { return nil }
    switch node.content {
    case .scalar(let scalar):
      guard scalar.style != .block, !scalar.isNull, start + node.origin.length <= scalars.count else { return nil }
      return start..<start + node.origin.length
    case .sequence, .mapping:
      guard "[{".unicodeScalars.contains(scalars[start]) else { return nil }
      return closing(of: start, in: scalars).map { start..<$0 + 1 }
    }
  }

  /// Where the bracket that opens at `start` closes on the same line.
  private func closing(of start: Int, in scalars: [Unicode.Scalar]) -> Int? {
    var depth = 0
    var quote: Unicode.Scalar?
    for index in start..<scalars.count {
      let scalar = scalars[index]
      if let open = quote {
        if scalar == open { quote = nil }
        continue
      }
      switch scalar {
      case "\"", "'": quote = scalar
      case "[", "{": depth += 1
      case "]", "}":
        depth -= 1
        if depth == 0 { return index }
      default: break
      }
    }
    return nil
  }

  private mutating func add(_ keys: [String], _ text: String, to node: LocatedNode, isRoot: Bool, _ path: [String]) {
    let nested = keys.dropFirst().reversed().reduce(text) { "{\(YAMLText.scalar($1, isText: true)): \($0)}" }
    let entry = "\(YAMLText.scalar(keys[0], isText: true)): \(nested)"
    if isRoot {
      guard let last = lines.lastIndex(where: { !$0.text.allSatisfy(\.isWhitespace) }) else { return leave(path, text) }
      lines[last].added.append(entry)
      return
    }
    if let range = extent(of: node), let number = node.origin.place.line {
      var scalars = Array(lines[number - 1].text.unicodeScalars)
      let inner = String(String.UnicodeScalarView(scalars[range].dropFirst().dropLast()))
      let isEmpty = inner.allSatisfy(\.isWhitespace)
      scalars.insert(contentsOf: Array(((isEmpty ? "" : ", ") + entry).unicodeScalars), at: range.upperBound - 1)
      lines[number - 1].text = String(String.UnicodeScalarView(scalars))
      lines[number - 1].isChanged = true
      return
    }
    guard case .mapping(let entries) = node.content, let first = entries.first,
      first.keyOrigin.place.file == file, let column = first.keyOrigin.place.column,
      let number = entries.last.flatMap({ lastLine(of: $0) }), lines.indices.contains(number - 1)
    else { return leave(path, text) }
    lines[number - 1].added.append(String(repeating: " ", count: column - 1) + entry)
  }

  /// The last line that an entry of a block section takes.
  private func lastLine(of entry: LocatedNode.Entry) -> Int? {
    func last(_ node: LocatedNode) -> Int? {
      guard node.origin.place.file == file else { return nil }
      return switch node.content {
      case .scalar: node.origin.place.line
      case .sequence(let items): items.compactMap { last($0) }.max() ?? node.origin.place.line
      case .mapping(let entries):
        entries.compactMap { last($0.value) ?? $0.keyOrigin.place.line }.max() ?? node.origin.place.line
      }
    }
    return last(entry.value) ?? entry.keyOrigin.place.line
  }
}

extension SourceText {
  /// Every line of a file, without the empty one behind its last line feed.
  fileprivate func allLines(of file: String) -> [String] {
    var number = 1
    var all: [String] = []
    while let line = line(number, of: file) {
      all.append(String(line))
      number += 1
    }
    if all.last == "" { all.removeLast() }
    return all
  }
}
