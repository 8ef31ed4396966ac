import Specifications

extension PlanDecoder {
  func risk(_ cursor: inout MappingCursor) -> RiskSettings {
    var risk = RiskSettings()
    risk.confidence = cursor.read("confidence_pct", as: .number(.between(50, 99.99)), default: risk.confidence.value)
    risk.reserve = cursor.read("reserve", as: Self.amount)
    cursor.section("sharing") { sharing in
      risk.sharing.beyond = sharing.read(
        "beyond_pct", as: .number(.between(0, 100)), default: risk.sharing.beyond.value)
      risk.sharing.makerShare = sharing.read(
        "maker_pct", as: .number(.between(0, 100)), default: risk.sharing.makerShare.value)
    }
    return risk
  }
}
