import ChannelTypes

/// The plan of a sample network, written to teach: every key with its unit and what it does.
struct SamplePlan {
  private let specification: NetworkSpecification
  private let tables: [String]
  private let spent: LastQuarter
  private let sold: LastYear
  private let ending: String
  /// The money of the planned quarter: 8 % more than the last one, in ten thousands.
  private let quarter: Int

  init(
    _ specification: NetworkSpecification, _ tables: [String], _ spent: LastQuarter, _ sold: LastYear, compressed: Bool
  ) {
    self.specification = specification
    self.tables = tables
    self.spent = spent
    self.sold = sold
    ending = compressed ? ".csv.gz" : ".csv"
    quarter = Int((spent.total * 1.08 / 10_000).rounded()) * 10_000
  }

  var text: String {
    [
      head, data, goals, models, targets, budget, incentives, scorecard, probation, stock, shortage, credit, alerts,
      inputs, scenarios,
    ].joined(separator: "\n")
  }

  private var head: String {
    let start = specification.lastMonth.advanced(by: 1)
    return """
      # The plan of the sample network: what to compute, on which tables, within which limits.
      # Every key may be overridden on the command line: --set budget.quarter=1500000
      version: 1
      name: telecom-dealers
      currency: CNY                     # the unit of every amount below
      seed: \(specification.seed)                           # of every random draw: the same seed gives the same run
      calendar:
        frequency: month
        start: \(start)                  # the first planned period
        history_from: \(NetworkSpecification.firstMonth)           # earlier rows are not read
        holidays: cn                    # Lunar New Year, 618, 11.11

      """
  }

  private var data: String {
    let width = (tables.map(\.count).max() ?? 0) + 1
    let lines = tables.map { name in
      "  \(name):\(String(repeating: " ", count: width - name.count))data/\(name)\(ending)"
    }
    return
      (["# Paths start from the folder of this plan. Columns are described in README.md.", "data:"] + lines + [""])
      .joined(separator: "\n")
  }

  private var goals: String {
    """
    hierarchy: [region, city, partner]  # every level is forecast, and the levels add up

    goals:                              # what the network should reach; `check` says where goals contradict
      revenue_per_month: \(specification.partners * 40_000)
      active_partners: \(specification.partners)
      cities_open: \(specification.listedCities)
      by: 2027-12

    """
  }

  private var models: String {
    """
    forecast:
      measure: sell_out_qty             # what partners sold on; where it is missing, sell-in stands in
      horizon: 12                       # periods ahead
      levels: [50, 80, 95]              # central intervals in percent
      models: auto                      # the mean of two models, or one where it was clearly better
      drivers: [net_price, promo_days]
      events: cn
      select: {metric: mase, windows: 3, step: 1}
      nonnegative: true

    churn:
      horizon: 3                        # months ahead
      partner: {inactive_periods: 3}    # no sale for three months: gone

    value:
      ramp_months: 12                   # a partner signed less long ago is on the ramp
      growing_pct: 10                   # above this, against the year before, a partner grows
      declining_pct: 10                 # below minus this it declines
      dormant_gaps: 3                   # silent for more than so many of its own gaps between orders
      cross_sell: {least_buyers: 5, level: 0.95, offers: 3}   # at most three products proposed to a partner
      high_potential_pct: 25            # of the groups of places and customers, by what they could bring more

    """
  }

  private var targets: String {
    let year = specification.lastMonth.advanced(by: 1).containing(.year)?.description ?? ""
    let annual = Int((sold.total * 1.15 / 100_000).rounded()) * 100_000
    let floors = sold.regions.prefix(1).map { "\($0.name): \(Int($0.amount * 0.9 / 100_000) * 100_000)" }.joined()
    let weighted = sold.regions.dropFirst(3).prefix(1).map { "\($0.name): 1.1" }.joined()
    return """
      targets:                            # annual revenue goals down to region, partner, person and month
        annual: {\(year): \(annual)}          # of the whole network; the last twelve months brought \(Int(sold.total))
        unit: 100                         # every target is a multiple of this
        method: least_squares             # or proportional, min_max_growth, min_max_change
        # A partner's share: last year's sales ^ base * its part of the city's potential ^ potential * staff ^ capability.
        split: {base: 0.8, potential: 0.1, capability: 0.1}
        weights: {region: {\(weighted)}}   # the strategy asks for more than its share
        new_customers_pct: 3              # of a region's share, on a line for customers still to be won
        hold: [month]                     # each month keeps its share of the year
        floors: {region: {\(floors)}}
        growth:                           # against the last twelve months, in percent
          region: {at_least_pct: -20, at_most_pct: 60}
          partner: {at_least_pct: -50, at_most_pct: 200}
        conversion: [0.35, 0.35, 0.2]     # share of a prepayment that becomes revenue after 0, 1, 2 months
        elastic:                          # targets give way where a region's market (market_index) fell
          drop_pct: 15                    # by at least so much: the source lost the number
          maturity: {emerging: 20, mature: 12}   # in place of it, by the maturity of most of the region's cities
          # volatility: 2                 # the fall must also be so many standard deviations of the region's own changes
          months: 3                       # recent months, compared with the same a year before
          elasticity: 1.0                 # percent of target given up per percent of demand lost
          floor_pct: 70                   # a target keeps at least this part of itself
          link_reward: true               # rewards are multiplied by the target's factor in the same step
          # rewards: [{drop_pct: 15, coefficient_pct: 90}, {drop_pct: 25, coefficient_pct: 80}]   # or by these steps
        assess:                           # what is assessed how often, and which departments answer for it
          revenue: {every: [month, quarter], by: [sales, channel]}
          prepayment: {every: month, by: channel}
          profit: {every: quarter, by: sales}
        assess_due_days: 5                # days after the end of a period
        assurance_pct: 80                 # required_uplift brings the chance of the target to this
        prepayment_kinds: [prepayment]    # documents that count towards the prepayment target; or with order
        stuck_months: 3                   # a prepayment or order that waits so long for its shipment is stuck

      """
  }

  private var budget: String {
    func entry(_ item: (name: String, amount: Double), _ factor: Double) -> String {
      "\(item.name): \(Int((item.amount * factor / 1000).rounded()) * 1000)"
    }
    func list(_ items: [String]) -> String {
      stride(from: 0, to: items.count, by: 5).map { start in
        items[start..<min(start + 5, items.count)].joined(separator: ", ")
      }.joined(separator: ",\n             ")
    }
    let training = spent.types.filter { $0.name == "training" }
    let fairs = spent.types.filter { $0.name == "exhibition" }
    return """
      budget:
        quarter: \(quarter)                 # all the money of the quarter
        reserve_pct: 8                    # of it kept back
        spend_types: [\(spent.types.map(\.name).joined(separator: ", "))]
        # The last quarter's spend was \(Int(spent.total)). Floors protect what must go on, caps what a region can use.
        floors:
          region: {\(list(spent.regions.prefix(4).map { entry($0, 0.75) }))}
          spend_type: {\(training.map { entry($0, 0.6) }.joined())}
        caps:
          region: {\(list(spent.regions.map { entry($0, 1.4) }))}
          spend_type: {\(fairs.map { entry($0, 1.2) }.joined())}
        max_move_pct: 30                  # a region's money moves by at most this, against the last quarter
        tilt: {scores: yes}               # partners' scores tilt their region's weight
        retention: {cap: 60000}           # for keeping partners and customers, while it saves more than lines earn
        frontier: {from_pct: 60, to_pct: 140, points: 9}  # other budgets to solve for, in percent of the quarter
        # Further keys, none by default:
        #   shares: {region: {shanghai: {at_least_pct: 10, at_most_pct: 20}}}   of the money that may be placed
        #   tilt: {region: {northeast: 1.2}}               strategic weight of a unit of margin; 1
        #   min_or_zero: {spend_type: {exhibition: 5000}}  a line gets nothing, or at least this
        #   stability_penalty: 0.05                        margin given up rather than move one unit of money
        #   requests: {region: {shanghai: 180000}}         what regions ask for: compared at the same money
        #   reserve: {amplitude: 60000, scale: 80000, floor: 40000}   in place of reserve_pct
        #   objective: {risk: {measure: cvar, level: 0.9, weight: 0.3}}   the mean of the worst tenth counts 30 %
        objective: {maximise: expected_margin}

      """
  }

  private var incentives: String {
    let (last, next) = (specification.lastMonth, specification.lastMonth.advanced(by: 1))
    func name(_ month: Period, _ form: PeriodForm) -> String { month.containing(form)?.description ?? "" }
    let (quarter, nextQuarter) = (name(last, .quarter), name(next, .quarter))
    let (year, nextYear) = (name(last, .year), name(next, .year))
    return """
      incentives:                         # what partners earn by rules; every payout is rounded once, to the cent
        payment_days: 15                  # a payout is due so many days after its quarter or year
        close_pct: 10                     # this close below a tier, in percent of it, is close to the next tier
        commission:                       # a rule whose terms change is a list of versions, each with from and to
          basis: quarterly_sales          # what partners bought; or annual_sales, quarterly_sell_out, annual_sell_out
          mode: on_excess                 # each rate on the sales inside its tier; or on_whole: never assumed
          tiers: [[0, 0.10], [100000, 0.12], [200000, 0.15], [400000, 0.20]]
          links: [reward]                 # times the region's reward coefficient; turnover: times the stock's factor
        over_target_bonus: {rate: 0.02, from: \(quarter)}   # of the sales above the partner's target of the quarter
        rebates:                          # all with links: [reward, turnover]
          quarterly: {mode: on_excess, tiers: [[100000, 0.01], [200000, 0.02]], from: \(quarter)}
          annual:                         # less what the quarterly rebates of the year paid
            mode: on_whole
            tiers: [[400000, 0.01], [800000, 0.015], [1600000, 0.02]]
            paid_in: {cash: 0.5, discount: 0.5}
            from: \(year)
          grade: {from: \(nextQuarter)}           # the rate of the partner's grade, on the sales of the quarter
          market:                         # by sales and by their share of the potential of the partner's city
            mode: on_excess
            rows:
              - {penetration: 0.03, tiers: [[300000, 0.002]]}
              - {penetration: 0.10, tiers: [[300000, 0.004], [900000, 0.006]]}
            from: \(nextYear)
        store_fit:                        # fitting out stores, by the sell-out of the year
          steps: [[600000, 6000], [1000000, 10000], [1500000, 15000], [2000000, 20000]]
          cap: 20000                      # for one partner; per_outlet: true counts each step once an outlet
          paid_in: in_kind
          from: \(nextYear)
        reinvestment: {share: 0.01, paid_in: in_kind, from: \(nextYear)}   # of the sales above the target of the year
        # Further keys, none by default:
        #   multipliers: {product: {5g-cpe: 1.5}, role: {new: 1.2}}   of a rule: sales that count more, or less
        #   to: 2026Q4                     the last period of a version
        #   nets: [rebates.quarterly, rebates.grade]   of rebates.annual: what counts towards it

      """ + Self.recognition
  }

  private var stock: String {
    """
    inventory:
      service_level: 0.95               # chance that stock lasts over lead time and review period
      review_days: 7
      lower: safety_stock               # below: replenish
      upper: {cover_days: 75}           # above: promote or transfer, whichever is cheaper
      slow: {no_sale_days: 60, cover_days: 180}   # no sale for so long, or stock for more than so long
      holding_pct: 20                   # cost of holding stock for a year, of its value
      transfer: {cost_per_unit: 8, days: 5}
      promote: {discount_pct: 10, lift_pct: 40}
      age: {limit_days: 180, deadline_days: 60, support_pct: 5}   # older: to be sold by the deadline, with support
      benchmark: {dio_days: 60, slow_share: 0.10}   # usual in the trade; without it, the middle of the network
      working_capital_pct: 50           # of a partner's working capital may lie in stock
      pushing: {index: 1.2, p_value: 0.05}   # sell-in / sell-out of a quarter, or a swell at quarter ends
      links:                            # long and slow stock lowers rebates and credit limits
        dio_days: [[30, 1.00], [60, 0.95], [90, 0.85]]     # days of stock, factor
        slow_share: [[0, 1.00], [0.2, 0.95], [0.4, 0.90]]  # slow-moving share of the stock's value, factor
        shape: step                     # from knot to knot; linear: along the line between two knots
        apply_to: [rebate, credit_limit]
        at_least: 0.75                  # both tables together
        exceptions:                     # tables of their own, the first that fits
          - {new_months: 12, dio_days: [[60, 1.00], [120, 0.90]]}     # signed less than a year ago
          - {region: kunming, dio_days: [[45, 1.00], [90, 0.95], [120, 0.85]]}
      # budget: 2000000                 # money for all orders together; the least useful are cut back to it
      # space: 20000                    # units of all orders together

    """
  }

  private var shortage: String {
    let units = max(2, specification.partners / 5 * 2)
    return """
      shortage:                           # supply that is scarce is split among the partners that have to order
        supply: {switch-24: \(units)}           # units until the next review; what is not listed is not scarce
        floor_pct: 20                     # of its order, rounded down, every partner gets at least
        weights: {gold: 2, silver: 1.5}   # priority by grade, default 1: twice the weight, twice the fill rate
        strict_tiers: false               # yes: above the floors a lower weight waits for the higher ones

      """
  }

  private var credit: String {
    """
    credit:                             # how much may be owed by whom, and on which terms
      # total: 3000000                  # all limits together; else what today's come to at planned demand
      default_days: 60                  # an invoice unpaid so long after it was due is a default
      loss_given_default_pct: 60        # of what is owed
      margin_pct: 20                    # what a unit of sales on credit earns
      capital_cost_pct: 10              # yearly cost of the capital behind the worst losses
      expected_loss_pct: 8              # at most, of all limits, in a year
      level: 95                         # the worst 5 % of outcomes are looked at
      max_move_pct: 50                  # a limit moves by at most this from what the partner's sales need
      prepay_above_pct: 25              # chance of default above which risk is high
      unit: 100                         # limits are whole multiples of this
      demand_elasticity: 1              # limits follow planned demand of the region: 1 in step, 0 not at all
      bands:                            # terms by risk: never longer than today, and reviewed the sooner the riskier
        low: {up_to_pct: 8, days: 60, review_days: 365}
        mid: {days: 30, review_days: 180}
        high: {prepay: true, review_days: 90}
      ratings: {A: 2, B: 5, C: 10, D: 25}   # each up to this chance of default in percent; above: E
      benchmarks: {current_ratio: 1.2, liabilities_to_assets: 0.7}   # other ratios are held against their peers
      stress:                           # shocks that partners should survive for so many months
        months: 6
        variable_cost_pct: 90           # of a partner's costs; the rest stays when sales fall
        shocks:
          mild: {sales_pct: -10, delay_days: 10}
          severe: {sales_pct: -30, delay_days: 15}
      matrix:                           # likelihood: chance of default; impact: its loss, of all limits
        likelihood_pct: [2, 5, 10, 25]
        impact_pct: [0.25, 0.5, 1, 2]
        grid:                           # rows from unlikely to likely, columns from light to grave
          1: [low, low, low, low, mid]
          2: [low, low, low, mid, mid]
          3: [low, low, mid, mid, high]
          4: [low, mid, mid, high, high]
          5: [mid, mid, high, high, high]
      extension:                        # longer terms where a market grows, stricter service where it is mature
        maturity: [emerging, growing]
        bands: [low]                    # risk bands that may get them
        days: [15, 30]                  # more than their terms
        sales_lift_pct: 8               # more sales for 30 days more
        exposure_pct: 5                 # extra exposure at most, of all limits
        mature_service_pct: 20          # how much stricter service is measured in mature regions
      cash: {discount_pct: 1, partner_rate_pct: 8}   # for payment before delivery; what money costs partners a year
      fund_level: 99                    # the emergency fund covers a year's losses with this confidence
      overstock_loss_pct: 30            # what slow stock loses of its value; shared by shareholding

    """
  }

  private var inputs: String {
    """
    # What is taken as given, against today: by region, product family or product, or `all`. Default 1; factors multiply.
    # demand: {east: 0.9}               # times the forecast; by region
    # supply: {router: 0.8, months: 2}  # the share of orders that arrives, in the first two months; the rest comes later
    # price: {all: 0.95}                # net prices; demand follows by the elasticity that the history gives
    # cost: {"region:kunming": 1.1}     # unit costs; a name that could be two things is written with its kind
    supply:
      waiting_pct: 0                    # of buyers who wait for goods that are out of stock; the others buy elsewhere
      backup: {share_pct: [25, 50, 100], premium_pct: 10}   # a second supplier: of what is missing, above unit cost
    risk:
      confidence_pct: 95                # a year's losses are to stay within the reserve with this chance
      # reserve: 400000                 # a reserve to be judged: the chance that it suffices
      sharing: {beyond_pct: 10, maker_pct: 50}   # of a fall of sales beyond 10 %, the maker bears half of what it costs

    """
  }

  private var scenarios: String {
    """
    # What nobody knows for sure, each with its range: what it would do is the tornado of the report.
    uncertainties:
      market: {key: demand.all, low: "*0.9", high: "*1.1"}
      purchase_cost: {key: cost.all, low: "*0.97", high: "*1.05"}
      price_level: {key: price.all, low: "*0.95", high: "*1.02"}
      supply: {key: supply.all, low: "*0.8", high: "*1"}

    # A scenario is a patch on this plan, never a copy: `--scenario budget_cut`.
    scenarios:
      base: {}
      demand_dip: {extends: base, set: {demand.east: "*0.8"}}
      budget_cut: {extends: base, set: {budget.quarter: "*0.85"}}
      free_hand: {extends: base, set: {budget.max_move_pct: 60}}
      safer_stock: {extends: base, set: {inventory.service_level: 0.97}}
      whole_tiers: {extends: base, set: {incentives.commission.mode: on_whole}}
      scarce_switch: {extends: base, set: {"shortage.supply.*": "*0.5"}}
      outage: {extends: base, set: {"supply.*": "*0.6", supply.months: 2}}
      price_cut: {extends: base, set: {"price.*": "*0.95"}}
      cost_rise: {extends: base, set: {"cost.*": "*1.05"}}

    """
  }
}
