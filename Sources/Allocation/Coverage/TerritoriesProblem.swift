public import Optimization
public import Tables

/// Divides places among territories that are balanced, hang together, and lie close to their centres:
///
///     minimise   Σᵢ_c weightᵢ · distance_ic · x_ic
///     subject to Σ_c x_ic = 1,   x_cc = 1,
///                mean · (1 − tolerance) ≤ Σᵢ weightᵢ · x_ic ≤ mean · (1 + tolerance)     for every centre c
///                x_ic ≤ Σ over j around S of x_jc      for every i in S, S a set of places that c is not in
///
/// The last rows say that a territory is connected; they are added as they are violated. Sources: Hess et al.,
/// "Nonpartisan political redistricting by computer" (Operations Research 13, 1965); Oehrlein & Haunert, "A cutting-plane
/// method for contiguity-constrained spatial aggregation" (Journal of Spatial Information Science 15, 2017).
public struct TerritoriesProblem: AllocationProblem {
  public struct Place: Sendable {
    public var name: String
    public var weight: Double
    /// The territory it must belong to; nil for any.
    public var locked: Int?
    public var place: SourcePlace?

    public init(_ name: String, weight: Double, locked: Int? = nil, at place: SourcePlace? = nil) {
      self.name = name
      self.weight = weight
      self.locked = locked
      self.place = place
    }
  }

  public var places: [Place]
  /// Per place: those it borders on. A border counts from both sides.
  public var neighbours: [[Int]]
  /// Place-major.
  public var distances: [Double]
  /// Places around which territories form; where empty, `count` of them are chosen by p-median.
  public var centres: [Int]
  public var count: Int
  /// How far a territory's weight may be from the mean, as a share.
  public var tolerance: Double
  public var tolerancePlace: SourcePlace?
  public var isContiguous: Bool

  public init(
    places: [Place], neighbours: [[Int]], distances: [Double], centres: [Int] = [], count: Int = 0,
    tolerance: Double = 0.1, isContiguous: Bool = true
  ) {
    self.places = places
    self.neighbours = neighbours
    self.distances = distances
    self.centres = centres
    self.count = centres.isEmpty ? count : centres.count
    self.tolerance = tolerance
    self.isContiguous = isContiguous
  }

  public struct Solution: Sendable {
    public var status: SolveStatus
    public var objective: Double
    public var bound: Double
    /// By territory.
    public var centres: [Int]
    /// By place.
    public var territory: [Int]
    /// The tolerance that would do, where the one given does not.
    public var leastTolerance: Double?
  }

  func distance(_ from: Int, _ to: Int) -> Double { distances[from * places.count + to] }

  private func check() throws(AllocationProblemError) {
    var text: String?
    if places.isEmpty { text = "there is no place" }
    if places.contains(where: { !($0.weight >= 0) || !$0.weight.isFinite }) { text = "a weight is out of range" }
    if distances.count != places.count * places.count || distances.contains(where: { !$0.isFinite || $0 < 0 }) {
      text = "a distance is missing or out of range"
    }
    if count < 1 || count > places.count { text = "\(count) territories of \(places.count) places" }
    if !(tolerance >= 0) { text = "the tolerance is negative" }
    if Set(centres).count != centres.count || centres.contains(where: { !places.indices.contains($0) }) {
      text = "a centre is named twice, or is no place"
    }
    if let text { throw .invalid([Diagnostic(AllocationCodes.improperValue, .error, text, at: tolerancePlace)]) }
  }

  /// 1. Centres. 2. Branch and cut; where a territory falls apart, rows that forbid it, and again. 3. If there is no
  /// solution, the least tolerance that has one.
  public func solve(within limits: AllocationLimits = AllocationLimits()) throws(AllocationProblemError) -> Solution {
    try check()
    // 1.
    let centres = self.centres.isEmpty ? chosenCentres() : self.centres
    // 2.
    do throws(SolverError) {
      var found = try TerritorySearch(self, centres, freesTolerance: false).run(limits)
      guard found.status == .infeasible else { return found }
      // 3.
      let loose = try TerritorySearch(self, centres, freesTolerance: true).run(limits)
      found.leastTolerance = loose.status.hasValues ? loose.objective : nil
      return found
    } catch { throw .failed(error.description) }
  }

  private func chosenCentres() -> [Int] {
    let costs = places.indices.flatMap { place in
      places.indices.map { places[place].weight * distance(place, $0) }
    }
    let solution = UncapacitatedLocation(
      fixedCosts: [Double](repeating: 0, count: places.count), costs: costs, openCount: count...count
    ).solve(LocationLimits(nodes: 1000))
    return places.indices.filter { solution.isOpen[$0] }
  }
}

/// The program and the rows that keep territories connected.
private struct TerritorySearch {
  private let problem: TerritoriesProblem
  private let centres: [Int]
  private let freesTolerance: Bool
  private let around: [[Int]]
  private var program = LinearProgram(.minimise)
  private let mean: Double

  /// - Parameter freesTolerance: look for the least tolerance in place of the least distance.
  init(_ problem: TerritoriesProblem, _ centres: [Int], freesTolerance: Bool) {
    self.problem = problem
    self.centres = centres
    self.freesTolerance = freesTolerance
    var around = [Set<Int>](repeating: [], count: problem.places.count)
    for (place, others) in problem.neighbours.enumerated() {
      for other in others where other != place {
        around[place].insert(other)
        around[other].insert(place)
      }
    }
    self.around = around.map { $0.sorted() }
    mean = problem.places.reduce(0) { $0 + $1.weight } / Double(centres.count)
    build()
  }

  private func variable(_ place: Int, _ territory: Int) -> Int { place * centres.count + territory }

  private mutating func build() {
    for place in problem.places.indices {
      for territory in centres.indices {
        let centred = centres.firstIndex(of: place) ?? problem.places[place].locked
        program.addVariable(
          lower: centred == territory ? 1 : 0, upper: centred == nil || centred == territory ? 1 : 0,
          objective: freesTolerance
            ? 0 : problem.places[place].weight * problem.distance(place, centres[territory]), isInteger: true)
      }
    }
    let slack = freesTolerance ? program.addVariable(objective: 1) : -1
    for place in problem.places.indices {
      program.addSumRow(centres.indices.map { variable(place, $0) }, lower: 1, upper: 1)
    }
    for territory in centres.indices {
      let terms = problem.places.indices.map { (variable: variable($0, territory), problem.places[$0].weight) }
        .map { (variable: $0.0, coefficient: $0.1) }
      if freesTolerance {
        program.addRow(terms + [(slack, mean)], lower: mean)
        program.addRow(terms + [(slack, -mean)], upper: mean)
      } else {
        program.addRow(
          terms, lower: mean * (1 - problem.tolerance) - 1e-9 * mean,
          upper: mean * (1 + problem.tolerance) + 1e-9 * mean)
      }
    }
  }

  func run(_ limits: AllocationLimits) throws(SolverError) -> TerritoriesProblem.Solution {
    let session = try HiGHSSolver().session(for: program)
    let begun = ContinuousClock().now
    var bound = -Double.infinity
    // Every round forbids at least one way of falling apart; most problems need a handful.
    for _ in 0..<200 {
      var bounds = SolverLimits(
        nodes: limits.nodes ?? 20_000, relativeGap: max(limits.relativeGap, freesTolerance ? 1e-3 : 1e-9))
      if let seconds = limits.seconds {
        bounds.seconds = max(0.1, seconds - begun.duration(to: ContinuousClock().now) / .seconds(1))
      }
      let answer = try session.solve(limits: bounds)
      guard answer.status.hasValues else {
        return .init(status: answer.status, objective: .nan, bound: bound, centres: centres, territory: [])
      }
      bound = max(bound, answer.bound)
      let territory = problem.places.indices.map { place in
        centres.indices.max { answer.values[variable(place, $0)] < answer.values[variable(place, $1)] } ?? 0
      }
      let rows = problem.isContiguous ? violated(territory) : []
      if rows.isEmpty {
        let objective = freesTolerance ? answer.objective : cost(territory)
        let claimed =
          answer.status == .optimal && objective - bound <= 1e-9 * max(1, abs(objective))
          ? objective : min(bound, objective)
        return .init(
          status: answer.status, objective: objective, bound: claimed, centres: centres, territory: territory)
      }
      for row in rows { try session.addRow(row, upper: 0) }
    }
    return .init(status: .stopped, objective: .nan, bound: bound, centres: centres, territory: [])
  }

  private func cost(_ territory: [Int]) -> Double {
    problem.places.indices.reduce(0) {
      $0 + problem.places[$1].weight * problem.distance($1, centres[territory[$1]])
    }
  }

  /// A row for every place of every part that is cut off from its centre.
  private func violated(_ territory: [Int]) -> [[(variable: Int, coefficient: Double)]] {
    var rows: [[(variable: Int, coefficient: Double)]] = []
    var isSeen = [Bool](repeating: false, count: territory.count)
    func part(from start: Int) -> [Int] {
      var stack = [start]
      var members: [Int] = []
      isSeen[start] = true
      while let place = stack.popLast() {
        members.append(place)
        for other in around[place] where !isSeen[other] && territory[other] == territory[start] {
          isSeen[other] = true
          stack.append(other)
        }
      }
      return members
    }
    for centre in centres { _ = part(from: centre) }
    for start in territory.indices where !isSeen[start] {
      let members = part(from: start)
      let inside = Set(members)
      let border = Set(members.flatMap { around[$0] }).subtracting(inside).sorted()
      for member in members {
        // What holds for this territory holds for every one whose centre is not among the members.
        for other in centres.indices where other == territory[start] || members.count <= 3 {
          guard !inside.contains(centres[other]) else { continue }
          rows.append([(variable(member, other), 1)] + border.map { (variable($0, other), -1) })
        }
      }
    }
    return rows
  }
}
