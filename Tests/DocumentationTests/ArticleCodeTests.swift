import Foundation
import Sluice
import Testing

/// The Swift code of the articles, run: the text between their fences and these bodies are the same lines.
@Suite struct ArticleCodeTests {
  private static let plan = TestedCode.root.appending(path: "Datasets/telecom-dealers/plan.yaml").path

  private func check(_ article: String, mark: String? = nil) throws {
    try TestedCode(file: #filePath)
      .isPrinted(in: "Sources/Sluice/Sluice.docc/\(article).md", mark: mark ?? article)
  }

  @Test func budgetsAreDividedAlone() throws {
    var output = ""
    func print(_ items: Any...) { output += items.map { "\($0)" }.joined(separator: " ") + "\n" }

    // Allocation begins
    var problem = BudgetProblem(
      items: [
        .init(
          region: "east", spendType: "ads", curve: ResponseCurve(family: .hill, amplitude: 100, scale: 4), now: Money(5)
        ),
        .init(
          region: "west", spendType: "ads", curve: ResponseCurve(family: .hill, amplitude: 100, scale: 1), now: Money(5)
        ),
      ], total: Money(10))
    problem.valueOfUnspent = 0
    let answer = try problem.answer(within: AllocationLimits())
    print(answer.status, answer.objective ?? 0, answer.relativeGap ?? 0)
    for price in answer.prices { print(price.limit, price.left, price.right, price.from, price.to) }
    // Allocation ends

    #expect(output.hasPrefix("optimal ") && (answer.objective ?? 0) > 100)
    try check("Allocation")
  }

  @Test func seriesAreForecastAlone() throws {
    func print(_ items: Any...) {}

    // One series begins
    let sales: [Double] = [112, 118, 132, 129, 121, 135, 148, 148, 136, 119]
    var fitted = try DynamicOptimizedTheta().fit(sales, season: 1)
    let next = fitted.forecast(horizon: 3).mean
    fitted.update([121.0].span)
    // One series ends

    // A panel begins
    let panel = SeriesPanel([sales, sales.reversed()], season: 1)
    let auto = try AutoForecaster().fitAuto(panel, horizon: 3)
    let forecast = auto.forecast(panel, probabilities: [0.1, 0.9])
    print(auto.models, auto.weights, forecast.median(series: 0, step: 0))
    // A panel ends

    #expect(next.count == 3 && next.allSatisfy { $0 > 50 && $0 < 250 })
    #expect(fitted.forecast(horizon: 3).mean != next)
    #expect(forecast.median(series: 0, step: 0) > 50)
    try check("Forecasting", mark: "One series")
    try check("Forecasting", mark: "A panel")
  }

  @Test func aTableIsRegressedAlone() throws {
    let rows = 400
    let months = (0..<rows).map { Double($0 % 60) + 1 }
    let codes = (0..<rows).map { Int32($0 * 7919 % 61 > $0 % 60 ? 1 : 0) }
    var data = Predictors(rowCount: rows)
    data["months"] = .numeric(months)
    data["churn"] = .factor(codes: codes, levels: ["No", "Yes"])
    let newData = data

    // Regression begins
    var model = RegressionSpecification(response: "churn", family: .binomial)  // terms and penalty by themselves
    model.event = "Yes"
    model.penalty = .ridge(nil)
    let fit = try model.fit(data)
    let chances = try fit.predict(newData).values
    // Regression ends

    #expect(chances.count == rows && chances[0] > 0.7 && chances[58] < 0.3)
    try check("Regression")
  }

  @Test func aFigureIsTracedToItsInputs() async throws {
    var output = ""
    func print(_ text: String) { output += text + "\n" }
    let plan = Self.plan

    // DealerLoop begins
    var findings = Findings()
    let loaded = Plan.load(path: plan, overrides: ["demand.east=*0.8"], findings: &findings)!
    let run = await Run.evaluate(loaded, only: [.incentives], findings: &findings)!
    let traces = run.stages.first { $0.name == .incentives }!.output!.traces
    print(traces.first("partner:P017", "commission:2025Q4")!.json.indented)
    // DealerLoop ends

    #expect(output.contains("P017") && findings.hasErrors == false)
    try check("DealerLoop")
  }

  @Test func aScenarioIsAskedOfABaseRun() async throws {
    var output = ""
    func print(_ items: Any...) { output += items.map { "\($0)" }.joined(separator: " ") + "\n" }
    let plan = Self.plan

    // WhatIfs begins
    var findings = Findings()
    let source = PlanSource.read(path: plan, findings: &findings)!
    let base = source.plan(findings: &findings)
    let run = await Run.evaluate(base, only: [.demand, .stock], threads: 2, findings: &findings)!
    let study = Study(source, base: run, threads: 2)
    let dip = Patch(setting: "demand.east=*0.8", findings: &findings)!
    let answer = await study.answer(Trial("dip", changes: [dip]), findings: &findings)!
    for figure in answer.figures where !figure.isSame { print(figure.label, figure.change, figure.noise as Any) }
    // WhatIfs ends

    #expect(output.contains("Units planned for the next 12 periods -"))
    try check("WhatIfs")
  }
}
