import ChannelTypes
import Glibc
import Probability
import Tables

/// What was spent where and when, what it caused, and the experiments that were run.
///
/// Managers spend where they expect demand: the amount follows the market, the season and the shock that they foresee.
/// On top lie variation of its own, fairs that come and go, and a few planned experiments.
struct SpendHistory {
  /// CNY a month; [region][spend type][month].
  let amount: [[[Double]]]
  /// Margin that the spend caused at average demand; [region][spend type][month].
  let caused: [[[Double]]]
  let experiments: [Experiment]

  /// A planned change of one spend in some regions, with regions left as they were to compare with.
  struct Experiment {
    let id: String
    let type: SpendType
    let treated: [Int]
    let control: [Int]
    let months: Range<Int>
    /// The spend is multiplied by this.
    let factor: Double
  }

  init(_ specification: NetworkSpecification, _ geography: Geography, _ truth: Truth, _ market: Market) {
    let experiments = SpendHistory.experiments(specification)
    self.experiments = experiments
    amount = geography.regions.indices.map { region in
      truth.spend[region].enumerated().map { index, response in
        var stream = specification.stream("spend", region * 16 + index)
        return (0..<specification.months).map { month in
          let demand = SpendHistory.expectedDemand(specification, truth, market, region, month)
          var value = response.usual * exp(response.follow * demand + response.independent * stream.normal())
          if response.type == .exhibition { value *= SpendHistory.fairs(specification.season(month)) }
          for experiment in experiments
          where experiment.type == response.type && experiment.months.contains(month)
            && experiment.treated.contains(region)
          {
            value *= experiment.factor
          }
          return (value / 100).rounded() * 100
        }
      }
    }
    let amount = amount
    caused = geography.regions.indices.map { region in
      truth.spend[region].enumerated().map { index, response in
        (0..<specification.months).map { month in
          response.margin(SpendHistory.carried(amount[region][index], response, month))
        }
      }
    }
  }

  /// The demand that a manager expects, as ln of a multiple of the usual.
  private static func expectedDemand(
    _ specification: NetworkSpecification, _ truth: Truth, _ market: Market, _ region: Int, _ month: Int
  ) -> Double {
    let seasons = truth.season.map { $0[specification.season(month)] }
    let season = seasons.reduce(0, +) / Double(seasons.count)
    return market.level[region][month] - 0.06 + season + 1.5 * market.shock[region][month]
  }

  /// Fairs are held in March, May, September and November; between them little is spent on them.
  private static func fairs(_ calendarMonth: Int) -> Double {
    [2, 4, 8, 10].contains(calendarMonth) ? 2.2 : 0.4
  }

  /// The spend that acts in a month: this month's and earlier ones', before the history the usual one.
  static func carried(_ amounts: [Double], _ response: SpendTruth, _ month: Int) -> Double {
    response.weights.enumerated().reduce(0) { sum, term in
      let (lag, weight) = term
      return sum + weight * (month - lag >= 0 ? amounts[month - lag] : response.usual)
    }
  }

  private static func experiments(_ specification: NetworkSpecification) -> [Experiment] {
    let plans: [(type: SpendType, start: Int, factor: Double, randomTreated: Int)] = [
      (.adsSearch, 8, 2.0, 2), (.adsSocial, 14, 2.2, 3), (.training, 19, 2.5, 2), (.storeFit, 24, 0.3, 2),
      (.adsSearch, 29, 0.2, 2),
    ]
    var stream = specification.stream("experiments")
    return plans.enumerated().filter { $0.element.start + 3 <= specification.months }.map { index, plan in
      var regions = Array(0..<specification.regions)
      regions.shuffle(using: &stream)
      let treated = min(plan.randomTreated, specification.regions / 2)
      return Experiment(
        id: identifier("X", index, of: plans.count), type: plan.type, treated: Array(regions.prefix(treated)).sorted(),
        control: Array(regions.dropFirst(treated).prefix(treated + 1)).sorted(), months: plan.start..<(plan.start + 3),
        factor: plan.factor)
    }
  }

  /// All margin caused in a region and month at average demand.
  func causedTotal(_ region: Int, _ month: Int) -> Double {
    caused[region].reduce(0) { $0 + $1[month] }
  }

  /// The `budget` table. The books credit margin by codes and claims: too much to search, too little to training, and
  /// part of what would have been sold anyway.
  func budgetTable(_ specification: NetworkSpecification, _ geography: Geography, _ truth: Truth, _ market: Market)
    -> Table
  {
    let credit: [Double] = [1.10, 1.30, 0.80, 0.55, 0.70, 0.75]
    let rows = Market.rows(specification, geography).flatMap { row in
      SpendType.allCases.indices.map { (month: row.month, region: row.region, type: $0) }
    }
    var stream = specification.stream("outcome")
    var (amounts, committed, outcomes) = ([Money?](), [Money?](), [Money?]())
    for row in rows {
      let spent = amount[row.region][row.type][row.month]
      let demand = exp(market.level[row.region][row.month] + market.shock[row.region][row.month])
      let noise = exp(0.12 * stream.normal())
      let anyway = 0.15 * spent * demand
      amounts.append(money(spent))
      committed.append(money((spent * stream.uniform(0.3, 0.7) / 100).rounded() * 100))
      outcomes.append(
        money(credit[row.type] * caused[row.region][row.type][row.month] * demand * noise + anyway, decimals: 0))
    }
    return Table(
      name: "budget",
      columns: [
        .months("period", rows.map { specification.month($0.month) }),
        .text("region", rows.map { geography.regions[$0.region].name }),
        .text("spend_type", rows.map { SpendType.allCases[$0.type].rawValue }),
        .money("amount", amounts), .money("committed", committed), .money("outcome_value", outcomes),
      ])
  }

  /// The `experiments` table with a reading of each treated region: what the change caused within the experiment and
  /// the two months after it, with an unbiased error of measurement.
  func experimentsTable(_ specification: NetworkSpecification, _ geography: Geography, _ truth: Truth) -> Table {
    var stream = specification.stream("experiment reading")
    var (ids, regions, arms, types) = ([String?](), [String?](), [String?](), [String?]())
    var (starts, ends) = ([Period](), [Period]())
    var (extra, lifts, errors) = ([Money?](), [Money?](), [Money?]())
    for experiment in experiments {
      for region in (experiment.treated + experiment.control).sorted() {
        let isTreated = experiment.treated.contains(region)
        ids.append(experiment.id)
        regions.append(geography.regions[region].name)
        arms.append(isTreated ? "treatment" : "control")
        types.append(experiment.type.rawValue)
        starts.append(specification.month(experiment.months.lowerBound))
        ends.append(specification.month(experiment.months.upperBound - 1))
        let effect = isTreated ? difference(experiment, region, truth) : (spend: 0, margin: 0)
        extra.append(money((effect.spend / 3).rounded()))
        let error = 0.25 * abs(effect.margin) + 3_000
        lifts.append(isTreated ? money(effect.margin + error * stream.normal(), decimals: 0) : nil)
        errors.append(isTreated ? money(error, decimals: 0) : nil)
      }
    }
    return Table(
      name: "experiments",
      columns: [
        .text("experiment_id", ids), .text("region", regions), .text("arm", arms), .text("spend_type", types),
        .months("starts", starts), .months("ends", ends), .money("extra_spend", extra),
        .flag("randomised", ids.map { _ in true }), .money("lift_value", lifts),
        .money("lift_standard_error", errors),
      ])
  }

  /// Spend and margin with the experiment less those without it.
  private func difference(
    _ experiment: Experiment, _ region: Int, _ truth: Truth
  ) -> (spend: Double, margin: Double) {
    guard let type = SpendType.allCases.firstIndex(of: experiment.type) else { return (0, 0) }
    let response = truth.spend[region][type]
    let actual = amount[region][type]
    var without = actual
    for month in experiment.months { without[month] /= experiment.factor }
    let last = min(experiment.months.upperBound + 2, actual.count)
    var (spend, margin) = (0.0, 0.0)
    for month in experiment.months.lowerBound..<last {
      spend += actual[month] - without[month]
      margin +=
        response.margin(SpendHistory.carried(actual, response, month))
        - response.margin(SpendHistory.carried(without, response, month))
    }
    return (spend, margin)
  }
}
