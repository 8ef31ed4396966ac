import Specifications

extension PlanDecoder {
  func incentives(_ cursor: inout MappingCursor) -> IncentiveSettings {
    var settings = IncentiveSettings()
    recognition(&cursor, &settings.recognition)
    for key in cursor.keys { cursor.acceptUnused([key], code: PlanCodes.unusedKey, hint: "the run goes on without it") }
    return settings
  }
}
