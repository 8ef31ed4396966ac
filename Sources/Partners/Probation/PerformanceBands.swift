public import ChannelTypes

/// Whom to reward, whom to improve, whom to remove, quarter by quarter.
///
/// Performance is the score where there is one, and otherwise the partner's mean percentile over the indicators that
/// are known. A partner enters `reward` at `rewardFrom` and leaves it `hysteresis` points below; it enters `remove`
/// below `removeBelow` and leaves it `hysteresis` points above. Within a quarter the band is a function of one
/// number and the band before, so that it cannot flap. Sources: requirements C10.6 and C10.8.
public struct PerformanceBands: Sendable {
  public enum Band: String, Sendable, Hashable, CaseIterable { case reward, improve, remove }

  public struct Limits: Sendable, Hashable {
    public var rewardFrom = 75.0
    public var removeBelow = 35.0
    public var hysteresis = 5.0
    /// Share of the partners on the top list and on the bottom list of a quarter.
    public var listed = Percent(10)

    public init() {}

    public func band(_ performance: Double, after previous: Band?) -> Band? {
      guard performance.isFinite else { return previous }
      if performance >= (previous == .reward ? rewardFrom - hysteresis : rewardFrom) { return .reward }
      if performance < (previous == .remove ? removeBelow + hysteresis : removeBelow) { return .remove }
      return .improve
    }
  }

  public enum List: String, Sendable, Hashable { case top, bottom }

  public struct Row: Sendable, Hashable {
    public var partner: Int
    public var quarter: Int
    public var growth: Double
    public var satisfaction: Double
    /// Mean percentile of growth and satisfaction among the quarter's partners, as far as they are known; 0 … 100.
    public var mark: Double
    public var list: List?
    public var performance: Double
    public var isScore: Bool
    public var previous: Band?
    public var band: Band?
  }

  /// Quarters ascending, partners inside.
  public let rows: [Row]

  /// - Parameter panel: growth and satisfaction are taken from it, as is the score; what it lacks is unknown.
  /// Complexity: O(values log partners).
  public init(_ panel: IndicatorPanel, partners: [Partner], limits: Limits) {
    var rows: [Row] = []
    var bands = [Band?](repeating: nil, count: partners.count)
    for quarter in panel.quarters.indices {
      let members = partners.indices.filter { panel.judged[$0].contains(quarter) }
      func values(_ indicator: ProbationIndicator) -> [Double] {
        members.map { panel.value(partner: $0, quarter: quarter, indicator) }
      }
      let (growth, satisfaction, scores) = (values(.growth), values(.satisfaction), values(.score))
      let marks = Self.means([Self.percentiles(growth), Self.percentiles(satisfaction)])
      let means = Self.means(
        panel.indicators.filter { $0 != .score }.map { indicator in
          let ranks = Self.percentiles(values(indicator))
          return indicator.higherIsBetter ? ranks : ranks.map { 100 - $0 }
        })
      let lists = Self.lists(marks, share: limits.listed.fraction)
      for (position, partner) in members.enumerated() {
        let isScore = scores[position].isFinite
        let performance = isScore ? scores[position] : means[position]
        let band = limits.band(performance, after: bands[partner])
        rows.append(
          Row(
            partner: partner, quarter: quarter, growth: growth[position], satisfaction: satisfaction[position],
            mark: marks[position], list: lists[position], performance: performance, isScore: isScore,
            previous: bands[partner], band: band))
        bands[partner] = band
      }
    }
    self.rows = rows
  }

  /// Percentile of each value among the known ones, 0 for the lowest and 100 for the highest; equal values share the
  /// middle of their ranks. One value alone is in the middle.
  static func percentiles(_ values: [Double]) -> [Double] {
    let order = values.indices.filter { values[$0].isFinite }.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: .nan, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
      let rank = order.count > 1 ? Double(start + end) / 2 / Double(order.count - 1) * 100 : 50
      for position in start...end { ranks[order[position]] = rank }
      start = end + 1
    }
    return ranks
  }

  private static func means(_ columns: [[Double]]) -> [Double] {
    guard let count = columns.first?.count else { return [] }
    return (0..<count).map { row in
      let known = columns.map { $0[row] }.filter(\.isFinite)
      return known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
    }
  }

  private static func lists(_ marks: [Double], share: Double) -> [List?] {
    let order = marks.indices.filter { marks[$0].isFinite }.sorted { (marks[$0], $0) < (marks[$1], $1) }
    let count = min(order.count / 2, Int((share * Double(order.count)).rounded(.up)))
    var lists = [List?](repeating: nil, count: marks.count)
    for index in order.prefix(count) { lists[index] = .bottom }
    for index in order.suffix(count) { lists[index] = .top }
    return lists
  }
}
