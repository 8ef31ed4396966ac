import Foundation

/// Files of one form, and the problems in them.
protocol InstanceFamily: Sendable {
  /// Whether a file is of this family, by its name.
  static func accepts(_ fileName: String) -> Bool
  /// The problems of a file, ready to be solved.
  static func read(_ path: String, limits: WorkLimits) throws -> [BenchmarkInstance]
  /// Problems too large for a file, made from their seed when `--large` asks for them.
  static func large(limits: WorkLimits) -> [(name: String, make: () throws -> BenchmarkInstance)]
}

extension InstanceFamily {
  static func large(limits: WorkLimits) -> [(name: String, make: () throws -> BenchmarkInstance)] { [] }
}

/// Every family; a new one is one file and one line here.
let families: [any InstanceFamily.Type] = [
  SeparableInstances.self,
  StockInstances.self,
  TransferInstances.self, NetworkInstances.self,
  QuotaInstances.self,
  CreditInstances.self,
  GuaranteedServiceInstances.self, TwoStageStockInstances.self,
  FacilityInstances.self, ORLibraryInstances.self, SingleSourceInstances.self,
]

/// How long one instance may take.
struct WorkLimits {
  var seconds: Double?
  var threads = 1
}

/// One problem and how to solve it.
struct BenchmarkInstance {
  var name: String
  /// The best objective that is known from elsewhere; nil where none is.
  var known: Double?
  /// What is measured: from the problem in memory to its published solution.
  var solve: () throws -> Outcome
}

/// What a solve came to.
struct Outcome {
  var status: String
  var objective: Double
  var bound: Double
  /// What else is worth a word: nodes, rounds, where it stopped.
  var note = ""

  var relativeGap: Double { abs(bound - objective) / max(1, abs(objective)) }
}

struct InstanceError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// A JSON instance: named numbers, lists and matrices.
struct InstanceJSON {
  private let root: [String: Any]
  private let path: String

  init(_ path: String) throws {
    let data = try Data(contentsOf: URL(filePath: path))
    guard let root = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw InstanceError("\(path) is no JSON object")
    }
    self.root = root
    self.path = path
  }

  func has(_ key: String) -> Bool { root[key] != nil }
  func object(_ key: String) -> Any? { root[key] }

  func number(_ key: String) throws -> Double {
    guard let value = root[key] as? NSNumber else { throw InstanceError("\(path): no number `\(key)`") }
    return value.doubleValue
  }
  func integer(_ key: String) throws -> Int { Int(try number(key)) }

  func numbers(_ key: String) throws -> [Double] {
    guard let values = root[key] as? [NSNumber] else { throw InstanceError("\(path): no list `\(key)`") }
    return values.map(\.doubleValue)
  }
  func integers(_ key: String) throws -> [Int] { try numbers(key).map { Int($0) } }

  /// A list of lists, row by row in one array.
  func matrix(_ key: String) throws -> (values: [Double], columns: Int) {
    guard let rows = root[key] as? [[NSNumber]] else { throw InstanceError("\(path): no matrix `\(key)`") }
    return (rows.flatMap { $0.map(\.doubleValue) }, rows.first?.count ?? 0)
  }
}

/// The numbers of the seeded instances, in [0, 1): splitmix64 at a key of seed and stream, so that any language can make
/// the same instance again without a file.
func uniforms(seed: UInt64, stream: UInt64, count: Int) -> [Double] {
  let step: UInt64 = 0x9E37_79B9_7F4A_7C15
  var state = seed &* step &+ stream &* 0xD1B5_4A32_D192_ED03
  return (0..<count).map { _ in
    state &+= step
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return Double(z >> 11) * 0x1p-53
  }
}
