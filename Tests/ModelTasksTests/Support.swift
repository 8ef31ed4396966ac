import Foundation
import ModelTasks
import Regression
import Specifications
import Tables
import Testing

/// A folder of small tables and model files that is removed when the test ends.
final class Desk {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "sluice-model-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    let file = url.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  /// Reads a table for a model, both given as text.
  func read(_ table: String, _ model: String) throws -> (data: ModelData?, findings: [Diagnostic]) {
    let path = try write(table, to: "table.csv")
    var findings = Findings()
    let file = try #require(
      RegressionFile.read(try write(model, to: "model.yaml"), findings: &findings), "\(findings.kept.map(\.message))")
    let data = ModelData.read(path, fitting: file, findings: &findings)
    return (data, findings.kept)
  }
}

extension Diagnostic {
  /// `R101 model.yaml:2:9`
  var summary: String {
    let file = place?.file.split(separator: "/").last.map(String.init) ?? ""
    let line = place?.line.map { ":\($0)" } ?? ""
    let column = place?.column.map { ":\($0)" } ?? ""
    return "\(code.id) \(file)\(line)\(column)"
  }
}

extension Predictors.Values {
  var numbers: [Double]? { if case .numeric(let values) = self { values } else { nil } }
  /// The level of each row; nil where it is missing.
  var words: [String?]? {
    guard case .factor(let codes, let levels) = self else { return nil }
    return codes.map { $0 < 0 ? nil : levels[Int($0)] }
  }
}
