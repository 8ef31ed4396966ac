import ChannelTypes
import Specifications

extension PlanDecoder {
  func supply(_ cursor: inout MappingCursor, _ frequency: Frequency) -> SupplySettings {
    var supply = SupplySettings()
    supply.waiting = cursor.read("waiting_pct", as: .number(.between(0, 100)), default: supply.waiting.value)
    cursor.section("backup") { backup in
      supply.backup = backup.list("share_pct", of: .number(.between(0, 100)), default: supply.backup.map(\.value))
      supply.backupPremium = backup.read(
        "premium_pct", as: .number(.between(-100, 1000)), default: supply.backupPremium.value)
    }
    supply.factors = factors(&cursor, .between(0, 1), besides: ["waiting_pct", "backup"], frequency)
    return supply
  }

  func price(_ cursor: inout MappingCursor, _ frequency: Frequency) -> PriceSettings {
    var price = PriceSettings()
    price.elasticity = cursor.read("elasticity", as: .number(.between(-20, 0)))
    price.factors = factors(&cursor, .between(0.1, 10), besides: ["elasticity"], frequency)
    return price
  }

  func cost(_ cursor: inout MappingCursor, _ frequency: Frequency) -> NamedFactors {
    factors(&cursor, .between(0, 100), besides: [], frequency)
  }

  /// Names and their factors: 1 where a scenario changes a name that the plan does not have.
  private func factors(
    _ cursor: inout MappingCursor, _ range: Bounds<Double>, besides known: [String],
    _ frequency: Frequency
  ) -> NamedFactors {
    var factors = NamedFactors()
    factors.periods = length(&cursor, frequency)
    for key in cursor.keys where !known.contains(key) && !Self.lengthKeys.contains(key) {
      let place = cursor.origin(of: key).place
      factors.entries.append(
        NamedFactors.Entry(FactorName(key), cursor.read(key, as: .number(range), default: 1), at: place))
    }
    return factors
  }

  static let lengthKeys = ["periods", "months"]

  /// For how long factors hold: `periods` of the calendar, or `months`, begun periods counted whole.
  func length(_ cursor: inout MappingCursor, _ frequency: Frequency) -> Located<Int>? {
    let periods = cursor.read("periods", as: .integer(.between(1, 1000)))
    guard let months = cursor.read("months", as: .integer(.between(1, 1000))) else { return periods }
    if let periods {
      cursor.report(
        PlanCodes.twoLengths, "`\((cursor.path + ["months"]).joined(separator: "."))` is given beside `periods`",
        at: months.place, hint: "keep one of them", notes: ["periods are written at \(periods.place)"])
    }
    return Located((months.value * frequency.periodsPerYear + 11) / 12, at: months.place)
  }
}
