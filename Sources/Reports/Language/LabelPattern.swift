/// A key of the glossary whose `{}` stand for any text: finds what they stand for in a label.
struct LabelPattern: Sendable {
  let key: String
  private let pieces: [String]

  init?(key: String) {
    let pieces = key.split(separator: "{}", omittingEmptySubsequences: false).map(String.init)
    guard pieces.count > 1 else { return nil }
    (self.key, self.pieces) = (key, pieces)
  }

  /// Characters that must agree: patterns with more of them are tried first.
  var length: Int { pieces.reduce(0) { $0 + $1.count } }

  /// The texts in place of `{}`, each as short as can be; nil where the label is none of this pattern.
  func arguments(in label: String) -> [String]? {
    guard label.hasPrefix(pieces[0]) else { return nil }
    var rest = label[...].dropFirst(pieces[0].count)
    var found: [String] = []
    for (index, piece) in pieces.enumerated().dropFirst() {
      if index == pieces.count - 1 {
        guard rest.hasSuffix(piece) else { return nil }
        found.append(String(rest.dropLast(piece.count)))
        return found
      }
      guard !piece.isEmpty, let place = rest.firstRange(of: piece) else { return nil }
      found.append(String(rest[..<place.lowerBound]))
      rest = rest[place.upperBound...]
    }
    return found
  }
}
