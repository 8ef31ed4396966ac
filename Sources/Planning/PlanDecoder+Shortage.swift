import Specifications

extension PlanDecoder {
  func shortage(_ cursor: inout MappingCursor, _ standard: ShortageSettings) -> ShortageSettings {
    var shortage = standard
    cursor.section("supply") { supply in
      for product in supply.keys {
        if let units = supply.require(product, as: .integer(.between(0, 1_000_000_000))) {
          shortage.supply.append((product, units))
        }
      }
    }
    shortage.floorPercent = cursor.read(
      "floor_pct", as: .number(.between(0, 100)), default: standard.floorPercent.value)
    cursor.section("weights") { weights in
      for grade in weights.keys {
        if let weight = weights.require(grade, as: .number(.between(0.001, 1000))) {
          shortage.weights.append((grade, weight))
        }
      }
    }
    shortage.tiersAreStrict = cursor.read("strict_tiers", as: .flag, default: standard.tiersAreStrict.value)
    return shortage
  }
}
