/// The Chinese of every phrase, one list for each part of the report.
enum Chinese {
  static let phrases: [String: String] = lists.reduce(into: [:]) { all, list in
    all.merge(list) { first, _ in first }
  }

  private static let lists: [[String: String]] = [general]

  /// What several parts share.
  static let general: [String: String] = [:]
}
