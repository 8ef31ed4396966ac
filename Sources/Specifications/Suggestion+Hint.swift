package import Tables

extension Suggestion {
  /// `did you mean …?` where a word is near, the words themselves where none is.
  package static func hint(for word: String, among words: [String]) -> String {
    if let nearest = closest(to: word, among: words) { return "did you mean `\(nearest)`?" }
    let shown = 12
    return "one of: " + words.prefix(shown).joined(separator: ", ") + (words.count > shown ? ", …" : "")
  }
}
