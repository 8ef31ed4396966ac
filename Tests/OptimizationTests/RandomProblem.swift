import Foundation
import Optimization
import Probability

/// A random feasible problem of regions × types: limits are drawn around a hidden feasible allocation, in whole cents.
struct RandomProblem {
  var functions: [ConcaveFunction] = []
  var regionOf: [Int] = []
  var typeOf: [Int] = []
  var upper: [Double] = []
  var lower: [Double] = []
  var regionLimits: [(floor: Double, cap: Double)] = []
  var typeLimits: [(floor: Double, cap: Double)] = []
  var cap = 0.0
  var valueOfUnspent = 1.0

  init(seed: UInt64, crossing: Bool, powers: Bool = true, zeros: Bool = true) {
    var stream = RandomStream(seed: 20_260_101, key: seed)
    let regions = 1 + stream.index(below: 8)
    let types = 1 + stream.index(below: 6)
    var hidden: [Double] = []
    for region in 0..<regions {
      for type in 0..<types {
        let scale = exp(stream.uniform(6, 11))
        let amplitude = scale * exp(stream.uniform(-1, 2))
        let kinds = powers ? 5 : 4
        switch stream.index(below: kinds) {
        case 0: functions.append(.logarithm(amplitude: amplitude, scale: scale))
        case 1: functions.append(.exponentialSaturation(amplitude: amplitude, scale: scale))
        case 2: functions.append(.hill(amplitude: amplitude, scale: scale))
        case 3:
          functions.append(stream.uniform() < 0.5 && zeros ? .zero : .hill(amplitude: amplitude, scale: scale / 3))
        default: functions.append(.power(amplitude: amplitude, scale: scale, shape: stream.uniform(0.2, 0.9)))
        }
        regionOf.append(region)
        typeOf.append(type)
        let amount = RandomProblem.cents(stream.uniform() < 0.2 ? 0 : exp(stream.uniform(5, 11)))
        hidden.append(amount)
        lower.append(stream.uniform() < 0.2 ? RandomProblem.cents(amount * stream.uniform()) : 0)
        upper.append(stream.uniform() < 0.3 ? RandomProblem.cents(amount * stream.uniform(1, 4)) + 1 : .infinity)
      }
    }
    func limits(_ total: Double) -> (Double, Double) {
      let floor = stream.uniform() < 0.5 ? RandomProblem.cents(total * stream.uniform(0.4, 1)) : 0
      let cap = stream.uniform() < 0.5 ? RandomProblem.cents(total * stream.uniform(1, 1.6)) + 0.01 : .infinity
      return (floor, cap)
    }
    for region in 0..<regions {
      regionLimits.append(limits(hidden.indices.filter { regionOf[$0] == region }.reduce(0) { $0 + hidden[$1] }))
    }
    for type in 0..<types where crossing {
      typeLimits.append(limits(hidden.indices.filter { typeOf[$0] == type }.reduce(0) { $0 + hidden[$1] }))
    }
    cap = RandomProblem.cents(hidden.reduce(0, +) * stream.uniform(1, 1.5)) + 1
    valueOfUnspent = stream.uniform() < 0.3 ? 0 : 1
  }

  static func cents(_ amount: Double) -> Double { (amount * 100).rounded() / 100 }

  var problem: SeparableAllocation { build(Array(functions.indices), scale: 1) }
  func reversed() -> SeparableAllocation { build(functions.indices.reversed(), scale: 1) }
  func scaled(by factor: Double) -> SeparableAllocation { build(Array(functions.indices), scale: factor) }

  private func build(_ order: [Int], scale: Double) -> SeparableAllocation {
    var problem = SeparableAllocation(cap: cap * scale, valueOfUnspent: valueOfUnspent)
    let regionOrder = order.first == 0 ? Array(regionLimits.indices) : regionLimits.indices.reversed()
    var groupOf = [Int](repeating: 0, count: regionLimits.count)
    for region in regionOrder {
      groupOf[region] = problem.addGroup(
        floor: regionLimits[region].floor * scale, cap: regionLimits[region].cap * scale)
    }
    var position = [Int](repeating: 0, count: order.count)
    for index in order {
      position[index] = problem.addItem(
        functions[index].scaled(by: scale), in: groupOf[regionOf[index]], lower: lower[index] * scale,
        upper: upper[index] * scale)
    }
    for type in typeLimits.indices {
      let members = order.filter { typeOf[$0] == type }.map { position[$0] }
      problem.addCrossing(members, floor: typeLimits[type].floor * scale, cap: typeLimits[type].cap * scale)
    }
    return problem
  }
}

extension ConcaveFunction {
  /// The same function in a unit `factor` times smaller.
  func scaled(by factor: Double) -> ConcaveFunction {
    switch family {
    case .logarithm: .logarithm(amplitude: amplitude * factor, scale: scale * factor)
    case .exponentialSaturation: .exponentialSaturation(amplitude: amplitude * factor, scale: scale * factor)
    case .hill: .hill(amplitude: amplitude * factor, scale: scale * factor)
    case .power: .power(amplitude: amplitude * factor, scale: scale * factor, shape: shape)
    case .generalHill: .hill(amplitude: amplitude * factor, scale: scale * factor, shape: shape)
    case .logistic: .logistic(amplitude: amplitude * factor, midpoint: shape * factor, width: scale * factor)
    case .zero, .composed: self
    }
  }
}

/// Instances of the allocation benchmarks, beside the package where they are there.
enum PeerInstances {
  static var folder: String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return ProcessInfo.processInfo.environment["SLUICE_PEERS"]
      ?? root.appendingPathComponent("../shared/peers").standardized.path + "/allocation/inst"
  }

  /// Concave Hill curves a·x/(k + x) in groups with floors GL and caps GU, everything to be spent.
  struct Hill: Decodable {
    var a: [Double]
    var k: [Double]
    var lo: [Double]
    var hi: [Double]
    var g: [Int]
    var floors: [Double]
    var caps: [Double]
    var total: Double

    enum CodingKeys: String, CodingKey {
      case a, k, lo, hi, g
      case floors = "GL"
      case caps = "GU"
      case total = "B"
    }

    var problem: SeparableAllocation {
      var problem = SeparableAllocation(cap: total, floor: total, valueOfUnspent: 0)
      for (floor, cap) in zip(floors, caps) { problem.addGroup(floor: floor, cap: cap) }
      for index in a.indices {
        problem.addItem(
          .hill(amplitude: a[index], scale: k[index]), in: g[index] + 1, lower: lo[index], upper: hi[index])
      }
      return problem
    }
  }

  /// Hill curves of any slope under one total.
  struct SCurves: Decodable {
    var a: [Double]
    var k: [Double]
    var s: [Double]
    var lo: [Double]
    var hi: [Double]
    var total: Double

    enum CodingKeys: String, CodingKey {
      case a, k, s, lo, hi
      case total = "B"
    }

    var problem: SeparableAllocation {
      var problem = SeparableAllocation(cap: total, valueOfUnspent: 0)
      for index in a.indices {
        problem.addItem(
          .hill(amplitude: a[index], scale: k[index], shape: s[index]), lower: lo[index], upper: hi[index])
      }
      return problem
    }
  }
}
