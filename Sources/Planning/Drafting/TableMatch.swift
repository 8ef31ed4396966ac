import Tables

/// A sampled file with what is known of its columns.
struct SampledFile: Sendable {
  /// The name in the folder.
  let name: String
  let header: HeaderName
  let sample: TableSample
  let columns: [SampledColumn]
  /// For a sheet with a column for each period: the column that holds their figures.
  let wideFigure: String?
  /// What says which figures they are.
  let captions: [String]

  init(name: String, _ sample: TableSample) {
    self.init(name: name, HeaderName(Self.stem(name)), sample, wideFigure: nil, captions: [])
  }

  /// A sheet of a workbook: the first of its captions that names a table names it.
  init(name: String, _ sheet: SheetSample, _ dictionary: ColumnDictionary) {
    let names = sheet.captions.reversed().map { HeaderName($0) }
    let telling = names.max { first, second in
      (dictionary.scores(ofFile: first).values.max() ?? 0) < (dictionary.scores(ofFile: second).values.max() ?? 0)
    }
    self.init(
      name: name, telling ?? HeaderName(Self.stem(name)), sheet.sample, wideFigure: sheet.wideFigure,
      captions: sheet.captions)
  }

  private init(name: String, _ header: HeaderName, _ sample: TableSample, wideFigure: String?, captions: [String]) {
    self.name = name
    self.header = header
    self.sample = sample
    self.wideFigure = wideFigure
    self.captions = captions
    columns = sample.names.indices.map { SampledColumn(sample, field: $0) }
  }

  /// `销售.csv.gz` without its endings.
  private static func stem(_ name: String) -> String {
    var stem = name[...]
    for ending in [".gz", ".xlsx", ".xlsm", ".csv", ".tsv", ".txt", ".tab", ".dat", ".psv"]
    where stem.lowercased().hasSuffix(ending) {
      stem = stem.dropLast(ending.count)
    }
    return String(stem)
  }
}

/// One column of the schema and the column of a file that it is taken for.
struct ColumnMatch: Sendable {
  let column: ColumnSchema
  let field: Int
  /// From the name, and from whether the cells can be read so; 0 … 1.
  let score: Double
  let fit: ColumnFit
  /// Other columns of the file that nearly as much speaks for.
  var rivals: [Int] = []
}

/// A file read as one of the tables: which column would be which, and how much speaks for it.
struct TableMatch: Sendable {
  let table: InputTable
  let file: Int
  private(set) var matches: [ColumnMatch] = []
  /// Required columns that nothing in the file stands for.
  private(set) var missing: [String] = []
  /// How much of the table the file has, how much of the file the table explains, and what the file is called.
  private(set) var coverage = 0.0
  private(set) var explained = 0.0
  let nameScore: Double
  private(set) var score = 0.0
  /// Whether the column of the table's key names each row of the file.
  private var namesRows = false

  /// From this on a name is as good as certain; below it the match is asked about.
  static let certain = 0.75
  /// Below this nothing is matched.
  static let least = 0.4
  /// Columns with scores this close are a tie.
  static let close = 0.1

  /// Required columns that the plan can fill with a constant, and with which.
  static let fillable: [InputTable: [String: String]] = [
    .sales: ["partner_id": "all", "product_id": "all"], .partners: ["region": "all", "channel_type": "agent"],
    .budget: ["region": "all"], .candidates: ["city": "all", "region": "all"], .staff: ["department": "all"],
    .priceBook: ["region": "all"], .inventory: ["product_id": "all"],
  ]

  init(_ file: SampledFile, index: Int, as table: InputTable, nameScore: Double, _ dictionary: ColumnDictionary) {
    self.table = table
    self.file = index
    self.nameScore = nameScore
    let schema = InputSchemas.schema(for: table)
    match(file, schema, dictionary)
    weigh(file, schema)
  }

  subscript(_ column: String) -> ColumnMatch? { matches.first { $0.column.name == column } }

  /// Columns that many tables have: they do not tell a file's table.
  private static let common: Set<String> = [
    "period", "date", "partner_id", "product_id", "region", "city", "name", "value", "kind", "ref", "amount", "qty",
  ]

  /// Whether the plan can name the file as this table: it has what the table needs, and its name, its key or columns
  /// that are the table's own say so. Sales are what a plan cannot do without, so that they need no more than a period
  /// and a quantity.
  var isPossible: Bool {
    guard missing.isEmpty else { return false }
    if nameScore >= 0.5 { return true }
    let isTelling = namesRows || matches.contains { !Self.common.contains($0.column.name) && $0.score >= 0.55 }
    return isTelling && (explained >= 0.5 || (table == .sales && coverage >= 0.6))
  }

  /// Pairs by score, each column once.
  private mutating func match(_ file: SampledFile, _ schema: Schema, _ dictionary: ColumnDictionary) {
    let rank = Dictionary(uniqueKeysWithValues: schema.columns.enumerated().map { ($1.name, $0) })
    var pairs: [(rank: Int, match: ColumnMatch)] = []
    for cells in file.columns where !cells.name.isEmpty {
      for (name, nameScore) in dictionary.scores(cells.header, in: table) where nameScore >= Self.least {
        guard let column = schema[column: name], let rank = rank[name] else { continue }
        let fit = ColumnFit(cells, column, dictionary)
        let score = nameScore * fit.score
        guard score >= Self.least else { continue }
        pairs.append((rank, ColumnMatch(column: column, field: cells.field, score: score, fit: fit)))
      }
    }
    pairs.sort { ($1.match.score, $0.rank, $0.match.field) < ($0.match.score, $1.rank, $1.match.field) }
    var fields: Set<Int> = []
    var names: Set<String> = []
    for (_, match) in pairs where !names.contains(match.column.name) && !fields.contains(match.field) {
      names.insert(match.column.name)
      fields.insert(match.field)
      matches.append(match)
    }
    for index in matches.indices {
      let own = matches[index]
      matches[index].rivals = pairs.filter {
        $0.match.column.name == own.column.name && !fields.contains($0.match.field)
          && $0.match.score > own.score - Self.close
      }.map(\.match.field)
    }
  }

  private mutating func weigh(_ file: SampledFile, _ schema: Schema) {
    let fillable = Self.fillable[table] ?? [:]
    var reached = 0.0
    var wanted = 0.0
    for column in schema.columns where column.isRequired {
      wanted += 1
      if let match = self[column.name] {
        reached += match.score
      } else if fillable[column.name] != nil {
        reached += 0.25
      } else if column.name == "period", PeriodParts(file) != nil {
        reached += 0.9
      } else {
        missing.append(column.name)
      }
    }
    if table == .sales {
      wanted += 1
      let quantity = ["sell_out_qty", "sell_in_qty"].compactMap { self[$0]?.score }.max()
      // Amounts can stand in for units.
      let value = ["sell_out_value", "sell_in_value"].compactMap { self[$0]?.score }.max().map { $0 * 0.7 }
      if let best = quantity ?? value { reached += best } else { missing.append("sell_out_qty") }
    }
    coverage = wanted > 0 ? reached / wanted : 0
    let named = file.columns.count { !$0.name.isEmpty }
    explained = matches.reduce(0) { $0 + $1.score } / Double(max(1, named))
    score = 0.45 * coverage + 0.35 * explained + 0.35 * nameScore + (table == .sales ? 0.03 : 0)
    // A table whose key names each row has no row twice.
    if schema.key.count == 1, let key = self[schema.key[0]] {
      namesRows = file.columns[key.field].isUnique
      if file.columns[key.field].distinct.count < file.columns[key.field].count { score *= 0.3 }
    }
  }
}

/// Year and month in columns of their own.
struct PeriodParts: Sendable {
  let year: SampledColumn
  let month: SampledColumn

  private static let years: Set<String> = ["年", "年份", "年度", "year", "yr", "fiscalyear"]
  private static let months: Set<String> = ["月", "月份", "月度", "month", "mon", "mth", "fiscalmonth"]

  init?(_ file: SampledFile) {
    let year = file.columns.first { Self.years.contains($0.header.key) && Self.all($0, in: 1900...2100) }
    let month = file.columns.first { Self.months.contains($0.header.key) && Self.all($0, in: 1...12) }
    guard let year, let month, !year.name.contains("`"), !month.name.contains("`") else { return nil }
    self.year = year
    self.month = month
  }

  private static func all(_ column: SampledColumn, in range: ClosedRange<Double>) -> Bool {
    column.isNumber && column.isWhole && column.numbers.allSatisfy(range.contains)
  }

  var origin: ColumnOrigin { .expression("`\(year.name)` * 100 + `\(month.name)`") }
}
