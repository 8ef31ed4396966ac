import ChannelTypes
import Glibc
import Optimization
import Tables

/// Targets as a projection onto margins. With members p, months m and targets x in whole units u:
///
///     minimise   Σ D(x_pm, f_pm)                                     [units]
///     subject to Lₖ ≤ Σ over members and months of limit k of x_pm ≤ Uₖ
///
/// The reference f_pm = T_y · s_p / Σ s · season_m, with s_p = potential^a · capability^b · strategy^c · base^d and T_y the
/// total of the year; for the growth methods the base of the member by season instead. Ratios: x = weight · ratio, so
/// that sums of x over sums of weights are weighted means.
///
/// Limits of the same level and the same grain (month, quarter, year, all) share no cell, which makes them one family of
/// margins. Limits on one cell are its bounds.
struct TargetFormulation {
  /// Where one end of a margin's range comes from.
  struct Source {
    var limit: TargetProblem.Limit
    /// The value of the limit, in units.
    var value: Double
  }

  /// All margins of one level and grain.
  struct FamilyKey: Hashable {
    var level: TargetProblem.Level
    /// nil for the whole plan.
    var grain: PeriodForm?
  }

  let problem: TargetProblem
  let unit: Double
  private(set) var projection: MarginProjection
  /// By family of the projection and margin: the sources of the lower and the upper end.
  private(set) var sources: [[(lower: Source?, upper: Source?)]] = []
  /// By cell, for limits that became bounds.
  private(set) var cellSources: [Int: (lower: Source?, upper: Source?)] = [:]
  private(set) var keys: [FamilyKey] = []
  var monthCount: Int { problem.months.count }

  init(_ problem: TargetProblem) {
    self.problem = problem
    unit = problem.isRatio ? 1 : problem.unit
    let count = problem.members.count * problem.months.count
    projection = MarginProjection(
      problem.method == .kullbackLeibler ? .kullbackLeibler : .leastSquares,
      reference: TargetReference(problem).amounts.map { $0 / (problem.isRatio ? 1 : problem.unit) },
      lower: [Double](repeating: 0, count: count), upper: [Double](repeating: .infinity, count: count))
    addLimits(problem.limits + growthLimits())
    addHeld()
  }

  // MARK: Limits

  private func growthLimits() -> [TargetProblem.Limit] {
    problem.growth.flatMap { growth -> [TargetProblem.Limit] in
      var order: [String] = []
      var base: [String: Double] = [:]
      // A line for new customers has no year before.
      for member in problem.members where !member.isNewCustomers {
        let id = growth.level.id(of: member)
        if base[id] == nil { order.append(id) }
        base[id, default: 0] += (member.base ?? 0) * (problem.isRatio ? member.weight : 1)
      }
      return order.flatMap { id -> [TargetProblem.Limit] in
        [("at_least", growth.atLeast), ("at_most", growth.atMost)].compactMap { word, percent in
          guard let percent else { return nil }
          let amount = max(0, (base[id] ?? 0) * (1 + percent / 100))
          let name = "growth.\(growth.level.rawValue).\(word)" + (id.isEmpty ? "" : " (\(id))")
          var limit = TargetProblem.Limit(name, growth.level, id, at: growth.place)
          if word == "at_least" { limit.floor = amount } else { limit.cap = amount }
          // Already an amount: ratios must not be weighted again.
          limit.period = problem.isRatio ? nil : yearWhereOnlyOne
          return limit
        }
      }
    }
  }

  private var yearWhereOnlyOne: Period? {
    let years = Set(problem.months.compactMap { $0.containing(.year) })
    return years.count == 1 ? years.first : nil
  }

  private mutating func addLimits(_ limits: [TargetProblem.Limit]) {
    var byKey: [FamilyKey: [TargetProblem.Limit]] = [:]
    var order: [FamilyKey] = []
    for limit in limits {
      var key = FamilyKey(level: limit.level, grain: limit.period?.form)
      // One year planned whole and the plan as a whole are the same cells.
      if let year = yearWhereOnlyOne, limit.period == year { key.grain = nil }
      if byKey[key] == nil { order.append(key) }
      byKey[key, default: []].append(limit)
    }
    for key in order { addFamily(key, byKey[key] ?? []) }
  }

  private mutating func addFamily(_ key: FamilyKey, _ limits: [TargetProblem.Limit]) {
    struct Place: Hashable {
      var id: String
      var period: Int
    }
    func place(_ limit: TargetProblem.Limit) -> Place {
      Place(id: limit.id, period: key.grain == nil ? 0 : limit.period?.ordinal ?? 0)
    }
    var margins: [Place: Int32] = [:]
    for limit in limits where margins[place(limit)] == nil { margins[place(limit)] = Int32(margins.count) }
    let periods = problem.months.map { month in key.grain.map { month.containing($0)?.ordinal ?? 0 } ?? 0 }
    var labels: [Int32] = []
    labels.reserveCapacity(projection.reference.count)
    for member in problem.members {
      let id = key.level.id(of: member)
      for period in periods { labels.append(margins[Place(id: id, period: period)] ?? -1) }
    }
    let weights = weightSums(labels, margins.count)
    var ends = [(lower: Source?, upper: Source?)](repeating: (nil, nil), count: margins.count)
    for limit in limits {
      guard let margin = margins[place(limit)].map({ Int($0) }) else { continue }
      let factor = problem.isRatio && !limit.name.hasPrefix("growth.") ? weights[margin] : 1
      if let floor = limit.floor {
        let value = whole(floor * factor, isPin: limit.cap == limit.floor, .up)
        if value > ends[margin].lower?.value ?? -.infinity { ends[margin].lower = Source(limit: limit, value: value) }
      }
      if let cap = limit.cap {
        let value = whole(cap * factor, isPin: limit.cap == limit.floor, .down)
        if value < ends[margin].upper?.value ?? .infinity { ends[margin].upper = Source(limit: limit, value: value) }
      }
    }
    add(key, labels, ends)
  }

  /// In units: pins to the nearest, floors up, caps down, so that whole targets can meet them exactly.
  private func whole(_ amount: Double, isPin: Bool, _ rule: FloatingPointRoundingRule) -> Double {
    if problem.isRatio { return amount }
    let exact = amount / unit
    let nearest = exact.rounded()
    if isPin || abs(exact - nearest) <= 1e-9 * max(1, abs(exact)) { return nearest }
    return exact.rounded(rule)
  }

  private func weightSums(_ labels: [Int32], _ count: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: count)
    guard problem.isRatio else { return sums }
    let shares = TargetReference(problem).weights
    for (cell, label) in labels.enumerated() where label >= 0 { sums[Int(label)] += shares[cell] }
    return sums
  }

  private mutating func add(
    _ key: FamilyKey, _ labels: [Int32], _ ends: [(lower: Source?, upper: Source?)]
  ) {
    if key.level == .partner && key.grain == .month {
      for (cell, label) in labels.enumerated() where label >= 0 {
        let end = ends[Int(label)]
        projection.lower[cell] = end.lower?.value ?? 0
        projection.upper[cell] = end.upper?.value ?? .infinity
        cellSources[cell] = end
      }
      return
    }
    projection.families.append(
      MarginProjection.Family(
        marginOfCell: labels, lower: ends.map { $0.lower?.value ?? -.infinity },
        upper: ends.map { $0.upper?.value ?? .infinity }))
    sources.append(ends)
    keys.append(key)
  }

  // MARK: Held shares

  /// Months (of the company) and one level that keep their share of the reference.
  private mutating func addHeld() {
    var held: [(TargetProblem.Level, PeriodForm?)] = []
    if let level = problem.heldLevel { held.append((level, yearWhereOnlyOne == nil ? .year : nil)) }
    if problem.heldMonths { held.append((.company, .month)) }
    for (level, grain) in held {
      let key = FamilyKey(level: level, grain: grain)
      var names: [String] = []
      var numbers: [String: Int32] = [:]
      var labels: [Int32] = []
      for member in problem.members {
        for month in problem.months {
          let period = grain.flatMap { month.containing($0) }?.description
          let name = [level == .company ? nil : level.id(of: member), period].compactMap { $0 }.joined(separator: ".")
          if numbers[name] == nil {
            numbers[name] = Int32(names.count)
            names.append(name)
          }
          labels.append(numbers[name] ?? 0)
        }
      }
      guard let totals = heldTotals(labels, names.count, key) else { continue }
      let ends = zip(names, totals).map { name, total -> (lower: Source?, upper: Source?) in
        let limit = TargetProblem.Limit(
          "held.\(level == .company ? "month" : level.rawValue).\(name)", level, name, floor: total * unit,
          cap: total * unit)
        return (Source(limit: limit, value: total), Source(limit: limit, value: total))
      }
      if let place = keys.firstIndex(of: key) {
        // Its own pins, floors and caps are inside the held totals.
        projection.families[place].marginOfCell = labels
        projection.families[place].lower = totals
        projection.families[place].upper = totals
        sources[place] = ends
      } else {
        add(key, labels, ends)
      }
    }
  }

  /// Whole totals nearest to the reference's that agree with the limits on the same sums and on the company.
  private func heldTotals(_ labels: [Int32], _ count: Int, _ key: FamilyKey) -> [Double]? {
    var reference = [Double](repeating: 0, count: count)
    for (cell, label) in labels.enumerated() { reference[Int(label)] += projection.reference[cell] }
    var sums = MarginProjection(
      projection.distance, reference: reference, lower: [Double](repeating: 0, count: count),
      upper: [Double](repeating: .infinity, count: count))
    for (place, family) in projection.families.enumerated() {
      let other = keys[place]
      guard other == key || other.level == .company else { continue }
      var margins = [Int32](repeating: -1, count: count)
      for (cell, label) in labels.enumerated() { margins[Int(label)] = family.marginOfCell[cell] }
      // A sum that lies in several margins of the other family (a region over two years) is not its refinement.
      let isNested = zip(labels, family.marginOfCell).allSatisfy { margins[Int($0)] == $1 }
      if isNested {
        sums.families.append(.init(marginOfCell: margins, lower: family.lower, upper: family.upper))
      }
    }
    // Limits that collide are told by the whole problem.
    guard sums.defect == nil else { return nil }
    let solution = sums.solve()
    guard solution.status == .optimal else { return nil }
    if problem.isRatio { return solution.amounts }
    return (try? ControlledRounding(sums, amounts: solution.amounts).rounded()) ?? nil
  }
}

/// What targets would be if no limit held, and the weights of ratios, by member and month.
struct TargetReference {
  private let problem: TargetProblem

  init(_ problem: TargetProblem) { self.problem = problem }

  private func season(_ member: TargetProblem.Member) -> [Double] {
    let weights = problem.regionSeasonality[member.region] ?? problem.seasonality
    let sum = weights.reduce(0, +)
    return weights.map { sum > 0 ? $0 / sum : 0 }
  }

  /// Of ratios: the member's weight over the months.
  var weights: [Double] {
    problem.members.flatMap { member in season(member).map { $0 * member.weight } }
  }

  private func score(_ member: TargetProblem.Member) -> Double {
    let split = problem.split
    func power(_ value: Double, _ exponent: Double) -> Double {
      exponent == 0 ? 1 : exponent == 1 ? value : value > 0 ? pow(value, exponent) : 0
    }
    let score =
      power(member.potential, split.potential) * power(member.capability, split.capability)
      * power(member.strategy, split.strategy) * power(member.base ?? 0, split.base)
    return score.isFinite ? score : 0
  }

  var amounts: [Double] {
    if problem.isRatio { return zip(weights, ratios).map { $0 * $1 } }
    let usesBase = problem.method == .minMaxGrowth || problem.method == .minMaxChange
    var amounts = problem.members.flatMap { member -> [Double] in
      let size = usesBase ? member.base ?? 0 : score(member)
      return season(member).map { size * $0 }
    }
    guard !usesBase else { return withoutZeros(amounts) }
    let whole = max(amounts.reduce(0, +), .leastNormalMagnitude)
    // Year by year to the year's total; years without one by the totals that are there.
    let years = problem.months.map { $0.containing(.year)?.ordinal ?? 0 }
    for year in Set(years).sorted() {
      let cells = amounts.indices.filter { years[$0 % years.count] == year }
      let sum = cells.reduce(0) { $0 + amounts[$1] }
      guard sum > 0, let total = total(of: year, share: sum / whole) else { continue }
      for cell in cells { amounts[cell] *= total / sum }
    }
    return withoutZeros(amounts)
  }

  /// A member without a share of its own (a new partner, split by last year's sales) starts from what it is promised:
  /// the largest floor or pin on it.
  private func withoutZeros(_ amounts: [Double]) -> [Double] {
    var amounts = amounts
    let count = problem.months.count
    for (index, member) in problem.members.enumerated() {
      let cells = index * count..<(index + 1) * count
      guard cells.allSatisfy({ amounts[$0] == 0 }) else { continue }
      let promised = problem.limits.filter { $0.level == .partner && $0.id == member.id }.compactMap(\.floor).max() ?? 0
      for (cell, part) in zip(cells, season(member)) { amounts[cell] = promised * part }
    }
    return amounts
  }

  private var ratios: [Double] {
    problem.members.flatMap { member in problem.months.map { _ in member.base ?? 0 } }
  }

  /// The middle of the company's range for a year.
  private func total(of year: Int, share: Double) -> Double? {
    let company = problem.limits.filter { $0.level == .company }
    func middle(_ limit: TargetProblem.Limit) -> Double? {
      switch (limit.floor, limit.cap) {
      case (let floor?, let cap?): (floor + cap) / 2
      case (let value?, nil), (nil, let value?): value
      case (nil, nil): nil
      }
    }
    if let own = company.first(where: { $0.period == .year(year) }) { return middle(own) }
    return company.first { $0.period == nil }.flatMap(middle).map { $0 * share }
  }
}
