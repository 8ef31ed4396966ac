/// The problems of a file that is read a stretch at a time: each is turned into a finding while its text is at hand,
/// one for each column and kind.
struct StretchProblems {
  private struct Kind: Hashable {
    var field: Int
    var code: DiagnosticCode
  }

  private struct Entry {
    var group: CellProblems.Group
    var place: SourcePlace
    var excerpt: Diagnostic.Excerpt
    /// Some further places, and what they are called.
    var further: [String]
    var noun: String
    var furtherCount: Int
  }

  private var order: [Kind] = []
  private var entries: [Kind: Entry] = [:]

  var isEmpty: Bool { order.isEmpty }

  /// Takes over what was found in a stretch.
  mutating func add(_ problems: CellProblems, in text: SourceText, firstLine: Int) {
    for group in problems.groups.sorted(by: { $0.first.lowerBound < $1.first.lowerBound }) {
      let kind = Kind(field: group.field, code: group.problem.code)
      let lines = text.lines(of: [group.first.lowerBound] + group.further).map { $0 + firstLine - 1 }
      let names = zip([group.first.lowerBound] + group.further, lines).map { text.name($0, line: $1) }
      if var entry = entries[kind] {
        entry.furtherCount += 1 + group.furtherCount
        entry.further = Array((entry.further + names).prefix(CellProblems.furtherShown))
        entries[kind] = entry
      } else {
        order.append(kind)
        entries[kind] = Entry(
          group: group, place: text.place(group.first.lowerBound, line: lines[0]), excerpt: text.excerpt(group.first),
          further: Array(names.dropFirst()), noun: text.placeNoun, furtherCount: group.furtherCount)
      }
    }
  }

  func report(_ findings: inout Findings) {
    for entry in order.compactMap({ entries[$0] }) {
      var group = entry.group
      group.furtherCount = entry.furtherCount
      findings.add(
        Diagnostic(
          group.problem.code, group.message, at: entry.place, excerpt: entry.excerpt, hint: group.problem.hint,
          notes: entry.furtherCount > 0 ? [group.furtherNote(entry.further, entry.noun)] : []))
    }
  }
}
