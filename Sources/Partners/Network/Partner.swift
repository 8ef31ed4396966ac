public import ChannelTypes
public import Tables

/// What the table of partners says of one of them; nil or NaN where it says nothing.
public struct Partner: Sendable, Hashable {
  public var id: String
  public var name: String?
  public var region: String
  public var city: String?
  /// online, agent, vertical, cross_border, direct, or the user's own.
  public var channelType: String?
  /// The grade on record.
  public var grade: String?
  public var status: String?
  public var signedOn: Period?
  public var contractEnd: Period?
  public var outlets = Double.nan
  public var staff = Double.nan
  public var dedicatedStaff = Double.nan
  public var customers = Double.nan
  /// 0 … 100.
  public var satisfaction = Double.nan
  /// Years in a row in which the target was met.
  public var starYears = Double.nan
  public var termsDays = Double.nan
  public var leadTimeDays = Double.nan
  public var workingCapital: Money?
  public var creditLimit: Money?
  /// The row of the table of partners.
  public var row: Int

  public init(_ id: String, region: String = "", row: Int = 0) {
    self.id = id
    self.region = region
    self.row = row
  }

  /// Whether business goes on: no status, or one that is not an end.
  public var isActive: Bool { status == nil || status == "active" || status == "probation" }

  /// All partners of a table, in its order.
  public static func all(_ table: Table) -> [Partner] {
    guard let ids = table.text("partner_id") else { return [] }
    let (names, regions, cities) = (table.text("name"), table.text("region"), table.text("city"))
    let (channels, grades, status) = (table.text("channel_type"), table.text("grade"), table.text("status"))
    let (signed, ends) = (table.periods("signed_on"), table.periods("contract_end"))
    let (capital, limits) = (table.money("working_capital"), table.money("credit_limit"))
    let numbers: [(WritableKeyPath<Partner, Double>, [Double]?)] = [
      (\.outlets, table.numbers("outlets")), (\.staff, table.numbers("staff")),
      (\.dedicatedStaff, table.numbers("dedicated_staff")), (\.customers, table.numbers("customers_n")),
      (\.satisfaction, table.numbers("satisfaction")), (\.starYears, table.numbers("star_years")),
      (\.termsDays, table.numbers("terms_days")), (\.leadTimeDays, table.numbers("lead_time_days")),
    ]
    return (0..<table.rowCount).compactMap { row in
      guard let id = ids[row] else { return nil }
      var partner = Partner(id, region: regions?[row] ?? "", row: row)
      partner.name = names?[row]
      partner.city = cities?[row]
      partner.channelType = channels?[row]
      partner.grade = grades?[row]
      partner.status = status?[row]
      partner.signedOn = signed?[row]
      partner.contractEnd = ends?[row]
      if let capital, capital[row] != Unknown.money { partner.workingCapital = capital[row] }
      if let limits, limits[row] != Unknown.money { partner.creditLimit = limits[row] }
      for (path, values) in numbers { if let values { partner[keyPath: path] = values[row] } }
      return partner
    }
  }
}
