import Tables

/// Which file is which table: the best pairs first, each table and each file once; then what the columns of one file
/// refer to in another.
struct TableAssignment {
  private let files: [SampledFile]
  private let dictionary: ColumnDictionary
  private(set) var chosen: [InputTable: TableMatch] = [:]
  private(set) var leftOut: [PlanDraft.LeftOut] = []
  /// Doubts about what a file is, by table.
  private var doubts: [InputTable: String] = [:]
  /// What columns refer to, by table and column: `150 of 150 in partners.csv`.
  private var joins: [InputTable: [String: String]] = [:]
  private var joinDoubts: [InputTable: [String: String]] = [:]
  /// Columns that the values speak for against the names.
  private var replaced: [InputTable: [String: Int]] = [:]
  /// Columns that only the values speak for, with what is to be asked.
  private var proposed: [InputTable: [String: ColumnMapper.Proposal]] = [:]

  init(_ files: [SampledFile], _ dictionary: ColumnDictionary) {
    self.files = files
    self.dictionary = dictionary
    assign()
  }

  private mutating func assign() {
    var matches: [TableMatch] = []
    for (index, file) in files.enumerated() {
      let names = dictionary.scores(ofFile: file.header)
      for table in InputTable.allCases {
        matches.append(TableMatch(file, index: index, as: table, nameScore: names[table] ?? 0, dictionary))
      }
    }
    let order = Dictionary(uniqueKeysWithValues: InputTable.allCases.enumerated().map { ($1, $0) })
    let possible = matches.filter(\.isPossible).sorted {
      ($1.score, $0.file, order[$0.table] ?? 0) < ($0.score, $1.file, order[$1.table] ?? 0)
    }
    var taken: [Int: InputTable] = [:]
    for match in possible where taken[match.file] == nil && chosen[match.table] == nil {
      chosen[match.table] = match
      taken[match.file] = match.table
    }
    for match in chosen.values {
      let rival = possible.first { $0.file == match.file && $0.table != match.table && chosen[$0.table] == nil }
      if let rival, rival.score > match.score - 0.08 {
        doubts[match.table] =
          "is \(files[match.file].name) the table \(match.table.rawValue) or \(rival.table.rawValue)?"
      }
    }
    for (index, file) in files.enumerated() where taken[index] == nil {
      let best = possible.first { $0.file == index }
      let near = matches.filter { $0.file == index && ($0.nameScore >= 0.6 || $0.explained >= 0.5) }
        .max { ($0.score, order[$1.table] ?? 0) < ($1.score, order[$0.table] ?? 0) }
      var reason = "not recognised: columns \(file.columns.prefix(6).map(\.name).joined(separator: ", "))"
      if let best, let holder = chosen[best.table] {
        reason =
          "looks like \(best.table.rawValue), which is \(files[holder.file].name); if both belong together, put their rows"
          + " into one file"
      } else if let near {
        reason = "looks like \(near.table.rawValue), but nothing in it is \(near.missing.joined(separator: ", "))"
      }
      leftOut.append(PlanDraft.LeftOut(file: file.name, reason: reason, isQuestion: true))
    }
  }

  // MARK: Joins

  /// The columns of a kind of id and the table that lists them.
  private static let references: [(column: String, table: InputTable)] = [
    ("partner_id", .partners), ("product_id", .products),
  ]

  /// Looks at whether ids of one file are those of the file that lists them; where they are not, looks for the column
  /// of which it holds.
  mutating func join() {
    for (column, table) in Self.references {
      guard let owner = chosen[table], let key = owner[column] else { continue }
      let listing = files[owner.file]
      let candidates = listing.columns.filter { $0.isUnique && !$0.name.isEmpty }
      for other in InputTable.allCases where other != table {
        guard let match = chosen[other] else { continue }
        guard let reference = match[column] else {
          if InputSchemas.schema(for: other)[column: column] != nil {
            propose(
              column, of: match, listing, [listing.columns[key.field]] + (other == .sales ? candidates : []), table)
          }
          continue
        }
        let cells = files[match.file].columns[reference.field]
        let own = Self.overlap(cells, listing.columns[key.field])
        if own >= 0.5 || !listing.sample.isWhole {
          note(other, column, own, cells, listing)
          continue
        }
        // Another column of the same file, or the names in place of the numbers.
        let better = files[match.file].columns.filter {
          !$0.isEmpty && Self.overlap($0, listing.columns[key.field]) > 0.9
        }
        if let found = better.first {
          replaced[other, default: [:]][column] = found.field
          note(other, column, 1, found, listing)
        } else if other == .sales, let found = candidates.first(where: { Self.overlap(cells, $0) > 0.9 }) {
          replaced[table, default: [:]][column] = found.field
          note(other, column, 1, cells, listing)
        } else {
          joinDoubts[other, default: [:]][column] =
            "only \(Int(own * 100)) % of `\(cells.name)` are in `\(listing.columns[key.field].name)` of \(listing.name)"
        }
      }
    }
  }

  /// Where no name says which column holds the ids that another file lists, the column whose values are among them.
  private mutating func propose(
    _ column: String, of match: TableMatch, _ listing: SampledFile, _ keys: [SampledColumn], _ owner: InputTable
  ) {
    let taken = Set(match.matches.map(\.field))
    let free = files[match.file].columns.filter { !$0.isEmpty && !$0.name.isEmpty && !taken.contains($0.field) }
    for (place, key) in keys.enumerated() {
      // Counts are among other counts by accident: numbers have to be many of them.
      let possible = free.filter {
        $0.numbers.isEmpty || ($0.isWhole && $0.distinct.count >= max(5, key.distinct.count / 4))
      }
      let shares = possible.map { (cells: $0, share: Self.overlap($0, key)) }
      guard let best = shares.max(by: { ($0.share, $0.cells.distinct.count) < ($1.share, $1.cells.distinct.count) }),
        best.share >= (place == 0 ? 0.5 : 0.9)
      else { continue }
      var question: String?
      if best.share < 0.9 || !best.cells.numbers.isEmpty {
        question =
          "does `\(best.cells.name)` name the \(owner == .partners ? "partner" : "product")? "
          + "\(Int(best.share * 100)) % of its values are in `\(key.name)` of \(listing.name)"
      }
      proposed[match.table, default: [:]][column] = ColumnMapper.Proposal(field: best.cells.field, question: question)
      if place > 0 { replaced[owner, default: [:]][column] = key.field }
      note(match.table, column, best.share, best.cells, listing)
      return
    }
  }

  private mutating func note(
    _ table: InputTable, _ column: String, _ share: Double, _ cells: SampledColumn, _ listing: SampledFile
  ) {
    let part = share > 0.995 ? "joins" : "\(Int(share * 100)) % join"
    joins[table, default: [:]][column] = "\(cells.distinct.count) distinct, \(part) \(listing.name)"
  }

  /// The share of distinct values of one column that are in another.
  private static func overlap(_ cells: SampledColumn, _ listed: SampledColumn) -> Double {
    guard !cells.distinct.isEmpty else { return 0 }
    let known = Set(listed.distinct)
    return Double(cells.distinct.count(where: known.contains)) / Double(cells.distinct.count)
  }

  // MARK: Drafts

  /// The tables of the plan, in the order of the documentation.
  func drafts() -> [PlanDraft.TableDraft] {
    InputTable.allCases.compactMap { table in chosen[table].map { draft($0) } }
  }

  private func draft(_ match: TableMatch) -> PlanDraft.TableDraft {
    let file = files[match.file]
    var mapper = ColumnMapper(
      file, match, joins: joins[match.table] ?? [:], doubts: joinDoubts[match.table] ?? [:],
      replaced: replaced[match.table] ?? [:], proposed: proposed[match.table] ?? [:])
    mapper.map()
    let hasPartnerRegion = match.table == .sales && chosen[.partners] != nil
    if match.table == .sales, match["region"] == nil, !hasPartnerRegion {
      mapper.add("region", .constant("all"), "no column names a region", question: nil)
    }
    let mapped = Set(mapper.mappings.compactMap(\.source)).union(mapper.usedNames)
    var draft = PlanDraft.TableDraft(
      table: match.table, file: file.name, path: file.sample.path,
      reason: match.nameScore >= 0.5 ? "by its name and columns" : "by its columns", columns: mapper.mappings,
      others: file.columns.map(\.name).filter { !$0.isEmpty && !mapped.contains($0) }, rows: file.sample.rowEstimate,
      dialect: file.sample.dialect, readAs: file.sample.readAs, wideFigure: file.wideFigure)
    if let doubt = doubts[match.table] { draft.questions.append(doubt) }
    if let figure = file.wideFigure {
      let says = file.captions.first.map { ", by `\($0)`" } ?? ""
      draft.questions.append("do the columns of periods hold `\(figure)`\(says)? write another column behind `wide:`")
    }
    let total = file.sample.lastRow.first { HeaderName.totals.contains(HeaderName($0).key) }
    if let sum = file.sample.sums.last { draft.reason += "; the last row is a sum (`\(sum)`) and left out" }
    if let total { draft.questions.append("the last row is a total (`\(total)`); take it out of the file") }
    return draft
  }
}

extension HeaderName {
  /// How reports name their last row.
  static let totals: Set<String> = ["合计", "总计", "小计", "总数", "共计", "total", "grandtotal", "sum", "subtotal"]
}
