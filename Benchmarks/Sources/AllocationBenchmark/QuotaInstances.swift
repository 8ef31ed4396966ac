import Foundation
import Sluice

/// `c_quota_*.json`: partners × months under region and month totals, each file solved by least squares and by
/// Kullback-Leibler.
///
/// Members: `reg` (region of each partner), `f`, `lo`, `hi` (partners × months), `Rr` (region totals), `Mm` (month
/// totals).
enum QuotaInstances: InstanceFamily {
  static func accepts(_ fileName: String) -> Bool { fileName.hasPrefix("c_quota") && fileName.hasSuffix(".json") }

  static func read(_ path: String, limits: WorkLimits) throws -> [BenchmarkInstance] {
    let file = try InstanceJSON(path)
    let (reference, months) = try file.matrix("f")
    let quota = Quota(
      regionOf: try file.integers("reg"), months: months, reference: reference, lower: try file.matrix("lo").values,
      upper: try file.matrix("hi").values, regionTotals: try file.numbers("Rr"), monthTotals: try file.numbers("Mm"))
    let name = URL(filePath: path).deletingPathExtension().lastPathComponent
    return try quota.instances(name)
  }

  static func large(limits: WorkLimits) -> [(name: String, make: () throws -> BenchmarkInstance)] {
    [0, 1].map { kind in
      let name = "c_quota_P10000_R300x12_" + ["L2", "KL"][kind]
      return (
        name,
        {
          try Quota.generated(partners: 10_000, regions: 300).instances("c_quota_P10000_R300x12")[kind]
        }
      )
    }
  }
}

/// The numbers of one instance.
private struct Quota {
  var regionOf: [Int]
  var months: Int
  var reference: [Double]
  var lower: [Double]
  var upper: [Double]
  var regionTotals: [Double]
  var monthTotals: [Double]

  func instances(_ name: String) throws -> [BenchmarkInstance] {
    let count = regionOf.count * months
    guard reference.count == count, lower.count == count, upper.count == count, monthTotals.count == months,
      regionOf.allSatisfy({ regionTotals.indices.contains($0) })
    else { throw InstanceError("\(name): the sizes of reg, f, lo, hi, Rr and Mm do not fit") }
    return try [("L2", MarginProjection.Distance.leastSquares), ("KL", .kullbackLeibler)].map { label, distance in
      let problem = MarginProjection(
        distance, reference: reference, lower: lower, upper: upper,
        families: [
          .init(marginOfCell: (0..<count).map { Int32(regionOf[$0 / months]) }, totals: regionTotals),
          .init(marginOfCell: (0..<count).map { Int32($0 % months) }, totals: monthTotals),
        ])
      if let defect = problem.defect { throw InstanceError("\(name): \(defect)") }
      return BenchmarkInstance(name: "\(name)_\(label)", known: known["\(name)_\(label)"]) {
        let solution = problem.solve()
        return Outcome(
          status: word(solution.status), objective: solution.objective, bound: solution.bound,
          note: String(format: "margins %.1e, %d iterations", solution.largestError, solution.iterations))
      }
    }
  }

  private func word(_ status: MarginProjectionSolution.Status) -> String {
    switch status {
    case .optimal: "optimal"
    case .infeasible: "infeasible"
    case .stopped: "stopped"
    }
  }

  /// The instance of a seed: totals grow by a sixth, a fifth of the cells end at a bound.
  static func generated(partners: Int, regions: Int, seed: UInt64 = 41, growth: Double = 1.15) -> Quota {
    let size = uniforms(seed: seed, stream: 0, count: partners).map { 100 * pow(100, $0) }
    let phase = uniforms(seed: seed, stream: 1, count: regions)
    let noise = uniforms(seed: seed, stream: 2, count: partners * 12)
    let reference = (0..<partners * 12).map { cell in
      let (partner, month) = cell.quotientAndRemainder(dividingBy: 12)
      let season = 1 + 0.35 * sin(2 * Double.pi * (Double(month) / 12 + phase[partner % regions]))
      return size[partner] * season * (0.7 + 0.6 * noise[cell]) / 12
    }
    let floors = zip(reference, uniforms(seed: seed, stream: 5, count: partners * 12)).map { (0.7 + 0.35 * $1) * $0 }
    let caps = zip(reference, uniforms(seed: seed, stream: 6, count: partners * 12)).map { (1.06 + 0.5 * $1) * $0 }
    var (byRegion, byMonth) = ([Double](repeating: 0, count: regions), [Double](repeating: 0, count: 12))
    for cell in reference.indices {
      byRegion[cell / 12 % regions] += reference[cell]
      byMonth[cell % 12] += reference[cell]
    }
    let total = growth * reference.reduce(0, +)
    func scaled(_ sums: [Double], _ low: Double, _ width: Double, _ stream: UInt64) -> [Double] {
      let tilted = zip(sums, uniforms(seed: seed, stream: stream, count: sums.count)).map { $0 * (low + width * $1) }
      let sum = tilted.reduce(0, +)
      return tilted.map { $0 * total / sum }
    }
    return Quota(
      regionOf: (0..<partners).map { $0 % regions }, months: 12, reference: reference, lower: floors, upper: caps,
      regionTotals: scaled(byRegion, 0.95, 0.1, 3), monthTotals: scaled(byMonth, 0.97, 0.06, 4))
  }
}

/// The objectives of an independent dual Newton method on the bundled instances.
private let known = [
  "c_quota_P60_R6x12_L2": 1681.9374839542718, "c_quota_P60_R6x12_KL": 1594.322761787573,
  "c_quota_P1000_R30x12_L2": 25661.919748475597, "c_quota_P1000_R30x12_KL": 24262.162699208406,
  "c_quota_P10000_R300x12_L2": 262758.45122572745, "c_quota_P10000_R300x12_KL": 248356.66469568596,
]
