extension SamplePlan {
  /// `scorecard:` how partners are scored, and what follows.
  var scorecard: String {
    """
    scorecard:                          # the health of every partner and quarter, 0 to 100, against its peers
      scale: mad                        # distance from the median of its channel type in robust deviations; or quantile
      bound: 3                          # so many deviations from the median are worth 0 or 100
      fewest_peers: 8                   # smaller channel types are compared with all partners
      # Each set of weights adds up to 1 and holds from its quarter on; one for a contract tier counts before one for a
      # channel type, and that before one for all. Weights of what is not known go to the other indicators.
      weights:
        - from: 2023Q1
          set: {attainment: 0.15, growth: 0.12, share: 0.08, sell_through: 0.05, turnover_days: 0.1,
                response_hours: 0.06, resolution_rate: 0.05, complaint_rate: 0.08, fulfilment: 0.06,
                renewal_rate: 0.06, satisfaction: 0.07, punctuality: 0.06, profitability: 0.03, leverage: 0.03}
        - from: 2025Q1                  # online partners: whether their customers stay
          channel: online
          set: {attainment: 0.13, growth: 0.12, share: 0.06, sell_through: 0.03, turnover_days: 0.1,
                response_hours: 0.06, resolution_rate: 0.05, complaint_rate: 0.08, fulfilment: 0.06, retention: 0.08,
                renewal_rate: 0.04, satisfaction: 0.07, punctuality: 0.06, profitability: 0.03, leverage: 0.03}
        - from: 2025Q1                  # partners with shops: how well they cover their city
          channel: [agent, direct]
          set: {attainment: 0.13, growth: 0.12, share: 0.07, store_coverage: 0.05, sell_through: 0.03,
                turnover_days: 0.1, response_hours: 0.06, resolution_rate: 0.05, complaint_rate: 0.08, fulfilment: 0.06,
                renewal_rate: 0.06, satisfaction: 0.07, punctuality: 0.06, profitability: 0.03, leverage: 0.03}
        - from: 2023Q1                  # provincial agents answer for sales and their contract first
          tier: provincial_agent
          set: {attainment: 0.2, growth: 0.1, share: 0.12, sell_through: 0.04, turnover_days: 0.1,
                response_hours: 0.05, resolution_rate: 0.04, complaint_rate: 0.06, fulfilment: 0.08,
                renewal_rate: 0.04, satisfaction: 0.05, punctuality: 0.06, profitability: 0.03, leverage: 0.03}
      gates: {complaint_hours: 24}      # hours to the answer of a complaint; a failed gate closes the best band
      shrink: {incidents: 4, orders: 20, customers: 8}  # rates of few cases are drawn to the mean by so many cases
      map: {performance_quantile: 0.5, potential_quantile: 0.5, margin: 5,  # a move takes 5 points beyond the threshold
            headroom: 0.5, growth: 0.3, capability: 0.2}                    # parts of the potential
      bands:                            # from the best; left only when the score is band_margin points beyond the end
        - {name: reward, from: 55, action: bonus and first choice of new products}
        - {name: improve, from: 42, action: plan with the worst indicator as its subject}
        - {name: remove, from: 0, action: exit case or replacement by a candidate}
      band_margin: 2
      grades:
        - {from: 2023Q1, set: {A: 60, B: 50, C: 40, D: 0}}
      tilt: {strength: 0.3, step: 0.1}  # score 100 asks for 1.3 times the money, reached by 0.1 a quarter
      tiers: {provincial_agent: 600000, city_distributor: 0}  # by sales of a year
      support:                          # service support: the first tier whose conditions are met, and its level
        - {name: strategic, score: 55, dedicated_staff: 2, attainment: 0.9, level: 1.2}
        - {name: standard, score: 42, dedicated_staff: 1, level: 1}
        - {name: basic, level: 0.8}
      departments: {satisfaction: service, activity_satisfaction: channel, complaint_rate: service}
      list_pct: 10                      # of the best and the worst by growth and satisfaction
      fit_weights: {ridge: 0.1}         # weights that would have foretold next year's sales, for comparison only
      # qualitative: {columns: {policy: policy_word}, scale: {good: 80, fair: 50, poor: 20}, weight_pct: 0}   people's
      #   words in columns of the partners table, shown apart; a weight above 0 gives a combined score as well
      candidates:                       # what a new partner must bring, and how those that do are ordered
        dedicated_staff: 1
        fixed_office: true
        shares_data: true
        stock_months: 1                 # its working capital pays for so many months of predicted sales
        weights: {predicted_sales: 0.4, outlets: 0.2, customers: 0.2, years_in_trade: 0.1, bureau_score: 0.1}

    """
  }
}
