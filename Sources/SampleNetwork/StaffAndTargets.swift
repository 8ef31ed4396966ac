import ChannelTypes
import Glibc
import Probability
import Tables

/// The maker's own people: three departments at headquarters, a manager, representatives and an engineer per region.
struct Staff {
  struct Member {
    let id: String
    let name: String
    let department: String
    let role: String
    let region: Int?
    let manager: String?
    let hired: CivilDate
    let left: CivilDate?
    let daysPerMonth: Double
    let callsPerDay: Double?
    let cost: Double
  }
  let members: [Member]
  /// Index of each region's manager.
  let managers: [Int]

  init(_ specification: NetworkSpecification, _ geography: Geography) {
    var stream = specification.stream("staff")
    var members: [Member] = []
    func hire(_ department: String, _ role: String, _ region: Int?, _ manager: String?, cost: Double) {
      let hired = specification.firstDay(-1).advanced(days: -stream.index(below: 2400))
      let leaves = role == "representative" && stream.bernoulli(0.15)
      let left =
        leaves ? specification.firstDay(specification.months / 2).advanced(days: stream.index(below: 300)) : nil
      members.append(
        Member(
          id: identifier("S", members.count, of: 999), name: Staff.name(&stream), department: department, role: role,
          region: region, manager: manager, hired: hired, left: left,
          daysPerMonth: role == "director" ? 4 : role == "region_manager" ? 10 : 18,
          callsPerDay: role == "representative" ? Double(44 + stream.index(below: 14)) : nil,
          cost: (cost * stream.uniform(0.85, 1.2) / 100).rounded() * 100))
    }
    hire("channel", "director", nil, nil, cost: 38_000)
    hire("sales", "director", nil, nil, cost: 36_000)
    hire("service", "director", nil, nil, cost: 32_000)
    var managers: [Int] = []
    for (index, region) in geography.regions.enumerated() {
      managers.append(members.count)
      let manager = identifier("S", members.count, of: 999)
      hire("sales", "region_manager", index, "S002", cost: 24_000)
      for _ in 0..<max(1, Int((region.weight * 22).rounded())) {
        hire("channel", "representative", index, manager, cost: 13_000)
      }
      hire("service", "field_engineer", index, "S003", cost: 14_500)
    }
    self.members = members
    self.managers = managers
  }

  private static func name(_ stream: inout RandomStream) -> String {
    let families = ["Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Zhao", "Huang", "Zhou", "Wu", "Xu", "Sun", "Hu"]
    let given = [
      "Wei", "Fang", "Na", "Min", "Jing", "Lei", "Qiang", "Yan", "Jie", "Tao", "Ming", "Xia", "Ping", "Gang",
    ]
    return families[stream.index(below: families.count)] + " " + given[stream.index(below: given.count)]
  }

  func table(_ geography: Geography) -> Table {
    Table(
      name: "staff",
      columns: [
        .text("staff_id", members.map(\.id)), .text("name", members.map(\.name)),
        .text("department", members.map(\.department)), .text("role", members.map(\.role)),
        .text("region", members.map { $0.region.map { geography.regions[$0].name } }),
        .text("manager", members.map(\.manager)), .days("hired_on", members.map(\.hired)),
        .days("left_on", members.map(\.left)), .real("days_per_month", members.map(\.daysPerMonth)),
        .real("calls_per_day", members.map { $0.callsPerDay ?? .nan }),
        .money("monthly_cost", members.map { money($0.cost) }),
      ])
  }
}

/// Targets by month: regions for the whole history and the year after it, partners and representatives for the last
/// year and the next. A year's target is what was sold with an ambition of its own; months follow the season.
struct Targets {
  private struct Row {
    var month: Int
    var level: String
    var id: String
    var measure: String
    var amount: Money
    var owner: String?
    var pinned = false
  }
  private var rows: [Row] = []
  private let specification: NetworkSpecification
  private let shape: [Double]

  init(
    _ specification: NetworkSpecification, _ geography: Geography, _ truth: Truth, _ partners: [Partner],
    _ histories: [PartnerHistory], _ staff: Staff
  ) {
    self.specification = specification
    let seasons = (0..<12).map { month in
      exp(truth.season.reduce(0) { $0 + $1[month] } / Double(truth.season.count))
    }
    shape = seasons.map { $0 / seasons.reduce(0, +) }
    let yearly = partners.indices.map { Targets.yearlySales(specification, histories[$0]) }
    for region in geography.regions.indices {
      let members = partners.indices.filter { partners[$0].region == region }
      addRegion(region, geography, members.map { yearly[$0] }, staff)
    }
    addPartners(partners, histories, yearly, geography, staff)
    addStaff(partners, yearly, staff)
    rows.sort { ($0.month, $0.level, $0.id, $0.measure) < ($1.month, $1.level, $1.id, $1.measure) }
  }

  private var years: Int { (specification.months + 11) / 12 }

  private static func yearlySales(_ specification: NetworkSpecification, _ history: PartnerHistory) -> [Double] {
    var sums = Array(repeating: 0.0, count: (specification.months + 11) / 12)
    for month in history.months { sums[month / 12] += history.sellOut[month - history.firstMonth].double }
    return sums
  }

  private mutating func addRegion(_ region: Int, _ geography: Geography, _ sales: [[Double]], _ staff: Staff) {
    var stream = specification.stream("region targets", region)
    let owner = staff.members[staff.managers[region]].id
    let name = geography.regions[region].name
    for year in 0...years {
      let sold = sales.reduce(0) { $0 + $1[min(year, years - 1)] }
      let total = sold * (year == years ? 1.12 : 1.05) * exp(0.08 * stream.normal())
      for month in 0..<12 {
        let amount = round(total * shape[month])
        let pinned = region == 2 && year == years
        let measures: [(String, Double)] = [("revenue", 1), ("prepayment", 0.45), ("profit", 0.27)]
        for (measure, part) in measures {
          rows.append(
            Row(
              month: year * 12 + month, level: "region", id: name, measure: measure,
              amount: money(round(amount * part)), owner: owner, pinned: pinned))
        }
      }
    }
  }

  private mutating func addPartners(
    _ partners: [Partner], _ histories: [PartnerHistory], _ yearly: [[Double]], _ geography: Geography, _ staff: Staff
  ) {
    for index in partners.indices where histories[index].end == nil {
      var stream = specification.stream("partner targets", index)
      let months = max(1, min(12, histories[index].sellOut.count))
      let level = max(1_000, (yearly[index].last ?? 0) * 12 / Double(months))
      let owner = staff.members[staff.managers[partners[index].region]].id
      for year in [years - 1, years] where year >= 0 {
        let total = level * (year == years ? 1.12 : 1.04) * exp(0.15 * stream.normal())
        for month in 0..<12 {
          rows.append(
            Row(
              month: year * 12 + month, level: "partner", id: partners[index].id, measure: "revenue",
              amount: money(round(total * shape[month])), owner: owner))
        }
      }
    }
  }

  private mutating func addStaff(_ partners: [Partner], _ yearly: [[Double]], _ staff: Staff) {
    for region in staff.managers.indices {
      let representatives = staff.members.filter {
        $0.region == region && $0.role == "representative" && $0.left == nil
      }
      guard !representatives.isEmpty else { continue }
      let sold = partners.indices.filter { partners[$0].region == region }.reduce(0) { $0 + (yearly[$1].last ?? 0) }
      for member in representatives {
        for month in 0..<12 {
          let amount = round(sold * 1.12 * shape[month] / Double(representatives.count))
          rows.append(
            Row(
              month: years * 12 + month, level: "staff", id: member.id, measure: "revenue", amount: money(amount),
              owner: member.manager))
        }
      }
    }
  }

  /// Targets are set in hundreds.
  private func round(_ amount: Double) -> Double { (amount / 100).rounded() * 100 }

  func table() -> Table {
    Table(
      name: "targets",
      columns: [
        .months("period", rows.map { specification.month($0.month) }), .text("level", rows.map(\.level)),
        .text("id", rows.map(\.id)), .text("measure", rows.map(\.measure)), .money("amount", rows.map(\.amount)),
        .text("owner", rows.map(\.owner)), .flag("pinned", rows.map(\.pinned)),
      ])
  }
}
