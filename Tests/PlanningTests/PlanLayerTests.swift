import ChannelTypes
import Planning
import Specifications
import Tables
import Testing

@Suite struct PlanLayerTests {
  @Test func `each layer goes on top of the one before`() throws {
    let local = "budget:\n  quarter: 1000000\n  reserve_pct: 10\nseed: 8\n"
    let files = try PlanFiles(["plan.yaml": fullPlan, "sluice.local.yaml": local])
    func quarter(
      _ overrides: [String] = [], _ environment: [String: String] = [:], _ scenario: String? = nil
    ) -> String? {
      let (loaded, findings) = files.load(overrides: overrides, environment: environment, scenario: scenario)
      #expect(findings.count == 0, "\(findings.kept.map(\.message))")
      return loaded?.plan.budget?.quarter.value.description
    }
    let environment = ["SLUICE_BUDGET_QUARTER": "2000000", "SLUICE_DATA": "/elsewhere"]
    #expect(quarter() == "1000000.00")
    #expect(quarter([], environment) == "2000000.00")
    #expect(quarter([], environment, "cut") == "1700000.00")
    #expect(quarter(["budget.quarter=+0.5"], environment, "cut") == "1700000.50")
    #expect(quarter(["budget.quarter=9"], environment, "cut") == "9.00")
    let (loaded, _) = files.load(overrides: ["budget.quarter=+0.5"], environment: environment, scenario: "cut")
    let sources = Dictionary(uniqueKeysWithValues: loaded?.resolved.values.map { ($0.name, $0.source) } ?? [])
    let folder = files.folder
    #expect(
      sources["budget.quarter"]
        == "SLUICE_BUDGET_QUARTER, then scenario cut (\(folder)/plan.yaml:68), then --set budget.quarter=+0.5")
    #expect(sources["budget.reserve_pct"] == folder + "/sluice.local.yaml:3")
    #expect(sources["forecast.horizon"] == folder + "/plan.yaml:15")
    #expect(sources["version"] == folder + "/plan.yaml:1")
    #expect(loaded?.plan.budget?.quarter.place.description == "--set budget.quarter=+0.5")
  }

  @Test func `a scenario takes what it extends, and wildcards reach every key`() throws {
    let (loaded, findings) = try PlanFiles(["plan.yaml": fullPlan]).load(scenario: "deep_cut")
    #expect(findings.count == 0)
    #expect(loaded?.plan.scenario == "deep_cut")
    #expect(loaded?.plan.budget?.quarter.value == Money(1_020_000))
    #expect(loaded?.plan.budget?.floors.region["shanghai"]?.value == Money("100000.25"))
    #expect(loaded?.plan.forecast.horizon == 6)
  }

  @Test func `scenarios are checked even where none is asked for`() throws {
    let yaml = """
      scenarios:
        a: {extends: b}
        b: {extends: c}
        c: {extends: a}
        d: {extends: e}
        f: {set: {version: 2, "budget..x": 1}, patch: {}}

      """
    let (_, findings) = try PlanFiles(["plan.yaml": yaml]).load()
    #expect(
      findings.kept.map(\.summary) == [
        "P011 plan.yaml:4:16", "P010 plan.yaml:5:16", "P013 plan.yaml:6:13", "P120 plan.yaml:6:38",
        "P110 plan.yaml:6:42",
      ])
    #expect(findings.kept[0].message == "`a` extends `b` extends `c` extends `a`")
  }

  @Test func `two scenarios of one name, and factors changed by amounts, are refused`() throws {
    let files = try PlanFiles([
      "plan.yaml": "scenarios:\n  base: {}\n  dip: {set: {demand.east: \"*0.8\"}}\n",
      "more.yaml": "scenarios:\n  base: {set: {price.all: \"*1.1\"}}\n  dip: {set: {price.all: \"+5\"}}\n",
    ])
    let more = files.folder + "/more.yaml"
    var findings = Findings()
    _ = PlanSource.read(
      path: files.folder + "/plan.yaml", scenarios: [more], findings: &findings)?
      .plan(findings: &findings)
    let codes = Set(findings.kept.map(\.code))
    #expect(codes.isSuperset(of: [PlanCodes.scenarioTwice, PlanCodes.factorByDifference]))
    #expect(findings.kept.contains { $0.hint == "write *1.05 for 5 % more" })
    #expect(findings.kept.count { $0.code == PlanCodes.scenarioTwice } == 2)
    let (_, small) = files.load(overrides: ["price.all=+0.05"])
    #expect(!small.kept.contains { $0.code == PlanCodes.factorByDifference })
  }

  @Test func `an unknown scenario or setting names the nearest`() throws {
    let files = try PlanFiles(["plan.yaml": fullPlan])
    let (_, unknown) = files.load(scenario: "deepcut")
    #expect(unknown.kept.map(\.code) == [PlanCodes.unknownScenario])
    #expect(unknown.kept.first?.hint == "did you mean `deep_cut`?")
    let (_, setting) = files.load(overrides: ["forecast.horizn=3", "budget.floors.region.shangai=*0.9"])
    #expect(setting.kept.map(\.code) == [SpecificationCodes.unknownKey, SpecificationCodes.nothingToChange])
    #expect(setting.kept.first?.hint == "did you mean `horizon`?")
    #expect(setting.kept.first?.place?.description == "--set forecast.horizn=3")
  }

  @Test func `the resolved plan reads back as the same plan`() throws {
    let (loaded, _) = try PlanFiles(["plan.yaml": fullPlan]).load(scenario: "deep_cut")
    let text = try #require(loaded?.resolvedYAML(header: ["resolved by a test"]))
    #expect(text.contains("  quarter: 1020000"))
    #expect(text.contains("# default") == false, "\(text.split(separator: "\n").filter { $0.contains("# default") })")
    let (again, findings) = try PlanFiles(["plan.yaml": text]).load()
    #expect(findings.count == 0, "\(findings.kept.map(\.message))\n\(text)")
    let sections = ["calendar", "forecast", "churn", "budget", "inventory", "goals", "hierarchy", "currency"]
    #expect(again?.plan.canonicalText(sections: sections) == loaded?.plan.canonicalText(sections: sections))
  }

  @Test func `a section's canonical text changes with that section only`() throws {
    let files = try PlanFiles(["plan.yaml": fullPlan])
    let base = try #require(files.load().loaded?.plan)
    let cut = try #require(files.load(overrides: ["budget.quarter=*0.9"]).loaded?.plan)
    #expect(base.canonicalText(sections: ["forecast"]) == cut.canonicalText(sections: ["forecast"]))
    #expect(base.canonicalText(sections: ["budget"]) != cut.canonicalText(sections: ["budget"]))
    #expect(base.canonicalText(sections: ["budget"]).contains("budget.quarter: 1200000\n"))
  }
}
