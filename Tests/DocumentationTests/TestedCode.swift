import Foundation
import Testing

/// Code of a test that a page prints as well: what readers copy has run.
struct TestedCode {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The test's own source.
  let file: String

  /// Holds a page to the lines between `// MARK begins` and `// MARK ends`, without their indentation; where the test
  /// loads the sample plan by its variable `plan`, the page says `"plan.yaml"`.
  func isPrinted(in page: String, mark: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let source = try String(contentsOf: URL(filePath: file), encoding: .utf8)
    let text = try String(contentsOf: Self.root.appending(path: page), encoding: .utf8)
    let begin = try #require(source.range(of: "// \(mark) begins\n"), sourceLocation: sourceLocation)
    let end = try #require(source.range(of: "    // \(mark) ends\n"), sourceLocation: sourceLocation)
    let lines = source[begin.upperBound..<end.lowerBound].split(separator: "\n", omittingEmptySubsequences: false)
    var code = lines.map { $0.hasPrefix("    ") ? $0.dropFirst(4) : $0 }.joined(separator: "\n")
      .trimmingCharacters(in: .newlines)
    if page.hasSuffix("README.md") == false { code = code.replacing("path: plan,", with: #"path: "plan.yaml","#) }
    #expect(text.contains(code), "the code of \(page) differs from what was tested", sourceLocation: sourceLocation)
  }
}
