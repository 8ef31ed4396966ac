import Foundation
import Sluice

/// Transfers of many products over the same places: `b_transship_*.json` with `xy` (coordinates) and `sku` (net stock of
/// each product by place, and the penalty of a missing unit). A unit costs round(10 · distance) + 500.
enum TransferInstances: InstanceFamily {
  static func accepts(_ fileName: String) -> Bool { fileName.hasPrefix("b_transship") && fileName.hasSuffix(".json") }

  static func read(_ path: String, limits: WorkLimits) throws -> [BenchmarkInstance] {
    let json = try InstanceJSON(path)
    let coordinates = try json.matrix("xy").values
    guard let products = json.object("sku") as? [[String: Any]] else { throw InstanceError("\(path): no list `sku`") }
    let nets = try products.map { product in
      guard let net = product["net"] as? [NSNumber], let penalty = product["pen"] as? NSNumber else {
        throw InstanceError("\(path): a product needs `net` and `pen`")
      }
      return (net.map(\.doubleValue), penalty.doubleValue)
    }
    return [instance(URL(filePath: path).lastPathComponent, coordinates, nets)]
  }

  /// 300 places and up to 1,000 products from the seed of the recorded instances.
  static func large(limits: WorkLimits) -> [(name: String, make: () throws -> BenchmarkInstance)] {
    let known: [(Int, Double)] = [(3, 46_746_831), (20, 428_381_391), (100, 1_920_742_075), (1_000, 18_804_845_673)]
    return known.map { count, optimum in
      func make() -> BenchmarkInstance {
        var made = generated(places: 300, products: count)
        made.known = optimum
        return made
      }
      return ("b_transship_300x\(count)", make)
    }
  }

  private static func generated(places: Int, products: Int) -> BenchmarkInstance {
    let x = uniforms(seed: 11, stream: 0, count: places).map { $0 * 4000 }
    let y = uniforms(seed: 11, stream: 1, count: places).map { $0 * 2000 }
    let scales = uniforms(seed: 11, stream: 5, count: products)
    let penalties = uniforms(seed: 11, stream: 6, count: products)
    let nets = (0..<products).map { product in
      let first = uniforms(seed: 11, stream: UInt64(1000 + 2 * product), count: places)
      let second = uniforms(seed: 11, stream: UInt64(1001 + 2 * product), count: places)
      let net = (0..<places).map { place -> Double in
        let units = (40 * (first[place] - second[place]) * (1 + 3 * scales[product])).rounded(.toNearestOrEven)
        return abs(units) < 5 ? 0 : units
      }
      return (net, (8000 + 22000 * penalties[product]).rounded(.towardZero))
    }
    return instance("b_transship_\(places)x\(products)", zip(x, y).flatMap { [$0, $1] }, nets)
  }

  private static func instance(
    _ name: String, _ coordinates: [Double], _ nets: [(net: [Double], penalty: Double)]
  ) -> BenchmarkInstance {
    let places = coordinates.count / 2
    let problem = TransfersProblem(
      places: (0..<places).map { TransfersProblem.Place("\($0)", x: coordinates[2 * $0], y: coordinates[2 * $0 + 1]) },
      products: nets.enumerated().map { TransfersProblem.Product("\($0)", missingCost: $1.penalty) },
      positions: nets.enumerated().flatMap { product, stock in
        stock.net.enumerated().filter { $1 != 0 }.map {
          TransfersProblem.Position(product: product, place: $0, units: $1)
        }
      }, unitCosts: .distance(perDistance: 10, handling: 500, isRounded: true))
    return BenchmarkInstance(name: name) {
      let solution = try problem.solve()
      return Outcome(
        status: "optimal", objective: solution.objective, bound: solution.bound,
        note: "\(solution.moves.count) transfers")
    }
  }
}

/// Minimum-cost flows in the DIMACS form: `*.dmx`, `*.min`, `*.net`. Optima stand beside them in `optima_highs.csv`.
enum NetworkInstances: InstanceFamily {
  static func accepts(_ fileName: String) -> Bool {
    fileName.hasSuffix(".dmx") || fileName.hasSuffix(".min") || fileName.hasSuffix(".net")
  }

  static func read(_ path: String, limits: WorkLimits) throws -> [BenchmarkInstance] {
    let problem = try NetworkFlow(dimacs: String(contentsOf: URL(filePath: path), encoding: .utf8))
    let name = URL(filePath: path).lastPathComponent
    let table = URL(filePath: path).deletingLastPathComponent().appending(path: "optima_highs.csv")
    let optima = (try? String(contentsOf: table, encoding: .utf8)) ?? ""
    var known: Double?
    for line in optima.split(whereSeparator: \.isNewline) {
      let fields = line.split(separator: ",").map(String.init)
      if fields.count > 3, fields[0] == name { known = Double(fields[3]) }
    }
    return [
      BenchmarkInstance(name: name, known: known) {
        let solution = try problem.solve()
        return Outcome(
          status: "\(solution.status)", objective: solution.objective, bound: solution.bound,
          note: "\(solution.pivots) pivots")
      }
    ]
  }
}
