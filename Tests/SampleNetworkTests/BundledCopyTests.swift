import Foundation
import Testing

@testable import SampleNetwork
@testable import Tables

/// The committed copy is what the generator writes.
///
/// Byte for byte on the processor model that wrote it; the last bit of `exp` and `log` may differ between models, where
/// a rounded number can then fall the other way.
struct BundledCopyTests {
  private static let folder: String = {
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/" + package + "/Datasets/telecom-dealers"
  }()

  private func content(_ path: String) throws -> [UInt8] {
    let file = try FileBytes(path: path)
    let isCompressed = file.withBytes { Inflate.isGzip($0) }
    if isCompressed { return try Inflate.inflate(file, path: path).withBytes { Array($0) } }
    return file.withBytes { Array($0) }
  }

  @Test func tablesAreTheCommittedOnes() throws {
    for table in try bundled.get().tables {
      let committed = try content("\(Self.folder)/data/\(table.name).csv.gz")
      #expect(committed == Array(CSVWriter.text(table).utf8), "\(table.name)")
    }
  }

  @Test func planTruthAndCardAreTheCommittedOnes() throws {
    let network = try bundled.get()
    #expect(try content(Self.folder + "/plan.yaml") == Array(network.plan(compressed: true).utf8))
    #expect(try content(Self.folder + "/truth.json") == Array((network.truth.indented + "\n").utf8))
    #expect(try content(Self.folder + "/README.md") == Array(DataCard(network, compressed: true).text.utf8))
  }

  @Test func writingMakesTheFolder() throws {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: root) }
    let network = try small()
    try network.write(to: root + "/demo", compressed: false)
    #expect(try content(root + "/demo/data/sales.csv") == Array(CSVWriter.text(try network.table("sales")).utf8))
    #expect(try content(root + "/demo/plan.yaml").count > 1000)
    #expect(throws: FileError.noSuchDirectory(path: root + "/no/such")) { try network.write(to: root + "/no/such") }
  }
}
