public import ChannelTypes
import Probability

/// What a forecast makes of a target: chance, expected revenue, shortfall, and how much more it would take.
public struct TargetChance: Sendable, Hashable {
  /// Chance of reaching the adjusted target, 0 to 1; NaN without a forecast of the whole rest of the period.
  public var probability = Double.nan
  /// What is known plus the mean of what is forecast, in the plan's currency.
  public var expected = Double.nan
  /// E[(target − revenue)⁺].
  public var shortfall = Double.nan
  /// The share by which the remaining sales must exceed the forecast for the target to be reached with the chance that
  /// the plan asks for; 0 where the forecast is enough.
  public var uplift = Double.nan

  public init() {}
}

/// Sample paths of partners' revenue by planned quarter, on common draws: those of a region or a person are the sums of
/// their partners', path by path, so that what partners share (a market, a season) is not averaged away.
///
/// Units become revenue by the partner's own revenue per unit of the last twelve months. Customers that are still to be
/// won have targets but no forecast: they are not in the paths.
public struct TargetOutlook: Sendable {
  /// Joint paths of demand by series.
  public struct Demand: Sendable {
    public var paths: SamplePaths
    /// The month of the first period; periods are months.
    public var firstMonth: Period
    /// The node of each series' partner; −1 where it has none. Series of a partner are contiguous.
    public var nodes: [Int]
    /// By node: revenue of a unit of the forecast measure; NaN where it is not known.
    public var revenuePerUnit: [Double]
    /// By period: how much of a year's revenue falls into it against the forecast measure, 1 where both run alike.
    public var timing: [Double]

    /// - Parameter timing: 1 for every period where it is nil.
    public init(
      paths: SamplePaths, firstMonth: Period, nodes: [Int], revenuePerUnit: [Double], timing: [Double]? = nil
    ) {
      self.paths = paths
      self.firstMonth = firstMonth
      self.nodes = nodes
      self.revenuePerUnit = revenuePerUnit
      self.timing = timing ?? [Double](repeating: 1, count: paths.horizon)
    }
  }

  /// Quarters that are not over and that known months and the forecast cover whole.
  public let quarters: [Period]
  /// Years of the same kind, all of whose open quarters are among `quarters`.
  public let years: [Period]
  public let drawCount: Int
  /// Node × (quarters, then years) × draws, in the plan's currency: what is still to come.
  private var draws: [Float]
  private var hasPaths: [Bool]

  /// Complexity: O(series · horizon · draws).
  public init(_ targets: RevenueTargets, _ demand: Demand) {
    let cube = targets.cube
    drawCount = demand.paths.drawCount
    let offset = demand.firstMonth.ordinal - cube.firstMonth.ordinal
    let horizon = demand.paths.horizon
    func isCovered(_ period: Period) -> Bool {
      let months = cube.months(in: period)
      return months.upperBound > cube.knownMonths && offset <= max(cube.knownMonths, months.lowerBound)
        && months.upperBound <= offset + horizon
    }
    quarters = cube.periods(.quarter).filter(isCovered)
    years = cube.periods(.year).filter(isCovered)
    let slots = quarters.count + years.count
    draws = [Float](repeating: 0, count: cube.nodes.count * slots * drawCount)
    hasPaths = [Bool](repeating: false, count: cube.nodes.count)
    guard slots > 0, drawCount > 0 else { return }
    // 1. Which quarter each period of the forecast is in; months that are over are known, not forecast.
    let slotOfStep = (0..<horizon).map { step in
      offset + step < cube.knownMonths
        ? -1 : quarters.firstIndex { cube.months(in: $0).contains(offset + step) } ?? -1
    }
    addSeries(demand, slotOfStep, slots)
    addYears(cube, slots)
    addParents(targets, slots)
  }

  private mutating func addSeries(_ demand: Demand, _ slotOfStep: [Int], _ slots: Int) {
    let (count, horizon) = (drawCount, demand.paths.horizon)
    demand.paths.values.withUnsafeBufferPointer { values in
      draws.withUnsafeMutableBufferPointer { draws in
        for series in demand.nodes.indices {
          let node = demand.nodes[series]
          guard node >= 0, demand.revenuePerUnit[node].isFinite else { continue }
          hasPaths[node] = true
          for step in 0..<horizon where slotOfStep[step] >= 0 {
            let price = Float(demand.revenuePerUnit[node] * demand.timing[step])
            let to = (node * slots + slotOfStep[step]) * count
            let from = (series * horizon + step) * count
            for draw in 0..<count { draws[to + draw] += price * values[from + draw] }
          }
        }
      }
    }
  }

  private mutating func addYears(_ cube: TargetCube, _ slots: Int) {
    for (year, period) in years.enumerated() {
      let inside = quarters.indices.filter { quarters[$0].containing(.year) == period }
      for node in hasPaths.indices where hasPaths[node] {
        for quarter in inside {
          add((node * slots + quarter) * drawCount, to: (node * slots + quarters.count + year) * drawCount, drawCount)
        }
      }
    }
  }

  private mutating func addParents(_ targets: RevenueTargets, _ slots: Int) {
    let size = slots * drawCount
    for (node, parents) in targets.parents.enumerated() where hasPaths[node] {
      for parent in [parents.region, parents.staff, parents.department, targets.company] where parent >= 0 {
        hasPaths[parent] = true
        add(node * size, to: parent * size, size)
      }
    }
  }

  private mutating func add(_ from: Int, to: Int, _ count: Int) {
    draws.withUnsafeMutableBufferPointer { draws in
      for draw in 0..<count { draws[to + draw] += draws[from + draw] }
    }
  }

  /// What the forecast makes of an adjusted target.
  /// - Parameters:
  ///   - actual: what the period has brought so far.
  ///   - assurance: the chance that the uplift is to give, 0 to 1.
  /// Complexity: O(draws · log draws).
  public func chance(
    node: Int, period: Period, target: Money, actual: Money?, assurance: Double
  ) -> TargetChance {
    guard hasPaths[node], let slot = slot(of: period) else { return TargetChance() }
    let start = (node * (quarters.count + years.count) + slot) * drawCount
    return Self.chance(
      draws: draws[start..<start + drawCount].map(Double.init), target: target.double, actual: actual?.double ?? 0,
      assurance: assurance)
  }

  /// What is to come of a period, draw by draw; empty where the forecast does not cover it.
  public func draws(node: Int, period: Period) -> [Double] {
    guard hasPaths[node], let slot = slot(of: period) else { return [] }
    let start = (node * (quarters.count + years.count) + slot) * drawCount
    return draws[start..<start + drawCount].map(Double.init)
  }

  private func slot(of period: Period) -> Int? {
    period.form == .year
      ? years.firstIndex(of: period).map { $0 + quarters.count } : quarters.firstIndex(of: period)
  }

  static func chance(draws: [Double], target: Double, actual: Double, assurance: Double) -> TargetChance {
    var chance = TargetChance()
    guard !draws.isEmpty else { return chance }
    let need = target - actual
    let count = Double(draws.count)
    chance.probability = Double(draws.count { $0 >= need }) / count
    chance.expected = actual + draws.reduce(0, +) / count
    chance.shortfall = draws.reduce(0) { $0 + max(0, need - $1) } / count
    let low = draws.sorted().quantileOfAscending(1 - assurance)
    chance.uplift = need <= low ? 0 : low > 0 ? need / low - 1 : .nan
    return chance
  }
}
