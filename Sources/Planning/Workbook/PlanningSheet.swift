/// Where things stand on the editable sheets of a workbook: the one place that its writer and its reader share.
///
/// Rows and columns count from 1, as the application shows them. Both sheets open with a title, the run that they come
/// from, instructions, the total, and the header of the rows below.
package enum PlanningSheet {
  /// What a sheet edits; the text stands in its cell `kindColumn` of `identityRow`, whatever the sheet is called.
  package enum Kind: String, CaseIterable {
    case budget = "sluice budget 1"
    case targets = "sluice targets 1"
  }

  package static let titleRow = 1
  /// The run's name, the plan's name, the run's input hash and the kind, each behind its label.
  package static let identityRow = 2
  package static let runColumn = 2
  package static let planColumn = 4
  package static let hashColumn = 6
  package static let kindColumn = 7
  package static let firstInstructionRow = 3
  package static let bandRow = 6
  package static let totalRow = 7
  package static let headerRow = 8
  package static let firstRow = 9

  /// The budget: a row for each region's whole money, and below it one for each of its spend types.
  package enum Budget {
    package static let region = 1
    /// Empty in the row of a whole region.
    package static let spendType = 2
    package static let now = 3
    package static let plan = 4
    package static let yours = 5
    package static let lock = 6
    package static let share = 7
    package static let held = 8
  }

  /// The targets: a row for each region, and below all of them one for each partner and line. The header names the
  /// periods twice: first those of the plan's amounts, then those of the user's.
  package enum Targets {
    package static let region = 1
    /// Empty in the row of a whole region.
    package static let partner = 2
    package static let line = 3
    package static let firstPeriod = 4
    package static func plan(_ period: Int) -> Int { firstPeriod + period }
    package static func yours(_ period: Int, of count: Int) -> Int { firstPeriod + count + period }
    package static func lock(_ count: Int) -> Int { firstPeriod + 2 * count }
    package static func share(_ count: Int) -> Int { lock(count) + 1 }
  }

  /// What may stand in a lock cell, in either language; an empty cell locks nothing.
  package static let lockWords = ["yes", "是"]
}
