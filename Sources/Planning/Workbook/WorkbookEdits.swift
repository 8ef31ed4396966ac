public import ChannelTypes
public import Specifications
public import Tables

/// What somebody changed on the editable sheets of a workbook, as patches of the plan that its run was made from.
///
/// A cell that stands as the workbook was written changes nothing: the same workbook read back gives no patches.
public struct WorkbookEdits: Sendable {
  /// One cell that changes the plan.
  public struct Change: Sendable, Hashable {
    /// `edited.xlsx#Plan budget!E7`
    public var place: SourcePlace
    /// `budget.locked.region.east`
    public var key: String
    public var amount: Money
  }

  /// The path as the user wrote it.
  public let file: String
  /// The run that the workbook was written from, by its folder's name, and its plan.
  public internal(set) var run = ""
  public internal(set) var plan = ""
  /// In the order of the sheets and rows.
  public internal(set) var changes: [Change] = []
  public internal(set) var patches: [Patch] = []

  init(file: String) { self.file = file }

  mutating func set(_ path: [String], _ amount: Money, at place: SourcePlace) {
    let origin = Origin(.workbook, at: place)
    patches.append(Patch(path: path, value: amount.plainDescription, from: origin))
    changes.append(Change(place: place, key: path.joined(separator: "."), amount: amount))
  }

  /// A lock of a sum of targets; nobody in `scope` means the whole company.
  mutating func lockTarget(
    _ scope: (level: String, id: String)?, _ period: Period, _ amount: Money, at place: SourcePlace
  ) {
    var section = scope.map { [(key: $0.level, value: $0.id, isName: true)] } ?? []
    section.append((period.form == .year ? "year" : "period", period.description, false))
    section.append(("amount", amount.plainDescription, false))
    patches.append(Patch(appendingTo: ["targets", "locked"], section, from: Origin(.workbook, at: place)))
    let name = ["targets", "locked"] + (scope.map { [$0.level, $0.id] } ?? []) + [period.description]
    changes.append(Change(place: place, key: name.joined(separator: "."), amount: amount))
  }

  /// What only the plan can tell: that the workbook is of this plan, and that targets fit its unit. Says what changes.
  public func check(against plan: Plan, findings: inout Findings) {
    if !self.plan.isEmpty, self.plan != plan.name {
      findings.add(
        Diagnostic(
          WorkbookCodes.otherPlan,
          "the workbook was written from a run of the plan `\(self.plan)`, this is `\(plan.name)`",
          at: SourcePlace(file: file), hint: "use the workbook of a run of this plan"))
      return
    }
    if let unit = plan.targets?.unit.value, unit > .zero {
      for change in changes
      where change.key.hasPrefix("targets.") && change.amount.tenThousandths % unit.tenThousandths != 0 {
        let nearest = Money(
          tenThousandths: (change.amount.tenThousandths + unit.tenThousandths / 2) / unit.tenThousandths
            * unit.tenThousandths)
        findings.add(
          Diagnostic(
            WorkbookCodes.improperUnit,
            "\(change.amount.plainDescription) is no multiple of targets.unit = \(unit.plainDescription)",
            at: change.place, hint: "write \(nearest.plainDescription)"))
      }
    }
    guard !changes.isEmpty else {
      findings.add(
        Diagnostic(
          WorkbookCodes.changes, .note, "the workbook changes nothing", at: SourcePlace(file: file),
          hint: "type an amount into a marked cell, or `yes` beside an amount that must stay"))
      return
    }
    let shown = changes.prefix(Self.shown).map {
      "\($0.key) = \($0.amount.plainDescription) (\($0.place.description))"
    }
    let more = changes.count > Self.shown ? ["and \(changes.count - Self.shown) more"] : []
    findings.add(
      Diagnostic(
        WorkbookCodes.changes, .note,
        "the workbook changes \(changes.count) \(changes.count == 1 ? "value" : "values") of the plan"
          + (run.isEmpty ? "" : "; it was written from \(run)"), at: SourcePlace(file: file), notes: shown + more))
  }

  /// How many changes a note lists.
  private static let shown = 20
}
