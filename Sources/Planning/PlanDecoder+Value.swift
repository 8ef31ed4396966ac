import ChannelTypes
import Specifications

extension PlanDecoder {
  func value(_ cursor: inout MappingCursor, _ standard: ValueSettings) -> ValueSettings {
    var value = standard
    value.rampMonths = cursor.read("ramp_months", as: .integer(.between(1, 1200)), default: standard.rampMonths.value)
    let rise = ScalarFormat.percent(.between(Percent(0), Percent(1000)))
    value.growing = cursor.read("growing_pct", as: rise, default: standard.growing.value)
    value.declining = cursor.read("declining_pct", as: .percent(), default: standard.declining.value)
    value.dormantGaps = cursor.read(
      "dormant_gaps", as: .number(.between(1, 1000)), default: standard.dormantGaps.value)
    cursor.section("cross_sell") { crossSell in
      value.leastBuyers = crossSell.read(
        "least_buyers", as: .integer(.between(1, 1_000_000)), default: standard.leastBuyers.value)
      value.level = crossSell.read("level", as: .number(.strictlyBetween(0, 1)), default: standard.level.value)
      value.offers = crossSell.read("offers", as: .integer(.between(1, 100)), default: standard.offers.value)
    }
    value.highPotential = cursor.read("high_potential_pct", as: .percent(), default: standard.highPotential.value)
    return value
  }
}
