import ChannelTypes
import Demand
import Foundation
import Planning
import Specifications
import Tables
import Testing

/// The model files that are shipped load, and give on the data they were made for what they say.
@Suite struct ModelFileTests {
  static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The scanner panel: beside the package, or where `SLUICE_DATA` says.
  static let scannerData: String = {
    let folder = ProcessInfo.processInfo.environment["SLUICE_DATA"].map { URL(fileURLWithPath: $0) }
    return (folder ?? package.appending(path: "../shared/data")).appending(path: "demand/oj_long.csv.gz").path
  }()

  static func scannerPlan() throws -> Plan {
    var findings = Findings()
    let loaded = Plan.load(path: package.appending(path: "Models/plans/scanner.yaml").path, findings: &findings)
    #expect(findings.errorCount == 0, "\(findings.kept.map(\.message))")
    return try #require(loaded?.plan)
  }

  @Test func `the scanner plan loads`() throws {
    let plan = try Self.scannerPlan()
    #expect(plan.calendar.frequency == .week && plan.forecast.horizon == 8)
    #expect(plan.forecast.drivers.map(\.value) == ["net_price", "deal", "feat"])
    #expect(plan.data[.sales] != nil)
  }

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: scannerData),
      "the scanner panel is not there; set SLUICE_DATA to the folder that holds demand/oj_long.csv.gz"))
  func `the scanner plan finds elasticities and beats the seasonal naive`() throws {
    let plan = try Self.scannerPlan()
    var reference = try #require(plan.data[.sales])
    reference.path = Self.scannerData
    var findings = Findings()
    let sales = try #require(
      CSVReader.read(reference, schema: InputSchemas.schema(for: .sales), findings: &findings))
    let context = StageContext(plan: plan, tables: [.sales: sales], threads: 2)

    // Every brand sells less where it is dearer: 11 of 11.
    let effects = try DriversStage().run(context).result.effects
    let elasticities = effects.filter { $0.driver == "net_price" && !$0.product.isEmpty }
    #expect(elasticities.count == 11 && elasticities.allSatisfy { $0.upper < 0 && $0.series == 83 })

    let result = try ForecastStage().run(context).result
    #expect(result.seriesCount == 83 * 11 && result.horizon == 8)
    let chosen = try #require(result.accuracy.first { $0.model == "chosen" })
    let naive = try #require(result.accuracy.first { $0.model == "seasonal_naive" })
    // Series without a gap in the year before the last eight weeks and in them.
    #expect(chosen.series == 297 && chosen.mase < 0.85 * naive.mase)
  }
}
