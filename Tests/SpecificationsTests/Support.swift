import Specifications
import Tables

/// Parses a text and decodes it with a body; what a test looks at afterwards.
struct Decoded<Value> {
  var value: Value?
  var values: ResolvedDocument
  var findings: Findings
}

func decode<Value>(
  _ yaml: String, sets: [String] = [], environment: [String: String] = [:],
  _ body: (inout MappingCursor) -> Value
) -> Decoded<Value> {
  var findings = Findings()
  guard var document = SpecificationDocument.parse(yaml, file: "spec.yaml", findings: &findings) else {
    return Decoded(value: nil, values: ResolvedDocument([]), findings: findings)
  }
  document.apply(sets.compactMap { Patch(setting: $0, findings: &findings) }, findings: &findings)
  let (value, values) = SpecificationDecoder.decode(
    document, environment: environment, findings: &findings, body)
  return Decoded(value: value, values: values, findings: findings)
}

/// The findings of a text that nobody decodes.
func findings(_ yaml: String) -> [Diagnostic] {
  var findings = Findings()
  _ = SpecificationDocument.parse(yaml, file: "spec.yaml", findings: &findings)
  return findings.kept
}

extension Diagnostic {
  /// `P110 spec.yaml:3:5`
  var summary: String { code.id + " " + (place?.description ?? "") }
  /// What the caret marks.
  var marked: String {
    guard let excerpt else { return "" }
    return String(excerpt.text.dropFirst(excerpt.caret).prefix(excerpt.length))
  }
}
