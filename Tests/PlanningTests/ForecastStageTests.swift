import ChannelTypes
import Demand
import Planning
import SampleNetwork
import Specifications
import Tables
import Testing

/// The forecast and drivers stages on a small simulated network.
struct ForecastStageTests {
  static let tables: [InputTable: Table] = {
    let specification = NetworkSpecification(
      partners: 12, regions: 3, listedCities: 12, servedCities: 6, products: 8, months: 30, seed: 4)
    guard let network = try? SampleNetwork.generate(specification) else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: network.tables.compactMap { table in InputTable(rawValue: table.name).map { ($0, table) } })
  }()

  static let output: StageOutput<ForecastResult>? = try? ForecastStage().run(context(tables))

  static func context(_ tables: [InputTable: Table]) -> StageContext {
    StageContext(plan: Plan(), tables: tables, seed: 1)
  }

  @Test func tablesHaveTheColumnsOfTheContract() throws {
    let output = try #require(Self.output)
    let columns = Dictionary(uniqueKeysWithValues: output.tables.map { ($0.name, $0.columns.map(\.name)) })
    let keys = ["level", "region", "city", "partner_id", "product_id", "period"]
    #expect(columns["forecast"]?.prefix(8) == ArraySlice(keys + ["model", "mean"]))
    #expect(columns["forecast"]?.dropFirst(8) == ["p025", "p10", "p25", "p50", "p75", "p90", "p975"])
    #expect(columns["history"] == keys + ["value"])
    #expect(
      columns["forecast_models"] == [
        "region", "partner_id", "product_id", "model", "reason", "observations", "windows", "mase",
        "mase_seasonal_naive", "bias", "flags",
      ])
    #expect(
      columns["forecast_accuracy"] == [
        "model", "series", "mase", "rmsse", "smape", "bias", "coverage_80", "coverage_95",
      ])
  }

  /// What is printed adds up: thousandths of regions, partners and series give those of the total in every period.
  @Test func meansAddUpExactly() throws {
    let forecast = try #require(Self.output?.tables.first { $0.name == "forecast" })
    let (levels, periods) = (try #require(forecast.text("level")), try #require(forecast.periods("period")))
    let means = try #require(forecast.numbers("mean"))
    var sums: [String: [Period: Int]] = [:]
    for row in 0..<forecast.rowCount {
      let (level, period) = (try #require(levels[row]), try #require(periods[row]))
      sums[level, default: [:]][period, default: 0] += Int((means[row] * 1000).rounded())
    }
    #expect(Set(sums.keys) == ["total", "region", "city", "partner", "product", "series"])
    #expect(sums.values.allSatisfy { $0 == sums["total"] } && sums["total"]?.count == 12)
  }

  @Test func quantilesAscendAndAreNotNegative() throws {
    let forecast = try #require(Self.output?.tables.first { $0.name == "forecast" })
    let quantiles = try ["p025", "p10", "p25", "p50", "p75", "p90", "p975"].map { try #require(forecast.numbers($0)) }
    let means = try #require(forecast.numbers("mean"))
    for row in 0..<forecast.rowCount {
      let values = quantiles.map { $0[row] }
      #expect(values[0] >= 0 && means[row] >= 0 && zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
    }
  }

  @Test func driversHaveEffectsWithIntervals() throws {
    let output = try DriversStage().run(Self.context(Self.tables))
    let table = try #require(output.tables.first { $0.name == "drivers" })
    #expect(
      table.columns.map(\.name) == [
        "product_id", "driver", "form", "estimate", "standard_error", "lower", "upper", "statistic", "p_value",
        "observations", "series",
      ])
    let price = try #require(output.result.effects.first { $0.product.isEmpty && $0.driver == "net_price" })
    // Twelve partners do not settle the size of an elasticity.
    #expect(price.form == .elasticity && price.standardError > 0)
    #expect(output.result.effects.allSatisfy { $0.lower <= $0.estimate && $0.estimate <= $0.upper })
  }

  @Test func withoutSalesBothAreSkippedWithANote() throws {
    let none = TextColumn([String?]())
    let empty = Table(
      name: "sales",
      columns: [
        Column(name: "period", values: .period(PeriodColumn(form: .month, [Period]()))),
        Column(name: "partner_id", values: .text(none)), Column(name: "product_id", values: .text(none)),
        Column(name: "sell_out_qty", values: .real([])),
      ])
    for tables in [[:], [InputTable.sales: empty]] {
      var codes: [DiagnosticCode] = []
      do { _ = try ForecastStage().run(Self.context(tables)) } catch {
        if case .skipped(let note) = error { codes.append(note.code) }
      }
      do { _ = try DriversStage().run(Self.context(tables)) } catch {
        if case .skipped(let note) = error { codes.append(note.code) }
      }
      #expect(codes == [ForecastCodes.noSeries, ForecastCodes.noSeries])
    }
  }
}
