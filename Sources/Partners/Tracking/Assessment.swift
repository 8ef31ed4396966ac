public import ChannelTypes
public import Tables

/// How often a figure is assessed, and which departments answer for it.
public struct AssessmentRule: Sendable, Hashable {
  public var measure: TargetCube.Measure
  /// Months, quarters, years.
  public var every: [PeriodForm]
  public var departments: [String]
  /// The line of the plan.
  public var place: SourcePlace?

  public init(
    _ measure: TargetCube.Measure, every: [PeriodForm], departments: [String] = [], place: SourcePlace? = nil
  ) {
    self.measure = measure
    self.every = every
    self.departments = departments
    self.place = place
  }
}

/// One line of the list of assessments that are due.
public struct Assessment: Sendable, Hashable {
  public var rule: AssessmentRule
  public var node: TargetCube.Node
  public var standing: TargetStanding
  /// The day on which it is to be done.
  public var due: Period
  /// Whether the period is over, so that the assessment can be made.
  public var isDue: Bool

  /// The assessments of the company and its regions, of the year of the last known month and the planned ones, by due
  /// day.
  ///
  /// - Parameter dueDays: days after the end of a period until its assessment is due.
  public static func list(
    _ rules: [AssessmentRule], cubes: [TargetCube], from year: Period, dueDays: Int
  ) -> [Assessment] {
    var list: [Assessment] = []
    for rule in rules {
      guard let cube = cubes.first(where: { $0.measure == rule.measure }) else { continue }
      let nodes = cube.nodes.indices.filter { cube.nodes[$0].level == .company || cube.nodes[$0].level == .region }
      for form in rule.every {
        for period in cube.periods(form) {
          guard let own = period.containing(.year), own >= year, let next = period.advanced(by: 1).firstDay else {
            continue
          }
          let due = Period.day(CivilDate(daysSinceEpoch: next.daysSinceEpoch - 1 + dueDays))
          for node in nodes {
            guard let standing = cube.standing(node: node, in: period), standing.target != nil else { continue }
            list.append(
              Assessment(
                rule: rule, node: cube.nodes[node], standing: standing, due: due, isDue: standing.openMonths == 0))
          }
        }
      }
    }
    return list.enumerated().sorted { ($0.element.due, $0.offset) < ($1.element.due, $1.offset) }.map(\.element)
  }
}
