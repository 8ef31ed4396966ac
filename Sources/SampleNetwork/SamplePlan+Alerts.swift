extension SamplePlan {
  var alerts: String {
    """
    alerts:                             # what is to be noticed: rules, and tests on monthly series
      # A rule: when, level (watch, warn, critical), then, for so many months in a row (1), of partner or region.
      # Names: orders, sell_out, forecast.p10/p50/p90, next.p50, attainment, score, quarters_below, cover_days,
      # slow_share, stuffing_index, complaints, unresolved, satisfaction, credit_use, days_overdue, months_silent, …;
      # also mean(x, 12), sum, min, max, change(x, 3), abs(x). What is not known makes a condition unknown, not false.
      rules:
        - {name: orders_low, when: "orders < 0.6 * forecast.p50", for: 3, level: warn, then: visit and ask for its plan}
        - {name: sales_low, when: "mean(sell_out, 3) < 60 % * mean(forecast.p50, 3)", level: warn}
        - {name: silent, when: "months_silent >= 2", level: warn, then: call and ask for the missing reports}
        - {name: failing, when: "quarters_below >= 2", level: critical, then: agree on a plan for improvement}
        - {name: overstock, when: "cover_days > 90 or slow_share > 0.4", level: warn, then: promote or transfer}
        - {name: pushed, when: "stuffing_index > 1.5 and change(sell_out, 3) < 0", for: 2, level: watch}
        - {name: overdue, when: "days_overdue > 60 or credit_use > 1.2", level: warn, then: prepayment until it is paid}
        - {name: diversion, when: "sum(diversions, 6) >= 2", level: warn, then: check where the goods went}
        - {name: region_low, when: "sell_out < 0.8 * forecast.p50", of: region, level: warn}
      tests:
        false_alarms_per_100: 2         # series-months of quiet history; thresholds are simulated to keep to it
        escalate:                       # months or fall against what was expected, whichever comes first
          warn_months: 2
          critical_months: 4
          warn_fall_pct: 40
          critical_fall_pct: 70
        complaints:
          pareto_pct: 80                # of all cases: the vital few types
          chance_pct: 1                 # of a false alarm in each test of a rate, and of satisfaction
          repeats: 2                    # open cases of one type at one partner …
          repeat_months: 6              # … within so many months
        satisfaction_drop: 8            # points; smaller falls are no alarm
        stuffing_index: 1.3             # sell-in against sell-out above which demand_shift speaks of stuffing

    """
  }
}
