import Foundation
import Probability
import TimeSeries

/// Hierarchies and errors for the tests of reconciliation.
enum MadeHierarchies {
  /// Regions of cities of partners, crossed with products; every partner sells most products.
  static func crossed(regions: Int, cities: Int, partners: Int, products: Int, seed: UInt64 = 1) throws -> Hierarchy {
    var stream = RandomStream(seed: seed, key: 7)
    var columns = [[String]](repeating: [], count: 4)
    for partner in 0..<partners {
      for product in 0..<products where product == 0 || stream.uniform() < 0.8 {
        columns[0].append("r\(partner % cities % regions)")
        columns[1].append("c\(partner % cities)")
        columns[2].append("p\(partner)")
        columns[3].append("x\(product)")
      }
    }
    let names = ["region", "city", "partner", "product"]
    return try Hierarchy(
      columns: zip(names, columns).map { .init($0, $1) }, nests: [["region", "city", "partner"], ["product"]])
  }

  /// Errors of all nodes with a common part, nodes × periods.
  static func errors(_ hierarchy: Hierarchy, periods: Int, seed: UInt64 = 2) -> [Double] {
    var stream = RandomStream(seed: seed, key: 8)
    func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + stream.uniform() } }
    let shared = (0..<periods).map { _ in normal() }
    let bottom = (0..<hierarchy.bottomCount).flatMap { _ in
      let (size, share) = (1 + 4 * stream.uniform(), stream.uniform())
      return shared.map { size * (share * $0 + normal()) }
    }
    return hierarchy.aggregated(bottom, lanes: periods).map { $0 + 0.3 * normal() }
  }

  /// Forecasts that do not add up, nodes × horizon.
  static func base(_ hierarchy: Hierarchy, horizon: Int, level: Double = 10, seed: UInt64 = 3) -> [Double] {
    var stream = RandomStream(seed: seed, key: 9)
    let bottom = (0..<hierarchy.bottomCount * horizon).map { _ in level * stream.uniform() }
    return hierarchy.aggregated(bottom, lanes: horizon).map { $0 * (0.8 + 0.4 * stream.uniform()) - 1 }
  }

  /// The summing matrix by rows, for comparison on small hierarchies.
  static func summingMatrix(_ hierarchy: Hierarchy) -> [[Double]] {
    let columns = (0..<hierarchy.bottomCount).map { series in
      hierarchy.aggregated((0..<hierarchy.bottomCount).map { $0 == series ? 1 : 0 }, lanes: 1)
    }
    return (0..<hierarchy.nodeCount).map { node in columns.map { $0[node] } }
  }
}

/// What the peer library makes of a made-up hierarchy; see Benchmarks/forecasting/reconciliation_reference.py.
struct ReconciliationReference: Decodable {
  let regions, cities, products, names: [String]
  let horizon, periods: Int
  let base, errors: [Double]
  let ols: [Double]
  let structural: [Double]
  let variance: [Double]
  let minimumTrace: [Double]

  enum CodingKeys: String, CodingKey {
    case regions, cities, products, names, horizon, periods, base, errors, ols
    case structural = "wls_struct"
    case variance = "wls_var"
    case minimumTrace = "mint_shrink"
  }

  static func load() throws -> ReconciliationReference {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appending(path: "References/reconciliation.json"))
    return try JSONDecoder().decode(ReconciliationReference.self, from: data)
  }

  func hierarchy() throws -> Hierarchy {
    try Hierarchy(
      columns: [.init("region", regions), .init("city", cities), .init("product", products)],
      levels: [[], ["region"], ["product"], ["region", "city"], ["region", "product"]])
  }

  func expected(_ method: ReconciliationMethod) -> [Double] {
    switch method {
    case .structural: structural
    case .variance: variance
    case .minimumTrace: minimumTrace
    default: ols
    }
  }
}
