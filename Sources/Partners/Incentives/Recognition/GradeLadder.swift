public import ChannelTypes
public import Tables

/// The levels that a partner climbs by two criteria, and what each brings.
///
/// A partner holds the highest level whose sales *and* coverage it reaches. Both thresholds rise from level to level,
/// so the partners that reach a level reach every lower one: more sales, or more outlets, never give a lower grade.
public struct GradeLadder: Sendable, Hashable {
  public struct Level: Sendable, Hashable {
    public var name: String
    /// Sales of a calendar year from which the level counts, itself included.
    public var sales: Money
    /// Outlets from which it counts.
    public var coverage: Int
    /// Of a quarter's sales.
    public var rebate = Percent(0)
    /// Market subsidy of a year, in the plan's currency.
    public var subsidy = Money.zero
    /// Hours of training in a year.
    public var trainingHours = 0
    /// Brand promotion fund, given once, when a partner first reaches the level.
    public var fund = Money.zero
    /// The line of the plan.
    public var place: SourcePlace?

    public init(_ name: String, sales: Money, coverage: Int = 0, rebate: Percent = Percent(0)) {
      self.name = name
      self.sales = sales
      self.coverage = coverage
      self.rebate = rebate
    }
  }

  /// The first day on which the ladder holds; nil for always.
  public var from: Period?
  /// From the lowest to the highest.
  public var levels: [Level]

  public init(from: Period? = nil, levels: [Level]) {
    self.from = from
    self.levels = levels
  }

  /// Whether sales rise strictly and neither coverage nor rebates fall from level to level.
  public var isProper: Bool {
    zip(levels, levels.dropFirst()).allSatisfy { lower, upper in
      lower.sales < upper.sales && lower.coverage <= upper.coverage && lower.rebate <= upper.rebate
    }
  }

  /// The highest level reached; nil below the lowest. An unknown coverage reaches only levels that ask for none.
  public func level(sales: Money, coverage: Double) -> Int? {
    levels.lastIndex { sales >= $0.sales && ($0.coverage == 0 || coverage >= Double($0.coverage)) }
  }
}

extension [GradeLadder] {
  /// The ladder in force on the last day of a year: of those that had begun, the one that began last.
  public func inForce(_ year: Period) -> GradeLadder? {
    let end = year.advanced(by: 1).firstDay
    return filter { ladder in
      guard let from = ladder.from?.firstDay, let end else { return true }
      return from < end
    }.max { left, right in
      (left.from?.firstDay?.daysSinceEpoch ?? .min) < (right.from?.firstDay?.daysSinceEpoch ?? .min)
    }
  }
}

/// A partner's grade of a year, where it stood before, and how far the next grade is.
public struct GradeReview: Sendable, Hashable {
  public enum Change: String, Sendable, Hashable, CaseIterable { case new, promoted, kept, demoted, inactive }

  /// Index in the history.
  public var partner: Int
  /// The year whose sales count; nil where the history covers none whole, and the grade on record stays.
  public var year: Period?
  public var sales: Money
  /// NaN where unknown.
  public var coverage: Double
  public var recorded: String?
  /// Nil below the lowest level.
  public var level: GradeLadder.Level?
  public var change: Change
  public var next: GradeLadder.Level?
  /// Nil on the highest level; zero where the criterion is met.
  public var salesGap: Money?
  public var coverageGap: Int?
  /// Chance that the sales of the next twelve planned months reach the next level's; NaN without a forecast.
  public var chance = Double.nan
  /// Due for the first time on this level; zero where it was paid, or the level was held, before.
  public var fund = Money.zero
  /// Why there is no fund on a level that has one.
  public var fundReason: String?
}

extension GradeReview {
  /// - Parameters:
  ///   - ladder: in force for the year.
  ///   - sales: of the year.
  ///   - coverage: outlets; infinite where the network states none and the criterion is waived.
  ///   - earlier: levels that earlier years reached, by name.
  ///   - wasPaid: whether the ledger holds a fund of this partner.
  init(
    _ partner: Int, _ facts: Partner, year: Period?, ladder: GradeLadder, sales: Money, coverage: Double,
    earlier: Set<String>, wasPaid: Bool
  ) {
    self.partner = partner
    self.year = year
    self.sales = sales
    self.coverage = coverage
    recorded = facts.grade
    let before = facts.grade.flatMap { name in ladder.levels.firstIndex { $0.name == name } }
    // Without a whole year the grade on record is looked up.
    let reached = !facts.isActive ? nil : year == nil ? before : ladder.level(sales: sales, coverage: coverage)
    level = reached.map { ladder.levels[$0] }
    switch (before, reached) {
    case _ where !facts.isActive: change = .inactive
    case (nil, _) where facts.grade == nil: change = .new
    case (let old, let new) where (old ?? -1) < (new ?? -1): change = .promoted
    case (let old, let new) where (old ?? -1) > (new ?? -1): change = .demoted
    default: change = .kept
    }
    guard facts.isActive else { return }
    if let upper = ladder.levels.indices.first(where: { $0 > reached ?? -1 }) {
      let level = ladder.levels[upper]
      next = level
      salesGap = max(.zero, level.sales - sales)
      coverageGap =
        level.coverage == 0 || coverage == .infinity
        ? 0 : coverage.isNaN ? nil : max(0, level.coverage - Int(min(coverage, 1e9)))
    }
    guard let reached, ladder.levels[reached].fund > .zero else { return }
    let name = ladder.levels[reached].name
    if wasPaid {
      fundReason = "the ledger holds a fund"
    } else if before.map({ $0 >= reached }) ?? false {
      fundReason = "held on record before"
    } else if earlier.contains(name) {
      fundReason = "reached in an earlier year"
    } else if year == nil {
      fundReason = "no whole year to review"
    } else {
      fund = ladder.levels[reached].fund
    }
  }

  /// Levels of a ladder at or above the one that earlier years reached count as held.
  static func namesHeld(_ ladder: GradeLadder, _ level: Int?) -> [String] {
    level.map { ladder.levels[...$0].map(\.name) } ?? []
  }
}
