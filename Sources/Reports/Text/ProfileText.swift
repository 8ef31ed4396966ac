import ChannelTypes
public import Planning

/// What `sluice check` prints about the tables that it read: rows, periods, gaps, and which could not be read.
public enum ProfileText {
  public static func text(_ profiles: [DataProfile]) -> String {
    var table = TextTable([
      .init("table", .left), .init("", .left), .init("rows"), .init("periods", .left), .init("gaps"),
      .init("file", .left), .init("read as", .left),
    ])
    for profile in profiles {
      var periods = ""
      if let first = profile.first, let last = profile.last { periods = "\(first)..\(last)" }
      table.add(
        profile.table.rawValue, mark(profile), profile.rows.map { NumberText.grouped($0) } ?? "", periods,
        periods.isEmpty ? "" : NumberText.grouped(profile.gaps), profile.file,
        profile.dialect)
    }
    return table.text
  }

  /// The line that ends a check in which the budget's limits were found to be compatible.
  public static func feasible(loadedFrom plan: String) -> String {
    "\nthe budget of \(plan) can be placed within all its floors, caps and move limits\n"
  }

  private static func mark(_ profile: DataProfile) -> String {
    guard let rows = profile.rows else { return "not read" }
    return rows == 0 || profile.gaps > 0 ? "look" : "ok"
  }
}
