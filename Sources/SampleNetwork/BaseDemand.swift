import Glibc

/// The level of demand at which the network sells what it should.
struct BaseDemand {
  /// See `SalesSimulation.level`.
  let level: Double
  /// The margin a month of each region at average demand without spend, in CNY.
  let margin: [Double]

  init(
    _ specification: NetworkSpecification, _ geography: Geography, _ products: [Product], _ partners: [Partner],
    _ truth: Truth
  ) {
    // 1. Relative revenue and margin of each region at level zero: partners × what they carry.
    var revenue = Array(repeating: 0.0, count: geography.regions.count)
    var earned = revenue
    for partner in partners {
      for line in partner.lines {
        let value = exp(partner.size + line.affinity) * products[line.product].weight
        revenue[partner.region] += value
        earned[partner.region] += value * products[line.product].margin
      }
    }
    // 2. With usual spend a region earns its base margin and what the spend causes: base = scale · earned, and sales
    //    grow in the same proportion. Find the scale at which all regions together sell the goal.
    let caused = truth.spend.map { $0.reduce(0) { $0 + $1.margin($1.usual) } }
    let goal = Truth.salesPerPartner * Double(partners.count) * Truth.calibration
    let share = zip(revenue, earned).map { $1 > 0 ? $0 / $1 : 0 }
    let fromSpend = zip(caused, share).reduce(0) { $0 + $1.0 * $1.1 }
    let scale = max(0.2 * goal, goal - fromSpend) / revenue.reduce(0, +)
    level = log(scale)
    margin = earned.map { max(1, scale * $0) }
  }
}
