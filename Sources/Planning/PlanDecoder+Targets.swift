import Allocation
import ChannelTypes
import Specifications
import Tables

extension PlanDecoder {
  private static let targetAmount = ScalarFormat.money(.between(.zero, Money(1_000_000_000_000)))
  private static let levels: [TargetProblem.Level] = [.region, .partner, .owner, .city, .channel, .department]

  func targets(_ cursor: inout MappingCursor) -> TargetSettings {
    var settings = TargetSettings()
    settings.annual = cursor.section("annual") { years in
      years.keys.compactMap { key in
        // A year is four digits; what is none is left unread and so reported.
        guard let year = Int(key), (1900...9999).contains(year) else { return nil }
        return years.require(key, as: Self.targetAmount).map { (year, $0) }
      }
    }.sorted { $0.year < $1.year }
    let smallest = Money(tenThousandths: 1)
    settings.unit = cursor.read(
      "unit", as: .money(.between(smallest, Money(1_000_000_000))), default: settings.unit.value)
    settings.method = cursor.read("method", as: .choice, default: settings.method).value
    settings.split = cursor.section("split") { split in
      let exponent = ScalarFormat<Double>.number(.between(-10, 10))
      var read = settings.split
      read.base = split.read("base", as: exponent, default: read.base).value
      read.potential = split.read("potential", as: exponent, default: read.potential).value
      read.capability = split.read("capability", as: exponent, default: read.capability).value
      return read
    }
    settings.regionWeights = cursor.section("weights") { weights in
      weights.section("region") { regions in
        regions.keys.compactMap { id in regions.require(id, as: .number(.between(0, 1000))).map { (id, $0.value) } }
      }
    }
    settings.newCustomers = cursor.read("new_customers_pct", as: .percent(), default: settings.newCustomers).value
    let held = cursor.list("hold", of: .word(of: ["month", "region"])).map(\.value)
    (settings.holdsMonths, settings.holdsRegions) = (held.contains("month"), held.contains("region"))
    settings.limits = cursor.sections("locked") { locked(&$0) }.compactMap(\.self)
    for (key, isFloor) in [("floors", true), ("caps", false)] {
      settings.limits += cursor.section(key) { amounts(&$0, key, isFloor: isFloor, settings.annual.map(\.year)) }
    }
    settings.growth = cursor.section("growth") { growth(&$0) }
    settings.conversionPlace = cursor.origin(of: "conversion").place
    settings.conversion = cursor.list("conversion", of: .number(.between(0, 1)), unique: false).map(\.value)
    settings.tracking = tracking(&cursor)
    return settings
  }

  /// `{region: xian, year: 2026, amount: 8400000}`; `period` for a quarter or a month, then also of the whole company.
  private func locked(_ cursor: inout MappingCursor) -> TargetProblem.Limit? {
    var scope: (level: TargetProblem.Level, id: String)?
    for level in Self.levels {
      if let id = cursor.read(level.rawValue, as: .text) { scope = (level, id.value) }
    }
    let year = cursor.read("year", as: .integer(.between(1900, 9999))).map { Period.year($0.value) }
    let period = cursor.read("period", as: .period())?.value
    guard let amount = cursor.require("amount", as: Self.targetAmount), scope != nil || period != nil else {
      return nil
    }
    let names = ["locked", scope?.level.rawValue, scope?.id, (period ?? year)?.description].compactMap(\.self)
    return .init(
      names.joined(separator: "."), scope?.level ?? .company, scope?.id ?? "", period: period ?? year,
      floor: amount.value.double, cap: amount.value.double,
      at: amount.place)
  }

  /// `{region: {shanghai: 10000000}}`, for every year.
  private func amounts(
    _ cursor: inout MappingCursor, _ key: String, isFloor: Bool, _ years: [Int]
  ) -> [TargetProblem.Limit] {
    Self.levels.flatMap { level in
      cursor.section(level.rawValue) { ids in
        ids.keys.flatMap { id -> [TargetProblem.Limit] in
          guard let amount = ids.require(id, as: Self.targetAmount) else { return [] }
          return years.map { year in
            .init(
              "\(key).\(level.rawValue).\(id)" + (years.count > 1 ? ".\(year)" : ""), level, id, period: .year(year),
              floor: isFloor ? amount.value.double : nil, cap: isFloor ? nil : amount.value.double, at: amount.place)
          }
        }
      }
    }
  }

  private func growth(_ cursor: inout MappingCursor) -> [TargetProblem.Growth] {
    Self.levels.compactMap { level in
      cursor.section(level.rawValue) { bounds -> TargetProblem.Growth? in
        let least = bounds.read("at_least_pct", as: .number(.between(-100, 100_000)))
        let most = bounds.read("at_most_pct", as: .number(.between(-100, 100_000)))
        guard let place = (least ?? most)?.place else { return nil }
        return .init(level, atLeast: least?.value, atMost: most?.value, at: place)
      }
    }
  }
}
