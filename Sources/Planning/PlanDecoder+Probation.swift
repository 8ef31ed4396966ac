import ChannelTypes
import Partners
import Specifications
import Tables

extension PlanDecoder {
  func probation(_ cursor: inout MappingCursor) -> ProbationSettings {
    var reader = ProbationReader()
    _ = cursor.read(
      "below", as: .word(of: ["baseline_per_indicator"], "baseline_per_indicator"), default: "baseline_per_indicator")
    reader.held(&cursor)
    reader.rule(&cursor)
    reader.exit(&cursor)
    reader.successors(&cursor)
    reader.lists(&cursor)
    reader.check(&cursor)
    return reader.settings
  }
}

/// Reads the section and remembers where each value stands.
private struct ProbationReader {
  var settings = ProbationSettings()

  private mutating func value<Value>(
    _ cursor: inout MappingCursor, _ key: String, _ format: ScalarFormat<Value>, _ standard: Value
  ) -> Value {
    let read = cursor.read(key, as: format, default: standard)
    settings.places[cursor.name(key)] = read.place
    return read.value
  }

  // MARK: Baselines

  /// A number, `{own_quarters: 4, pct: 85}`, or `{peers_pct: 10, within: region}`.
  mutating func held(_ cursor: inout MappingCursor) {
    let improvements = cursor.section("improvements") { texts -> [ProbationIndicator: String] in
      var found: [ProbationIndicator: String] = [:]
      for indicator in ProbationIndicator.allCases {
        texts.expect(indicator.rawValue)
        if let text = texts.read(indicator.rawValue, as: .text) { found[indicator] = text.value }
      }
      return found
    }
    var held: [ProbationSettings.Held] = []
    cursor.section("baselines") { baselines in
      for indicator in ProbationIndicator.allCases {
        guard let baseline = baseline(&baselines, indicator.rawValue) else { continue }
        settings.places[baselines.name(indicator.rawValue)] = baseline.place
        held.append(.init(indicator, baseline, improvement: improvements[indicator]))
      }
    }
    if !held.isEmpty { settings.held = held }
  }

  private func baseline(_ cursor: inout MappingCursor, _ key: String) -> Located<ProbationBaseline>? {
    guard cursor.shape(of: key) == .section else {
      return cursor.read(key, as: .number(.between(-1e12, 1e12))).map { Located(.fixed($0.value), at: $0.place) }
    }
    return cursor.section(key) { rule -> Located<ProbationBaseline>? in
      let own = rule.read("own_quarters", as: .integer(.between(2, 40)))
      let share = rule.read("pct", as: .number(.between(0, 1000)), default: 100)
      let peers = rule.read("peers_pct", as: .number(.between(0, 100)))
      let group: PeerGroup = rule.read("within", as: .choice, default: .network).value
      if let own, let peers {
        rule.report(
          ProbationCodes.contradiction, "a baseline is the partner's own or its peers', not both", at: peers.place,
          hint: "delete `own_quarters` (\(own.place)) or `peers_pct`")
      }
      if let own { return Located(.own(quarters: own.value, share: share.value / 100), at: own.place) }
      if let peers { return Located(.peers(quantile: peers.value / 100, within: group), at: peers.place) }
      rule.report(
        ProbationCodes.contradiction, "a baseline without `own_quarters` or `peers_pct` holds nobody to anything",
        at: rule.origin.place, hint: "write a number, {own_quarters: 4, pct: 85} or {peers_pct: 10}")
      return nil
    }
  }

  mutating func rule(_ cursor: inout MappingCursor) {
    let standard = ProbationRule()
    settings.rule.quarters = value(&cursor, "quarters", .integer(.between(2, 12)), standard.quarters)
    settings.rule.graceMonths = value(&cursor, "grace_months", .integer(.between(0, 60)), standard.graceMonths)
    settings.rule.recoveryQuarters = value(
      &cursor, "recovery_quarters", .integer(.between(1, 12)), standard.recoveryQuarters)
  }

  // MARK: Exit

  mutating func exit(_ cursor: inout MappingCursor) {
    var terms = ExitTerms()
    let words = ExitMeasure.allCases
    settings.places["probation.on_fail"] = cursor.origin(of: "on_fail").place
    let measures: [Located<ExitMeasure>] = cursor.list("on_fail", of: .choice, default: words)
    terms.measures = Set(measures.map(\.value))
    cursor.section("exit") { exit in
      terms.horizonMonths = value(&exit, "horizon_months", .integer(.between(1, 120)), terms.horizonMonths)
      terms.discount = value(&exit, "discount_pct", .percent(), terms.discount)
      terms.margin = value(&exit, "margin_pct", .percent(), terms.margin)
      terms.buyBackByAge = steps(&exit, "buyback_pct_by_age", terms.buyBackByAge)
      terms.resale = value(&exit, "resale_pct", .percent(), terms.resale)
      terms.collection = steps(&exit, "collected_pct_by_days_overdue", terms.collection)
      terms.collectionOnExit = value(&exit, "collected_on_exit_pct", .percent(), terms.collectionOnExit)
      terms.penalty = value(&exit, "penalty_pct", .percent(), terms.penalty)
      terms.supportSaved = value(&exit, "support_saved_pct", .percent(), terms.supportSaved)
      exit.section("without_contract") { contract in
        terms.noticeDays = value(&contract, "notice_days", .integer(.between(0, 3650)), terms.noticeDays)
        terms.buyBack = value(&contract, "buyback_pct", .percent(), terms.buyBack)
        terms.compensation = value(&contract, "compensation_pct", .percent(), terms.compensation)
      }
      settings.salesSpread = value(&exit, "sales_spread", .number(.between(0, 3)), settings.salesSpread)
      terms.draws = value(&exit, "draws", .integer(.between(1, 100_000)), terms.draws)
      terms.level = value(&exit, "level", .number(.strictlyBetween(0, 100)), terms.level)
      terms.certainty = value(&exit, "certainty_pct", .percent(), terms.certainty)
    }
    settings.exit = terms
  }

  /// `{0: 100, 180: 80}`: a percentage from so many days on, never rising.
  private mutating func steps(_ cursor: inout MappingCursor, _ key: String, _ standard: [DayStep]) -> [DayStep] {
    guard cursor.shape(of: key) != nil else {
      cursor.expect(key)
      return standard
    }
    settings.places[cursor.name(key)] = cursor.origin(of: key).place
    return cursor.section(key) { steps in
      var read: [(step: DayStep, place: SourcePlace)] = []
      for name in steps.keys {
        guard let days = Int(name), (0...36_500).contains(days) else { continue }
        guard let share = steps.require(name, as: .percent()) else { continue }
        read.append((DayStep(days: days, share: share.value), share.place))
      }
      read.sort { $0.step.days < $1.step.days }
      for (earlier, later) in zip(read, read.dropFirst()) where later.step.share > earlier.step.share {
        steps.report(
          ProbationCodes.contradiction,
          "`\(steps.name(String(later.step.days)))` is more than after \(earlier.step.days) days", at: later.place,
          hint: "shares may not rise with the days")
      }
      return read.isEmpty ? standard : read.map(\.step)
    }
  }

  // MARK: Successors and lists

  mutating func successors(_ cursor: inout MappingCursor) {
    cursor.section("successors") { successors in
      settings.rates.partner = value(&successors, "partner_pct", .percent(), settings.rates.partner)
      settings.rates.candidate = value(&successors, "candidate_pct", .percent(), settings.rates.candidate)
      settings.rates.otherCity = value(&successors, "other_city_pct", .percent(), settings.rates.otherCity)
      settings.exit.transferSpread = value(&successors, "spread", .number(.between(0, 3)), settings.exit.transferSpread)
      settings.headroom = value(
        &successors, "headroom_pct", .percent(.between(Percent(0), Percent(1000))), settings.headroom)
      settings.candidateTrust = value(&successors, "candidate_trust_pct", .percent(), settings.candidateTrust)
      settings.dedicatedStaff = value(
        &successors, "dedicated_staff", .integer(.between(0, 1000)), settings.dedicatedStaff)
    }
  }

  mutating func lists(_ cursor: inout MappingCursor) {
    cursor.section("conflicts") { conflicts in
      var rule = ConflictRecord.Rule()
      let kinds = ["complaint", "diversion", "dumping", "service"]
      rule.kinds = conflicts.list("kinds", of: .word(of: kinds), default: rule.kinds).map(\.value)
      rule.quarters = value(&conflicts, "quarters", .integer(.between(1, 40)), rule.quarters)
      rule.reorganiseFrom = value(&conflicts, "reorganise_from", .number(.between(0, 1000)), rule.reorganiseFrom)
      rule.exitFrom = value(&conflicts, "exit_from", .number(.between(0, 1000)), rule.exitFrom)
      settings.conflicts = rule
    }
    cursor.section("bands") { bands in
      let points = ScalarFormat.number(.between(0, 100))
      settings.bands.rewardFrom = value(&bands, "reward_from", points, settings.bands.rewardFrom)
      settings.bands.removeBelow = value(&bands, "remove_below", points, settings.bands.removeBelow)
      settings.bands.hysteresis = value(&bands, "hysteresis", points, settings.bands.hysteresis)
    }
    settings.bands.listed = value(
      &cursor, "lists_pct", .percent(.between(Percent(0), Percent(50))), settings.bands.listed)
  }

  // MARK: What must hold between values

  func check(_ cursor: inout MappingCursor) {
    let bands = settings.bands
    func report(_ key: String, _ text: String, _ hint: String) {
      let place = settings.places["probation." + key] ?? .default
      cursor.report(ProbationCodes.contradiction, text, at: place, hint: hint)
    }
    if bands.removeBelow + bands.hysteresis > bands.rewardFrom - bands.hysteresis {
      report(
        "bands.remove_below", "the bands `remove` and `reward` overlap within their hysteresis",
        "keep remove_below + hysteresis at most reward_from - hysteresis")
    }
    if settings.conflicts.exitFrom < settings.conflicts.reorganiseFrom {
      report("conflicts.exit_from", "a partner would have to go before it is reorganised", "raise exit_from")
    }
  }
}
