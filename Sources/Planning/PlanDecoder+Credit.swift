import ChannelTypes
import Specifications

extension PlanDecoder {
  func credit(_ cursor: inout MappingCursor) -> CreditSettings {
    let standard = CreditSettings()
    var credit = standard
    credit.total = cursor.read("total", as: .money(.atLeast(.zero)))
    credit.defaultDays = cursor.read("default_days", as: .integer(.between(1, 3650)), default: 60)
    func percent(_ key: String, _ value: Located<Double>, upTo most: Double = 100) -> Located<Double> {
      cursor.read(key, as: .number(.between(0, most)), default: value.value)
    }
    credit.lossGivenDefault = percent("loss_given_default_pct", standard.lossGivenDefault)
    credit.margin = percent("margin_pct", standard.margin)
    credit.capitalCost = percent("capital_cost_pct", standard.capitalCost, upTo: 1000)
    credit.expectedLoss = cursor.read("expected_loss_pct", as: .number(.between(0, 100)))
    credit.tailLoss = cursor.read("tail_loss_pct", as: .number(.between(0, 100)))
    credit.level = cursor.read("level", as: .number(.between(50, 99.9)), default: standard.level.value)
    credit.maxMove = percent("max_move_pct", standard.maxMove, upTo: 1000)
    credit.prepayAbove = percent("prepay_above_pct", standard.prepayAbove)
    credit.correlation = cursor.read("correlation", as: .number(.between(0, 0.95)), default: standard.correlation.value)
    return credit
  }
}
