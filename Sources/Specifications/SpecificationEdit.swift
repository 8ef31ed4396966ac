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
  private let root: LocatedNode
  /// What is written in place of parts of the lines.
  private var replacements: [Replacement] = []
  /// Keys that are not there yet, one for each section that gets some.
  private var additions: [Addition] = []
  /// Keys that have to be changed by hand, with the value that they should have.
  public private(set) var byHand: [(key: String, value: String)] = []

  private struct Replacement: Sendable {
    /// Counted from 0.
    var line: Int
    /// In Unicode scalars; empty where something is put between two.
    var columns: Range<Int>
    var text: String
  }

  /// New keys of one section.
  private struct Addition: Sendable {
    var place: Place
    var keys = Keys()
  }

  private enum Place: Sendable, Equatable {
    /// On lines of their own after this one, so far to the right.
    case after(line: Int, indentation: Int)
    /// Before a closing bracket.
    case before(line: Int, column: Int, isEmpty: Bool)

    var indentation: Int {
      if case .after(_, let indentation) = self { indentation } else { 0 }
    }
  }

  /// Keys in the order in which they came, of which some share a section that is new itself.
  private struct Keys: Sendable {
    var entries: [(key: String, text: String?, below: Keys)] = []

    mutating func add(_ path: ArraySlice<String>, _ text: String) {
      guard let key = path.first else { return }
      let place = entries.firstIndex { $0.key == key } ?? entries.count
      if place == entries.count { entries.append((key, nil, Keys())) }
      if path.count == 1 {
        entries[place].text = text
      } else {
        entries[place].below.add(path.dropFirst(), text)
      }
    }

    /// `east: 0.8`, `region: {east: 0.8, west: 1}`.
    var texts: [String] {
      entries.map { entry in
        let value = entry.text ?? "{\(entry.below.texts.joined(separator: ", "))}"
        return "\(YAMLText.scalar(entry.key, isText: true)): \(value)"
      }
    }
  }

  private struct Line {
    var text: String
    var isChanged = false
    var added: [String] = []
  }

  /// - Parameter file: the path under which the document's own file was read.
  public init(_ document: SpecificationDocument, file: String) {
    self.file = file
    root = document.root
    original = document.source.allLines(of: file)
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
        return add(path[depth...], text, to: node, isRoot: depth == 0, path)
      }
      node = entry.value
    }
    replace(node, path, text)
  }

  /// The edits as a unified diff with three lines around each; empty where nothing changes.
  public var unifiedDiff: String {
    let lines = self.lines
    func isTouched(_ line: Line) -> Bool { line.isChanged || !line.added.isEmpty }
    var hunks = ""
    var index = 0
    var shift = 0
    while let first = lines.indices.dropFirst(index).first(where: { isTouched(lines[$0]) }) {
      // 1. The changes that lie close enough to share a hunk.
      var last = first
      while let next = lines.indices.dropFirst(last + 1).first(where: { isTouched(lines[$0]) }), next - last <= 6 {
        last = next
      }
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

  /// What becomes of each line: itself, another text, or itself and lines after it.
  private var lines: [Line] {
    var lines = original.map { Line(text: $0) }
    var changes = replacements
    // Inner sections first, where several end on the same line.
    for addition in additions.sorted(by: { $0.place.indentation > $1.place.indentation }) {
      let texts = addition.keys.texts
      switch addition.place {
      case .after(let line, let indentation):
        lines[line].added += texts.map { String(repeating: " ", count: indentation) + $0 }
      case .before(let line, let column, let isEmpty):
        let text = (isEmpty ? "" : ", ") + texts.joined(separator: ", ")
        changes.append(Replacement(line: line, columns: column..<column, text: text))
      }
    }
    // From right to left, so that columns stay what they are.
    for change in changes.sorted(by: { $0.columns.lowerBound > $1.columns.lowerBound }) {
      var scalars = Array(lines[change.line].text.unicodeScalars)
      scalars.replaceSubrange(change.columns, with: Array(change.text.unicodeScalars))
      lines[change.line].text = String(String.UnicodeScalarView(scalars))
      lines[change.line].isChanged = true
    }
    return lines
  }

  // MARK: - One edit

  private mutating func leave(_ path: [String], _ text: String) {
    byHand.append((path.joined(separator: "."), text))
  }

  private mutating func replace(_ node: LocatedNode, _ path: [String], _ text: String) {
    guard let (line, columns) = extent(of: node),
      // A value within one that is replaced as a whole, or around one, has no place of its own.
      !replacements.contains(where: { $0.line == line && $0.columns.overlaps(columns) && $0.columns != columns })
    else { return leave(path, text) }
    replacements.removeAll { $0.line == line && $0.columns == columns }
    replacements.append(Replacement(line: line, columns: columns, text: text))
  }

  /// Line and columns, from 0, of a value that stands on one line of the file; nil for any other.
  private func extent(of node: LocatedNode) -> (line: Int, columns: Range<Int>)? {
    let place = node.origin.place
    guard place.file == file, let number = place.line, let column = place.column, original.indices.contains(number - 1)
    else { return nil }
    let scalars = Array(original[number - 1].unicodeScalars)
    let start = column - 1
    guard scalars.indices.contains(start) else { return nil }
    switch node.content {
    case .scalar(let scalar):
      guard scalar.style != .block, !scalar.isNull, start + node.origin.length <= scalars.count else { return nil }
      return (number - 1, start..<start + node.origin.length)
    case .sequence, .mapping:
      guard "[{".unicodeScalars.contains(scalars[start]) else { return nil }
      return closing(of: start, in: scalars).map { (number - 1, start..<$0 + 1) }
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

  private mutating func add(
    _ keys: ArraySlice<String>, _ text: String, to node: LocatedNode, isRoot: Bool, _ path: [String]
  ) {
    guard let place = place(in: node, isRoot: isRoot) else { return leave(path, text) }
    let index = additions.firstIndex { $0.place == place } ?? additions.count
    if index == additions.count { additions.append(Addition(place: place)) }
    additions[index].keys.add(keys, text)
  }

  /// Where a section takes further keys.
  private func place(in node: LocatedNode, isRoot: Bool) -> Place? {
    if isRoot {
      return original.lastIndex { !$0.allSatisfy(\.isWhitespace) }.map { .after(line: $0, indentation: 0) }
    }
    if let (line, columns) = extent(of: node) {
      let inner = Array(original[line].unicodeScalars)[columns].dropFirst().dropLast()
      let isEmpty = inner.allSatisfy(\.properties.isWhitespace)
      return .before(line: line, column: columns.upperBound - 1, isEmpty: isEmpty)
    }
    guard case .mapping(let entries) = node.content, let first = entries.first,
      first.keyOrigin.place.file == file, let column = first.keyOrigin.place.column,
      let number = entries.last.flatMap({ lastLine(of: $0) }), original.indices.contains(number - 1)
    else { return nil }
    return .after(line: number - 1, indentation: column - 1)
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
