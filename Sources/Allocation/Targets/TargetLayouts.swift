import ChannelTypes
public import Tables

/// Targets as the tables that sales departments work with: owner × quarter × total; owner × region × city or channel ×
/// target with a line for new customers; department × person × months × total, with the total row (合计) and under it the
/// row of each month's share (占比).
public struct TargetLayouts: Sendable {
  private let solution: TargetSolution

  public init(_ solution: TargetSolution) { self.solution = solution }

  /// The label of total rows, and of the row of shares.
  public static let total = "合计"
  public static let share = "占比"

  private func money(_ value: Double) -> Money? { Money(rounding: value, decimals: Money.decimals) }

  /// One row per member and month: the long form.
  public func plan(named name: String = "targets_plan", measure: String = "revenue") -> Table {
    let months = solution.months.count
    let cells = Array(solution.amounts.indices)
    let amounts = measure == "prepayment" ? solution.prepayments ?? [] : solution.amounts
    guard !amounts.isEmpty else { return Table(name: name, columns: []) }
    func member(_ cell: Int) -> TargetProblem.Member { solution.members[cell / months] }
    return Table(
      name: name, rows: cells,
      columns: [
        .period("period", form: .month) { solution.months[$0 % months] }, .text("measure") { _ in measure },
        .text("region") { filled(member($0).region) }, .text("department") { filled(member($0).department) },
        .text("owner") { filled(member($0).owner) }, .text("city") { filled(member($0).city) },
        .text("channel") { filled(member($0).channel) },
        .text("line") { member($0).isNewCustomers ? "new customers" : "existing" },
        .text("partner_id") { member($0).id }, .money("amount") { money(amounts[$0]) },
        .money("reference") {
          // What revenue would be without limits; prepayments follow from revenue and have none of their own.
          measure == "revenue" ? Money(rounding: solution.reference[$0]) : nil
        },
      ])
  }

  /// Owner × quarters × total: of prepayments where there are any, else of revenue.
  public func byQuarter(named name: String = "targets_by_quarter") -> Table {
    let amounts = solution.prepayments ?? solution.amounts
    let quarters = solution.months.map { $0.containing(.quarter)?.description ?? "" }
    let names = quarters.uniqued()
    let owners = solution.members.map(\.owner).uniqued()
    var sums = [Double](repeating: 0, count: (owners.count + 1) * names.count)
    let ownerIndex = Dictionary(uniqueKeysWithValues: owners.enumerated().map { ($1, $0) })
    let quarterIndex = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    let months = solution.months.count
    for (cell, amount) in amounts.enumerated() {
      let owner = ownerIndex[solution.members[cell / months].owner] ?? 0
      let quarter = quarterIndex[quarters[cell % months]] ?? 0
      sums[owner * names.count + quarter] += amount
      sums[owners.count * names.count + quarter] += amount
    }
    var columns = [Column.text("owner", owners + [Self.total])]
    for (index, quarter) in names.enumerated() {
      columns.append(.money(quarter, (0...owners.count).map { money(sums[$0 * names.count + index]) }))
    }
    let totals = (0...owners.count).map { owner in
      let quarters = sums[owner * names.count..<(owner + 1) * names.count]
      return money(quarters.reduce(0, +))
    }
    columns.append(.money("total", totals))
    return Table(name: name, columns: columns)
  }

  /// Owner × region × city or channel × target, new customers on lines of their own, with a total row.
  public func byOwner(named name: String = "targets_by_owner") -> Table {
    struct Key: Hashable {
      var owner, region, place, line: String
    }
    var order: [Key] = []
    var sums: [Key: Double] = [:]
    for (index, member) in solution.members.enumerated() {
      let place = member.city.isEmpty ? member.channel : member.city
      let key = Key(
        owner: member.owner, region: member.region, place: place,
        line: member.isNewCustomers ? "new customers" : "existing customers")
      if sums[key] == nil { order.append(key) }
      sums[key, default: 0] += solution.total(member: index)
    }
    let rows = order + [Key(owner: Self.total, region: "", place: "", line: "")]
    let whole = order.reduce(0) { $0 + (sums[$1] ?? 0) }
    return Table(
      name: name, rows: rows,
      columns: [
        .text("owner") { filled($0.owner) }, .text("region") { filled($0.region) },
        .text("city_or_channel") { filled($0.place) }, .text("line") { filled($0.line) },
        .money("target") { money(sums[$0] ?? whole) },
      ])
  }

  /// Department × person × months × total; below it the total row and the row of shares in percent, to a hundredth,
  /// which sums to 100 exactly in each year.
  public func byMonth(named name: String = "targets_by_month") -> Table {
    struct Person: Hashable {
      var department, owner: String
    }
    let people = solution.members.map { Person(department: $0.department, owner: $0.owner) }.uniqued()
    let index = Dictionary(uniqueKeysWithValues: people.enumerated().map { ($1, $0) })
    let months = solution.months.count
    var sums = [Double](repeating: 0, count: (people.count + 1) * months)
    for (cell, amount) in solution.amounts.enumerated() {
      let member = solution.members[cell / months]
      let row = index[Person(department: member.department, owner: member.owner)] ?? 0
      sums[row * months + cell % months] += amount
      sums[people.count * months + cell % months] += amount
    }
    let totals = Array(sums[people.count * months..<(people.count + 1) * months])
    // Of a plan of several years, each month has its share of its own year, and the row has no total.
    let years = solution.months.map { $0.containing(.year) }
    var shares = totals.map { _ in 0.0 }
    for year in years.uniqued() {
      let inside = totals.indices.filter { years[$0] == year }
      let whole = inside.reduce(0) { $0 + totals[$1] }
      guard whole > 0 else { continue }
      let parts = Prepayments.largestRemainders(inside.map { totals[$0] / whole * 10_000 }, 10_000)
      for (month, part) in zip(inside, parts) { shares[month] = part / 100 }
    }
    let shareTotal = years.uniqued().count == 1 ? shares.reduce(0, +).rounded() : Double.nan
    var columns = [
      Column.text("department", people.map { filled($0.department) } + [Self.total, Self.share]),
      .text("person", people.map { filled($0.owner) } + [nil, nil]),
    ]
    for month in 0..<months {
      let values = (0...people.count).map { sums[$0 * months + month] } + [shares[month]]
      columns.append(.money(solution.months[month].description, values.map(money)))
    }
    let rowTotals = (0...people.count).map { sums[$0 * months..<($0 + 1) * months].reduce(0, +) }
    columns.append(.money("total", (rowTotals + [shareTotal]).map(money)))
    return Table(name: name, columns: columns)
  }
}

/// nil for the empty text.
private func filled(_ text: String) -> String? { text.isEmpty ? nil : text }
