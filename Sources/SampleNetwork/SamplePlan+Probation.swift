extension SamplePlan {
  var probation: String {
    """
    probation:                          # when a partner is warned, what its exit would cost, and who could follow
      below: baseline_per_indicator     # each indicator against its own baseline: a good total hides no failure
      # A number, {own_quarters: 4, pct: 85} of the partner's own median, or {peers_pct: 10, within: region}.
      baselines:
        score: {own_quarters: 4, pct: 80}
        attainment: 0.7                 # of the adjusted target, at least
        growth: -0.2                    # of the quarter's sales against a year before, at least
        satisfaction: 55                # points, at least; surveyed once, so known for the last quarter only
        complaints: 2                   # a quarter, at most
        overdue_days: 30                # of what is due, weighted by amount, at most
      quarters: 2                       # the same indicator below so many quarters in a row: warned
      grace_months: 3                   # full months after the month of the warning
      recovery_quarters: 1              # so many good quarters clear a warning
      on_fail: [terminate, buyback, compensation, penalty]
      exit:                             # letting go against keeping, as present values
        horizon_months: 24
        discount_pct: 8                 # a year
        margin_pct: 20                  # where products state none
        buyback_pct_by_age: {0: 100, 180: 80, 365: 50}   # of the contract's price, by days since receipt
        resale_pct: 60                  # of its cost, what stock taken back brings
        collected_pct_by_days_overdue: {0: 97, 1: 90, 30: 75, 60: 50, 90: 25}
        collected_on_exit_pct: 85       # of that, from a partner that has to go
        penalty_pct: 5                  # of the shortfall to the contract's annual target
        support_saved_pct: 50           # of its part of the budget; the rest would be spent anyway
        without_contract: {notice_days: 60, buyback_pct: 80, compensation_pct: 2}
        sales_spread: 0.25              # of the logarithm of a year's sales, where there is no forecast
        draws: 1000
        level: 80                       # percent of outcomes inside the interval
        certainty_pct: 60               # a partner goes only where that is better at least so often
      successors:                       # customers that follow, in percent of the sales offered
        partner_pct: 60
        candidate_pct: 40
        other_city_pct: 70              # of that, to another city of the region
        spread: 0.3                     # standard deviation of what follows, of its mean
        headroom_pct: 30                # how much more than last year a partner can sell
        candidate_trust_pct: 70         # of the sales that the field staff expects of a candidate
        dedicated_staff: 1              # people that a candidate needs for our products
      conflicts: {kinds: [diversion, dumping], quarters: 8, reorganise_from: 6, exit_from: 12}  # severity * quarters
      bands: {reward_from: 75, remove_below: 25, hysteresis: 5}   # of performance, 0 to 100
      lists_pct: 10                     # of the partners, on the top and on the bottom list of a quarter
      # improvements: {growth: visit the ten largest customers}   # what is proposed, by indicator

    """
  }
}
