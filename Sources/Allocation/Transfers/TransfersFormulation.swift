import Optimization
import Tables

extension TransfersProblem {
  /// Solves every product by itself, or all together where they share vehicles or move in packs.
  ///
  /// Complexity: per product one transportation problem; see `Transportation.solve`.
  public func solve(
    within limits: AllocationLimits = AllocationLimits()
  ) throws(AllocationProblemError) -> TransfersSolution {
    if let defect { throw .invalid([defect]) }
    let costs = costMatrix()
    return isShared ? try solveTogether(costs, limits) : try solveSeparately(costs)
  }

  /// Positions of each product, in their order.
  func positionsByProduct() -> [[Int]] {
    var members = [[Int]](repeating: [], count: products.count)
    for (index, position) in positions.enumerated() where position.units != 0 {
      members[position.product].append(index)
    }
    return members
  }

  /// What a unit costs that stays where it is too much, promoted if that is better.
  func keepingCost(_ position: Position) -> Double {
    let cost = position.keepingCost ?? products[position.product].keepingCost
    return min(cost, -(position.promotionGain ?? -.infinity))
  }

  func missingCost(_ position: Position) -> Double {
    position.missingCost ?? products[position.product].missingCost
  }

  /// The transportation problem of a product.
  func transportation(_ givers: [Int], _ receivers: [Int], _ costs: [Double]) -> Transportation {
    let count = places.count
    let columns = receivers.map { positions[$0].place }
    let cells = [Double](unsafeUninitializedCapacity: givers.count * receivers.count) { buffer, filled in
      for giver in givers {
        let row = positions[giver].place * count
        for column in columns {
          buffer[filled] = costs[row + column]
          filled += 1
        }
      }
    }
    return Transportation(
      supplies: givers.map { positions[$0].units }, demands: receivers.map { -positions[$0].units }, costs: cells,
      keepingCosts: givers.map { keepingCost(positions[$0]) },
      missingCosts: receivers.map { missingCost(positions[$0]) })
  }

  private func solveSeparately(_ costs: [Double]) throws(AllocationProblemError) -> TransfersSolution {
    let none = [Double](repeating: 0, count: positions.count)
    var solution = TransfersSolution(left: none, promoted: none, prices: none)
    var prices = none
    var (objective, bound) = (0.0, 0.0)
    for (product, members) in positionsByProduct().enumerated() {
      let givers = members.filter { positions[$0].units > 0 }
      let receivers = members.filter { positions[$0].units < 0 }
      let answer: TransportationSolution
      do { answer = try transportation(givers, receivers, costs).solve() } catch {
        throw .invalid([Diagnostic(AllocationCodes.improperValue, .error, error.description)])
      }
      objective += answer.objective
      bound += answer.bound
      for shipment in answer.shipments {
        let (from, to) = (positions[givers[shipment.giver]].place, positions[receivers[shipment.receiver]].place)
        solution.moves.append(
          TransfersSolution.Move(
            product: product, from: from, to: to, units: shipment.units,
            cost: costs[from * places.count + to] * shipment.units))
      }
      for (index, giver) in givers.enumerated() {
        solution.left[giver] = answer.kept[index]
        if isPromoted(positions[giver]) { solution.promoted[giver] = answer.kept[index] }
        prices[giver] = answer.giverPrices[index]
      }
      for (index, receiver) in receivers.enumerated() {
        solution.left[receiver] = answer.missing[index]
        prices[receiver] = answer.receiverPrices[index]
      }
    }
    (solution.objective, solution.bound, solution.prices) = (objective, bound, prices)
    return solution
  }

  func isPromoted(_ position: Position) -> Bool {
    guard let gain = position.promotionGain else { return false }
    return -gain < position.keepingCost ?? products[position.product].keepingCost
  }
}

// MARK: Shared vehicles, packs, minimum quantities

extension TransfersProblem {
  private func solveTogether(
    _ costs: [Double], _ limits: AllocationLimits
  ) throws(AllocationProblemError) -> TransfersSolution {
    var formulation = SharedTransfers(self, costs)
    formulation.addVehicles(self)
    let answer: LinearSolution
    do {
      answer = try HiGHSSolver().solve(
        formulation.program,
        limits: SolverLimits(nodes: limits.nodes, seconds: limits.seconds, relativeGap: limits.relativeGap))
    } catch { throw .failed(error.description) }
    let none = [Double](repeating: 0, count: positions.count)
    var solution = TransfersSolution(left: none, promoted: none)
    guard answer.status.hasValues else {
      // Doing nothing is always feasible: only a limit of work ends here.
      solution.isStopped = true
      return solution
    }
    return formulation.solution(self, answer, solution)
  }
}

private struct SharedTransfers {
  struct Way {
    var product: Int
    var giver: Int
    var receiver: Int
    var cell: Int
    var units: Int
  }

  var program = LinearProgram(.minimise)
  private var ways: [Way] = []
  private var leftOf: [Int: Int] = [:]
  /// Lanes with vehicles that something may use.
  private var vehicles: [Int] = []
  private let costs: [Double]

  init(_ problem: TransfersProblem, _ costs: [Double]) {
    self.costs = costs
    for (product, members) in problem.positionsByProduct().enumerated() {
      addProduct(problem, product, members)
    }
  }

  private mutating func addProduct(_ problem: TransfersProblem, _ product: Int, _ members: [Int]) {
    let (positions, label) = (problem.positions, problem.products[product])
    var terms: [Int: [(variable: Int, coefficient: Double)]] = [:]
    for index in members {
      let position = positions[index]
      let left = program.addVariable(
        objective: position.units > 0 ? problem.keepingCost(position) : problem.missingCost(position))
      leftOf[index] = left
      terms[index] = [(left, 1)]
    }
    let isWhole = members.allSatisfy { positions[$0].units == positions[$0].units.rounded() }
    for giver in members where positions[giver].units > 0 {
      for receiver in members where positions[receiver].units < 0 {
        let cell = positions[giver].place * problem.places.count + positions[receiver].place
        let most = min(positions[giver].units, -positions[receiver].units)
        // What costs more than doing nothing is left out.
        let nothing = problem.keepingCost(positions[giver]) + problem.missingCost(positions[receiver])
        guard costs[cell] < nothing, most >= Double(label.minimum) else { continue }
        let pack = Double(label.pack)
        // Counted in packs.
        let units = program.addVariable(
          upper: label.pack > 1 ? (most / pack).rounded(.down) : most, objective: costs[cell] * pack,
          isInteger: isWhole || label.pack > 1)
        terms[giver]?.append((units, pack))
        terms[receiver]?.append((units, pack))
        ways.append(Way(product: product, giver: giver, receiver: receiver, cell: cell, units: units))
        if label.minimum > label.pack {
          let isUsed = program.addVariable(upper: 1, isInteger: true)
          program.addRow([(units, pack), (isUsed, -Double(label.minimum))], lower: 0)
          program.addRow([(units, pack), (isUsed, -most)], upper: 0)
        }
      }
    }
    for index in members {
      let units = abs(positions[index].units)
      program.addRow(terms[index] ?? [], lower: units, upper: units)
    }
  }

  mutating func addVehicles(_ problem: TransfersProblem) {
    var byCell: [Int: [Way]] = [:]
    for way in ways { byCell[way.cell, default: []].append(way) }
    for (index, lane) in problem.lanes.enumerated() {
      guard let size = lane.vehicleSize else { continue }
      let users = byCell[lane.from * problem.places.count + lane.to] ?? []
      guard !users.isEmpty else { continue }
      let count = program.addVariable(
        upper: lane.maximumVehicles.map(Double.init) ?? .infinity, objective: lane.vehicleCost, isInteger: true)
      vehicles.append(index)
      program.addRow(
        users.map { way in
          let product = problem.products[way.product]
          return (way.units, product.size * Double(product.pack))
        } + [(count, -size)], upper: 0)
    }
  }

  func solution(
    _ problem: TransfersProblem, _ answer: LinearSolution, _ empty: TransfersSolution
  ) -> TransfersSolution {
    var solution = empty
    for way in ways {
      let product = problem.products[way.product]
      let value = answer.values[way.units]
      let units = (program.variables[way.units].isInteger ? value.rounded() : value) * Double(product.pack)
      guard units > 1e-9 else { continue }
      let (from, to) = (problem.positions[way.giver].place, problem.positions[way.receiver].place)
      solution.moves.append(
        TransfersSolution.Move(
          product: way.product, from: from, to: to, units: units, cost: costs[way.cell] * units))
    }
    var sum = solution.moves.reduce(0) { $0 + $1.cost }
    var moved: [Int: Double] = [:]
    for move in solution.moves {
      moved[move.product * problem.places.count + move.from, default: 0] += move.units
      moved[move.product * problem.places.count + move.to, default: 0] += move.units
    }
    for (index, position) in problem.positions.enumerated() where position.units != 0 {
      let left = max(0, abs(position.units) - (moved[position.product * problem.places.count + position.place] ?? 0))
      solution.left[index] = left
      if position.units > 0, problem.isPromoted(position) { solution.promoted[index] = left }
      sum += left * (position.units > 0 ? problem.keepingCost(position) : problem.missingCost(position))
    }
    for lane in vehicles {
      let label = problem.lanes[lane]
      let load = solution.moves.filter { $0.from == label.from && $0.to == label.to }
        .reduce(0) { $0 + $1.units * problem.products[$1.product].size }
      let count = Int((load / (label.vehicleSize ?? 1) - 1e-9).rounded(.up))
      guard count > 0 else { continue }
      solution.trips.append(TransfersSolution.Trip(lane: lane, vehicles: count, load: load))
      sum += Double(count) * label.vehicleCost
    }
    solution.objective = sum
    solution.bound = min(answer.bound, sum)
    solution.isOptimal = answer.status == .optimal
    return solution
  }
}
