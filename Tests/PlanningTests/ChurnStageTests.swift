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
        "quadrant", "lifetime_value",
      ])
    #expect(columns["churn_survival"] == ["kind", "id", "horizon", "probability"])
    #expect(
      columns["churn_lift"] == [
        "kind", "evaluation", "decile", "rows", "events", "lift", "cumulative_lift", "captured",
      ])
    #expect(
      columns["churn_interventions"] == [
        "rank", "kind", "id", "partner_id", "region", "intervention", "probability", "value", "assumed_effect", "cost",
        "expected_saved", "main_reason",
      ])
    #expect(
      columns["clv"] == [
        "customer_id", "partner_id", "segment", "basis", "alive", "orders_per_year", "margin_per_period",
        "expected_periods", "lifetime_value", "value_of_one_more_period", "probability", "quadrant",
      ])
    #expect(
      columns["segments"] == [
        "customer_id", "partner_id", "segment", "periods_since_order", "orders", "margin", "recency_score",
        "frequency_score", "money_score", "usual_gap", "dormancy", "reactivate",
      ])
    #expect(columns["cohorts"] == ["cohort", "customers", "repurchase_rate", "quarters", "retention_rate"])
    #expect(
      columns["churn_terms"] == [
        "kind", "term", "estimate", "standard_error", "statistic", "p_value", "odds_ratio",
      ])
    #expect(columns["churn_calibration"] == ["kind", "bin", "lower", "upper", "rows", "predicted", "observed"])
    #expect(
      columns["churn_quality"] == [
        "kind", "rows", "events", "auc", "log_loss", "brier", "calibration_slope", "evaluation", "calibration_error",
        "precision_recall_area", "lift_first_decile",
      ])
    // Contracts have no orders a year; customers that have gone are not rated.
    let unknown: Set = ["auc", "calibration_slope", "orders_per_year", "quadrant"]
    for table in output.tables {
      #expect(table.rowCount > 0)
      for column in table.columns
      where !unknown.contains(column.name) && (table.name, column.name) != ("clv", "probability") {
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
    // The first column of a curve is its straight part.
    #expect(try estimate("smooth(sales_trend)[1]", partners) < 0)
    #expect(try estimate("smooth(stockout_days_pct)[1]", partners) > 0)
    #expect(try estimate("smooth(partner_stockout_days_pct)[1]", customers) > 0)
    #expect(try estimate("smooth(log_months_as_customer)[1]", customers) < 0)
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

  @Test func chancesRiseWithTheHorizonAndInterventionsPay() throws {
    let result = try #require(Self.output).result
    for estimate in result.estimates {
      for subject in estimate.subjects {
        #expect(subject.left.count == estimate.horizon)
        #expect(zip(subject.left, subject.left.dropFirst()).allSatisfy { $0 <= $1 })
      }
    }
    #expect(!result.proposals.isEmpty)
    #expect(zip(result.proposals, result.proposals.dropFirst()).allSatisfy { $0.expectedSaved >= $1.expectedSaved })
    #expect(result.proposals.allSatisfy { $0.expectedSaved > 0 })
    // An intervention that costs more than there is to save is never proposed.
    let dear = try ChurnStage().run(
      Self.context(Self.tables.filter { $0.key == .customers }) {
        $0.churn.interventions = [
          .init(name: "dear", cost: Money(10_000_000), saves: 1, appliesTo: .customer),
          .init(name: "free", cost: .zero, saves: 0.5, appliesTo: .customer),
        ]
      })
    #expect(Set(dear.result.proposals.map(\.intervention.name)) == ["free"])
    #expect(dear.notes.contains { $0.code == ChurnCodes.interventions })
  }

  @Test func everyCustomerHasAValueAndASegment() throws {
    let result = try #require(Self.output).result
    let values = try #require(result.values)
    #expect(values.purchases != nil && values.spend != nil && values.renewals[""] != nil)
    for customer in values.customers {
      #expect(customer.estimate.value >= 0 && customer.estimate.value.isFinite)
      #expect(customer.alive >= 0 && customer.alive <= 1)
      #expect(customer.estimate.lifetime <= 36.000001)
    }
    #expect(Set(result.segments.map(\.segment)).count >= 5)
    #expect(result.segments.contains { $0.isToReactivate })
    for cohort in result.cohorts {
      #expect(cohort.retained[0] == 1)
      #expect(zip(cohort.retained, cohort.retained.dropFirst()).allSatisfy { $0 >= $1 })
    }
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
