import ChannelTypes
import Partners
import Specifications
import Tables

/// `scorecard:`, all keys optional:
///
///     scale             `mad` or `quantile` (`RobustScale`)
///     bound             robust deviations that are worth 0 or 100; 3
///     fewest_peers      partners of a channel type below which all partners are the peers; 8
///     weights           list of {from: quarter, channel: one or more, tier: one or more, set: {indicator: weight}};
///                       each set adds up to 1
///     gates             {complaint_hours: 24, overdue_days: none}
///     shrink            {incidents: 4, orders: 20, customers: 8}: cases that a rate of few cases is drawn by
///     map               {performance_quantile: 0.5, potential_quantile: 0.5, margin: 5 points,
///                       headroom: 0.5, growth: 0.3, capability: 0.2}; the last three add up to 1
///     bands             list of {name, from: score, action}, from the best; band_margin: 2 points
///     grades            list of {from: quarter, set: {grade: lowest score}}, each from the best
///     tilt              {strength: 0.3, step: 0.1 a quarter}
///     tiers             {name: yearly sales}, from the largest
///     support           list of {name, score, dedicated_staff, attainment, level}, from the best
///     departments       {indicator: department that answers for it}
///     grace_days        0 days after the due date that are still punctual
///     term_months       12 months of an end customer's contract
///     detail_quarters   last quarters shown indicator by indicator; 2
///     list_pct          10 percent of the best and of the worst that are listed
///     fit_weights       {ridge: 0.1}: weights fitted to next year's sales beside those of the plan; none
///     qualitative       {columns: {criterion: column of partners}, scale: {word: points}, weight_pct: 0}; none
///     candidates        {dedicated_staff: 1, outlets: none, fixed_office: true, shares_data: true, stock_months: 1,
///                       first_year_target: twelve times the field staff's guess, weights: {attribute: weight}}
extension PlanDecoder {
  private static let score = ScalarFormat.number(.between(0, 100))
  private static let part = ScalarFormat.number(.between(0, 1))
  private static let quarter = ScalarFormat.period().checked { period in
    period.form == .quarter
      ? nil : .init(PlanCodes.periodForm, .error, "\(period) is not a quarter", hint: "write it like 2026Q1")
  }

  func scorecard(_ cursor: inout MappingCursor) -> ScorecardSettings {
    var settings = ScorecardSettings()
    var card = settings.card
    card.scale = cursor.read("scale", as: .choice, default: card.scale).value
    card.bound = cursor.read("bound", as: .number(.between(0.1, 100)), default: card.bound).value
    card.fewestPeers =
      cursor.read("fewest_peers", as: .integer(.between(1, 1_000_000)), default: card.fewestPeers).value
    let sets = cursor.sections("weights") { weightSet(&$0) }.compactMap(\.self)
    card.weightSets = sets.isEmpty ? [Scorecard.WeightSet.standard] : sets
    checkOverlap(card.weightSets, &cursor)
    card.gates = cursor.section("gates") { gates(&$0) }
    card.shrinkage = cursor.section("shrink") { section in
      let cases = ScalarFormat<Double>.number(.between(0, 1_000_000))
      var shrink = card.shrinkage
      shrink.incidents = section.read("incidents", as: cases, default: shrink.incidents).value
      shrink.orders = section.read("orders", as: cases, default: shrink.orders).value
      shrink.customers = section.read("customers", as: cases, default: shrink.customers).value
      return shrink
    }
    card.map = cursor.section("map") { map(&$0) }
    bands(&cursor, &card)
    card.tilt = cursor.section("tilt") { section in
      var tilt = card.tilt
      let strength = section.read("strength", as: Self.part, default: tilt.strength)
      (tilt.strength, tilt.place) = (strength.value, strength.place)
      tilt.step = section.read("step", as: Self.part, default: tilt.step).value
      return tilt
    }
    classes(&cursor, &card)
    card.graceDays = cursor.read("grace_days", as: .integer(.between(0, 365)), default: card.graceDays).value
    card.termMonths = cursor.read("term_months", as: .integer(.between(1, 240)), default: card.termMonths).value
    card.detailQuarters = cursor.read("detail_quarters", as: .integer(.between(1, 400)), default: 2).value
    card.listPercent = cursor.read("list_pct", as: .number(.between(0, 50)), default: card.listPercent).value
    if let ridge = cursor.sectionIfPresent(
      "fit_weights",
      { section in
        section.read("ridge", as: .number(.between(0, 1e6)), default: card.ridge).value
      })
    {
      (card.fitsWeights, card.ridge) = (true, ridge)
    }
    card.qualitative = cursor.sectionIfPresent("qualitative") { qualitative(&$0) }
    settings.candidates = cursor.section("candidates") { candidates(&$0) }
    settings.card = card
    return settings
  }

  // MARK: Weights

  private func weightSet(_ cursor: inout MappingCursor) -> Scorecard.WeightSet? {
    let from = cursor.read("from", as: Self.quarter, default: Period.quarter(1900, 1))
    let channels = cursor.oneOrMore("channel", of: .text).map(\.value)
    let tiers = cursor.oneOrMore("tier", of: .text).map(\.value)
    let place = cursor.origin(of: "set").place
    let weights = cursor.section("set") { section in
      section.keys.compactMap { key -> (ScoreIndicator, Double)? in
        let words = ScoreIndicator.allCases.map(\.rawValue)
        guard let indicator = ScoreIndicator(rawValue: key) else {
          // Left unread, the key would only be called unknown.
          _ = section.read(key, as: Self.part)
          section.report(
            SpecificationCodes.unknownWord, "`\(key)` is not an indicator", at: section.origin(of: key),
            hint: Suggestion.hint(for: key, among: words))
          return nil
        }
        return section.require(key, as: Self.part).flatMap { $0.value > 0 ? (indicator, $0.value) : nil }
      }
    }
    checkSum(weights.map { ($0.0.rawValue, $0.1) }, "the weights", at: place, &cursor)
    guard !weights.isEmpty else { return nil }
    return Scorecard.WeightSet(
      from: from.value, channels: channels, tiers: tiers, weights: weights, place: place)
  }

  /// Weights must add up to 1; the cure names the largest of them with the value that makes it so.
  private func checkSum(
    _ weights: [(name: String, weight: Double)], _ what: String, at place: SourcePlace, _ cursor: inout MappingCursor
  ) {
    let sum = weights.reduce(0) { $0 + $1.weight }
    guard abs(sum - 1) > 1e-9 else { return }
    func text(_ value: Double) -> String { ((value * 1e6).rounded() / 1e6).written }
    let largest = weights.max { $0.weight < $1.weight }
    var hint = "divide each by \(text(sum))"
    if sum <= 0 {
      hint = "name at least one with a weight above zero"
    } else if let largest, (0.000001...1).contains(largest.weight + 1 - sum) {
      hint = "make `\(largest.name)` \(text(largest.weight + 1 - sum)), or divide each by \(text(sum))"
    }
    cursor.report(ScoresCodes.weightSum, "\(what) add up to \(text(sum)), not 1", at: place, hint: hint)
  }

  /// Two sets that would count from the same quarter for the same partners.
  private func checkOverlap(_ sets: [Scorecard.WeightSet], _ cursor: inout MappingCursor) {
    func meet(_ left: [String], _ right: [String]) -> Bool {
      left.isEmpty && right.isEmpty || left.contains { right.contains($0) }
    }
    for (index, set) in sets.enumerated() {
      guard
        let other = sets.prefix(index).first(where: {
          $0.from == set.from && meet($0.channels, set.channels) && meet($0.tiers, set.tiers)
        })
      else { continue }
      cursor.report(
        ScoresCodes.overlap, "two sets of weights hold from \(set.from) for the same partners",
        at: set.place ?? .default, hint: "give one of them a later quarter, or other partners",
        notes: other.place.map { ["the other is written at \($0)"] } ?? [])
    }
  }

  // MARK: What follows from a score

  private func gates(_ cursor: inout MappingCursor) -> Scorecard.Gates {
    var gates = Scorecard.Gates()
    let hours = cursor.read("complaint_hours", as: .number(.between(0, 10_000)), default: gates.complaintHours ?? 24)
    (gates.complaintHours, gates.complaintPlace) = (hours.value, hours.place)
    let days = cursor.read("overdue_days", as: .number(.between(0, 10_000)))
    (gates.overdueDays, gates.overduePlace) = (days?.value, days?.place)
    return gates
  }

  private func map(_ cursor: inout MappingCursor) -> Scorecard.MapRules {
    var map = Scorecard.MapRules()
    let performance = cursor.read("performance_quantile", as: Self.part, default: map.performance)
    (map.performance, map.place) = (performance.value, performance.place)
    map.potential = cursor.read("potential_quantile", as: Self.part, default: map.potential).value
    map.margin = cursor.read("margin", as: .number(.between(0, 50)), default: map.margin).value
    let headroom = cursor.read("headroom", as: Self.part, default: map.headroom)
    map.headroom = headroom.value
    map.growth = cursor.read("growth", as: Self.part, default: map.growth).value
    map.capability = cursor.read("capability", as: Self.part, default: map.capability).value
    checkSum(
      [("headroom", map.headroom), ("growth", map.growth), ("capability", map.capability)],
      "`headroom`, `growth` and `capability`", at: headroom.place, &cursor)
    return map
  }

  private func bands(_ cursor: inout MappingCursor, _ card: inout Scorecard) {
    let bands = cursor.sections("bands") { section -> Scorecard.Band? in
      let name = section.require("name", as: .text)
      let from = section.read("from", as: Self.score, default: 0)
      let action = section.read("action", as: .text, default: "")
      return name.map { Scorecard.Band($0.value, from: from.value, action: action.value, place: from.place) }
    }.compactMap(\.self)
    if !bands.isEmpty { card.bands = bands }
    card.bandMargin = cursor.read("band_margin", as: .number(.between(0, 50)), default: card.bandMargin).value
    checkFalling(card.bands.map { ($0.name, $0.from, $0.place) }, "bands", &cursor)
    let grades = cursor.sections("grades") { section -> Scorecard.GradeVersion? in
      let from = section.read("from", as: Self.quarter, default: Period.quarter(1900, 1))
      let place = section.origin(of: "set").place
      let grades = section.section("set") { names in
        names.keys.compactMap { name in
          names.require(name, as: Self.score).map { Scorecard.GradeVersion.Grade(name, from: $0.value) }
        }
      }
      checkFalling(grades.map { ($0.name, $0.from, place) }, "grades", &section)
      return grades.isEmpty ? nil : Scorecard.GradeVersion(from: from.value, grades: grades, place: place)
    }.compactMap(\.self)
    if !grades.isEmpty { card.grades = grades }
    for (earlier, later) in zip(card.grades, card.grades.dropFirst()) where earlier.from >= later.from {
      cursor.report(
        ScoresCodes.overlap, "grades from \(later.from) follow grades from \(earlier.from)",
        at: later.place ?? .default, hint: "write the versions in the order of their quarters, one for each")
    }
  }

  private func checkFalling(
    _ items: [(name: String, from: Double, place: SourcePlace?)], _ what: String, _ cursor: inout MappingCursor
  ) {
    for (upper, lower) in zip(items, items.dropFirst()) where lower.from >= upper.from {
      cursor.report(
        ScoresCodes.order,
        "\(what): `\(lower.name)` from \(lower.from.written) stands below `\(upper.name)` from "
          + upper.from.written, at: lower.place ?? .default,
        hint: "write the best first, each from a lower score than the one before")
    }
  }

  private func classes(_ cursor: inout MappingCursor, _ card: inout Scorecard) {
    card.tiers = cursor.section("tiers") { section in
      section.keys.compactMap { name in
        section.require(name, as: Self.amount).map { Scorecard.SizeTier(name, from: $0.value) }
      }
    }
    for (upper, lower) in zip(card.tiers, card.tiers.dropFirst()) where lower.from >= upper.from {
      cursor.report(
        ScoresCodes.order, "tiers: `\(lower.name)` is not below `\(upper.name)`", at: cursor.origin(of: "tiers"),
        hint: "write the largest first")
    }
    let any = ScalarFormat<Double>.number(.between(0, 1_000_000))
    card.support = cursor.sections("support") { section -> Scorecard.SupportTier? in
      guard let name = section.require("name", as: .text) else { return nil }
      return Scorecard.SupportTier(
        name.value, score: section.read("score", as: Self.score, default: 0).value,
        dedicatedStaff: section.read("dedicated_staff", as: any, default: 0).value,
        attainment: section.read("attainment", as: any, default: 0).value,
        level: section.read("level", as: .number(.between(0, 10)), default: 1).value)
    }.compactMap(\.self)
    let departments = cursor.section("departments") { section in
      section.keys.compactMap { key -> (ScoreIndicator, String)? in
        guard let indicator = ScoreIndicator(rawValue: key) else { return nil }
        return section.require(key, as: .text).map { (indicator, $0.value) }
      }
    }
    card.departments = Dictionary(departments) { first, _ in first }
  }

  private func qualitative(_ cursor: inout MappingCursor) -> QualitativeGrid {
    let criteria = cursor.section("columns") { section in
      section.keys.compactMap { name in section.require(name, as: .text).map { (name: name, column: $0.value) } }
    }
    let scale = cursor.section("scale") { section in
      section.keys.compactMap { word in section.require(word, as: Self.score).map { (word: word, points: $0.value) } }
    }
    let weight = cursor.read("weight_pct", as: .percent(), default: Percent(0)).value
    return QualitativeGrid(criteria: criteria, scale: scale, weight: weight.fraction)
  }

  // MARK: Candidates

  private func candidates(_ cursor: inout MappingCursor) -> CandidateRules {
    var rules = CandidateRules()
    let people = ScalarFormat<Double>.number(.between(0, 1_000_000))
    let dedicated = cursor.read("dedicated_staff", as: people, default: rules.dedicatedStaff ?? 1)
    (rules.dedicatedStaff, rules.place) = (dedicated.value, dedicated.place)
    rules.outlets = cursor.read("outlets", as: people)?.value
    rules.needsFixedOffice = cursor.read("fixed_office", as: .flag, default: rules.needsFixedOffice).value
    rules.needsSharedData = cursor.read("shares_data", as: .flag, default: rules.needsSharedData).value
    rules.stockMonths =
      cursor.read("stock_months", as: .number(.between(0, 120)), default: rules.stockMonths ?? 1).value
    rules.target = cursor.read("first_year_target", as: Self.amount)?.value
    let place = cursor.origin(of: "weights").place
    let weights = cursor.section("weights") { section in
      section.keys.compactMap { key -> (attribute: CandidateRules.Attribute, weight: Double)? in
        // What is no attribute is left unread and so reported.
        guard let attribute = CandidateRules.Attribute(rawValue: key) else { return nil }
        return section.require(key, as: Self.part).map { (attribute, $0.value) }
      }
    }
    if !weights.isEmpty {
      rules.weights = weights
      checkSum(weights.map { ($0.attribute.rawValue, $0.weight) }, "the weights of candidates", at: place, &cursor)
    }
    return rules
  }
}
