public import ChannelTypes
public import Tables

/// Targets that were planned for the months to come: member × month.
public struct PlannedTargets: Sendable {
  public struct Member: Sendable, Hashable {
    /// A partner, or a line for customers still to be won.
    public var id: String
    public var region: String
    /// The id of the member of staff who answers for it; empty where nobody is named.
    public var owner: String

    public init(_ id: String, region: String, owner: String = "") {
      self.id = id
      self.region = region
      self.owner = owner
    }
  }

  public var members: [Member]
  public var firstMonth: Period
  public var monthCount: Int
  /// Member by member, months contiguous.
  public var amounts: [Money]
  /// Prepayments of the same shape; empty where none are planned.
  public var prepayments: [Money]

  public init(
    members: [Member], firstMonth: Period, monthCount: Int, amounts: [Money], prepayments: [Money] = []
  ) {
    self.members = members
    self.firstMonth = firstMonth
    self.monthCount = monthCount
    self.amounts = amounts
    self.prepayments = prepayments
  }
}

/// The revenue of every partner, person, department, region and of the company against its targets.
///
/// 1. Targets of partners: rows of the table of targets for months that are over, the planned ones from then on (the
///    table's where nothing is planned). A target of a quarter or year is spread evenly over its months, cents to the
///    earlier.
/// 2. Each is adjusted by its region's factor of the quarter and rounded to the cent.
/// 3. Regions, persons, departments and the company are sums of partners. Rows of the table for a region or a person
///    take the place of the sum in their months; the company is always the sum of regions.
public struct RevenueTargets: Sendable {
  public private(set) var cube: TargetCube
  /// Nodes of the cube by partner (and line for new customers) and by region.
  public private(set) var partnerNodes: [String: Int] = [:]
  public private(set) var regionNodes: [String: Int] = [:]
  /// Where a partner's amounts are added as well, by its node: region, person, department; −1 where there is none.
  /// Persons of months that are over, then of the planned ones.
  public private(set) var parents: [Parents] = []
  public private(set) var company = 0
  private var staffNodes: [String: Int] = [:]
  private var departmentNodes: [String: Int] = [:]

  public struct Parents: Sendable, Hashable {
    public var region = -1
    public var formerStaff = -1
    public var staff = -1
    public var formerDepartment = -1
    public var department = -1
  }

  /// - Parameters:
  ///   - statements: the table of targets; nil where there is none.
  ///   - planned: targets of the plan; nil where it makes none.
  ///   - staff: department and region of each member of staff.
  ///   - factor: what a region's targets of a quarter are multiplied by.
  /// Complexity: O(rows + partners · months).
  public init(
    history: ChannelHistory, statements: Table?, planned: PlannedTargets?,
    staff: [String: (department: String, region: String)] = [:], factor: (String, Period) -> Percent
  ) {
    let span = Self.span(history, planned, statements)
    cube = TargetCube(
      .revenue, firstMonth: span.first, monthCount: span.count,
      knownMonths: history.nextMonth.ordinal - span.first.ordinal)
    for partner in history.partners { addPartner(partner.id, partner.region) }
    for member in planned?.members ?? [] where partnerNodes[member.id] == nil { addPartner(member.id, member.region) }
    setActuals(history)
    let rows = TargetRows(statements, .revenue, firstMonth: cube.firstMonth, monthCount: cube.monthCount)
    let owners = state(rows)
    plan(planned)
    adopt(rows, owners, planned, staff)
    adjust(factor)
    sum()
    override(rows, staff, factor)
    sumCompany()
  }

  /// From January of the first year to December of the last; at most ten years ahead of the history.
  package static func span(
    _ history: ChannelHistory, _ planned: PlannedTargets?, _ statements: Table?
  ) -> (first: Period, count: Int) {
    let first = history.firstMonth.containing(.year)?.firstDay.map { Period.month($0.year, 1) } ?? history.firstMonth
    var last = history.nextMonth.ordinal - 1
    if let planned { last = max(last, planned.firstMonth.ordinal + planned.monthCount - 1) }
    if let periods = statements?.periods("period") {
      last = max(last, periods.ordinals(as: .month).max() ?? last)
    }
    last = min(last, history.nextMonth.ordinal + 120)
    let end = Period(form: .month, ordinal: last).containing(.year)?.firstDay.map { Period.month($0.year, 12).ordinal }
    return (first, (end ?? last) - first.ordinal + 1)
  }

  private mutating func addPartner(_ id: String, _ region: String) {
    partnerNodes[id] = cube.add(.init(.partner, id, region: region))
    parents.append(Parents())
  }

  private mutating func setActuals(_ history: ChannelHistory) {
    let values = history.hasSellIn ? history.sellInValue : history.sellOutValue
    let offset = history.firstMonth.ordinal - cube.firstMonth.ordinal
    for partner in history.partners.indices where history.monthsActive(partner: partner) > 0 {
      for month in 0..<history.monthCount {
        cube.actual[partner * cube.monthCount + offset + month] = values[partner * history.monthCount + month]
      }
    }
  }

  // MARK: Targets of partners

  /// Sets what the table says of partners; gives the owner of each, of its latest row.
  private mutating func state(_ rows: TargetRows) -> [String?] {
    var owners = [String?](repeating: nil, count: cube.nodes.count)
    rows.forEach(.partner) { id, month, amount, owner, row in
      guard let node = partnerNodes[id] else { return }
      let cell = node * cube.monthCount + month
      cube.target[cell] = amount
      cube.rows[cell] = Int32(row)
      if let owner { owners[node] = owner }
    }
    return owners
  }

  private mutating func plan(_ planned: PlannedTargets?) {
    guard let planned else { return }
    let offset = planned.firstMonth.ordinal - cube.firstMonth.ordinal
    // Nobody else has a target in the months that are planned.
    for month in max(
      cube.knownMonths, offset)..<max(cube.knownMonths, offset, min(offset + planned.monthCount, cube.monthCount))
    {
      for node in cube.nodes.indices {
        cube.target[node * cube.monthCount + month] = Unknown.money
        cube.rows[node * cube.monthCount + month] = -1
      }
    }
    for (index, member) in planned.members.enumerated() {
      guard let node = partnerNodes[member.id] else { continue }
      for month in 0..<planned.monthCount where (0..<cube.monthCount).contains(offset + month) {
        let cell = node * cube.monthCount + offset + month
        // Of a month that is over, what the table promised stands.
        if offset + month < cube.knownMonths, cube.target[cell] != Unknown.money { continue }
        cube.target[cell] = planned.amounts[index * planned.monthCount + month]
      }
    }
  }

  // MARK: Sums

  /// Regions, persons and departments, and who belongs where.
  private mutating func adopt(
    _ rows: TargetRows, _ owners: [String?], _ planned: PlannedTargets?,
    _ staff: [String: (department: String, region: String)]
  ) {
    let partners = cube.nodes.indices
    var plannedOwner: [Int: String] = [:]
    for member in planned?.members ?? [] where !member.owner.isEmpty {
      if let node = partnerNodes[member.id] { plannedOwner[node] = member.owner }
    }
    let regionOwners = rows.regionOwners()
    for region in Set(partners.map { cube.nodes[$0].region }).sorted() {
      regionNodes[region] = cube.add(.init(.region, region, region: region, owner: regionOwners[region] ?? ""))
    }
    let people = Set(plannedOwner.values).union(owners.compactMap(\.self)).union(rows.ids(.staff)).sorted()
    for department in Set(people.compactMap { staff[$0]?.department }).sorted() where !department.isEmpty {
      departmentNodes[department] = cube.add(.init(.department, department))
    }
    for person in people {
      staffNodes[person] = cube.add(.init(.staff, person, region: staff[person]?.region ?? "", owner: person))
    }
    company = cube.add(.init(.company, ""))
    for node in partners {
      parents[node].region = regionNodes[cube.nodes[node].region] ?? -1
      let (former, now) = (owners[node] ?? plannedOwner[node], plannedOwner[node] ?? owners[node])
      parents[node].formerStaff = former.flatMap { staffNodes[$0] } ?? -1
      parents[node].staff = now.flatMap { staffNodes[$0] } ?? -1
      parents[node].formerDepartment = former.flatMap { staff[$0] }.flatMap { departmentNodes[$0.department] } ?? -1
      parents[node].department = now.flatMap { staff[$0] }.flatMap { departmentNodes[$0.department] } ?? -1
      if let now { cube.setOwner(now, of: node) }
    }
  }

  private mutating func adjust(_ factor: (String, Period) -> Percent) {
    let quarters = cube.periods(.quarter)
    var factors: [String: [Percent]] = [:]
    for region in regionNodes.keys { factors[region] = quarters.map { factor(region, $0) } }
    for node in parents.indices {
      guard let factors = factors[cube.nodes[node].region] else { continue }
      for month in 0..<cube.monthCount {
        let cell = node * cube.monthCount + month
        guard cube.target[cell] != Unknown.money else { continue }
        cube.adjusted[cell] = ElasticRule.adjusted(cube.target[cell], by: factors[month / 3])
      }
    }
  }

  private mutating func sum() {
    for node in parents.indices {
      let all = parents[node]
      for month in 0..<cube.monthCount {
        let isOver = month < cube.knownMonths
        let cell = node * cube.monthCount + month
        for parent in [
          all.region, isOver ? all.formerStaff : all.staff, isOver ? all.formerDepartment : all.department,
        ] where parent >= 0 {
          cube.add(cell: cell, to: parent * cube.monthCount + month)
        }
      }
    }
  }

  /// Rows for regions and persons, in months that are not planned.
  private mutating func override(
    _ rows: TargetRows, _ staff: [String: (department: String, region: String)], _ factor: (String, Period) -> Percent
  ) {
    let plannedFrom = parents.indices.reduce(cube.monthCount) { least, node in
      (cube.knownMonths..<max(cube.knownMonths, least)).first { month in
        let cell = node * cube.monthCount + month
        return cube.target[cell] != Unknown.money && cube.rows[cell] < 0
      } ?? least
    }
    for (level, nodes) in [(TargetCube.Level.region, regionNodes), (.staff, staffNodes)] {
      rows.forEach(level) { id, month, amount, _, row in
        guard month < plannedFrom, let node = nodes[id] else { return }
        let cell = node * cube.monthCount + month
        cube.target[cell] = amount
        cube.rows[cell] = Int32(row)
        let region = level == .region ? id : staff[id]?.region ?? ""
        let quarter = cube.month(month).containing(.quarter)
        cube.adjusted[cell] = ElasticRule.adjusted(amount, by: quarter.map { factor(region, $0) } ?? Percent(100))
      }
    }
  }

  private mutating func sumCompany() {
    for node in regionNodes.values {
      for month in 0..<cube.monthCount {
        cube.add(cell: node * cube.monthCount + month, to: company * cube.monthCount + month)
      }
    }
  }
}

extension TargetCube {
  mutating func setOwner(_ owner: String, of node: Int) { nodes[node].owner = owner }

  /// Adds what is known of one cell to another.
  mutating func add(cell: Int, to sum: Int) {
    if target[cell] != Unknown.money {
      target[sum] = (target[sum] == Unknown.money ? .zero : target[sum]) + target[cell]
    }
    if adjusted[cell] != Unknown.money {
      adjusted[sum] = (adjusted[sum] == Unknown.money ? .zero : adjusted[sum]) + adjusted[cell]
    }
    if actual[cell] != Unknown.money {
      actual[sum] = (actual[sum] == Unknown.money ? .zero : actual[sum]) + actual[cell]
    }
  }
}

/// The rows of the table of targets of one measure, by month.
public struct TargetRows {
  private let table: Table?
  private let measure: TargetCube.Measure
  private let firstMonth: Period
  private let monthCount: Int

  public init(_ table: Table?, _ measure: TargetCube.Measure, firstMonth: Period, monthCount: Int) {
    self.table = table
    self.measure = measure
    self.firstMonth = firstMonth
    self.monthCount = monthCount
  }

  /// Calls `body` for every month of every row of a level: id, month of the cube, amount, owner, row. A row of a quarter
  /// or year is spread evenly over its months, what does not divide to the earlier.
  func forEach(
    _ level: TargetCube.Level,
    _ body: (_ id: String, _ month: Int, _ amount: Money, _ owner: String?, _ row: Int) -> Void
  ) {
    guard let table, let periods = table.periods("period"), let levels = table.text("level"),
      let ids = table.text("id"), let measures = table.text("measure"), let amounts = table.money("amount")
    else { return }
    let owners = table.text("owner")
    let ordinals = periods.ordinals(as: .month)
    let (levelCode, measureCode) = (
      levels.dictionary.firstIndex(of: level.rawValue), measures.dictionary.firstIndex(of: measure.rawValue)
    )
    guard let levelCode, let measureCode else { return }
    let length = periods.form == .year ? 12 : periods.form == .quarter ? 3 : 1
    let step: Int64 = measure.isRatio ? 1 : 100
    for row in 0..<table.rowCount
    where levels.codes[row] == levelCode && measures.codes[row] == measureCode && amounts[row] != Unknown.money {
      guard ids.codes[row] >= 0, ordinals[row] != Int.min else { continue }
      let first = ordinals[row] - firstMonth.ordinal
      for part in 0..<length where (0..<monthCount).contains(first + part) {
        var amount = amounts[row]
        if length > 1, !measure.isRatio {
          let steps = amount.tenThousandths / step
          let (each, left) = steps.quotientAndRemainder(dividingBy: Int64(length))
          var units = (each + (part < abs(left) ? left.signum() : 0)) * step
          if part == 0 { units += amount.tenThousandths % step }
          amount = Money(tenThousandths: units)
        }
        body(ids.dictionary[Int(ids.codes[row])], first + part, amount, owners?[row], row)
      }
    }
  }

  /// Who is named in a level's rows.
  func ids(_ level: TargetCube.Level) -> Set<String> {
    var found: Set<String> = []
    forEach(level) { id, _, _, _, _ in found.insert(id) }
    return found
  }

  /// The owner of each region's latest row, where one is named.
  func regionOwners() -> [String: String] {
    var found: [String: String] = [:]
    forEach(.region) { id, _, _, owner, _ in if let owner { found[id] = owner } }
    return found
  }
}
