import Foundation
import Sluice

/// Location on seeded plants: `e_facility_*.json` with `xy`, `dem`, `fix`, `cap`; serving j from i costs
/// round(.2 · demand · distance). One file is four problems: without capacities, with capacities, and two of covering.
enum FacilityInstances: InstanceFamily {
  static func accepts(_ fileName: String) -> Bool { fileName.hasPrefix("e_facility") && fileName.hasSuffix(".json") }

  static func read(_ path: String, limits: WorkLimits) throws -> [BenchmarkInstance] {
    let json = try InstanceJSON(path)
    let coordinates = try json.matrix("xy").values
    let (amounts, fixed) = (try json.numbers("dem"), try json.numbers("fix"))
    let capacities = json.has("cap") ? try json.numbers("cap") : []
    let count = amounts.count
    let points = (0..<count).map { (x: coordinates[2 * $0], y: coordinates[2 * $0 + 1]) }
    let distances = PlaceDistances.between(points, points, .plane)
    let costs = distances.indices.map { (amounts[$0 / count] * distances[$0] * 0.2).rounded(.toNearestOrEven) }
    let demands = amounts.enumerated().map { FacilityLocationProblem.Demand("\($0)", amount: $1) }
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    let isRecorded = name == "e_facility_300x300"
    var loose = FacilityLocationProblem(
      sites: fixed.enumerated().map { .init("\($0)", fixedCost: $1) }, demands: demands, costs: costs)
    var instances = [location(name + " uncapacitated", loose, limits, known: isRecorded ? 3_629_725 : nil)]
    if !capacities.isEmpty {
      for site in loose.sites.indices { loose.sites[site].capacity = capacities[site] }
      instances.append(location(name + " capacitated", loose, limits, known: isRecorded ? 3_631_284.4244604316 : nil))
    }
    for (radius, open, known) in [(250.0, 30, 118_422.0), (300, 20, 115_858)] where open < count {
      let cover = MaxCoverProblem(
        sites: (0..<count).map { .init("\($0)") }, demands: demands,
        reachedBy: (0..<count).map { place in (0..<count).filter { distances[place * count + $0] <= radius } },
        openAtMost: open)
      instances.append(
        BenchmarkInstance(name: "\(name) cover \(Int(radius)) by \(open)", known: isRecorded ? known : nil) {
          let solution = try cover.solve(within: AllocationLimits(seconds: limits.seconds))
          return Outcome(status: "\(solution.status)", objective: solution.objective, bound: solution.bound)
        })
    }
    return instances
  }

  static func location(
    _ name: String, _ problem: FacilityLocationProblem, _ limits: WorkLimits, known: Double?
  ) -> BenchmarkInstance {
    BenchmarkInstance(name: name, known: known) {
      let solution = try problem.solve(within: AllocationLimits(seconds: limits.seconds))
      return Outcome(
        status: "\(solution.status)", objective: solution.objective, bound: solution.bound,
        note: "\(solution.isOpen.count { $0 }) open, \(solution.nodes) nodes")
    }
  }
}

/// Numbers of a text file, whatever lies between them.
private func numbers(_ path: String) throws -> [Double] {
  let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
  return text.split(whereSeparator: { $0.isWhitespace }).compactMap { Double($0) }
}

/// The column `optimum` of a CSV file beside the instances, by the columns before it.
private func optima(beside path: String, key count: Int) -> [String: Double] {
  let folder = URL(filePath: path).deletingLastPathComponent()
  guard let text = try? String(contentsOf: folder.appending(path: "optima.csv"), encoding: .utf8) else { return [:] }
  let lines = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",", omittingEmptySubsequences: false) }
  guard let column = lines.first?.firstIndex(of: "optimum") else { return [:] }
  return Dictionary(
    lines.dropFirst().compactMap { line in
      line.count > column ? (line.prefix(count).joined(separator: " "), Double(line[column]) ?? .nan) : nil
    }, uniquingKeysWith: { first, _ in first })
}

/// Instances of the OR-Library: `cap*.txt` (capacitated location, split demands), `gap*.txt` (generalised assignment,
/// maximise), `pmed*.txt` (p-median on a graph). Optima stand beside them in `optima.csv`.
enum ORLibraryInstances: InstanceFamily {
  static func accepts(_ fileName: String) -> Bool {
    fileName.hasSuffix(".txt") && ["cap", "gap", "pmed"].contains { fileName.hasPrefix($0) }
  }

  static func read(_ path: String, limits: WorkLimits) throws -> [BenchmarkInstance] {
    let file = URL(filePath: path).lastPathComponent
    let values = try numbers(path)
    guard values.count > 3 else { throw InstanceError("\(path) holds too few numbers") }
    if file.hasPrefix("pmed") { return [try median(path, values, limits)] }
    return file.hasPrefix("gap") ? try assignments(path, values, limits) : [try capacitated(path, values, limits)]
  }

  private static func capacitated(_ path: String, _ values: [Double], _ limits: WorkLimits) throws -> BenchmarkInstance
  {
    let (sites, demands) = (Int(values[0]), Int(values[1]))
    guard values.count >= 2 + 2 * sites + demands * (1 + sites) else { throw InstanceError("\(path) is cut short") }
    let plants = (0..<sites).map { site in
      FacilityLocationProblem.Site("\(site)", fixedCost: values[3 + 2 * site], capacity: values[2 + 2 * site])
    }
    var (amounts, costs): ([FacilityLocationProblem.Demand], [Double]) = ([], [])
    for demand in 0..<demands {
      let at = 2 + 2 * sites + demand * (1 + sites)
      amounts.append(.init("\(demand)", amount: values[at]))
      costs += values[at + 1...at + sites]
    }
    let file = URL(filePath: path).lastPathComponent
    return FacilityInstances.location(
      file, FacilityLocationProblem(sites: plants, demands: amounts, costs: costs), limits,
      known: optima(beside: path, key: 1)[file])
  }

  private static func median(_ path: String, _ values: [Double], _ limits: WorkLimits) throws -> BenchmarkInstance {
    let (nodes, count) = (Int(values[0]), Int(values[2]))
    let edges = stride(from: 3, to: values.count - 2, by: 3).map {
      (from: Int(values[$0]) - 1, to: Int(values[$0 + 1]) - 1, length: values[$0 + 2])
    }
    guard edges.allSatisfy({ (0..<nodes).contains($0.from) && (0..<nodes).contains($0.to) }) else {
      throw InstanceError("\(path) has an edge to a node that there is not")
    }
    let problem = FacilityLocationProblem(
      sites: (0..<nodes).map { .init("\($0)") }, demands: (0..<nodes).map { .init("\($0)") },
      costs: PlaceDistances.shortestWays(nodeCount: nodes, edges: edges), openAtLeast: count, openAtMost: count)
    let file = URL(filePath: path).lastPathComponent
    return FacilityInstances.location(file, problem, limits, known: optima(beside: path, key: 1)[file])
  }

  private static func assignments(
    _ path: String, _ values: [Double], _ limits: WorkLimits
  ) throws -> [BenchmarkInstance] {
    let file = URL(filePath: path).deletingPathExtension().lastPathComponent
    let known = optima(beside: path, key: 2)
    var at = 1
    return try (0..<Int(values[0])).map { index in
      guard at + 1 < values.count else { throw InstanceError("\(path) is cut short") }
      let (agents, jobs) = (Int(values[at]), Int(values[at + 1]))
      let (profit, work, room) = (at + 2, at + 2 + agents * jobs, at + 2 + 2 * agents * jobs)
      at = room + agents
      guard at <= values.count else { throw InstanceError("\(path) is cut short") }
      let pairs = (0..<jobs).flatMap { job in (0..<agents).map { $0 * jobs + job } }
      let problem = AssignmentProblem(
        .maximise, agents: (0..<agents).map { .init("\($0)", capacity: values[room + $0]) },
        jobs: (0..<jobs).map { "\($0)" }, values: pairs.map { values[profit + $0] },
        work: pairs.map { values[work + $0] })
      return BenchmarkInstance(name: "\(file) \(index + 1)", known: known["\(file) \(index + 1)"]) {
        let solution = try problem.solve(within: AllocationLimits(seconds: limits.seconds))
        return Outcome(
          status: "\(solution.status)", objective: solution.objective, bound: solution.bound,
          note: "\(solution.nodes) nodes")
      }
    }
  }
}

/// Location where every demand has one site, in the form of Delmaire, Díaz, Fernández & Ortega (INFOR 37, 1999): `p*`
/// without a suffix, in a folder whose name holds `delmaire` or `sscflp`. Optima stand in the file `os`, one a line.
enum SingleSourceInstances: InstanceFamily {
  static func accepts(_ fileName: String) -> Bool {
    fileName.hasPrefix("p") && !fileName.contains(".") && Int(fileName.dropFirst()) != nil
  }

  static func read(_ path: String, limits: WorkLimits) throws -> [BenchmarkInstance] {
    let values = try numbers(path)
    guard values.count > 2 else { throw InstanceError("\(path) holds too few numbers") }
    let (demands, sites) = (Int(values[0]), Int(values[1]))
    let (need, fixed) = (2 + demands * sites, 2 + demands * sites + demands)
    guard values.count >= fixed + 2 * sites else { throw InstanceError("\(path) is cut short") }
    let file = URL(filePath: path).lastPathComponent
    let number = Int(file.dropFirst()) ?? 0
    let known = (try? numbers(URL(filePath: path).deletingLastPathComponent().appending(path: "os").path)) ?? []
    let problem = FacilityLocationProblem(
      sites: (0..<sites).map {
        .init("\($0)", fixedCost: values[fixed + $0], capacity: values[fixed + sites + $0])
      }, demands: (0..<demands).map { .init("\($0)", amount: values[need + $0]) }, costs: Array(values[2..<need]),
      isSingleSource: true)
    return [
      FacilityInstances.location(
        file, problem, limits, known: known.indices.contains(number - 1) ? known[number - 1] : nil)
    ]
  }
}
