import ChannelTypes
import Partners
import Specifications
import Tables

/// One step of a limit from what it was to what it is: the audit line and the trace share it.
struct CreditSteps {
  var rule: String
  var label: String
  var key: String?
  var place: SourcePlace?
  var before: Money
  var after: Money
  var why: String

  /// All steps of a line, those included that changed nothing; each begins where the one before ended.
  static func of(_ line: CreditLine, _ facts: CreditFacts) -> [CreditSteps] {
    let settings = facts.settings
    func factor(_ percent: Percent) -> String { "× \(percent) %" }
    let demand = facts.demandRatios[line.region].map {
      "planned demand of \(line.region) is \(Money(rounding: $0 * 100, decimals: 1)?.plainDescription ?? "") %"
        + " of the year before: \(factor(line.demandFactor))"
    }
    let terms: String =
      switch line.terms.change {
      case .normal: "\(line.terms.band.rawValue) risk keeps its \(line.terms.presentDays) days"
      case .shorter:
        "\(line.terms.band.rawValue) risk pays in \(line.terms.days) days, not \(line.terms.presentDays)"
      case .prepay: "\(line.terms.band.rawValue) risk pays before delivery"
      }
    let band = line.terms.band
    return [
      CreditSteps(
        rule: "demand", label: "Planned demand of the region", key: "credit.demand_elasticity",
        place: settings.demandElasticity.place, before: line.present, after: line.afterDemand,
        why: demand ?? "no planned demand of \(line.region)"),
      CreditSteps(
        rule: "terms", label: "Terms by risk band", key: "credit.bands.\(band.rawValue)",
        place: settings.place(of: band), before: line.afterDemand, after: line.needed, why: terms),
      CreditSteps(
        rule: "allocation", label: "Change by the allocation", key: "credit.max_move_pct",
        place: settings.maxMove.place, before: line.needed, after: line.optimised, why: reason(line.heldBy)),
      CreditSteps(
        rule: "stock", label: "Standing of its stock", key: "inventory.links", before: line.optimised,
        after: line.linked, why: "the link of stock to credit: \(factor(line.stockFactor))"),
      CreditSteps(
        rule: "unit", label: "Down to whole units", key: "credit.unit", place: settings.unit.place,
        before: line.linked, after: line.limit, why: "limits are multiples of \(line.unit.plainDescription)"),
    ]
  }

  private static func reason(_ hold: String) -> String {
    switch hold {
    case "cap": "as much as it may move: more would earn more"
    case "floor": "as little as it may move: less would earn more"
    case "shared_limits": "the limits that all share: more would take from better uses"
    case "unprofitable": "it loses more than it earns"
    case "no_terms": "no credit is open to its chance of default"
    default: hold
    }
  }
}

/// How every limit, chance of default, term and return on equity came about.
///
/// Items: `credit_limit` and `terms` of partners with a limit, `default_probability` of all active ones, `dupont:YEAR` of
/// every year with a return.
struct CreditTraces {
  let report: CreditReport
  let currency: String
  /// Where evidence stands, by member, or by statement: each file is scanned once for all of them.
  private let limitPlaces: [SourcePlace?]
  private let termsPlaces: [SourcePlace?]
  private let invoicePlaces: [SourcePlace?]
  private let accountPlaces: [SourcePlace?]
  private var facts: CreditFacts { report.facts }

  init(_ report: CreditReport, currency: String) {
    self.report = report
    self.currency = currency
    let facts = report.facts
    let own = facts.members.map(\.row)
    limitPlaces = Self.places(facts.tables.partners, own, "credit_limit")
    termsPlaces = Self.places(facts.tables.partners, own, "terms_days")
    invoicePlaces = Self.places(
      facts.tables.invoices, facts.members.map { facts.collections[$0.id]?.firstRow ?? -1 }, "invoice_id")
    accountPlaces = Self.places(facts.tables.accounts, facts.statements.all.map(\.row), "partner_id")
  }

  private static func places(_ table: Table?, _ rows: [Int], _ column: String) -> [SourcePlace?] {
    var places = [SourcePlace?](repeating: nil, count: rows.count)
    guard let table, let source = table.source else { return places }
    let known = rows.indices.filter { rows[$0] >= 0 && rows[$0] < table.rowCount }
    for (index, found) in zip(known, source.locate(known.map { (rows[$0], column) })) { places[index] = found.place }
    return places
  }

  var book: TraceBook {
    let years = facts.statements.all.indices.filter { DuPont.gap(in: facts.statements.all[$0]) == nil }
    return TraceBook(joining: [
      TraceBook(count: facts.lines.count) { limit(facts.lines[$0]) },
      TraceBook(count: facts.lines.count) { terms(facts.lines[$0]) },
      TraceBook(count: facts.members.count) { chance($0) },
      TraceBook(count: years.count) { dupont(years[$0]) },
    ])
  }

  private func rows(_ table: Table, _ condition: String, count: Int = 1, _ place: SourcePlace?) -> Trace.Source {
    .rows(table: table.name, condition: condition, count: count, first: place)
  }

  private func plan(_ key: String, _ place: SourcePlace?) -> Trace.Source { .plan(key: key, place: place) }

  private func limit(_ line: CreditLine) -> Trace {
    let place = facts.index(of: line.partner).flatMap { limitPlaces[$0] }
    let own = "partner_id = \(line.partner)"
    var steps = [
      Trace.Step(
        "Present limit", amount: .money(line.present),
        from: [rows(facts.tables.partners, own, place)])
    ]
    for step in CreditSteps.of(line, facts) {
      var sources = step.key.map { [plan($0, step.place)] } ?? []
      switch step.rule {
      case "demand": sources.append(.result(table: "demand_plan", condition: "region = \(line.region)"))
      case "terms": sources.append(.trace(subject: "partner:\(line.partner)", item: "terms"))
      case "allocation": sources.append(.result(table: "credit", condition: own))
      case "stock" where line.stockFactor != Percent(100):
        sources.append(.trace(subject: "partner:\(line.partner)", item: "credit_factor"))
      default: break
      }
      steps.append(.init(step.label, step.why, amount: .money(step.after - step.before), from: sources))
    }
    return Trace(
      "partner:\(line.partner)", "credit_limit", "Credit limit", .money(line.limit), unit: currency, steps: steps)
  }

  private func terms(_ line: CreditLine) -> Trace {
    let settings = facts.settings
    let chance = facts.chance(line.partner).probability
    let band = line.terms.band
    let place = facts.index(of: line.partner).flatMap { termsPlaces[$0] }
    let allowed = settings.bands.days[band].map { "at most \($0.value) days" } ?? "before delivery"
    let word = line.terms.days > 0 ? "\(line.terms.change.rawValue), \(line.terms.days) days" : "prepay"
    return Trace(
      "partner:\(line.partner)", "terms", "Terms of payment", .word(word),
      steps: [
        .init(
          "Chance of default", Self.percent(chance),
          from: [.trace(subject: "partner:\(line.partner)", item: "default_probability")]),
        .init(
          "Risk band",
          "low up to \(Self.short(settings.bands.lowUpTo.value)) %, high above "
            + "\(Self.short(settings.prepayAbove.value)) %: "
            + band.rawValue,
          from: [
            plan("credit.bands.low.up_to_pct", settings.bands.lowUpTo.place),
            plan("credit.prepay_above_pct", settings.prepayAbove.place),
          ]),
        .init(
          "Terms of the band", allowed, from: [plan("credit.bands.\(band.rawValue)", settings.place(of: band))]),
        .init(
          "Present terms", "\(line.terms.presentDays) days",
          from: [
            rows(facts.tables.partners, "partner_id = \(line.partner)", place)
          ]),
      ])
  }

  private func chance(_ member: Int) -> Trace {
    let (partner, chance) = (facts.members[member], facts.chances[member])
    let model = facts.model
    var steps: [Trace.Step] = []
    if chance.isFromAccounts, let index = facts.statements.latestIndex(partner.id), let table = facts.tables.accounts {
      let statement = facts.statements.all[index]
      let terms = model.terms.map { "\(DefaultModel.ratios[$0.ratio].name) \(Self.short($0.coefficient))" }
      steps.append(
        .init(
          "Score from its accounts of \(statement.year)", "logistic regression: " + terms.joined(separator: ", "),
          amount: .number(chance.score),
          from: [
            rows(table, "partner_id = \(partner.id), year = \(statement.year)", accountPlaces[index])
          ]))
    } else {
      steps.append(
        .init(
          "Mean of all partners", "(\(model.defaults) + ½) / (\(model.observations) + 1)",
          amount: .number(chance.score)))
    }
    let record = facts.collections[partner.id]
    steps.append(
      .init(
        "Its own record",
        "\(chance.recordDefaults) defaults in \(chance.recordYears) years, drawn to the score as if "
          + "that had been seen for \(Int(DefaultModel.priorYears)) years",
        amount: .number(chance.probability - chance.score),
        from: [plan("credit.default_days", facts.settings.defaultDays.place)]
          + (record.map {
            [
              rows(
                facts.tables.invoices, "partner_id = \(partner.id)", count: $0.invoices, invoicePlaces[member])
            ]
          } ?? [])))
    return Trace(
      "partner:\(partner.id)", "default_probability", "Chance of default within a year",
      .number(chance.probability), unit: "share", steps: steps)
  }

  private func dupont(_ index: Int) -> Trace {
    let statement = facts.statements.all[index]
    let parts = DuPont(statement) ?? DuPont(margin: 0, assetTurnover: 0, leverage: 0)
    let turned = parts.margin * parts.assetTurnover
    let sources = facts.tables.accounts.map {
      [rows($0, "partner_id = \(statement.partner), year = \(statement.year)", accountPlaces[index])]
    }
    return Trace(
      "partner:\(statement.partner)", "dupont:\(statement.year)", "Return on equity of \(statement.year)",
      .number(parts.returnOnEquity), unit: "share",
      steps: [
        .init("Margin", "net profit / revenue", amount: .number(parts.margin), from: sources ?? []),
        .init(
          "Asset turnover", "× \(Self.short(parts.assetTurnover))", amount: .number(turned - parts.margin),
          from: sources ?? []),
        .init(
          "Leverage", "× \(Self.short(parts.leverage))", amount: .number(parts.returnOnEquity - turned),
          from: sources ?? []),
      ])
  }

  private static func short(_ value: Double) -> String {
    Money(rounding: value, decimals: 4)?.plainDescription ?? "\(value)"
  }
  private static func percent(_ share: Double) -> String { short(share * 100) + " %" }
}
