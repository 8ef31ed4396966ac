import Foundation
import Sluice

/// `f_cvar_n<partners>_S<scenarios>.json`: margins after expected losses, caps, a total and a limit on the mean of the
/// worst losses. The scenarios stand in the file as a sparse matrix; a file that holds only the seed is made again.
enum CreditInstances: InstanceFamily {
  static func accepts(_ fileName: String) -> Bool { fileName.hasPrefix("f_cvar") && fileName.hasSuffix(".json") }

  static func read(_ path: String, limits: WorkLimits) throws -> [BenchmarkInstance] {
    let json = try InstanceJSON(path)
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    guard json.has("L_indptr") else {
      let seed = json.has("seed") ? UInt64(try json.integer("seed")) : 61
      let made = Made(partners: try json.integer("n"), scenarios: try json.integer("S"), seed: seed)
      return [instance(name, made.problem, limits)]
    }
    let (start, indices, values) = try (
      json.integers("L_indptr"), json.integers("L_indices"), json.numbers("L_data")
    )
    var losses = SparseVectors()
    for scenario in 0..<max(0, start.count - 1) {
      for entry in start[scenario]..<start[scenario + 1] { losses.appendEntry(indices[entry], values[entry]) }
      losses.endVector()
    }
    let (margins, caps) = try (json.numbers("m"), json.numbers("cap"))
    let problem = CreditProblem(
      partners: margins.indices.map { .init("P\($0)", cap: caps[$0], margin: margins[$0]) },
      total: .init(try json.number("B")),
      tail: .init(
        confidence: try json.number("a"), limit: .init(try json.number("R")), scenarios: .losses(losses)))
    return [instance(name, problem, limits)]
  }

  static func large(limits: WorkLimits) -> [(name: String, make: () throws -> BenchmarkInstance)] {
    let name = "f_cvar_n1000_S20000"
    return [
      (
        name,
        {
          var large = instance(name, Made(partners: 1000, scenarios: 20_000, seed: 61).problem, limits)
          large.known = 12998.940646566733
          return large
        }
      )
    ]
  }

  private static func instance(_ name: String, _ problem: CreditProblem, _ limits: WorkLimits) -> BenchmarkInstance {
    BenchmarkInstance(name: name, known: name == "f_cvar_n150_S2000" ? 1975.5154176453036 : nil) {
      let solution = try problem.solve(within: AllocationLimits(seconds: limits.seconds), withPrices: false)
      return Outcome(
        status: "\(solution.status)", objective: solution.objective ?? .nan, bound: solution.bound ?? .nan,
        note: "\(solution.rounds) rounds, \(solution.scenarioRows) scenario rows")
    }
  }
}

/// The seeded instance: one-factor defaults with correlation 0.2, the tail of 5 % at four fifths of what half the caps
/// would lose.
private struct Made {
  var problem: CreditProblem

  init(partners: Int, scenarios: Int, seed: UInt64) {
    func draws(_ stream: Int, _ count: Int) -> [Double] { uniforms(seed: seed, stream: UInt64(stream), count: count) }
    let normal = Normal.standard
    let probability = draws(0, partners).map { 0.005 * pow(20, $0) }
    let loss = draws(1, partners).map { 0.4 + 0.4 * $0 }
    let cap = draws(2, partners).map { 50 * pow(40, $0) }
    let margin = zip(draws(3, partners), probability).map { 0.01 + 0.05 * $0 + 0.6 * $1 }
    let states = draws(4, scenarios).map { normal.quantile(min(max($0, 1e-12), 1)) }
    let thresholds = probability.map { normal.quantile($0) }
    let (common, own) = (0.2.squareRoot(), 0.8.squareRoot())
    var losses = SparseVectors()
    for (scenario, state) in states.enumerated() {
      let draws = draws(100 + scenario, partners)
      for partner in 0..<partners
      where common * state + own * normal.quantile(min(max(draws[partner], 1e-12), 1)) < thresholds[partner] {
        losses.appendEntry(partner, loss[partner])
      }
      losses.endVector()
    }
    let confidence = 0.95
    let worst = (0..<scenarios).map { losses.dot($0, cap) / 2 }.sorted(by: >)
      .prefix(max(1, Int(((1 - confidence) * Double(scenarios)).rounded())))
    let limit = 0.8 * worst.reduce(0, +) / Double(worst.count)
    problem = CreditProblem(
      partners: (0..<partners).map {
        .init("P\($0)", cap: cap[$0], margin: margin[$0] - probability[$0] * loss[$0])
      }, total: .init(0.6 * cap.reduce(0, +)),
      tail: .init(confidence: confidence, limit: .init(limit), scenarios: .losses(losses)))
  }
}
