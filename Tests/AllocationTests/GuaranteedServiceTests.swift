import Probability
import Tables
import Testing

@testable import Allocation

/// Instances of Snyder & Shen, Fundamentals of Supply Chain Theory (2nd edition, 2019), chapter 6, with the committed
/// service times and costs that stockpyl's tests assert.
struct GuaranteedServiceTests {
  struct Node {
    var id: Int
    var time: Double
    var cost: Double
    var inbound = 0.0
    var most: Double?
    var deviation = 0.0
  }

  static func problem(_ nodes: [Node], _ links: [(Int, Int)], factor: Double) -> GuaranteedServiceProblem {
    let stages = nodes.map { node in
      var stage = GuaranteedServiceProblem.Stage("\(node.id)", time: node.time, holdingCost: node.cost)
      stage.inboundTime = node.inbound
      stage.maximumServiceTime = node.most
      stage.demandDeviation = node.deviation
      stage.safetyFactor = factor
      return stage
    }
    func index(_ id: Int) -> Int { nodes.firstIndex { $0.id == id }! }
    return GuaranteedServiceProblem(
      stages: stages, links: links.map { .init(from: index($0.0), to: index($0.1)) })
  }

  @Test func exampleOfATree() throws {
    let problem = Self.problem(
      [
        Node(id: 1, time: 2, cost: 1, inbound: 1), Node(id: 3, time: 1, cost: 2),
        Node(id: 2, time: 1, cost: 3, most: 0, deviation: 1), Node(id: 4, time: 1, cost: 3, most: 1, deviation: 1),
      ], [(1, 3), (3, 2), (3, 4)], factor: 1)
    let solution = try problem.solve()
    #expect(abs(solution.cost - 8.277916867529369) < 1e-12)
    #expect(solution.stages.map(\.serviceTime) == [0, 0, 0, 1])
  }

  @Test func figureWithTenStages() throws {
    let times = [2, 3, 2, 4, 2, 3, 6, 4, 3, 2]
    let costs = [0.01, 0.03, 0.04, 0.06, 0.12, 0.13, 0.2, 0.08, 0.04, 0.5]
    let nodes = (0..<10).map {
      Node(
        id: $0 + 1, time: Double(times[$0]), cost: costs[$0], most: $0 == 9 ? 2 : nil, deviation: $0 == 9 ? 10 : 0)
    }
    let problem = Self.problem(
      nodes, [(1, 2), (2, 3), (3, 5), (4, 5), (5, 6), (6, 10), (7, 10), (8, 10), (9, 10)], factor: 1.6448536269514722)
    let solution = try problem.solve()
    #expect(abs(solution.cost - 18.824004472592172) < 1e-12)
    #expect(solution.stages.map(\.serviceTime) == [0, 3, 5, 4, 7, 0, 0, 0, 0, 2])
  }

  @Test func serialSystems() throws {
    let first = Self.problem(
      [
        Node(id: 3, time: 1, cost: 2, inbound: 1), Node(id: 2, time: 1, cost: 3),
        Node(id: 1, time: 2, cost: 4, most: 0, deviation: 10),
      ], [(3, 2), (2, 1)], factor: 4)
    var solution = try first.solve()
    #expect(abs(solution.cost - 357.77087639996637) < 1e-10)
    #expect(solution.stages.map(\.serviceTime) == [2, 3, 0])

    let times = [10.0, 5, 2, 15, 8, 5, 9, 5, 1, 5]
    let costs = [4.56, 5.73, 3.04, 2.93, 2.47, 2.37, 1.15, 1.1, 0.98, 0.87]
    let ids = [2, 1, 3, 4, 5, 6, 7, 8, 9, 10]
    let nodes = ids.indices.map { index in
      Node(
        id: ids[index], time: times[index], cost: costs[index], inbound: ids[index] == 10 ? 7 : 0,
        most: ids[index] == 1 ? 3 : nil, deviation: ids[index] == 1 ? 15.8 : 0)
    }
    let links = (1...9).map { ($0 + 1, $0) }
    solution = try Self.problem(nodes, links, factor: 2.0537489106318225).solve()
    #expect(abs(solution.cost - 1378.3020369043727) < 1e-9)
    #expect(solution.stages.map(\.serviceTime) == [10, 3, 0, 28, 13, 5, 0, 18, 13, 12])
  }

  /// Demand of two customers pools at the common supplier: √(4.1² + 6.2²).
  @Test func demandPoolsUpATree() throws {
    let problem = Self.problem(
      [
        Node(id: 0, time: 7, cost: 0.12054794520547946, most: 3, deviation: 4.1),
        Node(id: 1, time: 7, cost: 0.07671232876712329, most: 3, deviation: 6.2),
        Node(id: 3, time: 21, cost: 0.049315068493150684), Node(id: 2, time: 3, cost: 0.0027397260273972603),
        Node(id: 4, time: 8, cost: 0.010958904109589041), Node(id: 5, time: 2, cost: 0.00410958904109589),
      ], [(3, 0), (3, 1), (2, 3), (4, 3), (5, 4)], factor: 4)
    let solution = try problem.solve()
    #expect(abs(solution.stages[5].netDeviation - 7.433034373659253) < 1e-12)
    #expect(abs(solution.cost - 15.649530249501026) < 1e-11)
    #expect(solution.stages.map(\.serviceTime) == [3, 3, 0, 0, 0, 2])
  }

  // MARK: Against enumeration

  /// The cheapest of all whole service times.
  static func enumerated(_ problem: GuaranteedServiceProblem) -> Double {
    let formulation = GuaranteedServiceFormulation(problem)
    guard case .order(let order) = StageOrder(problem.stages.count, problem.links.map { ($0.from, $0.to) }) else {
      return .nan
    }
    var service = [Int](repeating: 0, count: order.count)
    func best(_ position: Int) -> Double {
      guard position < order.count else { return 0 }
      let stage = order[position]
      let facts = problem.stages[stage]
      var inbound = Int(facts.inboundTime)
      for link in problem.links where link.to == stage { inbound = max(inbound, service[link.from]) }
      let reach = inbound + Int(facts.time)
      var least = Double.infinity
      for promise in 0...min(reach, facts.maximumServiceTime.map { Int($0) } ?? reach) {
        service[stage] = promise
        let cost = facts.holdingCost * formulation.safetyStock(stage, Double(reach - promise))
        least = min(least, cost + best(position + 1))
      }
      return least
    }
    return best(0)
  }

  static func random(_ stream: inout RandomStream, links count: Int) -> GuaranteedServiceProblem {
    let nodes = (0..<5).map { index in
      Node(
        id: index, time: Double(stream.index(below: 4)), cost: 0.2 + stream.uniform() * Double(index + 1),
        inbound: stream.uniform() < 0.3 ? Double(stream.index(below: 3)) : 0,
        most: index > 2 ? Double(stream.index(below: 3)) : stream.uniform() < 0.2 ? 2 : nil,
        deviation: index > 2 ? 1 + stream.uniform() * 5 : 0)
    }
    var links: [(Int, Int)] = []
    while links.count < count {
      let (from, to) = (stream.index(below: 5), stream.index(below: 5))
      if from < to, !links.contains(where: { $0 == (from, to) }) { links.append((from, to)) }
    }
    var problem = problem(nodes, links, factor: 1.5)
    if stream.uniform() < 0.3 { problem.stages[1].boundTable = [0, 1, 4, 5] }
    return problem
  }

  /// Forests and networks with loops, of 5 stages: the bound is reached, and it is the least of all.
  @Test(arguments: [2, 4, 6, 8]) func equalsEnumeration(links: Int) throws {
    var stream = RandomStream(seed: 7, key: RandomStream.key("networks"))
    for _ in 0..<40 {
      let problem = Self.random(&stream, links: links)
      let solution = try problem.solve()
      let expected = Self.enumerated(problem)
      #expect(abs(solution.cost - expected) <= 1e-9 * max(1, expected))
      #expect(solution.bound <= expected * (1 + 1e-12) && solution.bound >= expected * (1 - 1e-9))
    }
  }

  /// Halves of periods need no other code than whole ones.
  @Test func timesMayBeFractions() throws {
    var stream = RandomStream(seed: 3, key: RandomStream.key("fractions"))
    var problem = Self.random(&stream, links: 6)
    problem.stages[1].boundTable = nil
    let whole = try problem.solve().cost
    for index in problem.stages.indices {
      problem.stages[index].time *= 0.25
      problem.stages[index].inboundTime *= 0.25
      problem.stages[index].maximumServiceTime = problem.stages[index].maximumServiceTime.map { $0 * 0.25 }
    }
    #expect(abs(try problem.solve().cost - whole / 2) < 1e-9 * whole)
  }

  @Test func wrongNetworksAreRefusedWithEveryDefect() throws {
    var problem = Self.problem(
      [Node(id: 1, time: 1, cost: 1), Node(id: 2, time: 1, cost: 1)], [(1, 2), (2, 1)], factor: 1)
    #expect(problem.defects.map(\.code) == [MultiEchelonCodes.cycle])
    problem.links[1] = .init(from: 0, to: 1)
    #expect(problem.defects.map(\.code) == [MultiEchelonCodes.improperStage])
    problem.stages[0].time = .nan
    problem.stages[1].holdingCost = -1
    #expect(problem.defects.count == 2)
  }

  /// A promise that must be kept a period sooner costs what the answer says.
  @Test func pricesAreDifferencesOfCosts() throws {
    let problem = Self.problem(
      [Node(id: 1, time: 3, cost: 1), Node(id: 2, time: 2, cost: 3, most: 2, deviation: 5)], [(1, 2)], factor: 2)
    let answer = try problem.answer(within: AllocationLimits())
    #expect(answer.binding == ["maximum_service_time.2"])
    let price = try #require(answer.prices.first)
    var later = problem
    later.stages[1].maximumServiceTime = 3
    #expect(abs(price.right - (try later.solve().cost - (answer.objective ?? 0))) < 1e-12)
    #expect(price.right < 0 && price.left < 0)
  }
}
