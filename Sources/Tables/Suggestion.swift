/// “Did you mean …?”: the known name nearest to a mistyped one.
public enum Suggestion {
  /// The candidate nearest to `name`, or nil where none is near enough to be worth naming.
  ///
  /// Names that agree but for case, separators and full-width letters come first; otherwise the smallest edit
  /// distance wins (ties: the first candidate), and at most a third of the letters may differ.
  public static func closest(to name: String, among candidates: some Sequence<String>) -> String? {
    let plainName = plain(name)
    guard !plainName.isEmpty, plainName.count <= 200 else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let plainCandidate = plain(candidate)
      if plainCandidate == plainName { return candidate }
      let longest = max(plainName.count, plainCandidate.count)
      let limit = min(max(1, longest / 3), best.map { $0.distance - 1 } ?? Int.max)
      guard longest > 1, abs(plainName.count - plainCandidate.count) <= limit else { continue }
      let distance = levenshtein(plainName, plainCandidate, limit: limit)
      if distance <= limit { best = (candidate, distance) }
    }
    return best?.name
  }

  /// How many insertions, deletions, substitutions and swaps of neighbours turn one text into the other
  /// (optimal string alignment). O(n·m).
  public static func levenshtein(_ left: String, _ right: String) -> Int {
    levenshtein(Array(left.unicodeScalars), Array(right.unicodeScalars), limit: .max)
  }

  private static func levenshtein(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], limit: Int) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for (i, leftScalar) in left.enumerated() {
      var current = [i + 1]
      current.reserveCapacity(right.count + 1)
      for (j, rightScalar) in right.enumerated() {
        var cost = min(previous[j] + (leftScalar == rightScalar ? 0 : 1), previous[j + 1] + 1, current[j] + 1)
        if i > 0, j > 0, leftScalar == right[j - 1], left[i - 1] == rightScalar {
          cost = min(cost, beforePrevious[j - 1] + 1)
        }
        current.append(cost)
      }
      if let least = current.min(), least > limit { return least }
      beforePrevious = previous
      previous = current
    }
    return previous[right.count]
  }

  /// Lower case, full-width forms as ASCII, without the separators that people leave out or change.
  private static func plain(_ name: String) -> [Unicode.Scalar] {
    FullWidth.narrowed(name).lowercased().unicodeScalars.filter { !" _-.".unicodeScalars.contains($0) }
  }
}

/// Full-width forms of ASCII (U+FF01…U+FF5E) as Chinese and Japanese input methods write them.
enum FullWidth {
  static func isWide(_ character: Character) -> Bool {
    character.unicodeScalars.contains { (0xFF01...0xFF5E).contains($0.value) }
  }

  static func narrowed(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { result.append(narrowed(scalar)) }
    return String(result)
  }

  static func narrowed(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.value {
    case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
    case 0x3000: " "
    default: scalar
    }
  }
}
