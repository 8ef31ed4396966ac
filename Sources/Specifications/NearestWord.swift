/// The known word that a misspelt one probably stands for.
package enum NearestWord {
  /// The nearest of `words` by edits of single letters and swaps of neighbours; nil where none is near.
  package static func of(_ word: String, in words: [String]) -> String? {
    let limit = max(1, word.count / 3)
    let ranked = words.map { ($0, distance(Array(word.lowercased()), Array($0.lowercased()))) }
    return ranked.filter { $0.1 <= limit }.min { $0.1 < $1.1 }?.0
  }

  /// `did you mean …?` where a word is near, the whole list where none is.
  package static func hint(for word: String, among words: [String]) -> String {
    of(word, in: words).map { "did you mean `\($0)`?" } ?? "one of: \(words.joined(separator: ", "))"
  }

  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var previous = Array(0...right.count)
    var beforePrevious = previous
    for (i, a) in left.enumerated() {
      var current = [i + 1]
      for (j, b) in right.enumerated() {
        var best = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a == b ? 0 : 1))
        if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { best = min(best, beforePrevious[j - 1] + 1) }
        current.append(best)
      }
      (beforePrevious, previous) = (previous, current)
    }
    return previous[right.count]
  }
}
