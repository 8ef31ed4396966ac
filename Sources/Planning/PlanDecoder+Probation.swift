import Specifications

extension PlanDecoder {
  func probation(_ cursor: inout MappingCursor) -> ProbationSettings {
    let settings = ProbationSettings()
    for key in cursor.keys { cursor.acceptUnused([key], code: PlanCodes.unusedKey, hint: "the run goes on without it") }
    return settings
  }
}
