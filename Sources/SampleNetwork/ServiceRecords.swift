import ChannelTypes
import Glibc
import Probability
import Tables

/// Deliveries as promised and as they were, and what went wrong.
enum ServiceRecords {
  static func deliveriesTable(
    _ specification: NetworkSpecification, _ partners: [Partner], _ histories: [PartnerHistory]
  ) -> Table {
    var (months, ids, promised, actual) = ([Period](), [String?](), [Double](), [Double]())
    for (partner, history) in zip(partners, histories) {
      for month in history.months {
        months.append(specification.month(month))
        ids.append(partner.id)
        promised.append(history.promisedDays[month - history.firstMonth])
        actual.append(history.actualDays[month - history.firstMonth])
      }
    }
    return Table(
      name: "deliveries",
      columns: [
        .months("period", months), .text("partner_id", ids), .real("promised_days", promised),
        .real("actual_days", actual),
      ])
  }

  /// Every complaint that the simulation counted, and now and then goods that turn up in another region (stuffed
  /// partners mostly), dumping, or a service case.
  static func incidentsTable(
    _ specification: NetworkSpecification, _ partners: [Partner], _ histories: [PartnerHistory]
  ) -> Table {
    struct Incident {
      var date: CivilDate
      var partner: Int
      var kind: String
      var severity: Int
      var hours: Double
      var resolved: Bool
    }
    var incidents: [Incident] = []
    for (index, history) in histories.enumerated() {
      var stream = specification.stream("incidents", index)
      let leak = partners[index].isStuffed ? 0.10 : 0.006
      for month in history.months {
        let counts: [(kind: String, count: Int)] = [
          ("complaint", history.complaints[month - history.firstMonth]),
          ("diversion", Poisson(mean: leak).draw(&stream)), ("dumping", Poisson(mean: leak * 0.5).draw(&stream)),
          ("service", Poisson(mean: 0.02).draw(&stream)),
        ]
        for (kind, count) in counts {
          for _ in 0..<count {
            let date = specification.firstDay(month).advanced(days: stream.index(below: specification.days(month)))
            let severity = 1 + stream.index(weights: kind == "complaint" ? [5, 4, 2, 1, 0.3] : [1, 3, 4, 3, 1])
            let hours = LogNormal(median: 14, logDeviation: 0.8).draw(&stream).rounded(digits: 1)
            incidents.append(
              Incident(
                date: date, partner: index, kind: kind, severity: severity, hours: hours,
                resolved: stream.bernoulli(severity < 4 ? 0.93 : 0.75)))
          }
        }
      }
    }
    let order = incidents.indices.sorted { (incidents[$0].date, $0) < (incidents[$1].date, $1) }
    let sorted = order.map { incidents[$0] }
    return Table(
      name: "incidents",
      columns: [
        .days("date", sorted.map(\.date)), .text("partner_id", sorted.map { partners[$0.partner].id }),
        .text("kind", sorted.map(\.kind)), .integer("severity", sorted.map(\.severity)),
        .real("response_hours", sorted.map(\.hours)), .flag("resolved", sorted.map(\.resolved)),
      ])
  }
}
