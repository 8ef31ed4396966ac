import Foundation
import Specifications
import Tables

@testable import Benchmarking

/// A folder with a suite and its data, gone at the end of the test.
final class SuiteFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "suite-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ text: String, _ name: String, isExecutable: Bool = false) throws -> String {
    let file = path + "/" + name
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    if isExecutable { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file) }
    return file
  }

  /// Two series of months: `a` rises by one, `b` has a season of four.
  func writeMonths(count: Int = 24, name: String = "table.csv") throws {
    var text = "id,month,y,split\n"
    for index in 0..<count {
      let month = "\(2020 + index / 12)-" + (index % 12 < 9 ? "0" : "") + "\(index % 12 + 1)"
      let split = index < count - 4 ? "train" : "test"
      text += "a,\(month),\(100 + index),\(split)\nb,\(month),\([10, 20, 30, 15][index % 4]),\(split)\n"
    }
    try write(text, name)
  }

  func suite(_ text: String) throws -> (suite: BenchmarkSuite?, findings: Findings) {
    let file = try write(text, "suite.yaml")
    var findings = Findings()
    return (BenchmarkSuite.read(file, findings: &findings), findings)
  }

  func results(_ text: String) throws -> (results: BenchmarkResults?, findings: Findings) {
    var (suite, findings) = try suite(text)
    guard let suite else { return (nil, findings) }
    return (BenchmarkRun(suite).results(findings: &findings), findings)
  }
}

/// The smallest task, with further lines for the task.
func suiteText(models: String = "[naive, seasonal_naive]", _ lines: [String] = ["horizon: 4", "season: 4"]) -> String {
  """
  models: \(models)
  tasks:
    - name: months
      data: table.csv
      id: id
      time: month
      value: y

  """ + lines.map { "    \($0)\n" }.joined()
}
