import Specifications

extension PlanDecoder {
  func scorecard(_ cursor: inout MappingCursor) -> ScorecardSettings {
    let settings = ScorecardSettings()
    for key in cursor.keys { cursor.acceptUnused([key], code: PlanCodes.unusedKey, hint: "the run goes on without it") }
    return settings
  }
}
