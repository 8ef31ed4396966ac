public import ChannelTypes

/// Who reached its targets, quarter by quarter: what points, streaks and stars look at.
///
/// Quarters are those that the history covers whole. A quarter counts as attained where sales are at least the target
/// as it was adjusted, compared in exact money; without a target, or without sales on record, nothing is known of it.
public struct AttainmentRecord: Sendable {
  public let quarters: [Period]
  /// Partner × quarter, quarters contiguous.
  private var cells: [Cell]

  public struct Cell: Sendable, Hashable {
    public var actual: Money
    public var target: Money
    public var isAttained: Bool { actual >= target }
    /// Actual ÷ target in percent; nothing below zero.
    public var percent: Percent { ExactArithmetic.percent(units(max(.zero, actual)), of: units(target)) ?? Percent(0) }
    private func units(_ amount: Money) -> Int128 { Int128(amount.tenThousandths) }
    /// A quarter of which nothing is known.
    static let unknown = Cell(actual: .zero, target: .zero)
  }

  /// - Parameter tracking: nil leaves every quarter unknown.
  /// Complexity: O(partners · quarters).
  public init(_ tracking: TrackingResult?, _ history: ChannelHistory) {
    quarters = history.wholeQuarters
    cells = Array(repeating: .unknown, count: history.partners.count * quarters.count)
    guard let tracking else { return }
    for (index, partner) in history.partners.enumerated() {
      for (place, quarter) in quarters.enumerated() {
        guard let item = tracking.attainment(partner: partner.id, quarter: quarter), let actual = item.actual,
          let target = item.adjustedTarget ?? item.target, target > .zero
        else { continue }
        cells[index * quarters.count + place] = Cell(actual: actual, target: target)
      }
    }
  }

  /// Nil where there is no target.
  public func cell(partner: Int, quarter: Period) -> Cell? {
    guard let first = quarters.first, quarter >= first, quarter.ordinal - first.ordinal < quarters.count else {
      return nil
    }
    let cell = cells[partner * quarters.count + quarter.ordinal - first.ordinal]
    return cell.target > .zero ? cell : nil
  }

  /// Quarters in a row that were attained, ending with the last one; an unknown quarter ends the row.
  public func quarterStreak(partner: Int) -> Int {
    quarters.reversed().prefix { cell(partner: partner, quarter: $0)?.isAttained ?? false }.count
  }

  /// Sales of a year against its targets; nil where one of its quarters is unknown.
  public func year(partner: Int, _ year: Period) -> Cell? {
    var sum = Cell.unknown
    for quarter in 1...4 {
      guard let cell = cell(partner: partner, quarter: .quarter(year.ordinal, quarter)) else { return nil }
      sum.actual += cell.actual
      sum.target += cell.target
    }
    return sum
  }

  /// Years in a row with the target met, ending with the given one.
  public struct YearStreak: Sendable, Hashable {
    public enum Basis: String, Sendable, Hashable, CaseIterable {
      /// Targets and sales of every year that counts.
      case targets
      /// The table of partners, where targets do not go back far enough to end the row.
      case record
    }
    public var years: Int
    public var basis: Basis
  }

  /// Years that tracking knows decide. Where all of them were met and none before is known, the count on record stands
  /// in; it is taken to run up to the last year as well, so that no year counts twice.
  public func yearStreak(partner: Int, through year: Period, recorded: Double) -> YearStreak {
    var years = 0
    while let known = self.year(partner: partner, year.advanced(by: -years)) {
      guard known.isAttained else { return YearStreak(years: years, basis: .targets) }
      years += 1
    }
    let record = recorded.isFinite && recorded > 0 ? Int(min(recorded, 1000)) : 0
    return record > years ? YearStreak(years: record, basis: .record) : YearStreak(years: years, basis: .targets)
  }
}
