import Specifications

extension PlanDecoder {
  func demand(_ cursor: inout MappingCursor) -> DemandSettings {
    var settings = DemandSettings()
    settings.periods = cursor.read("periods", as: .integer(.between(1, 1000)))
    for region in cursor.keys where region != "periods" {
      settings.factors.append((region, cursor.read(region, as: .number(.between(0, 100)), default: 1)))
    }
    return settings
  }
}
