public import Optimization
public import Tables

/// When to open what: covered potential over time under the staff of each period.
///
///     maximise   Σᵢₜ valueᵢ(t) · xᵢₜ,     valueᵢ(t) = potentialᵢ · Σ over k ≥ 0, t + k < T of ramp(k)
///     subject to Σₜ xᵢₜ ≤ 1 (= 1 for what must open),   Σᵢ workᵢ · xᵢₜ ≤ staffₜ + unused staff of earlier periods
///                (unused staff is lost unless `carriesOver`),   x ∈ {0, 1}
///
/// Potential per period, work and staff in days. With equal work the order by potential is best; with unequal work
/// potential per day counts, and the packing of the periods.
public struct RolloutProblem: AllocationProblem {
  public struct City: Sendable {
    public var name: String
    /// Per period, once open.
    public var potential: Double
    /// Staff-days to open.
    public var work: Double
    /// Periods, from 1, between which it may open.
    public var earliest: Int
    public var latest: Int
    public var mustOpen: Bool
    public var place: SourcePlace?

    public init(
      _ name: String, potential: Double, work: Double = 1, earliest: Int = 1, latest: Int = .max,
      mustOpen: Bool = false, at place: SourcePlace? = nil
    ) {
      self.name = name
      self.potential = potential
      self.work = work
      self.earliest = earliest
      self.latest = latest
      self.mustOpen = mustOpen
      self.place = place
    }
  }

  public var cities: [City]
  /// Staff-days of each period.
  public var staff: [Double]
  public var staffPlace: SourcePlace?
  /// Share of its potential that a city reaches in its first, second, … period; the last share stays.
  public var ramp: [Double]
  public var carriesOver: Bool

  public init(cities: [City], staff: [Double], ramp: [Double] = [1], carriesOver: Bool = false) {
    self.cities = cities
    self.staff = staff
    self.ramp = ramp
    self.carriesOver = carriesOver
  }

  /// Periods from 0; nil for what does not open.
  public struct Solution: Sendable {
    public var status: SolveStatus
    public var objective: Double
    public var bound: Double
    public var period: [Int?]
    /// Large to small, each as early as it fits.
    public var baseline: Double
    public var baselinePeriod: [Int?]
  }

  /// What a unit of potential is worth from a period on.
  func worth(_ period: Int) -> Double {
    (period..<staff.count).reduce(0) { $0 + (ramp[min($1 - period, ramp.count - 1)]) }
  }

  private func check() throws(AllocationProblemError) {
    var found: [Diagnostic] = []
    func add(_ text: String, _ place: SourcePlace?) {
      found.append(Diagnostic(AllocationCodes.improperValue, .error, text, at: place))
    }
    if cities.isEmpty || staff.isEmpty { add("there is no city, or no period", staffPlace) }
    if ramp.isEmpty || ramp.contains(where: { !($0 >= 0) || !$0.isFinite }) { add("the ramp is out of range", nil) }
    if staff.contains(where: { !($0 >= 0) || !$0.isFinite }) { add("staff is out of range", staffPlace) }
    for city in cities
    where !(city.potential >= 0) || !city.potential.isFinite || !(city.work >= 0) || !city.work.isFinite {
      add("the potential or the work of `\(city.name)` is out of range", city.place)
    }
    if !found.isEmpty { throw .invalid(found) }
  }

  /// 1. Two orders as they fit: large to small, and most potential per day first. 2. Branch and cut from the better one.
  public func solve(within limits: AllocationLimits = AllocationLimits()) throws(AllocationProblemError) -> Solution {
    try check()
    // 1.
    let bySize = schedule(cities.indices.sorted { (cities[$1].potential, $0) < (cities[$0].potential, $1) })
    let byRatio = schedule(
      cities.indices.sorted {
        let (one, other) = (cities[$0].potential * cities[$1].work, cities[$1].potential * cities[$0].work)
        return one > other || (one == other && $0 < $1)
      })
    // 2.
    let worths = staff.indices.map(worth)
    var program = LinearProgram(.maximise)
    var variables: [[(period: Int, variable: Int)]] = []
    var used = [[(variable: Int, coefficient: Double)]](repeating: [], count: staff.count)
    for city in cities {
      let first = max(0, city.earliest - 1)
      let last = min(staff.count, city.latest == .max ? staff.count : city.latest)
      let own = (first..<max(first, last)).map { period in
        (period, program.addVariable(upper: 1, objective: city.potential * worths[period], isInteger: true))
      }
      for (period, variable) in own { used[period].append((variable, city.work)) }
      program.addSumRow(own.map(\.1), lower: city.mustOpen ? 1 : 0, upper: 1)
      variables.append(own)
    }
    var carried = -1
    for period in staff.indices {
      var terms = used[period]
      if carriesOver, period > 0 { terms.append((carried, -1)) }
      if carriesOver {
        carried = program.addVariable()
        terms.append((carried, 1))
      }
      program.addRow(terms, upper: staff[period])
    }
    let start = value(byRatio) >= value(bySize) ? byRatio : bySize
    var values = [Double](repeating: 0, count: program.variables.count)
    for (city, period) in start.enumerated() {
      if let period, let entry = variables[city].first(where: { $0.period == period }) { values[entry.variable] = 1 }
    }
    let isStart = !carriesOver && program.violation(at: values) < 1e-9
    let answer: LinearSolution
    do throws(SolverError) {
      answer = try HiGHSSolver().solve(
        program,
        limits: SolverLimits(
          nodes: limits.nodes ?? 500, seconds: limits.seconds, relativeGap: max(limits.relativeGap, 1e-6)),
        start: isStart ? .values(values) : nil)
    } catch { throw .failed(error.description) }
    var period = variables.map { own in
      answer.status.hasValues ? own.first { answer.values[$0.variable] > 0.5 }?.period : nil
    }
    var status = answer.status
    if isStart, !status.hasValues || value(start) > value(period), status != .infeasible {
      period = start
      if !status.hasValues { status = .feasible(gap: .infinity) }
    }
    let objective = value(period)
    return Solution(
      status: status, objective: objective, bound: max(objective, answer.bound.isNaN ? .infinity : answer.bound),
      period: period, baseline: value(bySize), baselinePeriod: bySize)
  }

  /// Each city in the first of its periods that still has staff for it.
  private func schedule(_ order: [Int]) -> [Int?] {
    var left = staff
    var period = [Int?](repeating: nil, count: cities.count)
    for city in order {
      let first = max(0, cities[city].earliest - 1)
      let last = min(staff.count, cities[city].latest)
      period[city] = (first..<max(first, last)).first { left[$0] >= cities[city].work }
      if let chosen = period[city] { left[chosen] -= cities[city].work }
    }
    return period
  }

  private func value(_ period: [Int?]) -> Double {
    zip(cities, period).reduce(0) { sum, pair in
      pair.1.map { sum + pair.0.potential * worth($0) } ?? sum
    }
  }
}
