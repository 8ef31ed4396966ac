import Synchronization

/// Sections of the top level that were decoded without a finding: a document of the same files that has one of them
/// unchanged takes it from here, so that a patch of one value costs the decoding of one section.
///
/// A section may depend on one that is decoded before it (periods are read by the calendar's frequency). A document in
/// which that one differs takes nothing.
public final class DecodedSections: Sendable {
  private struct Section: Sendable {
    var node: LocatedNode
    var result: any Sendable
    var values: [ResolvedValue]
  }

  /// The key of the section that others depend on.
  let first: String
  private let known = Mutex<[String: Section]>([:])

  public init(first: String) { self.first = first }

  /// What the section was decoded to, with its values; nil where it is another one or was not decoded yet.
  func found<Result: Sendable>(_ key: String, _ node: LocatedNode) -> (result: Result, values: [ResolvedValue])? {
    known.withLock { known in
      guard let section = known[key], section.node == node, let result = section.result as? Result else { return nil }
      return (result, section.values)
    }
  }

  func isFirst(_ node: LocatedNode) -> Bool { known.withLock { $0[first].map { $0.node == node } ?? true } }

  func keep(_ key: String, _ node: LocatedNode, _ result: some Sendable, _ values: [ResolvedValue]) {
    known.withLock { $0[key] = $0[key] ?? Section(node: node, result: result, values: values) }
  }
}
