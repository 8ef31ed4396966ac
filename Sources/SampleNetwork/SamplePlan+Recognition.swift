extension SamplePlan {
  /// The keys of `incentives:` about grades, points and awards.
  static let recognition = """
      grades:                           # by a calendar year's sales and by outlets; in effect for the year after it
        bronze: {sales: 300000, coverage: 1, rebate: 0.01, training_hours: 8}
        silver: {sales: 600000, coverage: 2, rebate: 0.02, training_hours: 24, subsidy: 5000}
        gold: {sales: 1200000, coverage: 3, rebate: 0.03, training_hours: 40, subsidy: 20000, fund: 30000}
        # rebate of a quarter's sales; subsidy and training_hours a year; fund: for the brand, once, on reaching it
      points:                           # of a quarter; what is not redeemed is gone at its end
        weights: {attainment: 0.5, new_customers: 0.3, satisfaction: 0.2}
        reset: quarterly
        full: 1000                      # points where each of the three is at 100 %
        cap_pct: 150                    # more than this counts as this
        new_customers: 2                # in a quarter, as 100 %
        value: 1                        # of a point, as discount on the next order
        redeemed_pct: 80                # of the points, until the ledger shows how many are
      new_product:                      # the first order of a partner for a product that is new
        first_order_points: x2          # times order_points; or first_order_cash: 500
        order_points: 100
        months: 12                      # after its launch a product is new no more
        fund: 200000                    # of a calendar year, first come, first served
      star: {years: 3, loyalty_pct: [1, 3], full_years: 6}   # of cumulative sales; the higher rate from full_years on
      contest: {every: month, by: attainment, top: 3, prizes: [6000, 4000, 2000]}   # of the regions' squads
      priority: {streak: 2, factor: 1.5}   # quarters in a row on target: first in line, weight times factor
      awards:                           # pools, in equal parts
        innovation: {pool: 60000, winners: 3, by: new_products, every: year}
        strategic: {pool: 90000, winners: 3, by: score, every: year}
      support:                          # service by people for our products only and share of months with sell-out
        basic: {dedicated_staff: 0, reports: 0, field_days: 1}
        standard: {dedicated_staff: 1, reports: 0.8, field_days: 3}
        full: {dedicated_staff: 2, reports: 0.95, field_days: 6}

    """
}
