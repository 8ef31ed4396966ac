import ChannelTypes
import Specifications

extension PlanDecoder {
  func demand(_ cursor: inout MappingCursor, _ frequency: Frequency) -> DemandSettings {
    var settings = DemandSettings()
    settings.periods = length(&cursor, frequency)
    for region in cursor.keys where !Self.lengthKeys.contains(region) {
      settings.factors.append((region, cursor.read(region, as: .number(.between(0, 100)), default: 1)))
    }
    return settings
  }
}
