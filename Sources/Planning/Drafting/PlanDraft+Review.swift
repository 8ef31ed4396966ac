import ChannelTypes
import Tables

/// Reading the tables as the plan would, to prove what samples could only suggest.
extension PlanDraft {
  /// Reads every table, learns the calendar from the sales, tells order lines apart, and sets aside what cannot be
  /// read. O(bytes of the tables).
  mutating func review() {
    let numbers = readsNumbers
    var tables: [InputTable: Table] = [:]
    for index in self.tables.indices {
      if let table = Self.read(&self.tables[index], numbers, &problems) { tables[self.tables[index].table] = table }
    }
    if let sales = tables[.sales] { learnCalendar(sales) }
    settleRegions(&tables, numbers)
    check(tables)
  }

  /// Whether the periods of the sales are running numbers.
  private var readsNumbers: Bool {
    self[.sales]?["period"]?.question?.hasPrefix("running numbers") ?? false
  }

  /// The table; nil where it has errors, which are then its obstacle, or problems of the data where it is the sales.
  private static func read(_ draft: inout TableDraft, _ numbers: Bool, _ problems: inout [Diagnostic]) -> Table? {
    let schema = InputSchemas.schema(for: draft.table)
    var findings = Findings()
    if let table = TableReader.read(draft.reference(periodsAreNumbers: numbers), schema: schema, findings: &findings) {
      draft.rows = table.rowCount
      return table
    }
    let isRepeated = findings.kept.contains { $0.code == DataCodes.duplicateKey }
    if isRepeated, draft.table == .sales, draft["order_id"] == nil {
      // Lines of documents: each row is one of its own, and the rows of a partner, product and period add up.
      draft.columns.append(
        Mapping(
          column: "order_id", origin: .rowNumber, reason: "rows repeat partner, product and period",
          question: "are the repeated rows lines of orders, to be added up? if they are there twice, remove them"))
      return read(&draft, numbers, &problems)
    }
    let errors = findings.kept.filter { $0.severity == .error }
    if draft.table == .sales {
      problems += errors
      return nil
    }
    if let first = errors.first {
      let more = findings.errorCount > 1 ? " (and \(findings.errorCount - 1) more)" : ""
      draft.obstacle = "left out until it can be read: \(first.place.map { "\($0): " } ?? "")\(first.message)\(more)"
    }
    return nil
  }

  /// Regions of the sales that the partners do not know are another division of the map: the partners' own hold.
  private mutating func settleRegions(_ tables: inout [InputTable: Table], _ numbers: Bool) {
    guard let index = self.tables.firstIndex(where: { $0.table == .sales }), let partners = tables[.partners],
      let sales = tables[.sales], let known = partners.text("region")?.dictionary,
      let used = sales.text("region")?.dictionary, let mapping = self.tables[index]["region"]
    else { return }
    let listed = Set(tables[.regions]?.text("region")?.dictionary ?? known)
    guard !used.allSatisfy({ listed.contains($0) || $0 == "all" }), mapping.source != "region" else { return }
    self.tables[index].columns.removeAll { $0.column == "region" }
    self.tables[index].questions.append(
      "`\(mapping.source ?? "region")` has regions that the partners table does not list; the partners' regions are used"
    )
    tables[.sales] = Self.read(&self.tables[index], numbers, &problems)
  }

  /// What `check` would find between the tables.
  private mutating func check(_ tables: [InputTable: Table]) {
    var plan = Plan()
    plan.calendar.frequency = frequency.value
    for draft in self.tables where draft.obstacle == nil {
      plan.data[draft.table] = draft.reference(periodsAreNumbers: false)
    }
    var findings = Findings()
    NetworkChecks.check(plan, tables, findings: &findings)
    problems += findings.kept.filter { $0.severity == .error }
  }

  // MARK: The calendar

  private mutating func learnCalendar(_ sales: Table) {
    guard let column = sales.periods("period") else { return }
    let present = Set(column.ordinals).subtracting([Unknown.ordinal]).sorted().map(Int.init)
    guard let low = present.first, let high = present.last else { return }
    frequency = Self.frequency(column.form, present)
    let span: (first: Period, last: Period)
    let first = Period(form: column.form, ordinal: low)
    let last = Period(form: column.form, ordinal: high)
    let form = frequency.value.periodForm
    span = column.form == .number ? (first, last) : (first.containing(form) ?? first, last.containing(form) ?? last)
    let count = span.last.ordinal - span.first.ordinal + 1
    let distinct = Set(
      present.compactMap { Period(form: column.form, ordinal: $0).containing(span.first.form)?.ordinal })
    let gaps = max(0, count - distinct.count)
    frequency.reason +=
      "; \(span.first) to \(span.last), \(count) \(column.form == .number ? "period" : frequency.value.rawValue)s, "
      + (gaps == 0 ? "no gaps" : "\(gaps) without a row")
    horizon = Self.horizon(frequency.value, periods: count)
  }

  /// Days may be the writing of months or weeks.
  private static func frequency(_ form: PeriodForm, _ present: [Int]) -> Choice<Frequency> {
    guard form == .day else {
      guard let frequency = form.frequency else { return Choice(.week, "running numbers are read as weeks") }
      return Choice(frequency, "the sales are by \(frequency.rawValue)")
    }
    let dates = present.map { CivilDate(daysSinceEpoch: $0) }
    if Set(dates.map(\.day)).count == 1 { return Choice(.month, "every date is day \(dates[0].day) of its month") }
    if present.allSatisfy({ CivilDate(daysSinceEpoch: $0 + 1).day == 1 }) {
      return Choice(.month, "every date is the last of its month")
    }
    if Set(present.map { $0 % 7 }).count == 1, present.count > 1 {
      return Choice(.week, "every date is the same weekday")
    }
    let days = (present.last ?? 0) - (present[0]) + 1
    let frequency: Frequency = days >= 540 ? .month : days >= 126 ? .week : .day
    return Choice(
      frequency, "the sales are by day, and are added up", question: "day, week or month: how far ahead do you decide?")
  }

  /// A year where the history has three, else a third of the history.
  private static func horizon(_ frequency: Frequency, periods: Int) -> Choice<Int> {
    let year =
      frequency == .day ? 28 : frequency == .week ? 13 : frequency.periodsPerYear * (frequency == .year ? 3 : 1)
    let most = max(1, periods / 3)
    if year <= most {
      let name =
        frequency == .day
        ? "four weeks" : frequency == .week ? "a quarter" : frequency == .year ? "three years" : "a year"
      return Choice(year, name)
    }
    return Choice(most, "a third of the history, which is short")
  }
}

extension Frequency {
  /// How periods of this length are written.
  fileprivate var periodForm: PeriodForm {
    switch self {
    case .day: .day
    case .week: .week
    case .month: .month
    case .quarter: .quarter
    case .year: .year
    }
  }
}
