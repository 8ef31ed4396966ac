import ChannelTypes
import Tables

/// What the sampled cells of one column say about it, whatever its name.
struct SampledColumn: Sendable {
  /// How the periods of a column are written.
  enum PeriodReading: Sendable, Hashable {
    /// As tables hold them.
    case plain(PeriodForm)
    /// As people write them; where several orders read all cells, the first is the likeliest.
    case dates([DateOrder], PeriodForm)
    /// Running numbers.
    case numbers
  }

  let field: Int
  /// As it stands in the header.
  let name: String
  let header: HeaderName
  /// Distinct cells that are not empty, in order of first appearance.
  let distinct: [String]
  let emptyCount: Int
  let count: Int
  let reading: PeriodReading?
  /// Whether nearly every cell is a number as tables hold them.
  let isNumber: Bool
  /// Whether nearly every cell is a number once thousands separators and currency signs are taken out.
  let isGroupedNumber: Bool
  /// Whether its commas may be decimal marks as well as groups of thousands.
  let hasDoubtfulCommas: Bool
  /// The distinct numbers; empty where cells are none.
  let numbers: [Double]

  /// A share of cells from which the odd ones are taken for slips.
  static let nearlyAll = 0.95

  init(_ sample: TableSample, field: Int) {
    self.field = field
    name = sample.names[field]
    header = HeaderName(name)
    let cells = sample.columns[field].filter { !$0.isEmpty }
    distinct = cells.uniqued()
    count = sample.columns[field].count
    emptyCount = count - cells.count
    let plain = distinct.map { sample.number($0) }
    let grouped = distinct.map { sample.groupedNumber($0) }
    let plainCount = plain.count { $0 != nil }
    let groupedCount = grouped.count { $0 != nil }
    // Few numbers of a column may be large enough for groups: those count too.
    isGroupedNumber = groupedCount > plainCount && Self.isNearlyAll(groupedCount, of: distinct.count)
    isNumber = !isGroupedNumber && Self.isNearlyAll(plainCount, of: distinct.count)
    hasDoubtfulCommas = sample.doubtfulFields.contains(field)
    numbers = isNumber ? plain.compactMap(\.self) : isGroupedNumber ? grouped.compactMap(\.self) : []
    reading = Self.reading(distinct, numbers: isNumber ? numbers : nil)
  }

  var isEmpty: Bool { distinct.isEmpty }
  /// Whether the sampled cells name their rows.
  var isUnique: Bool { emptyCount == 0 && count > 1 && distinct.count == count }
  var isWhole: Bool { !numbers.isEmpty && numbers.allSatisfy { $0 == $0.rounded() } }

  private static func isNearlyAll(_ part: Int, of whole: Int) -> Bool {
    whole > 0 && Double(part) >= nearlyAll * Double(whole)
  }

  private static func reading(_ distinct: [String], numbers: [Double]?) -> PeriodReading? {
    guard !distinct.isEmpty else { return nil }
    if let numbers, !distinct.allSatisfy(isMonthOfYear) {
      // 12.5 is no date, and neither is a count beyond the calendar.
      guard numbers.allSatisfy({ $0 == $0.rounded() && $0 >= 0 && $0 < 1e8 }) else { return nil }
      let years: ClosedRange<Double> = 1900...2100
      let digits = numbers.map { $0 < 10_000 ? $0 : $0 < 1e6 ? ($0 / 100).rounded(.down) : ($0 / 1e4).rounded(.down) }
      let isCalendar = digits.allSatisfy(years.contains) && Set(distinct.map(\.count)).count == 1
      if !isCalendar { return numbers.allSatisfy { $0 <= 10_000 } ? .numbers : nil }
    }
    let looked = Array(distinct.prefix(600))
    if let form = commonForm(looked.map { Period($0) }) { return .plain(form) }
    var orders: [(order: DateOrder, form: PeriodForm)] = []
    for order in DateOrder.allCases {
      let periods = looked.map { DateNotation.iso($0, order).flatMap { Period($0) } }
      if let form = commonForm(periods) { orders.append((order, form)) }
    }
    guard let first = orders.first else { return nil }
    return .dates(orders.filter { $0.form == first.form }.map(\.order), first.form)
  }

  /// `03.2024` is a month and no number, whatever the decimal mark.
  private static func isMonthOfYear(_ cell: String) -> Bool {
    let parts = cell.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 2 && (1...2).contains(parts[0].count) && parts[1].count == 4
      && (parts[1].hasPrefix("19") || parts[1].hasPrefix("20"))
  }

  private static func commonForm(_ periods: [Period?]) -> PeriodForm? {
    let forms = periods.compactMap { $0?.form }
    guard let first = forms.first else { return nil }
    return isNearlyAll(forms.count { $0 == first }, of: periods.count) ? first : nil
  }
}

/// How well a column's cells suit a column of the schema.
struct ColumnFit: Sendable {
  /// 0 where they cannot be read as such, 1 where they can.
  var score: Double
  var conversion: CellConversion?
  /// What is to be asked.
  var question: String?

  static let none = ColumnFit(score: 0)

  init(score: Double, conversion: CellConversion? = nil, question: String? = nil) {
    self.score = score
    self.conversion = conversion
    self.question = question
  }

  init(_ cells: SampledColumn, _ column: ColumnSchema, _ dictionary: ColumnDictionary) {
    guard !cells.isEmpty else {
      self.init(score: column.isRequired ? 0 : 0.85)
      return
    }
    switch column.type {
    case .period: self = Self.period(cells)
    case .integer, .real, .money: self = Self.number(cells, column)
    case .flag: self = Self.words(cells, "flag", ["yes", "no"], dictionary)
    case .text:
      if let vocabulary = column.vocabulary {
        self = Self.words(cells, column.name, vocabulary, dictionary)
      } else {
        // Names are neither fractions nor dates.
        let isFraction = cells.isNumber && !cells.isWhole
        let isDate = if case .plain(let form)? = cells.reading { form != .year } else { false }
        self.init(score: isFraction ? 0.2 : isDate ? 0.5 : 1)
      }
    }
  }

  private static func period(_ cells: SampledColumn) -> ColumnFit {
    switch cells.reading {
    case .plain: return ColumnFit(score: 1)
    case .dates(let orders, _):
      guard orders.count > 1, orders.first != .ymd else {
        return ColumnFit(score: 1, conversion: .dates(orders.first ?? .ymd))
      }
      let example = cells.distinct.first ?? ""
      return ColumnFit(
        score: 1, conversion: .dates(orders[0]),
        question:
          "is `\(example)` month/day or day/month? write dates: \(orders.map(\.rawValue).joined(separator: " or "))")
    case .numbers:
      return ColumnFit(
        score: 0.8,
        question: "running numbers (\(cells.distinct.prefix(3).joined(separator: ", ")), …): are they weeks?")
    case nil: return .none
    }
  }

  private static func number(_ cells: SampledColumn, _ column: ColumnSchema) -> ColumnFit {
    guard !cells.numbers.isEmpty else { return .none }
    let numbers = cells.numbers
    if column.type == .integer, !cells.isWhole { return ColumnFit(score: 0.2) }
    if let range = column.range {
      let inside = Double(numbers.count(where: range.contains)) / Double(numbers.count)
      guard inside >= SampledColumn.nearlyAll else { return ColumnFit(score: 0.2) }
    }
    // A date of digits is a number too, but hardly an amount.
    let isDate = if case .dates? = cells.reading { true } else { false }
    var fit = ColumnFit(score: isDate ? 0.5 : 1, conversion: cells.isGroupedNumber ? .groupedNumbers : nil)
    if cells.hasDoubtfulCommas, let example = cells.distinct.first(where: { $0.contains(",") }) {
      let digits = example.filter { $0 != "," }
      fit.question =
        cells.isGroupedNumber
        ? "is `\(example)` \(digits), as it is read here, or \(example.replacing(",", with: "."))? for the latter write numbers with a decimal point"
        : "has `\(example)` a decimal comma or a thousands comma? the file has numbers of both kinds"
    }
    return fit
  }

  /// Words that the schema knows, or that stand for them.
  private static func words(
    _ cells: SampledColumn, _ name: String, _ vocabulary: [String], _ dictionary: ColumnDictionary
  ) -> ColumnFit {
    let isFlag = name == "flag"
    let own = isFlag ? ["yes", "no", "true", "false", "1", "0", "是", "否"] : vocabulary
    if cells.distinct.allSatisfy({ own.contains(isFlag ? $0.lowercased() : $0) }) { return ColumnFit(score: 1) }
    guard cells.distinct.count <= 60 else { return .none }
    var pairs: [CellConversion.WordPair] = []
    var unknown: [String] = []
    for written in cells.distinct {
      if let meant = dictionary.word(written, of: name, among: vocabulary) {
        if meant != written { pairs.append(CellConversion.WordPair(written: written, meant: meant)) }
      } else {
        unknown.append(written)
      }
    }
    let knownShare = 1 - Double(unknown.count) / Double(cells.distinct.count)
    guard knownShare >= 0.5 else { return .none }
    let question = unknown.first.map {
      "what does `\($0)` stand for" + (unknown.count > 1 ? " (and \(unknown.count - 1) more)" : "")
        + "? one of \(vocabulary.joined(separator: ", "))"
    }
    // An unknown word would be refused: it takes the first of the vocabulary until somebody says otherwise.
    for written in unknown { pairs.append(CellConversion.WordPair(written: written, meant: vocabulary[0])) }
    return ColumnFit(score: unknown.isEmpty ? 1 : 0.8, conversion: .words(pairs), question: question)
  }
}
