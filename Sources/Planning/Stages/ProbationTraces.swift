import ChannelTypes
import Partners
import Tables

extension ProbationReport {
  /// `probation` of every active partner that is judged, `exit_case` of every case, `renewal` of every contract.
  func traces(_ context: StageContext) -> TraceBook {
    let judged = history.partners.indices.filter { history.partners[$0].isActive && states.current($0) != nil }
    let tables = Dictionary(
      uniqueKeysWithValues: [InputTable.sales, .inventory, .receivables, .contracts, .partners, .incidents].map {
        ($0, context.table($0))
      })
    let evidence = ProbationTraceEvidence(self, tables.compactMapValues { $0 }, judged)
    let currency = context.plan.currency
    return TraceBook(joining: [
      TraceBook(count: judged.count) { evidence.probation(judged[$0]) },
      TraceBook(count: cases.count) { evidence.exit($0, currency: currency) },
      TraceBook(count: renewals.count) { evidence.renewal(renewals[$0]) },
    ])
  }
}

/// The tables behind the report, to cite rows of.
private struct ProbationTraceEvidence: Sendable {
  private struct Cell: Hashable, Sendable {
    var row: Int
    var column: String
  }

  let report: ProbationReport
  /// Rows of each partner, by its position in the history.
  private var spans: [InputTable: [ProbationInputs.RowSpan]] = [:]
  /// Every cell that a trace cites: each file is read once for all of them.
  private var places: [InputTable: [Cell: SourcePlace]] = [:]

  init(_ report: ProbationReport, _ tables: [InputTable: Table], _ judged: [Int]) {
    self.report = report
    let count = report.history.partners.count
    for name in [InputTable.incidents, .receivables] {
      guard let table = tables[name], let ids = table.text("partner_id") else { continue }
      let owner = ids.dictionary.map { report.history.index(of: $0) }
      var found = [ProbationInputs.RowSpan](repeating: .init(), count: count)
      for (row, code) in ids.codes.enumerated() where code >= 0 {
        if let partner = owner[Int(code)] { found[partner].add(row) }
      }
      spans[name] = found
    }
    let lastQuarter = report.history.months(in: report.states.panel.quarters[report.states.panel.quarters.count - 1])
    let held = Set(report.settings.held.map(\.indicator))
    if !held.isDisjoint(with: [.growth, .revenue]) {
      cite(tables, .sales, judged.map { report.history.rows(partner: $0, months: lastQuarter).first }, "partner_id")
    }
    cite(tables, .sales, report.leavers.map { Self.lastYear(report, $0).first }, "partner_id")
    cite(tables, .inventory, report.leavers.map { report.stockRows[$0].first }, "on_hand")
    cite(tables, .receivables, report.leavers.map { report.invoiceRows[$0].first }, "amount")
    if held.contains(.complaints) { cite(tables, .incidents, judged.map { spans[.incidents]?[$0].first }, "date") }
    if held.contains(.overdueDays) { cite(tables, .receivables, judged.map { spans[.receivables]?[$0].first }, "due") }
    cite(tables, .partners, judged.map { report.history.partners[$0].row }, "satisfaction")
    for column in ["buyback_pct", "deposit", "compensation_pct", "annual_target"] {
      cite(tables, .contracts, report.leavers.map { report.facts[$0].contract.row }, column)
    }
    cite(tables, .contracts, report.renewals.map { report.facts[$0.partner].contract.row }, "ends_on")
    let unsigned = report.renewals.filter { report.facts[$0.partner].contract.row == nil }
    cite(tables, .partners, unsigned.map { report.history.partners[$0.partner].row }, "contract_end")
    for (name, cells) in places {
      let wanted = Array(cells.keys)
      guard let found = tables[name]?.source?.locate(wanted.map { (row: $0.row, column: $0.column) }) else { continue }
      for (cell, found) in zip(wanted, found) { places[name]?[cell] = found.place }
    }
  }

  /// Remembers cells whose places are wanted; rows below zero are none.
  private mutating func cite(_ tables: [InputTable: Table], _ name: InputTable, _ rows: [Int?], _ column: String) {
    guard let source = tables[name]?.source else { return }
    for case let row? in rows where row >= 0 {
      places[name, default: [:]][Cell(row: row, column: column)] = SourcePlace(file: source.file)
    }
  }

  private static func lastYear(_ report: ProbationReport, _ partner: Int) -> (count: Int, first: Int?) {
    let months = max(0, report.history.monthCount - 12)..<report.history.monthCount
    return report.history.rows(partner: partner, months: months)
  }

  private func all(_ name: InputTable, of partner: Int, column: String) -> Trace.Source {
    let span = spans[name]?[partner] ?? .init()
    let id = report.history.partners[partner].id
    return rows(name, "partner_id = \(id)", count: span.count, first: span.first, column: column)
  }

  private var settings: ProbationSettings { report.settings }

  private func rows(_ name: InputTable, _ condition: String, count: Int, first: Int?, column: String) -> Trace.Source {
    let place = first.flatMap { places[name]?[Cell(row: $0, column: column)] }
    return .rows(table: name.rawValue, condition: condition, count: count, first: place)
  }

  // MARK: State

  func probation(_ partner: Int) -> Trace {
    let states = report.states
    let last = states.panel.quarters.count - 1
    let quarter = states.panel.quarters[last]
    let id = report.history.partners[partner].id
    let state = states.current(partner) ?? .ok
    var steps = settings.held.enumerated().map { position, held in
      step(partner, id, last, position, held)
    }
    let way = states.panel.judged[partner].suffix(4).map { index in
      let state =
        states.leading(partner: partner, quarter: index).map {
          states.tracks[states.panel.cell(partner, index, $0)].state
        } ?? .ok
      return "\(states.panel.quarters[index]) \(state.rawValue)"
    }
    steps.append(
      Trace.Step(
        "the way here", way.joined(separator: ", "),
        from: [
          settings.source("quarters"), settings.source("grace_months"),
          .result(table: "probation", condition: "partner_id = \(id)"),
        ]))
    return Trace(
      "partner:\(id)", "probation", "Probation at the end of \(quarter)", .word(state.rawValue), steps: steps)
  }

  private func step(
    _ partner: Int, _ id: String, _ quarter: Int, _ position: Int, _ held: ProbationSettings.Held
  ) -> Trace.Step {
    let states = report.states
    let cell = states.panel.cell(partner, quarter, position)
    let (value, baseline, track) = (states.panel.values[cell], states.baselines[cell], states.tracks[cell])
    func text(_ value: Double) -> String { value.isFinite ? "\(tabled(value, 6))" : "unknown" }
    let sign = held.indicator.higherIsBetter ? "at least" : "at most"
    let detail = "\(text(value)), \(sign) \(text(baseline)): \(report.why(track)) → \(track.state.rawValue)"
    var sources = [settings.source("baselines.\(held.indicator.rawValue)")]
    switch held.indicator {
    case .growth, .revenue:
      let period = states.panel.quarters[quarter]
      let found = report.history.rows(partner: partner, months: report.history.months(in: period))
      sources.append(
        rows(
          .sales, "partner_id = \(id), period in \(period)", count: found.count, first: found.first,
          column: "partner_id"))
    case .attainment: sources.append(.result(table: "attainment", condition: "partner_id = \(id)"))
    case .score, .gates:
      sources.append(.trace(subject: "partner:\(id)", item: "score:\(states.panel.quarters[quarter])"))
    case .satisfaction:
      let row = report.history.partners[partner].row
      sources.append(rows(.partners, "partner_id = \(id)", count: 1, first: row, column: "satisfaction"))
    case .complaints: sources.append(all(.incidents, of: partner, column: "date"))
    case .overdueDays: sources.append(all(.receivables, of: partner, column: "due"))
    case .turnoverDays: sources.append(.result(table: "stock_standing", condition: "partner_id = \(id)"))
    }
    return Trace.Step(held.indicator.rawValue, detail, from: value.isFinite ? sources : Array(sources.prefix(1)))
  }

  // MARK: Exit

  func exit(_ index: Int, currency: String) -> Trace {
    let exit = report.cases[index]
    let partner = report.leavers[index]
    var steps = exit.lines.map { amounts in
      Trace.Step(
        amounts.line.rawValue, "exit \(amounts.exit) - keep \(amounts.keep)" + detail(amounts.line, exit, partner),
        amount: .money(amounts.gain), from: sources(amounts.line, exit, partner))
    }
    let odds = tabled(exit.chance, 6)
    steps.append(
      Trace.Step(
        exit.recommendation.rawValue, "\(exit.low) to \(exit.high), above zero in \(odds) of the draws: \(exit.reason)",
        from: [settings.source("exit.certainty_pct"), .trace(subject: "partner:\(exit.partner)", item: "probation")]))
    return Trace(
      "partner:\(exit.partner)", "exit_case", "Gain of letting the partner go against keeping it", .money(exit.gain),
      unit: currency, steps: steps)
  }

  private func detail(_ line: ExitCase.Line, _ exit: ExitCase, _ partner: Int) -> String {
    let facts = report.facts[partner]
    switch line {
    case .margin: return "; \(tabled(facts.marginRate, 6)) of \(facts.sales) a year"
    case .retainedMargin: return "; successors retain \(exit.retainedSales) of \(exit.lostSales) a year"
    case .incentives: return "; \(tabled(facts.incentiveRate, 6)) of revenue"
    case .support: return "; \(settings.exit.supportSaved) % of \(facts.support ?? .zero) a year"
    case .buyBack: return "; \(facts.contract.buyBack) % of \(exit.stockCost), less by age"
    case .resale: return "; \(settings.exit.resale) % of \(exit.stockCost)"
    case .receivables: return "; of \(exit.receivables) open"
    case .deposit: return "; set off from \(facts.contract.deposit)"
    case .compensation: return "; \(facts.contract.compensation) % of \(facts.revenue)"
    case .penalty:
      return "; \(settings.exit.penalty) % of the shortfall to \(facts.contract.annualTarget ?? .zero)"
    case .signing: return ""
    }
  }

  private func sources(_ line: ExitCase.Line, _ exit: ExitCase, _ partner: Int) -> [Trace.Source] {
    let id = exit.partner
    let (stock, invoices) = (report.stockRows[partner], report.invoiceRows[partner])
    func contract(_ column: String) -> [Trace.Source] {
      guard let row = report.facts[partner].contract.row else { return [settings.source("exit.without_contract")] }
      return [rows(.contracts, "partner_id = \(id)", count: 1, first: row, column: column)]
    }
    switch line {
    case .margin:
      let found = Self.lastYear(report, partner)
      return [
        rows(
          .sales, "partner_id = \(id), last 12 months", count: found.count, first: found.first, column: "partner_id"),
        settings.source("exit.horizon_months"), settings.source("exit.discount_pct"),
      ]
    case .retainedMargin, .signing: return [.result(table: "successors", condition: "partner_id = \(id)")]
    case .incentives: return [.result(table: "accruals", condition: "partner_id = \(id)")]
    case .support: return [settings.source("exit.support_saved_pct")]
    case .buyBack:
      return contract("buyback_pct") + [
        rows(.inventory, "partner_id = \(id)", count: stock.count, first: stock.first, column: "on_hand"),
        settings.source("exit.buyback_pct_by_age"),
      ]
    case .resale: return [settings.source("exit.resale_pct")]
    case .receivables:
      return [
        rows(
          .receivables, "partner_id = \(id), unpaid", count: invoices.count, first: invoices.first, column: "amount"),
        settings.source("exit.collected_pct_by_days_overdue"), settings.source("exit.collected_on_exit_pct"),
      ]
    case .deposit: return contract("deposit")
    case .compensation: return contract("compensation_pct")
    case .penalty: return contract("annual_target") + [settings.source("exit.penalty_pct")]
    }
  }

  // MARK: Renewal

  func renewal(_ renewal: Renewal) -> Trace {
    let partner = report.history.partners[renewal.partner]
    let terms = report.facts[renewal.partner].contract
    let source: Trace.Source =
      terms.row.map { rows(.contracts, "partner_id = \(partner.id)", count: 1, first: $0, column: "ends_on") }
      ?? rows(.partners, "partner_id = \(partner.id)", count: 1, first: partner.row, column: "contract_end")
    return Trace(
      "partner:\(partner.id)", "renewal", "What to do about the contract", .word(renewal.recommendation.rawValue),
      steps: [
        Trace.Step("contract", "ends on \(renewal.endsOn)", from: [source]),
        Trace.Step(
          "decision", "\(renewal.noticeDays) days before: by \(renewal.decideBy), \(renewal.daysLeft) days from now"),
        Trace.Step(
          "why", renewal.reason,
          from: renewal.state == nil ? [] : [.trace(subject: "partner:\(partner.id)", item: "probation")]),
      ])
  }
}
