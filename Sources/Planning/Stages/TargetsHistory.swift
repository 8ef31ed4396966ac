import Allocation
import ChannelTypes
import Specifications
import Tables

/// The members of the target tree, with what they sold, from the tables of a plan.
struct TargetsHistory {
  private(set) var members: [TargetProblem.Member] = []
  /// Weight of each calendar month, January first.
  private(set) var seasonality = [Double](repeating: 1, count: 12)
  private(set) var notes: [Diagnostic] = []

  /// What one partner sold in the twelve months before the plan.
  private struct Sold {
    var value = 0.0
    var region: String?
    var city: String?
  }

  init(_ context: StageContext, _ settings: TargetSettings, firstMonth: Period) throws(StageFailure) {
    let (sold, months) = Self.sales(context, before: firstMonth)
    guard !sold.isEmpty else {
      throw .skipped(
        Diagnostic(TargetsCodes.noHistory, .note, "no partner sold anything in the twelve months before \(firstMonth)"))
    }
    if !months.contains(where: { $0 <= 0 }) { seasonality = months }
    members = Self.partners(context, sold)
    setPotential(context)
    assignOwners(context)
    for (id, factor) in settings.regionWeights {
      for index in members.indices where members[index].region == id { members[index].strategy *= factor }
    }
    addNewCustomers(settings)
  }

  // MARK: Sales

  /// Value by partner over the last twelve months, and by calendar month over all whole years before the plan.
  private static func sales(_ context: StageContext, before start: Period) -> ([String: Sold], [Double]) {
    var sold: [String: Sold] = [:]
    var months = [Double](repeating: 0, count: 12)
    guard let table = context.table(.sales), let periods = table.periods("period"),
      let partners = table.text("partner_id"),
      let values = table.money("sell_in_value") ?? table.money("sell_out_value")
    else { return (sold, months) }
    let (regions, cities) = (table.text("region"), table.text("city"))
    let ordinals = periods.ordinals(as: .month)
    let first = ordinals.filter { $0 >= 0 }.min() ?? start.ordinal
    let years = (start.ordinal - first) / 12
    for row in 0..<table.rowCount {
      let back = start.ordinal - ordinals[row]
      guard back >= 1, back <= 12 * max(1, years), values[row] != Unknown.money, let partner = partners[row] else {
        continue
      }
      months[Period(form: .month, ordinal: ordinals[row]).month.map { $0 - 1 } ?? 0] += values[row].double
      guard back <= 12 else { continue }
      sold[partner, default: Sold()].value += values[row].double
      if let region = regions?[row] { sold[partner]?.region = region }
      if let city = cities?[row] { sold[partner]?.city = city }
    }
    return (sold.filter { $0.value.value > 0 }, months)
  }

  /// Partners that sold and are still with us, in the order of the table of partners.
  private static func partners(_ context: StageContext, _ sold: [String: Sold]) -> [TargetProblem.Member] {
    func member(_ id: String, _ sold: Sold) -> TargetProblem.Member {
      var member = TargetProblem.Member(id)
      member.base = (sold.value * 100).rounded() / 100
      member.region = sold.region ?? ""
      member.city = sold.city ?? ""
      return member
    }
    guard let table = context.table(.partners), let ids = table.text("partner_id") else {
      return sold.sorted { $0.key < $1.key }.map { member($0.key, $0.value) }
    }
    let (regions, cities) = (table.text("region"), table.text("city"))
    let (channels, status) = (table.text("channel_type"), table.text("status"))
    let staff = table.numbers("staff")
    return (0..<table.rowCount).compactMap { row in
      guard let id = ids[row], let sold = sold[id], status?[row] != "ended" else { return nil }
      var member = member(id, sold)
      member.region = regions?[row] ?? member.region
      member.city = cities?[row] ?? member.city
      member.channel = channels?[row] ?? ""
      if let people = staff?[row], people > 0 { member.capability = people }
      return member
    }
  }

  /// Each partner's part of its city's potential; the mean of all where a city is not known.
  private mutating func setPotential(_ context: StageContext) {
    guard let table = context.table(.regions), let cities = table.text("city"), let values = table.money("potential")
    else { return }
    var ofCity: [String: Double] = [:]
    for row in 0..<table.rowCount where values[row] != Unknown.money {
      if let city = cities[row] { ofCity[city] = values[row].double }
    }
    let counts = Dictionary(members.map { ($0.city, 1.0) }, uniquingKeysWith: +)
    let known = members.map { member in ofCity[member.city].map { $0 / (counts[member.city] ?? 1) } }
    let found = known.compactMap { $0 }.filter { $0 > 0 }
    guard !found.isEmpty else { return }
    let mean = found.reduce(0, +) / Double(found.count)
    for index in members.indices { members[index].potential = known[index].flatMap { $0 > 0 ? $0 : nil } ?? mean }
  }

  // MARK: Owners

  /// A representative of the partner's region, in turn; the region's manager where there is none.
  private mutating func assignOwners(_ context: StageContext) {
    guard let table = context.table(.staff), let ids = table.text("staff_id"), let regions = table.text("region") else {
      notes.append(Diagnostic(TargetsCodes.noOwner, .note, "without a staff table targets have no owner"))
      return
    }
    let (names, departments, roles) = (table.text("name"), table.text("department"), table.text("role"))
    let left = table.periods("left_on")
    struct Person {
      var label: String
      var department: String
      var isManager: Bool
    }
    var people: [String: [Person]] = [:]
    for row in 0..<table.rowCount {
      guard let id = ids[row], let region = regions[row], left?[row] == nil else { continue }
      let role = roles?[row] ?? ""
      guard roles == nil || role == "representative" || role == "region_manager" else { continue }
      people[region, default: []].append(
        Person(
          label: [id, names?[row]].compactMap { $0 }.joined(separator: " "), department: departments?[row] ?? "",
          isManager: role == "region_manager"))
    }
    var turn: [String: Int] = [:]
    for index in members.indices {
      let all = people[members[index].region] ?? []
      let own = all.contains { !$0.isManager } ? all.filter { !$0.isManager } : all
      guard !own.isEmpty else { continue }
      let person = own[turn[members[index].region, default: 0] % own.count]
      turn[members[index].region, default: 0] += 1
      members[index].owner = person.label
      members[index].department = person.department
    }
  }

  /// One line a region for customers still to be won, beside the partners, at its part of the region's share.
  private mutating func addNewCustomers(_ settings: TargetSettings) {
    let part = settings.newCustomers.fraction
    guard part > 0, part < 1 else { return }
    for region in members.map(\.region).uniqued() {
      let own = members.filter { $0.region == region }
      var line = TargetProblem.Member("new:\(region)")
      line.region = region
      line.isNewCustomers = true
      line.department = own.first?.department ?? ""
      line.owner = own.first?.owner ?? ""
      line.strategy = own.first?.strategy ?? 1
      // As a share of the score of the region, and so of its target.
      let scale = part / (1 - part)
      line.base = own.reduce(0) { $0 + ($1.base ?? 0) } * scale
      line.potential = own.reduce(0) { $0 + $1.potential } * scale
      line.capability = own.reduce(0) { $0 + $1.capability } * scale
      members.append(line)
    }
  }
}
