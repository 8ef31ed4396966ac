import ChannelTypes
import Planning
import Specifications
import Tables
import Testing

@Suite struct PlanTests {
  @Test func `every supported key reaches the plan`() throws {
    let files = try PlanFiles(["plan.yaml": fullPlan])
    let (loaded, findings) = files.load()
    #expect(findings.count == 0, "\(findings.kept.map(\.message))")
    let plan = try #require(loaded?.plan)
    #expect(plan.name == "telecom-dealers")
    #expect(plan.seed == 7)
    #expect(plan.calendar.start?.value == .month(2026, 1))
    #expect(plan.calendar.holidays == .cn)
    #expect(plan.data[.sales]?.path == files.folder + "/data/sales.csv.gz")
    #expect(plan.data[.partners]?.path == "/data/p.csv")
    #expect(
      plan.data[.partners]?.columns == [
        "partner_id": .named("store"), "region": .constant("all"), "credit_limit": .expression("units * price"),
      ])
    #expect(plan.hierarchy == [.region, .city, .partner])
    #expect(plan.goals.by?.value == .month(2027, 12))
    #expect(plan.forecast.models == .list([.seasonalNaive, .drivers]))
    #expect(plan.forecast.drivers.map(\.value) == ["net_price", "promo_days"])
    #expect(plan.forecast.quantiles.map(\.column) == ["p025", "p10", "p25", "p50", "p75", "p90", "p975"])
    #expect(plan.forecast.quantiles.map(\.probability) == [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])
    #expect(plan.churn.partnerInactivePeriods == 4)
    let budget = try #require(plan.budget)
    #expect(budget.quarter.value == Money(1_200_000))
    #expect(budget.quarter.place.line == 32)
    #expect(budget.reserveAmount == Money(96_000))
    #expect(budget.spendable == Money(1_104_000))
    #expect(budget.shares.region.map(\.id) == ["shanghai"] && budget.shares.region[0].atMost?.value == Percent(40))
    #expect(budget.shares.spendType.first?.atLeast == nil)
    #expect(budget.minimumOrZero["exhibition"]?.value == Money(5000))
    #expect(budget.tilt.region.first?.weight.value == 1.2 && budget.stabilityPenalty == 0.05)
    #expect(budget.requests["shanghai"]?.value == Money(300_000))
    #expect(budget.risk == BudgetRiskSettings(level: 0.95, weight: 0.25) && budget.frontier?.points == 9)
    #expect(budget.floors.region["shanghai"]?.value == Money("200000.5"))
    #expect(budget.caps.spendType.isEmpty)
    #expect(plan.inventory.transfer.costPerUnit.value == Money("8.25"))
    #expect(plan.inventory.promote.lift.value == Percent(140))
    #expect(plan.scenarioNames == ["base", "cut", "deep_cut"])
  }

  @Test func `an empty plan is the plan of the defaults`() throws {
    let (loaded, findings) = try PlanFiles(["plan.yaml": "version: 1\n"]).load()
    #expect(findings.count == 0)
    let plan = try #require(loaded?.plan)
    let standard = Plan()
    #expect(plan.budget == nil)
    #expect(plan.calendar.start == nil)
    #expect(plan.forecast.levels == standard.forecast.levels)
    #expect(plan.forecast.models == .auto)
    #expect(plan.inventory.serviceLevel == standard.inventory.serviceLevel)
    #expect(plan.inventory.serviceLevel.place == .default)
  }

  @Test func `findings of a bad plan come together, in the order of the file`() throws {
    let yaml = """
      version: 2
      name: a/b
      calendar: {frequency: month, start: 2026Q1}
      data: {sale: s.csv, partners: {file: p.parquet}}
      goals: {active_partners: 150, cities_open: 300}
      forecast: {horizon: 0, levels: [50, 100, 50]}
      budget:
        quarter: -5
        spend_types: [training, training]
        floors: {region: {east: 20}, spend_type: {trainng: 3}}
        caps: {region: {east: 10}}
      scorecard: {weights: {}}
      inventory: {service_level: 95, links: {}}
      budgt: 1

      """
    let (loaded, findings) = try PlanFiles(["plan.yaml": yaml]).load()
    #expect(loaded != nil)
    #expect(
      findings.kept.map(\.summary) == [
        "P001 plan.yaml:1:1", "P009 plan.yaml:2:7", "P007 plan.yaml:3:37", "P110 plan.yaml:4:8", "P003 plan.yaml:4:38",
        "P012 plan.yaml:5:26", "P114 plan.yaml:6:21", "P114 plan.yaml:6:37", "P116 plan.yaml:6:42",
        "P114 plan.yaml:8:12", "P116 plan.yaml:9:27", "P112 plan.yaml:12:22", "P114 plan.yaml:13:28",
        "P111 plan.yaml:13:39", "P110 plan.yaml:14:1",
      ])
    #expect(findings.warningCount == 1)
    let unknown = findings.kept.filter { $0.code == SpecificationCodes.unknownKey }
    #expect(unknown.map(\.hint) == ["did you mean `sales`?", "did you mean `budget`?"])
  }

  @Test func `limits are checked against one another`() throws {
    let yaml = """
      budget:
        quarter: 100
        spend_types: [training]
        floors: {region: {east: 20}, spend_type: {trainng: 3}}
        caps: {region: {east: 10}}
      calendar: {start: 2026-01, history_from: 2026-03}
      goals: {by: 2025-12}

      """
    let (_, findings) = try PlanFiles(["plan.yaml": yaml]).load()
    #expect(
      findings.kept.map(\.summary) == [
        "P005 plan.yaml:4:27", "P006 plan.yaml:4:45", "P008 plan.yaml:6:42", "P008 plan.yaml:7:13",
      ])
    #expect(findings.kept.first?.marked == "20")
    #expect(findings.kept.first?.message == "region `east`: the floor 20 is above the cap 10")
    #expect(findings.kept[1].hint == "did you mean `training`?")
  }

  @Test(arguments: ["Datasets/telecom-dealers/plan.yaml", "Models/plans/scanner.yaml"])
  func `the plans of the package load with nothing but the warning about the goals`(path: String) throws {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    var findings = Findings()
    let loaded = Plan.load(path: root + "/" + path, findings: &findings)
    #expect(loaded != nil)
    #expect(findings.kept.allSatisfy { $0.code == PlanCodes.contradictingGoals }, "\(findings.kept.map(\.message))")
    for scenario in loaded?.plan.scenarioNames ?? [] {
      var findings = Findings()
      _ = Plan.load(path: root + "/" + path, scenario: scenario, findings: &findings)
      #expect(!findings.hasErrors)
    }
  }

  @Test func `a section that is none is one finding, and huge numbers are refused`() throws {
    let (_, findings) = try PlanFiles(["plan.yaml": "budget: 5\n"]).load()
    #expect(findings.kept.map(\.summary) == ["P112 plan.yaml:1:9"])
    let huge = "goals: {active_partners: 9223372036854775807, cities_open: 3}\nbudget: {quarter: 922337203685477}\n"
    let (_, refused) = try PlanFiles(["plan.yaml": huge]).load()
    #expect(refused.kept.map(\.summary) == ["P114 plan.yaml:1:26", "P114 plan.yaml:2:19"])
  }

  @Test func `weeks may be running numbers`() throws {
    let yaml = "calendar: {frequency: week, start: 140}\ndata: {sales: s.csv}\n"
    let (loaded, findings) = try PlanFiles(["plan.yaml": yaml]).load()
    #expect(findings.count == 0)
    #expect(loaded?.plan.calendar.start?.value == .number(140))
    #expect(loaded?.plan.data[.sales]?.periodsAreNumbers == true)
  }
}
