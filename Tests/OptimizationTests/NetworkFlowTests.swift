import Foundation
import Optimization
import Probability
import Testing

/// Reference problems of the shared data; tests on them skip where these are not there.
private enum ReferenceNetworks {
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["SLUICE_DATA"] {
      return URL(fileURLWithPath: path).appending(path: "allocation/mcf")
    }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/data/allocation/mcf")
  }()

  static var areThere: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "optima_highs.csv").path) }
}

@Suite("Network flow")
struct NetworkFlowTests {
  @Test(
    "DIMACS problems reach their known optima exactly",
    .enabled(if: ReferenceNetworks.areThere, "the reference networks (shared/data/allocation/mcf) are not here"))
  func dimacs() throws {
    let folder = ReferenceNetworks.folder
    let table = try String(contentsOf: folder.appending(path: "optima_highs.csv"), encoding: .utf8)
    for line in table.split(whereSeparator: \.isNewline).dropFirst() {
      let fields = line.split(separator: ",")
      let text = try String(contentsOf: folder.appending(path: String(fields[0])), encoding: .utf8)
      let problem = try NetworkFlow(dimacs: text)
      #expect(problem.supplies.count == Int(fields[1]) && problem.arcs.count == Int(fields[2]))
      let solution = try problem.solve()
      // Whole data: equal, not close.
      #expect(solution.objective == Double(fields[3]) && solution.bound == solution.objective)
      #expect(problem.violation(of: solution.flows) == 0)
    }
  }

  @Test("a problem in the DIMACS form, and what is wrong with broken ones")
  func dimacsText() throws {
    let text = "c tiny\np min 4 4\nn 1 3\nn 4 -3\na 1 2 0 2 3\na 2 3 0 2 1\na 3 4 0 2 1\na 1 4 0 2 2\n"
    #expect(try NetworkFlow(dimacs: text).solve().objective == 9)
    for broken in [
      "", "p max 1 0", "p min 2 1\na 1 3 0 1 1", "p min 2 2\na 1 2 0 1 1", "n 1 1", "p min 1 0\nx", "p min 1 0\nn 2 1",
      "p min 2 1\na 1 2 3 1 1",
    ] {
      #expect(throws: NetworkFlowError.self) { try NetworkFlow(dimacs: broken) }
    }
  }

  /// A network of random arcs; supplies of a hidden flow, so that it is feasible, or drawn, so that it may not be.
  private func random(_ stream: inout RandomStream, whole: Bool, feasible: Bool) -> NetworkFlow {
    let nodes = 2 + stream.index(below: 12)
    func amount(_ value: Double) -> Double { whole ? value.rounded() : value }
    var problem = NetworkFlow(supplies: [Double](repeating: 0, count: nodes))
    for _ in 0..<(nodes + stream.index(below: 4 * nodes)) {
      let lower = stream.uniform() < 0.2 ? amount(stream.uniform(-4, 4)) : 0
      let upper = stream.uniform() < 0.3 ? Double.infinity : lower + amount(stream.uniform(0, 8))
      let cost = amount(stream.uniform(stream.uniform() < 0.1 ? -8 : 0, 20))
      problem.arcs.append(
        .init(from: stream.index(below: nodes), to: stream.index(below: nodes), lower: lower, upper: upper, cost: cost))
    }
    if feasible {
      for arc in problem.arcs {
        let flow = amount(arc.lower + stream.uniform() * (min(arc.upper, arc.lower + 6) - arc.lower))
        problem.supplies[arc.from] += flow
        problem.supplies[arc.to] -= flow
      }
    } else {
      for _ in 0..<nodes {
        let (from, to, units) = (stream.index(below: nodes), stream.index(below: nodes), amount(stream.uniform(0, 5)))
        problem.supplies[from] += units
        problem.supplies[to] -= units
      }
    }
    return problem
  }

  private func program(_ problem: NetworkFlow) -> LinearProgram {
    var program = LinearProgram(.minimise)
    var terms = [[(variable: Int, coefficient: Double)]](repeating: [], count: problem.supplies.count)
    for arc in problem.arcs {
      let variable = program.addVariable(lower: arc.lower, upper: arc.upper, objective: arc.cost)
      // A loop sends what it receives.
      guard arc.from != arc.to else { continue }
      terms[arc.from].append((variable, 1))
      terms[arc.to].append((variable, -1))
    }
    for (node, supply) in problem.supplies.enumerated() { program.addRow(terms[node], lower: supply, upper: supply) }
    return program
  }

  @Test("random networks: the answer of a general solver", arguments: 0..<160)
  func againstGeneralSolver(seed: Int) throws {
    var stream = RandomStream(seed: 40, key: UInt64(seed))
    let whole = seed % 2 == 0
    let problem = random(&stream, whole: whole, feasible: seed % 4 < 2)
    let solution = try problem.solve()
    let reference = try HiGHSSolver().solve(program(problem))
    switch reference.status {
    case .optimal:
      try #require(solution.status == .optimal)
      // The general solver's own tolerance.
      #expect(abs(solution.objective - reference.objective) <= 1e-6 * max(1, abs(reference.objective)))
      #expect(problem.violation(of: solution.flows) <= (whole ? 0 : 1e-10))
      #expect(abs(solution.bound - solution.objective) <= (whole ? 0 : 1e-9 * max(1, abs(solution.objective))))
      if whole { #expect(solution.flows == solution.flows.map { $0.rounded() }) }
    case .infeasible:
      try #require(solution.status == .infeasible)
      let shortfall = try #require(solution.shortfall)
      // Hoffman: the set must send more than can leave it.
      #expect(shortfall.supply > shortfall.capacity)
      let set = Set(shortfall.nodes)
      let leaving = problem.arcs.filter { set.contains($0.from) && !set.contains($0.to) }.reduce(0) { $0 + $1.upper }
      let entering = problem.arcs.filter { !set.contains($0.from) && set.contains($0.to) }.reduce(0) { $0 + $1.lower }
      #expect(abs(shortfall.capacity - (leaving - entering)) <= 1e-9)
      #expect(abs(shortfall.supply - shortfall.nodes.reduce(0) { $0 + problem.supplies[$1] }) <= 1e-9)
    default:
      #expect(solution.status == .unbounded)
    }
  }

  @Test("starting from an old tree gives the same optimum, and at other costs takes fewer pivots", arguments: 0..<40)
  func warmStart(seed: Int) throws {
    var stream = RandomStream(seed: 41, key: UInt64(seed))
    var problem = random(&stream, whole: true, feasible: true)
    for index in problem.arcs.indices { problem.arcs[index].cost = abs(problem.arcs[index].cost) }
    let first = try problem.solve()
    let again = try problem.solve(from: first.basis)
    #expect(again.pivots == 0 && again.objective == first.objective)
    for index in problem.arcs.indices where stream.uniform() < 0.2 {
      problem.arcs[index].cost += 3
      problem.arcs[index].upper += 2
    }
    let (from, to) = (stream.index(below: problem.supplies.count), stream.index(below: problem.supplies.count))
    problem.supplies[from] += 1
    problem.supplies[to] -= 1
    let (cold, warm) = (try problem.solve(), try problem.solve(from: first.basis))
    #expect(cold.status == warm.status)
    if cold.status == .optimal {
      #expect(cold.objective == warm.objective && problem.violation(of: warm.flows) == 0)
    }
  }

  @Test("no nodes, no arcs, supplies that do not add up, a cycle that earns without end")
  func edges() throws {
    #expect(try NetworkFlow(supplies: []).solve().objective == 0)
    #expect(try NetworkFlow(supplies: [0, 0]).solve().status == .optimal)
    #expect(try NetworkFlow(supplies: [1, -1]).solve().shortfall?.nodes == [0])
    #expect(try NetworkFlow(supplies: [2, -1]).solve().shortfall?.supply == 1)
    let cycle: [NetworkFlow.Arc] = [.init(from: 0, to: 1, cost: 1), .init(from: 1, to: 0, cost: -2)]
    #expect(try NetworkFlow(supplies: [1, -1], arcs: cycle).solve().status == .unbounded)
    #expect(try NetworkFlow(supplies: [1, -1, 1, -1], arcs: cycle).solve().status == .infeasible)
    #expect(throws: NetworkFlowError.self) { try NetworkFlow(supplies: [.nan]).solve() }
    #expect(throws: NetworkFlowError.self) {
      try NetworkFlow(supplies: [0], arcs: [.init(from: 0, to: 1, cost: 1)]).solve()
    }
  }

  @Test("transportation: the same as a network of listed arcs", arguments: 0..<60)
  func transportation(seed: Int) throws {
    var stream = RandomStream(seed: 42, key: UInt64(seed))
    let whole = seed % 3 != 0
    func amount(_ low: Double, _ high: Double) -> Double {
      let value = stream.uniform(low, high)
      return whole ? value.rounded() : value
    }
    let (givers, receivers) = (stream.index(below: 14), stream.index(below: 14))
    let supplies = (0..<givers).map { _ in max(0, amount(-1, 9)) }
    let demands = (0..<receivers).map { _ in max(0, amount(-1, 9)) }
    let problem = Transportation(
      supplies: supplies, demands: demands,
      costs: (0..<givers * receivers).map { _ in stream.uniform() < 0.1 ? .infinity : amount(0, 30) },
      keepingCosts: (0..<givers).map { _ in amount(-3, 6) }, missingCosts: (0..<receivers).map { _ in amount(5, 30) })
    let solution = try problem.solve()
    let root = givers + receivers
    var network = NetworkFlow(
      supplies: supplies + demands.map { -$0 } + [demands.reduce(0, +) - supplies.reduce(0, +)])
    for giver in 0..<givers {
      network.arcs.append(.init(from: giver, to: root, cost: problem.keepingCosts[giver]))
      for receiver in 0..<receivers where problem.costs[giver * receivers + receiver] < .infinity {
        network.arcs.append(
          .init(from: giver, to: givers + receiver, cost: problem.costs[giver * receivers + receiver]))
      }
    }
    for receiver in 0..<receivers {
      network.arcs.append(.init(from: root, to: givers + receiver, cost: problem.missingCosts[receiver]))
    }
    let reference = try network.solve()
    try #require(reference.status == .optimal)
    let tolerance = whole ? 0 : 1e-9
    #expect(abs(solution.objective - reference.objective) <= tolerance)
    #expect(abs(solution.bound - solution.objective) <= tolerance)
    for giver in 0..<givers {
      let sent = solution.shipments.filter { $0.giver == giver }.reduce(0) { $0 + $1.units }
      #expect(abs(sent + solution.kept[giver] - supplies[giver]) <= tolerance)
    }
    for receiver in 0..<receivers {
      let got = solution.shipments.filter { $0.receiver == receiver }.reduce(0) { $0 + $1.units }
      #expect(abs(got + solution.missing[receiver] - demands[receiver]) <= tolerance)
      #expect(solution.receiverPrices[receiver] <= problem.missingCosts[receiver])
    }
  }

  @Test("transportation where nothing may be missing")
  func prohibited() throws {
    var problem = Transportation(supplies: [3, 2], demands: [4], costs: [5, 7], missingCosts: [.infinity])
    #expect(try problem.solve().objective == 22 && problem.solve().bound == 22)
    problem.demands = [6]
    #expect(try !problem.solve().isFeasible)
    problem.costs = [.nan, 1]
    #expect(throws: NetworkFlowError.self) { try problem.solve() }
  }
}
