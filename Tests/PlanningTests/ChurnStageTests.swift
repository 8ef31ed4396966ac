import ChannelTypes
import Churn
import Planning
import Regression
import SampleNetwork
import Specifications
import Tables
import Testing

/// The churn stage on the bundled network.
struct ChurnStageTests {
  static let tables: [InputTable: Table] = {
    guard let network = try? SampleNetwork.generate(NetworkSpecification()) else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: network.tables.compactMap { table in InputTable(rawValue: table.name).map { ($0, table) } })
  }()

  static let output: StageOutput<ChurnResult>? = try? ChurnStage().run(context(tables))

  static func context(_ tables: [InputTable: Table], _ change: (inout Plan) -> Void = { _ in }) -> StageContext {
    var plan = Plan()
    change(&plan)
    return StageContext(plan: plan, tables: tables, seed: 1)
  }

  @Test func tablesHaveTheColumnsOfTheContract() throws {
    let output = try #require(Self.output)
    let columns = Dictionary(uniqueKeysWithValues: output.tables.map { ($0.name, $0.columns.map(\.name)) })
    #expect(
      columns["churn"] == [
        "kind", "id", "partner_id", "region", "probability", "lower", "upper", "value", "value_at_risk", "main_reason",
      ])
    #expect(
      columns["churn_terms"] == [
        "kind", "term", "estimate", "standard_error", "statistic", "p_value", "odds_ratio",
      ])
    #expect(columns["churn_calibration"] == ["kind", "bin", "lower", "upper", "rows", "predicted", "observed"])
    #expect(
      columns["churn_quality"] == [
        "kind", "rows", "events", "auc", "log_loss", "brier", "calibration_slope", "evaluation",
      ])
    for table in output.tables {
      #expect(table.rowCount > 0)
      for column in table.columns where column.name != "auc" && column.name != "calibration_slope" {
        #expect((0..<table.rowCount).allSatisfy { column.isKnown($0) })
      }
    }
    #expect(output.indicators.allSatisfy { $0.value.isFinite })
  }

  /// 24 departures of partners do not carry precise estimates: only signs and the gain over the mean are asked for.
  @Test func signsOfTheTrueHazardsAreFound() throws {
    let result = try #require(Self.output).result
    let partners = try #require(result.partners)
    let customers = try #require(result.customers)
    func estimate(_ name: String, _ estimate: ChurnEstimate) throws -> Double {
      try #require(estimate.terms.first { $0.name == name }).estimate
    }
    #expect(try estimate("sales_trend", partners) < 0)
    #expect(try estimate("stockout_days_pct", partners) > 0)
    // The few incidents of the network cannot fix the sign of their small effect (truth 0.22): it is not excluded.
    let incidents = try #require(partners.terms.first { $0.name == "incidents" })
    #expect(incidents.estimate + 2 * incidents.standardError > 0)
    #expect(try estimate("partner_stockout_days_pct", customers) > 0)
    #expect(try estimate("log_months_as_customer", customers) < 0)
    for model in [partners, customers] {
      let heldOut = try #require(model.calibration)
      let constant = try #require(model.evaluations.last).calibration
      #expect(heldOut.logLoss < constant.logLoss)
      #expect(try #require(heldOut.auc) > 0.55)
      #expect(model.subjects.allSatisfy { $0.probability >= 0 && $0.probability <= 1 && $0.value >= 0 })
    }
    let slope = try #require(customers.calibration?.slope)
    #expect(slope > 0.85 && slope < 1.15)
  }

  @Test func eachKindStandsAlone() throws {
    let customersOnly = Self.tables.filter { $0.key == .customers }
    let output = try ChurnStage().run(Self.context(customersOnly))
    #expect(output.result.partners == nil)
    #expect(output.result.customers != nil)
    let salesOnly = Self.tables.filter { $0.key == .sales }
    let sales = try ChurnStage().run(Self.context(salesOnly))
    #expect(sales.result.partners != nil && sales.result.customers == nil)
    #expect(sales.notes.contains { $0.code == ChurnCodes.noMargin })
  }

  @Test func withoutDataTheStageIsSkippedWithANote() throws {
    for tables in [[:], Self.tables.filter { $0.key == .partners }] {
      var code: DiagnosticCode?
      do { _ = try ChurnStage().run(Self.context(tables)) } catch {
        if case .skipped(let note) = error { code = note.code }
      }
      #expect(code == ChurnCodes.noTables)
    }
    // A history of eight months shows nobody's departure.
    var code: DiagnosticCode?
    let short = Self.context(Self.tables.filter { $0.key == .sales }) {
      $0.calendar.historyFrom = Located(.month(2025, 5))
    }
    do { _ = try ChurnStage().run(short) } catch {
      if case .skipped(let note) = error { code = note.code }
    }
    #expect(code == ChurnCodes.unsupported)
  }
}
