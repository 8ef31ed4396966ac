public import ChannelTypes
import Tables

/// Targets and what became of them, of one measure: node × month, months contiguous.
///
/// Months are the grain: a quarter, a year and a year to date are sums of their months, so that both grains of a
/// review come from one cube. Of ratios (share, coverage) they are means, weighted by what the ratio is a share of.
public struct TargetCube: Sendable {
  public enum Measure: String, Sendable, Hashable, CaseIterable {
    case revenue, prepayment, share, coverage, profit

    /// Whether nodes and months add up to a weighted mean instead of a sum.
    public var isRatio: Bool { self == .share || self == .coverage }
  }

  public enum Level: String, Sendable, Hashable, CaseIterable { case company, region, department, staff, partner }

  /// Whose target it is.
  public struct Node: Sendable, Hashable {
    public var level: Level
    public var id: String
    /// Empty where it has none: the company, a department.
    public var region: String
    /// Who answers for it; empty where nobody is named.
    public var owner: String

    public init(_ level: Level, _ id: String, region: String = "", owner: String = "") {
      self.level = level
      self.id = id
      self.region = region
      self.owner = owner
    }
  }

  public let measure: Measure
  public let firstMonth: Period
  public let monthCount: Int
  /// How many of the months are over: only they have an actual.
  public let knownMonths: Int
  public internal(set) var nodes: [Node] = []
  /// `Unknown.money` where there is none.
  public internal(set) var target: [Money] = []
  /// After the adjustment of the region.
  public internal(set) var adjusted: [Money] = []
  public internal(set) var actual: [Money] = []
  /// What ratios are shares of; empty for amounts.
  public internal(set) var weight: [Double] = []
  /// The first row of the table of targets behind a cell; −1 where none is.
  public internal(set) var rows: [Int32] = []

  public init(_ measure: Measure, firstMonth: Period, monthCount: Int, knownMonths: Int) {
    self.measure = measure
    self.firstMonth = firstMonth
    self.monthCount = max(0, monthCount)
    self.knownMonths = min(max(0, knownMonths), self.monthCount)
  }

  /// Adds a node without a target; gives its number.
  public mutating func add(_ node: Node) -> Int {
    nodes.append(node)
    target += [Money](repeating: Unknown.money, count: monthCount)
    adjusted += [Money](repeating: Unknown.money, count: monthCount)
    actual += [Money](repeating: Unknown.money, count: monthCount)
    rows += [Int32](repeating: -1, count: monthCount)
    if measure.isRatio { weight += [Double](repeating: 1, count: monthCount) }
    return nodes.count - 1
  }

  public func month(_ index: Int) -> Period { firstMonth.advanced(by: index) }

  /// Which months of the cube lie in a period. O(1).
  public func months(in period: Period) -> Range<Int> {
    guard let day = period.firstDay else { return 0..<0 }
    let length = period.form == .year ? 12 : period.form == .quarter ? 3 : 1
    let start = Period.month(day.year, day.month).ordinal - firstMonth.ordinal
    let first = min(max(0, start), monthCount)
    return first..<min(max(first, start + length), monthCount)
  }

  /// Quarters (or years, or months) that the cube covers, in order.
  public func periods(_ form: PeriodForm) -> [Period] {
    guard monthCount > 0, let first = month(0).containing(form), let last = month(monthCount - 1).containing(form)
    else { return [] }
    return (first.ordinal...last.ordinal).map { Period(form: form, ordinal: $0) }
  }

  /// How a node stands in a period; nil where it has neither a target nor an actual there.
  public func standing(node: Int, in period: Period) -> TargetStanding? {
    let months = months(in: period)
    guard !months.isEmpty else { return nil }
    var standing = TargetStanding(period: period)
    let known = months.clamped(to: 0..<knownMonths)
    standing.openMonths = months.count - known.count
    standing.target = total(target, node, months)
    standing.adjusted = total(adjusted, node, months)
    standing.due = total(adjusted, node, known)
    standing.actual = total(actual, node, known)
    let year = period.containing(.year).map { self.months(in: $0) } ?? months
    let elapsed = year.lowerBound..<max(year.lowerBound, min(months.upperBound, knownMonths))
    standing.yearDue = total(adjusted, node, elapsed)
    standing.yearActual = total(actual, node, elapsed)
    let rest = year.upperBound - max(elapsed.upperBound, months.upperBound)
    if !measure.isRatio, standing.openMonths == 0, rest > 0, let whole = total(adjusted, node, year),
      let sold = standing.yearActual, whole > .zero
    {
      let gap = max(.zero, whole - sold)
      standing.runRate = Money(rounding: gap.double / Double(rest))
    }
    return standing.target == nil && standing.actual == nil ? nil : standing
  }

  /// Σ of the known cells, or their weighted mean; nil where none is known.
  public func total(_ values: [Money], _ node: Int, _ months: Range<Int>) -> Money? {
    var sum = Money.zero
    var (product, weights) = (0.0, 0.0)
    var found = false
    for cell in node * monthCount + months.lowerBound..<node * monthCount + months.upperBound
    where values[cell] != Unknown.money {
      found = true
      if measure.isRatio {
        product += values[cell].double * weight[cell]
        weights += weight[cell]
      } else {
        sum += values[cell]
      }
    }
    guard found else { return nil }
    guard measure.isRatio else { return sum }
    return weights > 0 ? Money(rounding: product / weights, decimals: Money.decimals) : nil
  }
}

/// A target of a period, what it became, and what is known of it.
public struct TargetStanding: Sendable, Hashable {
  public var period: Period
  /// As it was set; nil where there is none.
  public var target: Money?
  /// After the region's adjustment.
  public var adjusted: Money?
  /// The part of the adjusted target whose months are over.
  public var due: Money?
  /// What these months brought; nil where none is over.
  public var actual: Money?
  /// Months of the period that are not over.
  public var openMonths = 0
  /// Adjusted target and actual of the year's months that are over by the end of the period.
  public var yearDue: Money?
  public var yearActual: Money?
  /// What each remaining month of the year must bring for the year's adjusted target; nil while the period is open and
  /// at the end of the year.
  public var runRate: Money?

  public init(period: Period) { self.period = period }

  /// Whether there is a target to compare with: blank and zero are none.
  public var hasTarget: Bool { adjusted.map { $0 > .zero } ?? false }

  /// Actual ÷ the adjusted target of the months that are over; NaN without a target, never infinite.
  public var attainment: Double { Self.ratio(actual, due) }
  public var yearAttainment: Double { Self.ratio(yearActual, yearDue) }

  /// Actual less the adjusted target of the same months.
  public var gap: Money? {
    guard let actual, let due, due > .zero else { return nil }
    return actual - due
  }

  static func ratio(_ actual: Money?, _ target: Money?) -> Double {
    guard let actual, let target, target > .zero else { return .nan }
    return actual.double / target.double
  }
}
