/// What one unit of a limit is worth: the slope of the optimum in the limit's value on either side of it, and how far
/// either slope holds.
///
/// Where the optimum has several duals the two slopes differ, and a solver's dual is any number between them.
public struct ShadowPrice: Sendable, Hashable {
  /// Change of the optimum per unit, as the limit falls: −(V(−t) − V(0)) / t for small t. Infinite where the limit
  /// cannot fall without leaving nothing feasible: −∞ when minimising, +∞ when maximising.
  public var left: Double
  /// Change of the optimum per unit, as the limit rises. Infinite where it cannot rise.
  public var right: Double
  /// By how much the limit can fall before the left slope changes; infinite where it never does.
  public var leftReach: Double
  /// By how much the limit can rise before the right slope changes.
  public var rightReach: Double

  public init(left: Double, right: Double, leftReach: Double, rightReach: Double) {
    self.left = left
    self.right = right
    self.leftReach = leftReach
    self.rightReach = rightReach
  }

  /// A limit that holds nothing back.
  public static let none = ShadowPrice(left: 0, right: 0, leftReach: .infinity, rightReach: .infinity)
}

/// The bounds of a program that move together when a limit of the user's changes by one unit.
public struct LimitShift: Sendable {
  public enum Side: Sendable, Hashable { case lower, upper, both }

  /// One bound and by how much it moves.
  public struct Part: Sendable, Hashable {
    public enum Place: Sendable, Hashable {
      case row(Int)
      case variable(Int)
    }

    public var place: Place
    public var side: Side
    public var rate: Double

    public init(_ place: Place, _ side: Side, rate: Double = 1) {
      self.place = place
      self.side = side
      self.rate = rate
    }
  }

  public var parts: [Part]

  public init(_ parts: [Part]) { self.parts = parts }

  /// The bound of one row.
  public static func row(_ row: Int, _ side: Side) -> LimitShift { LimitShift([Part(.row(row), side)]) }

  /// The bound of one variable.
  public static func variable(_ variable: Int, _ side: Side) -> LimitShift {
    LimitShift([Part(.variable(variable), side)])
  }
}

extension LinearProgram {
  /// The two-sided shadow prices of limits at an optimum.
  ///
  /// With the limits' bounds at b + t·d, the optimum V(t) is piecewise linear. Its slope to the right is the largest
  /// (minimising) of d·y over all optimal duals y, which by duality is the optimum of the program of directions: the
  /// objective over all directions δ that leave no bound at which the solution lies, where the bounds of the limit ask
  /// for d. The slope s holds up to the largest t at which c·x = V(0) + s·t is still feasible: one more program.
  ///
  /// Complexity: four warm linear programs per limit; a limit that the solution does not meet costs two.
  /// Source: Jansen, de Jong, Roos & Terlaky, "Sensitivity analysis in linear programming: just be careful!" (European
  /// Journal of Operational Research 101, 1997); Gal, *Postoptimal Analyses, Parametric Programming, and Related
  /// Topics* (1995).
  /// - Parameters:
  ///   - solution: an optimum of this program, with integers fixed.
  ///   - tolerance: the relative distance from a bound that counts as none.
  /// - Returns: a price per limit.
  public func shadowPrices(
    of limits: [LimitShift], at solution: LinearSolution, solver: some Solver, tolerance: Double = 1e-7
  ) throws(SolverError) -> [ShadowPrice] {
    guard solution.values.count == variables.count, !hasIntegers else { throw .refused("prices of whole numbers") }
    let directions = try DirectionProgram(self, at: solution.values, solver, tolerance: tolerance)
    let reaches = try ReachProgram(self, at: solution.values, solver)
    var prices: [ShadowPrice] = []
    for limit in limits {
      var price = ShadowPrice.none
      let ahead = try directions.slope(along: limit, sign: 1)
      let behind = try directions.slope(along: limit, sign: -1)
      (price.right, price.left) = (ahead, 0 - behind)
      price.rightReach = ahead.isFinite ? try reaches.reach(of: ahead, along: limit, sign: 1) : 0
      price.leftReach = behind.isFinite ? try reaches.reach(of: behind, along: limit, sign: -1) : 0
      prices.append(price)
    }
    return prices
  }

  /// The program with its integers held at the values of a solution, so that its prices are defined.
  public func fixingIntegers(at values: [Double]) -> LinearProgram {
    var program = self
    for (index, variable) in variables.enumerated() where variable.isInteger {
      let value = values[index].rounded()
      program.variables[index].isInteger = false
      (program.variables[index].lower, program.variables[index].upper) = (value, value)
    }
    return program
  }

  /// Moves the bounds of a limit.
  public mutating func move(_ limit: LimitShift, by step: Double) {
    for part in limit.parts {
      let change = part.rate * step
      switch part.place {
      case .row(let row):
        if part.side != .upper { rows[row].lower += change }
        if part.side != .lower { rows[row].upper += change }
      case .variable(let variable):
        if part.side != .upper { variables[variable].lower += change }
        if part.side != .lower { variables[variable].upper += change }
      }
    }
  }

  /// A·x of one row.
  fileprivate func terms(of row: Int) -> [(variable: Int, coefficient: Double)] {
    (rowStart[row]..<rowStart[row + 1]).map { (columns[$0], coefficients[$0]) }
  }
}

/// The program of directions at a solution: the same objective and matrix; bounds at which the solution lies are zero,
/// all others are gone.
private final class DirectionProgram<Session: SolverSession> {
  private let session: Session
  private let worst: Double
  private let bounds: [(lower: Double, upper: Double)]
  private let rowBounds: [(lower: Double, upper: Double)]

  init<S: Solver>(
    _ program: LinearProgram, at values: [Double], _ solver: S, tolerance: Double
  ) throws(SolverError) where S.Session == Session {
    func active(_ lower: Double, _ upper: Double, _ value: Double) -> (lower: Double, upper: Double) {
      let margin = tolerance * max(1, abs(value))
      return (value <= lower + margin ? 0 : -.infinity, value >= upper - margin ? 0 : .infinity)
    }
    bounds = zip(program.variables, values).map { active($0.lower, $0.upper, $1) }
    rowBounds = zip(program.rows, program.rowValues(at: values)).map { active($0.lower, $0.upper, $1) }
    worst = program.sense == .minimise ? .infinity : -.infinity
    var directions = program
    for index in bounds.indices {
      (directions.variables[index].lower, directions.variables[index].upper) = bounds[index]
    }
    for index in rowBounds.indices {
      (directions.rows[index].lower, directions.rows[index].upper) = rowBounds[index]
    }
    session = try solver.session(for: directions)
  }

  /// The change of the optimum per unit as the limit moves by +1 or −1; the worst of all where it cannot.
  func slope(along limit: LimitShift, sign: Double) throws(SolverError) -> Double {
    var isHeld = false
    for part in limit.parts {
      let held = self.held(part.place)
      let step = sign * part.rate
      let lower = part.side == .upper || held.lower < 0 ? held.lower : step
      let upper = part.side == .lower || held.upper > 0 ? held.upper : step
      isHeld = isHeld || lower != held.lower || upper != held.upper
      try set(part.place, lower, upper)
    }
    let answer = isHeld ? try session.solve() : LinearSolution(status: .optimal, objective: 0)
    for part in limit.parts {
      let held = self.held(part.place)
      try set(part.place, held.lower, held.upper)
    }
    switch answer.status {
    case .optimal, .feasible: return answer.objective
    case .infeasible: return worst
    case .unbounded, .stopped: throw .failed("the directions at a solution have no end: it is not optimal")
    }
  }

  private func held(_ place: LimitShift.Part.Place) -> (lower: Double, upper: Double) {
    switch place {
    case .row(let row): rowBounds[row]
    case .variable(let variable): bounds[variable]
    }
  }

  private func set(
    _ place: LimitShift.Part.Place, _ lower: Double, _ upper: Double
  ) throws(SolverError) {
    switch place {
    case .row(let row): try session.setRowBounds(row, lower: lower, upper: upper)
    case .variable(let variable): try session.setBounds(of: variable, lower: lower, upper: upper)
    }
  }
}

/// The program with a step t along a limit as one more variable, which is made as large as a slope holds.
private final class ReachProgram<Session: SolverSession> {
  private let program: LinearProgram
  private let session: Session
  private let step: Int
  /// The row c·x − s·t ≤ V(0), or ≥ when maximising.
  private let line: Int

  init<S: Solver>(
    _ program: LinearProgram, at values: [Double], _ solver: S
  ) throws(SolverError) where S.Session == Session {
    self.program = program
    var stepped = program
    stepped.sense = .maximise
    for index in program.variables.indices { stepped.variables[index].objective = 0 }
    step = stepped.addVariable(objective: 1)
    let objective = program.variables.enumerated().filter { $0.element.objective != 0 }
      .map { (variable: $0.offset, coefficient: $0.element.objective) }
    let optimum = program.objective(at: values)
    line = stepped.addRow(
      objective + [(step, 0)], lower: program.sense == .maximise ? optimum : -.infinity,
      upper: program.sense == .minimise ? optimum : .infinity)
    session = try solver.session(for: stepped)
  }

  /// The largest t with V(sign · t) = V(0) + slope · t.
  func reach(of slope: Double, along limit: LimitShift, sign: Double) throws(SolverError) -> Double {
    try session.setCoefficient(row: line, variable: step, to: -slope)
    let added = session.rowCount
    for part in limit.parts { try loosen(part, rate: sign * part.rate) }
    let answer = try session.solve()
    for part in limit.parts { try restore(part) }
    try session.removeRows(Array(added..<session.rowCount))
    switch answer.status {
    case .optimal, .feasible: return max(0, answer.objective)
    case .unbounded: return .infinity
    case .infeasible, .stopped: return 0
    }
  }

  /// Lets a bound move with the step: in a row of its own, for the other bound of the same row may stay.
  private func loosen(_ part: LimitShift.Part, rate: Double) throws(SolverError) {
    let (terms, lower, upper) = content(of: part.place)
    let movesLower = part.side != .upper && lower.isFinite
    let movesUpper = part.side != .lower && upper.isFinite
    try set(part.place, movesLower ? -.infinity : lower, movesUpper ? .infinity : upper)
    try session.addRow(
      terms + [(step, -rate)], lower: movesLower ? lower : -.infinity, upper: movesUpper ? upper : .infinity)
  }

  private func restore(_ part: LimitShift.Part) throws(SolverError) {
    let (_, lower, upper) = content(of: part.place)
    try set(part.place, lower, upper)
  }

  private func content(
    of place: LimitShift.Part.Place
  ) -> (terms: [(variable: Int, coefficient: Double)], lower: Double, upper: Double) {
    switch place {
    case .row(let row): (program.terms(of: row), program.rows[row].lower, program.rows[row].upper)
    case .variable(let variable):
      ([(variable, 1)], program.variables[variable].lower, program.variables[variable].upper)
    }
  }

  private func set(
    _ place: LimitShift.Part.Place, _ lower: Double, _ upper: Double
  ) throws(SolverError) {
    switch place {
    case .row(let row): try session.setRowBounds(row, lower: lower, upper: upper)
    case .variable(let variable): try session.setBounds(of: variable, lower: lower, upper: upper)
    }
  }
}
