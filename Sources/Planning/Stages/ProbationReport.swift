import ChannelTypes
import Optimization
import Partners
import Specifications
import Tables

/// Everything that the stage finds, before it becomes tables and traces.
struct ProbationReport: Sendable {
  let settings: ProbationSettings
  let history: ChannelHistory
  let states: ProbationHistory
  let statuses: [ProbationStatus]
  let today: CivilDate
  /// Partners whose exit is priced, as positions in the history; `cases` and `succession` are in their order.
  let leavers: [Int]
  let cases: [ExitCase]
  let facts: [ExitFacts]
  let succession: Succession
  let removals: [Removal]
  let conflicts: [ConflictRecord]
  let bands: PerformanceBands
  let lifecycle: [Lifecycle]
  let renewals: [Renewal]
  let stockRows: [ProbationInputs.RowSpan]
  let invoiceRows: [ProbationInputs.RowSpan]
  private(set) var notes: [Diagnostic]

  init(_ context: StageContext, _ settings: ProbationSettings, _ history: ChannelHistory) throws(StageFailure) {
    self.settings = settings
    self.history = history
    // 1. States.
    let states = Self.states(context, settings, history)
    self.states = states
    statuses = states.statuses(history.partners)
    bands = PerformanceBands(states.panel, partners: history.partners, limits: settings.bands)
    lifecycle = Lifecycle.all(history, rule: context.plan.value.lifecycle)
    // 2. Who leaves and who could follow.
    var inputs = ProbationInputs(context, settings, history)
    today = inputs.today
    let active = history.partners.indices.filter { history.partners[$0].isActive }
    let current = history.partners.indices.map { states.current($0) }
    leavers = active.filter { (current[$0] ?? .ok) >= .warned }
    inputs.drawSales(context, of: leavers)
    let successors = Self.successors(context, inputs, current)
    func leaver(_ partner: Int) -> Succession.Leaver {
      let facts = history.partners[partner]
      return .init(facts.id, region: facts.region, city: facts.city, sales: inputs.facts[partner].sales)
    }
    do throws(NetworkFlowError) {
      succession = try Succession(leavers.map(leaver), successors, rates: settings.rates)
      // 3. Prices.
      removals = try Self.removals(inputs, active, successors, leaver)
    } catch {
      throw .invalid([Diagnostic(ProbationCodes.nothing, .error, "successors: \(error)")])
    }
    cases = Self.cases(leavers, inputs, current, succession, seed: context.seed)
    // 4. Lists.
    let lastQuarter = states.panel.quarters[states.panel.quarters.count - 1]
    conflicts =
      context.table(.incidents).map {
        ConflictRecord.all($0, history: history, lastQuarter: lastQuarter, rule: settings.conflicts)
      } ?? []
    let verdicts = Dictionary(uniqueKeysWithValues: zip(leavers, cases.map(\.recommendation)))
    let lastBands = Self.lastBands(bands, partners: history.partners.count, quarter: states.panel.quarters.count - 1)
    let (stages, day, facts) = (lifecycle, today, inputs.facts)
    renewals = active.compactMap { partner -> Renewal? in
      let terms = facts[partner].contract
      guard let end = terms.endsOn else { return nil }
      return Renewal(
        partner: partner, terms: terms, endsOn: end, today: day, state: current[partner], exit: verdicts[partner],
        band: lastBands[partner], stage: stages[partner].stage)
    }.sorted { ($0.decideBy, $0.partner) < ($1.decideBy, $1.partner) }
    self.facts = facts
    (stockRows, invoiceRows) = (inputs.stockRows, inputs.invoiceRows)
    notes = Self.unknown(settings, states) + inputs.notes
  }

  // MARK: States

  private static func states(
    _ context: StageContext, _ settings: ProbationSettings, _ history: ChannelHistory
  ) -> ProbationHistory {
    var evidence = ProbationEvidence(history)
    evidence.scores = context.result(of: ScoresStage.self)
    evidence.tracking = context.result(of: TrackStage.self)
    evidence.standings = context.result(of: StockStage.self)?.standings
    evidence.incidents = context.table(.incidents)
    evidence.receivables = context.table(.receivables)
    let held = settings.held.map(\.indicator)
    // Bands and lists look at these as well; nobody is held to them.
    let further = [ProbationIndicator.score, .growth, .satisfaction].filter { !held.contains($0) }
    let baselines = settings.held.map(\.baseline.value) + further.map { _ in .fixed(.nan) }
    return ProbationHistory(
      evidence.panel(held + further), baselines: baselines, partners: history.partners, rule: settings.rule)
  }

  private static func unknown(_ settings: ProbationSettings, _ states: ProbationHistory) -> [Diagnostic] {
    settings.held.enumerated().compactMap { position, held in
      let count = states.panel.indicators.count
      let isKnown = stride(from: position, to: states.panel.values.count, by: count).contains {
        states.panel.values[$0].isFinite
      }
      guard !isKnown else { return nil }
      return Diagnostic(
        ProbationCodes.unknownIndicator, .note,
        "`probation.baselines.\(held.indicator.rawValue)` is known for nobody: no partner is judged by it",
        at: held.baseline.place)
    }
  }

  private static func lastBands(
    _ bands: PerformanceBands, partners: Int, quarter: Int
  ) -> [PerformanceBands.Band?] {
    var last = [PerformanceBands.Band?](repeating: nil, count: partners)
    for row in bands.rows where row.quarter == quarter { last[row.partner] = row.band }
    return last
  }

  // MARK: Successors

  /// Active partners at most on watch, with room for growth, and candidates with people of their own for us.
  private static func successors(
    _ context: StageContext, _ inputs: ProbationInputs, _ current: [ProbationStatus.State?]
  ) -> [Succession.Successor] {
    let settings = inputs.settings
    var successors = inputs.history.partners.enumerated().compactMap { index, partner -> Succession.Successor? in
      guard partner.isActive, (current[index] ?? .ok) <= .watch, inputs.revenue[index] > .zero else { return nil }
      return .init(
        partner.id, isCandidate: false, region: partner.region, city: partner.city,
        capacity: settings.headroom.of(inputs.revenue[index]) ?? .zero)
    }
    guard let table = context.table(.candidates), let ids = table.text("candidate_id"),
      let regions = table.text("region"), let sales = table.money("expected_monthly_sales")
    else { return successors }
    let (cities, costs) = (table.text("city"), table.money("signing_cost"))
    let staff = table.integers("dedicated_staff")
    for row in 0..<table.rowCount {
      guard let id = ids[row], let region = regions[row], sales[row] != Unknown.money, sales[row] > .zero,
        (staff?[row] ?? 0) >= settings.dedicatedStaff
      else { continue }
      let cost = costs?[row] ?? Unknown.money
      let year = min(sales[row], Money(1_000_000_000_000)) * 12
      successors.append(
        .init(
          id, isCandidate: true, region: region, city: cities?[row],
          capacity: settings.candidateTrust.of(year) ?? .zero, signingCost: cost == Unknown.money ? .zero : cost))
    }
    return successors
  }

  // MARK: Prices

  private static func cases(
    _ leavers: [Int], _ inputs: ProbationInputs, _ current: [ProbationStatus.State?], _ succession: Succession,
    seed: UInt64
  ) -> [ExitCase] {
    let (retained, signing) = (succession.retained, succession.signingCosts)
    return leavers.enumerated().map { position, partner in
      let facts = inputs.facts[partner]
      var exit = ExitCase(
        inputs.history.partners[partner].id, state: current[partner] ?? .ok, facts: facts, terms: inputs.settings.exit,
        retained: retained[position], signing: signing[position], today: inputs.today)
      exit.evaluate(facts, inputs.settings.exit, seed: seed)
      return exit
    }
  }

  /// Every active partner alone; those that are listed also together.
  private static func removals(
    _ inputs: ProbationInputs, _ active: [Int], _ successors: [Succession.Successor],
    _ leaver: (Int) -> Succession.Leaver
  ) throws(NetworkFlowError) -> [Removal] {
    let terms = inputs.settings.exit
    let room = TakeoverRoom(successors, rates: inputs.settings.rates)
    let own = Dictionary(
      successors.filter { !$0.isCandidate }.map { ($0.id, $0.capacity) }, uniquingKeysWith: { first, _ in first })
    var removals = active.map { partner -> Removal in
      let leaver = leaver(partner)
      return Removal(
        leaver.id, facts: inputs.facts[partner], terms: terms,
        retainedAlone: room.retained(leaver, own: own[leaver.id] ?? .zero))
    }
    let listed = removals.indices.filter { removals[$0].isListed }
    guard !listed.isEmpty else { return removals }
    let gone = Set(listed.map { removals[$0].partner })
    let together = try Succession(
      listed.map { leaver(active[$0]) }, successors.filter { !gone.contains($0.id) }, rates: inputs.settings.rates)
    for (index, retained) in zip(listed, together.retained) { removals[index].leaveTogether(retained: retained) }
    return removals
  }

  // MARK: Key figures

  func indicators(currency: String) -> [Indicator] {
    let last = states.panel.quarters.count - 1
    let lastQuarter = states.panel.quarters[last]
    func count(_ state: ProbationStatus.State) -> Double {
      Double(statuses.count { $0.quarter == lastQuarter && $0.state == state })
    }
    let gain = cases.lazy.filter { $0.recommendation == .terminate }.map(\.gain).total()
    return [
      Indicator("partners_watch", "Partners on watch", count(.watch), unit: "partners", better: .lower),
      Indicator("partners_warned", "Partners warned", count(.warned), unit: "partners", better: .lower),
      Indicator("partners_grace", "Partners in grace", count(.grace), unit: "partners", better: .lower),
      Indicator("partners_exit", "Partners whose grace is over", count(.exit), unit: "partners", better: .lower),
      Indicator(
        "exits_recommended", "Exits recommended", Double(cases.count { $0.recommendation == .terminate }),
        unit: "partners"),
      Indicator("exit_gain", "Gain of the exits recommended", gain.double, unit: currency, better: .higher),
      Indicator(
        "renewals_due", "Contracts to decide on within 90 days",
        Double(renewals.count { (0...90).contains($0.daysLeft) }), unit: "partners"),
    ]
  }
}
