import ChannelTypes
import Specifications
public import Tables

/// Whether the tables of a plan fit one another, the calendar and the plan. Every table was read on its own before.
public enum NetworkChecks {
  /// Adds what does not fit; a problem of many rows is one finding with their number. O(rows).
  public static func check(_ plan: Plan, _ tables: [InputTable: Table], findings: inout Findings) {
    ReferenceChecks(tables: tables).report(to: &findings)
    CalendarChecks(plan: plan, tables: tables).report(to: &findings)
    checkPlan(plan, tables, findings: &findings)
  }

  /// Adds what of the plan does not fit the tables: all that another plan for the same tables can get wrong. O(ids).
  static func checkPlan(_ plan: Plan, _ tables: [InputTable: Table], findings: inout Findings) {
    LimitChecks(plan: plan, tables: tables).report(to: &findings)
    FactorChecks(plan: plan, tables: tables).report(to: &findings)
  }
}

/// Ids of one table that another table must list.
private struct ReferenceChecks {
  let tables: [InputTable: Table]

  func report(to findings: inout Findings) {
    let partners = ids(.partners, "partner_id")
    let products = ids(.products, "product_id")
    let regions = ids(.regions, "region") ?? ids(.partners, "region")
    for name in InputTable.allCases {
      guard let table = tables[name] else { continue }
      if name != .partners, let partners {
        report(table, "partner_id", "partner", partners, NetworkCodes.unknownPartner, &findings)
      }
      if name != .products, let products {
        report(table, "product_id", "product", products, NetworkCodes.unknownProduct, &findings)
      }
      if name != .regions, let regions {
        report(table, "region", "region", regions.union(["all"]), NetworkCodes.unknownRegion, &findings)
      }
    }
  }

  private func ids(_ table: InputTable, _ column: String) -> Set<String>? {
    guard let table = tables[table], table.rowCount > 0 else { return nil }
    return table.text(column).map { Set($0.dictionary) }
  }

  /// The first few unknown ids with their places and numbers of rows; the rest as a note.
  private func report(
    _ table: Table, _ column: String, _ noun: String, _ known: Set<String>, _ code: DiagnosticCode,
    _ findings: inout Findings
  ) {
    guard let cells = table.text(column) else { return }
    let isUnknown = cells.dictionary.map { !known.contains($0) }
    guard isUnknown.contains(true) else { return }
    var firstRow = [Int?](repeating: nil, count: isUnknown.count)
    var rowCount = [Int](repeating: 0, count: isUnknown.count)
    for (row, code) in cells.codes.enumerated() where code >= 0 && isUnknown[Int(code)] {
      if firstRow[Int(code)] == nil { firstRow[Int(code)] = row }
      rowCount[Int(code)] += 1
    }
    let unknown = firstRow.indices.filter { firstRow[$0] != nil }
    let shown = unknown.prefix(Self.shownIDs)
    let rest = unknown.dropFirst(Self.shownIDs)
    let places = table.source?.locate(shown.map { (row: firstRow[$0] ?? 0, column: column) })
    let candidates = known.sorted()
    for (position, id) in shown.enumerated() {
      let name = cells.dictionary[id]
      var notes: [String] = []
      if position == shown.count - 1, !rest.isEmpty {
        let rows = rest.map { rowCount[$0] }.reduce(0, +)
        notes.append("\(rest.count) more unknown \(noun)s in \(counted(rows, "row"))")
      }
      let nearest = Suggestion.closest(to: name, among: candidates).map { "did you mean `\($0)`?" }
      findings.add(
        Diagnostic(
          code, .error, "unknown \(noun) `\(name)` (\(counted(rowCount[id], "row")))",
          at: places?[position].place ?? SourcePlace(file: table.name), excerpt: places?[position].excerpt,
          hint: nearest ?? "correct the id, or add the \(noun)", notes: notes))
    }
  }

  private static let shownIDs = 3
}

/// Periods that are missing, out of date, or do not fit the calendar.
private struct CalendarChecks {
  let plan: Plan
  let tables: [InputTable: Table]

  func report(to findings: inout Findings) {
    for name in InputTable.allCases {
      guard let table = tables[name], let span = PeriodSpan(of: name, table), !span.missing.isEmpty else { continue }
      let list = span.missing.prefix(3).map(\.description).joined(separator: ", ")
      findings.add(
        Diagnostic(
          NetworkCodes.missingPeriods, .warning,
          "\(table.name): no rows for \(counted(span.missing.count, span.noun)) between \(span.first) and \(span.last):"
            + " \(list)" + (span.missing.count > 3 ? ", …" : ""), at: SourcePlace(file: file(table)),
          hint: "add the rows, or leave the periods as not reported"))
    }
    guard let sales = tables[.sales], let span = PeriodSpan(of: .sales, sales) else { return }
    reportFrequency(sales, span, &findings)
    reportStart(span, &findings)
    reportSnapshot(span, &findings)
  }

  private func reportFrequency(_ sales: Table, _ span: PeriodSpan, _ findings: inout Findings) {
    let wanted = plan.calendar.frequency
    guard let frequency = span.first.form.frequency, frequency.days > wanted.days else { return }
    findings.add(
      Diagnostic(
        NetworkCodes.coarsePeriods, .error,
        "the sales are by \(frequency.rawValue), but the calendar counts in \(wanted.rawValue)s",
        at: SourcePlace(file: file(sales)), hint: "set `calendar: {frequency: \(frequency.rawValue)}`"))
  }

  private func reportStart(_ span: PeriodSpan, _ findings: inout Findings) {
    if let from = plan.calendar.historyFrom, from.value.form == span.last.form, from.value > span.last {
      findings.add(
        plan.diagnostic(
          NetworkCodes.noHistory, .error, "history begins in \(from.value), after the last sales in \(span.last)",
          at: from.place, hint: "lower history_from, or leave it out"))
    }
    guard let start = plan.calendar.start, start.value.form == span.last.form else { return }
    let next = span.last.advanced(by: 1)
    if start.value > next {
      let gap = start.value.ordinal - next.ordinal
      findings.add(
        plan.diagnostic(
          NetworkCodes.startAfterGap, .warning,
          "the plan starts in \(start.value), but the sales end in \(span.last):"
            + " \(counted(gap, span.noun)) between them \(gap == 1 ? "is" : "are") unknown",
          at: start.place, hint: "add the sales, or start in \(next)"))
    } else if start.value < next {
      findings.add(
        plan.diagnostic(
          NetworkCodes.startAfterGap, .warning,
          "the plan starts in \(start.value), but sales are known up to \(span.last)", at: start.place,
          hint: "start in \(next), or leave `start` out"))
    }
  }

  private func reportSnapshot(_ sales: PeriodSpan, _ findings: inout Findings) {
    guard let inventory = tables[.inventory], let snapshots = inventory.periods("snapshot"),
      let latest = PeriodSpan(snapshots)?.last, let salesStart = sales.last.firstDay
    else { return }
    // The day up to which the snapshot may count: its own, or the last of its period.
    let counted = latest.form == .day ? latest.firstDay : latest.advanced(by: 1).firstDay
    guard let counted, counted < salesStart else { return }
    findings.add(
      Diagnostic(
        NetworkCodes.staleSnapshot, .warning,
        "the latest stock is of \(latest), before the last sales in \(sales.last)",
        at: SourcePlace(file: file(inventory)), hint: "export a newer snapshot"))
  }

  private func file(_ table: Table) -> String { table.source?.file ?? table.name }
}

/// Names in the plan that the tables must know.
private struct LimitChecks {
  let plan: Plan
  let tables: [InputTable: Table]

  func report(to findings: inout Findings) {
    if let budget = plan.budget {
      reportRegions(budget, &findings)
      reportSpendTypes(budget, &findings)
    }
    reportDrivers(&findings)
  }

  private func reportRegions(_ budget: BudgetSettings, _ findings: inout Findings) {
    let known = [InputTable.budget, .regions, .partners].compactMap { tables[$0]?.text("region")?.dictionary }
    guard !known.isEmpty else { return }
    let regions = Set(known.joined()).sorted()
    for (id, place) in budget.namedRegions where !regions.contains(id) {
      findings.add(
        plan.diagnostic(
          NetworkCodes.unknownLimitRegion, .error, "there is no region `\(id)` in the tables", at: place,
          hint: Suggestion.hint(for: id, among: regions)))
    }
  }

  private func reportSpendTypes(_ budget: BudgetSettings, _ findings: inout Findings) {
    guard let known = tables[.budget]?.text("spend_type")?.dictionary else { return }
    for type in budget.spendTypes where !known.contains(type.value) {
      findings.add(
        plan.diagnostic(
          NetworkCodes.spendTypeWithoutHistory, .warning, "the budget table has no spend of type `\(type.value)`",
          at: type.place, hint: Suggestion.hint(for: type.value, among: known)))
    }
  }

  private func reportDrivers(_ findings: inout Findings) {
    guard let sales = tables[.sales] else { return }
    let numeric = sales.columns.filter { $0.type != .text && $0.type != .period }.map(\.name)
    let known = numeric + (tables[.drivers]?.text("name")?.dictionary ?? [])
    for driver in plan.forecast.drivers where !known.contains(driver.value) {
      findings.add(
        plan.diagnostic(
          NetworkCodes.unknownDriver, .warning, "the driver `\(driver.value)` is not in the data", at: driver.place,
          hint: Suggestion.hint(for: driver.value, among: known)))
    }
  }
}

/// `1 row`, `3 rows`
private func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
