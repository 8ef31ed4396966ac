import Tables

extension MappingCursor {
  /// Reads a list of pairs such as `[[0, 0.10], [100000, 0.12]]`; empty where the key is absent. Items that are no
  /// pair, or hold a wrong value, are left out with a finding.
  public mutating func pairs<First, Second>(
    _ key: String, of first: ScalarFormat<First>, and second: ScalarFormat<Second>
  ) -> [(first: Located<First>, second: Located<Second>)] {
    guard let node = take(key) else { return [] }
    guard case .sequence(let items) = node.content else {
      decoder.report(
        SpecificationCodes.wrongShape, "`\(name(key))` is \(node.kind), where a list of pairs is expected",
        at: node.origin, hint: "write [[first, second], [first, second]]")
      return []
    }
    var read: [(first: Located<First>, second: Located<Second>)] = []
    for (index, item) in items.enumerated() {
      let label = "\(name(key)) item \(index + 1)"
      guard case .sequence(let pair) = item.content, pair.count == 2 else {
        decoder.report(
          SpecificationCodes.wrongShape, "`\(label)` is no pair", at: item.origin,
          hint: "write [\(first.expected), \(second.expected)]")
        continue
      }
      let left = value(of: pair[0], label, first, default: nil, path: nil)
      let right = value(of: pair[1], label, second, default: nil, path: nil)
      if let left, let right { read.append((left, right)) }
    }
    let text = read.map { "[" + first.write($0.first.value) + ", " + second.write($0.second.value) + "]" }
    decoder.record(path + [key], "[" + text.joined(separator: ", ") + "]", source: node.origin.description)
    return read
  }
}
