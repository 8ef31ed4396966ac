import Foundation
import Sluice
import Testing

private let root = TestedCode.root

/// The code of the README, run: the text between its fences and this function's body are the same lines.
@Suite struct ReadmeTests {
  @Test func theLibraryInThirtyLines() async throws {
    var output = ""
    func print(_ text: String) { output += text + "\n" }
    let plan = root.appending(path: "Datasets/telecom-dealers/plan.yaml").path

    // README begins
    var findings = Findings()
    guard
      let loaded = Plan.load(path: plan, overrides: ["budget.quarter=*1.1"], findings: &findings),
      let run = await Run.evaluate(loaded, only: [.forecast, .budget], threads: 2, findings: &findings)
    else {
      print(DiagnosticRenderer().text(findings))
      return
    }
    for stage in run.stages {
      for certificate in stage.output?.certificates ?? [] {
        print("\(certificate.problem): \(certificate.status), gap \(certificate.relativeGap)")
      }
    }
    if let allocation = run.tables.first(where: { $0.name == "region_allocation" }),
      let regions = allocation.text("region"), let amounts = allocation.money("plan")
    {
      for row in 0..<allocation.rowCount { print("\(regions[row] ?? "")  \(amounts[row])") }
    }

    // Any part alone: a series, a regression, an allocation.
    let sales = [112.0, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118]
    let forecast = try ExponentialSmoothing().fit(sales, season: 1).forecast(horizon: 3)
    print("next: \(forecast.mean)")
    // README ends

    #expect(findings.hasErrors == false)
    #expect(output.contains("budget: optimal, gap "))
    #expect(output.contains("shanghai  "))
    #expect(forecast.mean.count == 3 && forecast.mean.allSatisfy(\.isFinite))
    try TestedCode(file: #filePath).isPrinted(in: "README.md", mark: "README")
  }

  @Test func theReadmesCommandsExist() throws {
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    for command in ["script/demo", "script/test"] {
      #expect(readme.contains(command))
      #expect(FileManager.default.isExecutableFile(atPath: root.appending(path: command).path))
    }
  }
}
