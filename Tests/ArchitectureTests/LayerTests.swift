import Foundation
import Testing

/// Imports point down only: this table is the architecture, and the sources are held to it.
private let layers: [(layer: Int, module: String, sameLayer: Set<String>)] = [
  (0, "COpenBLAS", []), (0, "CHiGHS", []), (0, "CZlib", []),
  (0, "CZip", []), (0, "CExpat", []), (0, "CXLSXWriter", []),
  (1, "ChannelTypes", []), (1, "Probability", []), (1, "LinearAlgebra", []),
  // Typed columns hold money and periods, which are ChannelTypes' words.
  (1, "Tables", ["ChannelTypes"]),
  (2, "Regression", []), (2, "TimeSeries", []), (2, "Optimization", []),
  (3, "Demand", []), (3, "Churn", []), (3, "Allocation", []), (3, "Partners", []), (3, "SampleNetwork", []),
  (4, "Specifications", []),
  (5, "Planning", []), (5, "ModelTasks", []), (5, "Benchmarking", []),
  (5, "Reports", ["Planning", "ModelTasks", "Benchmarking"]),
  (6, "Sluice", []),
  (7, "SluiceCLI", []),
]

/// Who alone may import a library: everything else reaches it through that module.
private let soleImporters: [String: Set<String>] = [
  "COpenBLAS": ["LinearAlgebra"],
  "CHiGHS": ["Optimization/Solvers/HiGHS.swift"],
  "CZlib": ["Tables"],
  "CZip": ["Tables"],
  "CExpat": ["Tables"],
  "CXLSXWriter": ["Reports"],
  "Yams": ["Specifications"],
  "CYaml": ["Specifications"],
  "Mustache": ["Reports"],
  "ArgumentParser": ["SluiceCLI"],
]

/// Below layer 3 nobody knows a business word: no module there imports this one.
private let vocabulary = "ChannelTypes"

private let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "Sources")

private struct Import {
  let file: String
  let line: Int
  let module: String
}

private func imports(of module: String) throws -> [Import] {
  let folder = sources.appending(path: module)
  var found: [Import] = []
  for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where path.hasSuffix(".swift") {
    let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.split(separator: " ")
      guard let position = words.firstIndex(of: "import"), words.count > position + 1,
        words[..<position].allSatisfy({
          ["public", "package", "internal", "private", "fileprivate"].contains($0) || $0.hasPrefix("@")
        })
      else { continue }
      let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
      var name = words[position + 1]
      if kinds.contains(name), words.count > position + 2 { name = words[position + 2] }
      found.append(Import(file: "\(module)/\(path)", line: index + 1, module: String(name.prefix { $0 != "." })))
    }
  }
  return found
}

@Test func everyModuleStandsInTheLayerTable() throws {
  let folders = try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { !$0.hasPrefix(".") }
  #expect(Set(folders) == Set(layers.map(\.module)), "Sources and the layer table differ")
}

@Test(arguments: layers.map(\.module))
func importsPointDown(module: String) throws {
  let own = try #require(layers.first { $0.module == module })
  for found in try imports(of: module) {
    guard let other = layers.first(where: { $0.module == found.module }) else { continue }
    let isAllowed =
      other.layer < own.layer && (other.module != vocabulary || own.layer >= 3 || own.sameLayer.contains(vocabulary))
      || own.sameLayer.contains(other.module)
    #expect(isAllowed, "\(found.file):\(found.line) imports \(found.module) against the layer table")
  }
}

@Test(arguments: layers.map(\.module))
func librariesHaveOneImporter(module: String) throws {
  for found in try imports(of: module) {
    guard let allowed = soleImporters[found.module] else { continue }
    #expect(
      allowed.contains(module) || allowed.contains(found.file),
      "\(found.file):\(found.line) imports \(found.module); only \(allowed.sorted()) may")
  }
}

@Test func theReaderOfImportsSeesThem() throws {
  // Guards against a reader that finds nothing and so finds nothing wrong.
  #expect(try imports(of: "Reports").contains { $0.module == "Planning" })
  #expect(try imports(of: "Tables").contains { $0.module == "ChannelTypes" })
}

@Test func noSourceNamesAMachine() throws {
  let banned = ["/ho" + "me/", "/wo" + "rk/", "/ro" + "ot/"]
  for layer in layers where layer.layer > 0 {
    let folder = sources.appending(path: layer.module)
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where path.hasSuffix(".swift") {
      let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
      for word in banned { #expect(!text.contains(word), "\(layer.module)/\(path) names a machine path \(word)") }
    }
  }
}
