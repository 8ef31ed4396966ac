import Tables

/// What columns, tables and words of the schema are called in the files of users: English and Chinese.
///
/// The entries are data, in `ColumnDictionary+Entries.swift`. A name is looked up by every run of its words: all of
/// them are a certain match, a part is a match in proportion, the end of a name counting for more than its beginning
/// (销售金额 is an amount, of sales).
struct ColumnDictionary: Sendable {
  private struct Entry: Sendable {
    /// The table that the entry is for; nil for all that have the column.
    let table: InputTable?
    let column: String
    /// 1, or less for a word that also means other things.
    let weight: Double
  }

  private var columns: [String: [Entry]] = [:]
  private var tables: [String: [(table: InputTable, weight: Double)]] = [:]
  private var words: [String: [(column: String, meant: String)]] = [:]

  static let standard = ColumnDictionary(entries: ColumnDictionary.entries, words: ColumnDictionary.wordEntries)

  /// A word that means several things is worth so much.
  private static let weakWeight = 0.6

  /// Lines `[table] names of files` and `column: names`; `[*]` is every table, `?` marks a name that also means others.
  init(entries: String, words: String) {
    var table: InputTable?
    for line in entries.split(separator: "\n") {
      if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
        table = InputTable(rawValue: String(line[line.index(after: line.startIndex)..<end]))
        guard let table else { continue }
        for (name, weight) in Self.names(line[line.index(after: end)...]) + [(table.rawValue, 1)] {
          tables[HeaderName(name).key, default: []].append((table, weight))
        }
      } else if let colon = line.firstIndex(of: ":") {
        let column = String(line[..<colon])
        for (name, weight) in Self.names(line[line.index(after: colon)...]) {
          columns[HeaderName(name).key, default: []].append(Entry(table: table, column: column, weight: weight))
        }
      }
    }
    // The schema's own names are certain.
    for table in InputTable.allCases {
      for column in InputSchemas.schema(for: table).columns {
        columns[HeaderName(column.name).key, default: []].append(Entry(table: table, column: column.name, weight: 1))
      }
    }
    for line in words.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      let target = parts[0].split(separator: ".")
      guard parts.count == 2, target.count == 2 else { continue }
      for (name, _) in Self.names(parts[1]) {
        self.words[HeaderName(name).key, default: []].append((String(target[0]), String(target[1])))
      }
    }
  }

  private static func names(_ text: Substring) -> [(name: String, weight: Double)] {
    text.split(separator: ",").map { part in
      let name = part.drop { $0 == " " }
      return name.hasPrefix("?") ? (String(name.dropFirst()), weakWeight) : (String(name), 1)
    }
  }

  /// How well a name fits the columns of a table, from 0 to 1, by column.
  func scores(_ name: HeaderName, in table: InputTable) -> [String: Double] {
    var scores: [String: Double] = [:]
    let length = name.tokens.reduce(0) { $0 + $1.count }
    for run in name.runs {
      for entry in columns[run.key] ?? [] where entry.table == nil || entry.table == table {
        let score = entry.weight * Self.score(run, of: name, length: length)
        scores[entry.column] = max(scores[entry.column] ?? 0, score)
      }
    }
    return scores
  }

  /// How well the name of a file fits a table, from 0 to 1.
  func scores(ofFile name: HeaderName) -> [InputTable: Double] {
    var scores: [InputTable: Double] = [:]
    let length = name.tokens.reduce(0) { $0 + $1.count }
    for run in name.runs {
      for (table, weight) in tables[run.key] ?? [] {
        scores[table] = max(scores[table] ?? 0, weight * Self.score(run, of: name, length: length))
      }
    }
    return scores
  }

  private static func score(_ run: (start: Int, count: Int, key: String), of name: HeaderName, length: Int) -> Double {
    if run.count == name.tokens.count { return 1 }
    let share = Double(run.key.count) / Double(max(1, length))
    // A single character inside a name says nothing.
    guard run.key.count > 1 else { return 0 }
    let isEnd = run.start + run.count == name.tokens.count
    let base = isEnd ? 0.5 : run.start == 0 ? 0.4 : 0.35
    return base + 0.4 * share
  }

  /// The word of a vocabulary that a user's word stands for; nil where none does, or several.
  func word(_ written: String, of column: String, among vocabulary: [String]) -> String? {
    if vocabulary.contains(written) { return written }
    let name = HeaderName(written)
    if let own = vocabulary.first(where: { HeaderName($0).key == name.key }) { return own }
    var best: (meant: String, score: Double)?
    let length = name.tokens.reduce(0) { $0 + $1.count }
    for run in name.runs {
      for (owner, meant) in words[run.key] ?? [] where owner == column && vocabulary.contains(meant) {
        let score = Self.score(run, of: name, length: length)
        if score > best?.score ?? 0 { best = (meant, score) }
      }
    }
    return best.flatMap { $0.score >= 0.6 ? $0.meant : nil }
  }
}
