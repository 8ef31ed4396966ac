import Glibc
import Probability

/// The model that a sample network is drawn from: what a good engine should find, and what makes that hard.
///
/// **Demand.** The demand of partner i for product j in month t is a count with mean λ and the partner's own spread:
///
///     ln λ = level + size(i) + affinity(i,j) + ln(weight(j) / listPrice(j))
///          + season(family, month) + newYear(family, t) + saleDays(channel, t)
///          + market(region, t) + shock(region, t) + shift(i, t) + drift(i)·t + ramp(i, t) + ln maturity(j, t)
///          + elasticity(j, region) · ln(net price / first list price)
///          + promotionLift · days/30 − promotionDip · (last month's days)/30
///          + rivalPrice · ln(rival's price) + rivalPromotion · days/30 + delay · (days late)
///          + ln(1 + Σ margin caused by spend / margin without spend)
///     demand ~ NegativeBinomial(λ · e^(0.10·t₄), spread(i)),  and with chance 0.4 % a project of 3 to 8 times λ
///
/// Sell-out is demand cut off by stock; the rest is lost and shows only as stock-out days.
///
/// **What does not flatter a model.** Spend follows expected demand and a shock that managers foresee (`SpendTruth`).
/// Some responses are S-shaped and some carry over with a delay. Net prices fall when demand is weak. Noise has the tails
/// of Student's t with four degrees of freedom. Levels shift. A third of the partners join late; partners leave by a
/// hazard; some push goods into the channel at quarter ends; some report late or not at all.
struct Truth {
  /// Calendar shape of each family, in logarithms with mean zero; [family][calendar month].
  let season: [[Double]]
  /// What the Lunar New Year does to each family.
  let newYear: [(rush: Double, pause: Double)]
  /// Price elasticity; [product][region].
  let elasticity: [[Double]]
  /// Response of each region to each spend; [region][spend type].
  let spend: [[SpendTruth]]
  let levelShift: RegionShift
  let partnerHazard = PartnerHazard()
  let customerHazards = CustomerSegment.allCases.map(\.hazard)

  // Effects that are the same everywhere.
  static let promotionLift = 0.30
  static let promotionDip = 0.14
  static let rivalPrice = 0.45
  static let rivalPromotion = -0.10
  /// Per day that deliveries come later than promised.
  static let delay = -0.018
  static let noiseScale = 0.10
  static let noiseDegreesOfFreedom = 4.0
  static let projectChance = 0.004
  /// The mean monthly sell-out that a partner should reach at the end of a history of 36 months, in CNY.
  static let salesPerPartner = 40_000.0
  /// What churn, ramps, stock-outs and discounts take off and trends add, found by running the default network.
  static let calibration = 1.10
  /// Spend as a share of sales.
  static let spendShare = 0.052

  /// A region's market that falls for good: a rival opens a plant there.
  struct RegionShift {
    let region: Int
    let month: Int
    let logChange: Double
  }

  /// The effect of the sale days of June and November on a channel.
  static func saleDays(_ channel: Channel, _ calendarMonth: Int) -> Double {
    switch (channel, calendarMonth) {
    case (.online, 5): 0.35
    case (.online, 10): 0.50
    case (.crossBorder, 10): 0.25
    case (.agent, 5), (.agent, 10): 0.06
    default: 0
    }
  }

  init(_ specification: NetworkSpecification, _ geography: Geography, _ products: [Product]) {
    season = ProductFamily.allCases.map { Truth.season(of: $0) }
    newYear = ProductFamily.allCases.map { Truth.newYear(of: $0) }

    // Elasticity: family value + product's own + region's own + their interplay.
    var stream = specification.stream("elasticity")
    let regional = geography.regions.map { _ in 0.20 * stream.normal() }
    elasticity = products.map { product in
      let own = Truth.elasticity(of: product.family) + 0.15 * stream.normal()
      return regional.map { (own + $0 + 0.10 * stream.normal()).clamped(-4 ... -0.3) }
    }

    levelShift = RegionShift(
      region: min(2, specification.regions - 1), month: specification.months * 20 / 36, logChange: -0.22)
    spend = SpendTruth.draw(specification, geography)
  }

  /// Which month of the year is strong. Offices and sites buy at the ends of budgets, homes in June, September and
  /// November, students in September; goods for the low season run against the rest.
  private static func season(of family: ProductFamily) -> [Double] {
    let index: [Double] =
      switch family {
      case .cpe: [0.95, 0.85, 0.98, 0.97, 1.00, 1.12, 0.95, 0.97, 1.08, 0.98, 1.14, 1.06]
      case .router: [0.96, 0.84, 0.96, 0.96, 0.98, 1.16, 0.94, 1.00, 1.08, 0.96, 1.20, 1.02]
      case .networkSwitch: [0.82, 0.74, 1.02, 1.00, 1.02, 1.14, 0.96, 0.98, 1.04, 0.98, 1.12, 1.26]
      case .optical: [0.84, 0.76, 1.04, 1.02, 1.04, 1.10, 0.98, 0.98, 1.02, 0.98, 1.10, 1.20]
      case .access: [0.86, 0.80, 1.06, 1.06, 1.04, 1.06, 1.00, 1.00, 1.04, 1.00, 1.04, 1.08]
      case .repeater: [0.96, 0.92, 1.00, 1.02, 1.04, 1.08, 1.06, 1.04, 0.98, 0.94, 1.00, 0.98]
      case .plan: [1.04, 0.96, 0.98, 0.94, 0.94, 0.98, 1.02, 1.16, 1.30, 0.96, 0.92, 0.90]
      case .cabling: [0.80, 0.70, 1.06, 1.10, 1.10, 1.06, 1.02, 1.04, 1.08, 1.04, 1.06, 1.08]
      }
    let logs = index.map { log($0) }
    let mean = logs.reduce(0, +) / 12
    return logs.map { $0 - mean }
  }

  private static func newYear(of family: ProductFamily) -> (rush: Double, pause: Double) {
    switch family {
    case .cpe, .router: (0.28, -0.38)
    case .plan: (0.34, -0.12)
    case .repeater: (0.10, -0.35)
    case .networkSwitch, .optical, .access: (-0.12, -0.70)
    case .cabling: (-0.25, -0.95)
    }
  }

  private static func elasticity(of family: ProductFamily) -> Double {
    switch family {
    case .cpe: -1.8
    case .router: -2.2
    case .networkSwitch: -1.3
    case .optical: -1.0
    case .access: -1.6
    case .repeater: -1.9
    case .plan: -1.5
    case .cabling: -2.6
    }
  }
}

/// How a partner sells, as in the `partners` table.
enum Channel: String, CaseIterable {
  case online, agent, vertical
  case crossBorder = "cross_border"
  case direct

  static let shares: [Double] = [0.12, 0.50, 0.20, 0.08, 0.10]
}

/// The chance that a partner that is active at the start of a month has left at its end:
/// logit(chance) = intercept + Σ coefficient · covariate, evaluated on the months before.
struct PartnerHazard {
  let intercept = -4.8
  /// ln(sell-out value of the last three months / of the three before), held to ±1.
  let trend = -1.6
  /// (satisfaction − 70) / 10
  let satisfaction = -0.55
  /// The share of days without stock over the last three months, mean of its products.
  let stockouts = 5.0
  /// ln(1 + years since signing)
  let tenure = -0.35
  /// Complaints in the last six months.
  let complaints = 0.22

  func chance(trend: Double, satisfaction: Double, stockouts: Double, tenureYears: Double, complaints: Int) -> Double {
    let score =
      intercept + self.trend * trend.clamped(-1...1) + self.satisfaction * (satisfaction - 70) / 10
      + self.stockouts * stockouts + tenure * log(1 + tenureYears) + self.complaints * Double(complaints)
    return 1 / (1 + exp(-score))
  }
}

/// Who buys from partners, and how such customers stay or leave.
enum CustomerSegment: String, CaseIterable {
  case enterprise, government, campus, home

  struct Hazard {
    let segment: CustomerSegment
    /// Share of new customers.
    let share: Double
    /// The monthly chance of leaving between renewals, for a new customer: logit.
    let intercept: Double
    /// Added to that logit per ln(1 + months as a customer).
    let tenure: Double
    /// Added per share of days on which its partner had no stock, over three months.
    let stockouts: Double
    /// Months of a contract; 0 without one.
    let contractMonths: Int
    /// The chance of renewing at the end of a contract.
    let renewal: Double
    /// Orders a month while a customer.
    let orderRate: Double
    /// The median order, in CNY.
    let orderValue: Double
  }

  var hazard: Hazard {
    switch self {
    case .enterprise:
      Hazard(
        segment: self, share: 0.34, intercept: -4.3, tenure: -0.30, stockouts: 4, contractMonths: 12, renewal: 0.82,
        orderRate: 0.55, orderValue: 3_200)
    case .government:
      Hazard(
        segment: self, share: 0.12, intercept: -5.2, tenure: -0.15, stockouts: 2, contractMonths: 24, renewal: 0.90,
        orderRate: 0.30, orderValue: 8_500)
    case .campus:
      Hazard(
        segment: self, share: 0.14, intercept: -4.6, tenure: -0.20, stockouts: 3, contractMonths: 12, renewal: 0.74,
        orderRate: 0.40, orderValue: 2_400)
    case .home:
      Hazard(
        segment: self, share: 0.40, intercept: -3.3, tenure: -0.35, stockouts: 5, contractMonths: 0, renewal: 0,
        orderRate: 0.28, orderValue: 480)
    }
  }
}
