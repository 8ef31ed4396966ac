import ChannelTypes
import Glibc
import Tables

/// `truth.json`: the values behind a sample network, for benchmarks that ask whether an engine finds them.
struct TruthDocument {
  let specification: NetworkSpecification
  let geography: Geography
  let products: [Product]
  let truth: Truth
  let spend: SpendHistory
  let simulation: SalesSimulation
  let customers: Customers

  var value: JSONValue {
    .object([
      JSONValue.Member("specification", specificationValue),
      JSONValue.Member("elasticity", elasticity),
      JSONValue.Member("seasonal_index", seasons),
      JSONValue.Member("lunar_new_year", newYear),
      JSONValue.Member("demand_effects", effects),
      JSONValue.Member("responses", responses),
      JSONValue.Member("partner_hazard", partnerHazard),
      JSONValue.Member("customer_hazards", customerHazards),
      JSONValue.Member("level_shifts", shifts),
      JSONValue.Member("churned_partners", churned),
      JSONValue.Member("demand", demand),
    ])
  }

  private func number(_ value: Double, _ digits: Int = 4) -> JSONValue { .number(value.rounded(digits: digits)) }

  private func month(_ index: Int) -> JSONValue { .string(specification.month(index).description) }

  private var specificationValue: JSONValue {
    .object([
      JSONValue.Member("partners", .integer(specification.partners)),
      JSONValue.Member("regions", .integer(specification.regions)),
      JSONValue.Member("products", .integer(specification.products)),
      JSONValue.Member("months", .integer(specification.months)),
      JSONValue.Member("seed", .string(String(specification.seed))),
    ])
  }

  /// Of demand to the net price; product → region → value.
  private var elasticity: JSONValue {
    .object(
      products.indices.map { product in
        JSONValue.Member(products[product].id, byRegion { number(truth.elasticity[product][$0]) })
      })
  }

  private func byRegion(_ value: (Int) -> JSONValue) -> JSONValue {
    .object(geography.regions.indices.map { JSONValue.Member(geography.regions[$0].name, value($0)) })
  }

  /// Twelve factors per family with geometric mean 1, without the Lunar New Year.
  private var seasons: JSONValue {
    .object(
      ProductFamily.allCases.enumerated().map { index, family in
        JSONValue.Member(family.rawValue, .array(truth.season[index].map { number(exp($0)) }))
      })
  }

  /// Per family the change of ln demand in a month that holds all 21 days before the new year (rush) or all 15 days from
  /// it on (pause); per month the shares that it holds.
  private var newYear: JSONValue {
    let families = ProductFamily.allCases.enumerated().map { index, family in
      JSONValue.Member(
        family.rawValue,
        .object([
          JSONValue.Member("rush", .number(truth.newYear[index].rush)),
          JSONValue.Member("pause", .number(truth.newYear[index].pause)),
        ]))
    }
    let months = (0..<specification.months).compactMap { index -> JSONValue? in
      let shares = SalesCalendar.newYearShares(specification, index)
      guard shares.rush > 0 || shares.pause > 0 else { return nil }
      return .object([
        JSONValue.Member("period", month(index)), JSONValue.Member("rush_share", number(shares.rush)),
        JSONValue.Member("pause_share", number(shares.pause)),
      ])
    }
    return .object([JSONValue.Member("effects", .object(families)), JSONValue.Member("months", .array(months))])
  }

  private var effects: JSONValue {
    .object([
      JSONValue.Member("promotion_lift_per_30_days", .number(Truth.promotionLift)),
      JSONValue.Member("promotion_dip_per_30_days_of_last_month", .number(-Truth.promotionDip)),
      JSONValue.Member("rival_price", .number(Truth.rivalPrice)),
      JSONValue.Member("rival_promotion_per_30_days", .number(Truth.rivalPromotion)),
      JSONValue.Member("delivery_delay_per_day", .number(Truth.delay)),
      JSONValue.Member("noise_scale", .number(Truth.noiseScale)),
      JSONValue.Member("noise_degrees_of_freedom", .number(Truth.noiseDegreesOfFreedom)),
      JSONValue.Member("project_chance", .number(Truth.projectChance)),
    ])
  }

  /// Region → spend type → curve. Spend and margin are CNY a month, at average demand and steady spend.
  private var responses: JSONValue {
    byRegion { region in
      .object(
        truth.spend[region].enumerated().map { type, response in
          JSONValue.Member(response.type.rawValue, self.response(response, spend.amount[region][type]))
        })
    }
  }

  private func response(_ response: SpendTruth, _ history: [Double]) -> JSONValue {
    let now = history.suffix(3).reduce(0, +) / Double(min(3, history.count))
    let carry: JSONValue =
      switch response.carryOver {
      case .geometric(let rate):
        .object([JSONValue.Member("form", "geometric"), JSONValue.Member("rate", .number(rate))])
      case .weibull(let shape, let scale):
        .object([
          JSONValue.Member("form", "weibull"), JSONValue.Member("shape", .number(shape)),
          JSONValue.Member("scale", .number(scale)),
        ])
      }
    return .object([
      JSONValue.Member("family", .string(response.curve.name)),
      JSONValue.Member("shape", .number(response.curve.shape)),
      JSONValue.Member("amplitude", number(response.amplitude, 2)),
      JSONValue.Member("scale", number(response.scale, 2)),
      JSONValue.Member("carry_over", carry),
      JSONValue.Member("carry_over_weights", .array(response.weights.map { number($0) })),
      JSONValue.Member("follows_demand", .number(response.follow)),
      JSONValue.Member("usual_spend", number(response.usual, 2)), JSONValue.Member("current_spend", number(now, 2)),
      JSONValue.Member("margin_at_current_spend", number(response.margin(now), 2)),
      JSONValue.Member("marginal_margin_at_current_spend", number(response.slope(now))),
    ])
  }

  private var partnerHazard: JSONValue {
    let hazard = truth.partnerHazard
    let months = simulation.histories.reduce(0) { $0 + $1.sellOut.count }
    return .object([
      JSONValue.Member("link", "logit of leaving within a month"),
      JSONValue.Member("intercept", .number(hazard.intercept)),
      JSONValue.Member("sales_trend", .number(hazard.trend)),
      JSONValue.Member("satisfaction_above_70_per_10", .number(hazard.satisfaction)),
      JSONValue.Member("stockout_share", .number(hazard.stockouts)),
      JSONValue.Member("log_tenure_years_plus_1", .number(hazard.tenure)),
      JSONValue.Member("complaints_in_6_months", .number(hazard.complaints)),
      JSONValue.Member("partner_months", .integer(months)),
      JSONValue.Member("expected_departures", number(simulation.histories.reduce(0) { $0 + $1.expectedDepartures }, 2)),
      JSONValue.Member("departures", .integer(simulation.histories.count { $0.end != nil })),
    ])
  }

  private var customerHazards: JSONValue {
    .object(
      zip(truth.customerHazards, customers.counts).map { hazard, count in
        JSONValue.Member(
          hazard.segment.rawValue,
          .object([
            JSONValue.Member("intercept", .number(hazard.intercept)),
            JSONValue.Member("log_months_plus_1", .number(hazard.tenure)),
            JSONValue.Member("stockout_share", .number(hazard.stockouts)),
            JSONValue.Member("contract_months", .integer(hazard.contractMonths)),
            JSONValue.Member("renewal_chance", .number(hazard.renewal)),
            JSONValue.Member("orders_per_month", .number(hazard.orderRate)),
            JSONValue.Member("customers", .integer(count.customers)),
            JSONValue.Member("months_at_risk", .integer(count.monthsAtRisk)),
            JSONValue.Member("expected_departures", number(count.expectedDepartures, 2)),
            JSONValue.Member("departures", .integer(count.departures)),
            JSONValue.Member("renewals_due", .integer(count.renewalsDue)),
            JSONValue.Member("renewals", .integer(count.renewals)),
            JSONValue.Member("active_at_end", .integer(count.activeAtEnd)),
          ]))
      })
  }

  private var shifts: JSONValue {
    let region = truth.levelShift
    let partners = simulation.partners.compactMap { partner -> JSONValue? in
      guard let shift = partner.shift else { return nil }
      return .object([
        JSONValue.Member("partner_id", .string(partner.id)), JSONValue.Member("period", month(shift.month)),
        JSONValue.Member("log_change", .number(shift.logChange)),
      ])
    }
    return .object([
      JSONValue.Member(
        "region",
        .object([
          JSONValue.Member("region", .string(geography.regions[region.region].name)),
          JSONValue.Member("period", month(region.month)), JSONValue.Member("log_change", .number(region.logChange)),
        ])),
      JSONValue.Member("partners", .array(partners)),
      JSONValue.Member(
        "stuffed_partners", .array(simulation.partners.filter(\.isStuffed).map { .string($0.id) })),
    ])
  }

  private var churned: JSONValue {
    .array(
      zip(simulation.partners, simulation.histories).compactMap { partner, history in
        history.end.map { end in
          .object([
            JSONValue.Member("partner_id", .string(partner.id)), JSONValue.Member("first_month_gone", month(end)),
          ])
        }
      })
  }

  /// Demand that stock did not cut off: units and value that the model expected, units asked for, and units sold.
  private var demand: JSONValue {
    let totals = simulation.totals
    return .array(
      (0..<specification.months).map { index in
        .object([
          JSONValue.Member("period", month(index)),
          JSONValue.Member("expected_units", number(totals.expectedUnits[index], 2)),
          JSONValue.Member("expected_value", number(totals.expectedValue[index], 2)),
          JSONValue.Member("demanded_units", .integer(totals.demandUnits[index])),
          JSONValue.Member("sold_units", .integer(totals.soldUnits[index])),
          JSONValue.Member("expected_value_by_region", byRegion { number(totals.regionValue[$0][index], 2) }),
        ])
      })
  }
}
