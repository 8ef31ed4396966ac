import Specifications

extension PlanDecoder {
  func alerts(_ cursor: inout MappingCursor) -> AlertSettings {
    let settings = AlertSettings()
    for key in cursor.keys { cursor.acceptUnused([key], code: PlanCodes.unusedKey, hint: "the run goes on without it") }
    return settings
  }
}
