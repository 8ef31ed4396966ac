import ChannelTypes
import Tables
import Testing

@testable import SampleNetwork

/// The default network, generated once for all tests.
let bundled = Result { try SampleNetwork.generate(NetworkSpecification()) }

/// A small network for tests that only need some network.
func small(seed: UInt64 = 1, partners: Int = 24) throws -> SampleNetwork {
  try SampleNetwork.generate(
    NetworkSpecification(partners: partners, regions: 4, listedCities: 40, servedCities: 8, months: 24, seed: seed))
}

extension SampleNetwork {
  func table(_ name: String) throws -> Table { try #require(self[table: name]) }
}

extension Table {
  /// The texts of a column; empty cells are left out.
  func texts(_ column: String) throws -> [String] {
    let values = try #require(text(column))
    return (0..<rowCount).compactMap { values[$0] }
  }

  /// Sums a numeric column by the text of another.
  func sums(_ column: String, by period: String) throws -> [String: Double] {
    let values = try #require(numbers(column))
    let keys = try #require(self[column: period])
    var sums: [String: Double] = [:]
    for row in 0..<rowCount { sums[keys.text(row) ?? "", default: 0] += values[row] }
    return sums
  }
}

extension JSONValue {
  subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }
  var number: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }
  var items: [JSONValue] { if case .array(let values) = self { values } else { [] } }
  var members: [Member] { if case .object(let members) = self { members } else { [] } }
}
