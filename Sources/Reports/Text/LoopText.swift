import ChannelTypes
import Tables

/// What the dealer loop says, a line for each part that the run has: targets, incentives, partners, alerts.
struct LoopText {
  private let view: RunView

  init(_ view: RunView) { self.view = view }

  /// Empty where the run has none of them; each line ends with a newline.
  var text: String {
    let lines = [
      (say("targets"), targets), (say("incentives"), incentives), (say("partners"), partners), (say("alerts"), alerts),
    ]
    var table = TextTable([.init("", .left), .init("", .left)])
    for case (let name, let text?) in lines { table.add(name, text) }
    return table.text
  }

  /// The first planned quarter: regions that will rather reach their target than not, and targets that were moved.
  private var targets: String? {
    guard let table = view.filled("attainment") else { return nil }
    let (level, grain, period) = (table.cells("level"), table.cells("grain"), table.cells("period"))
    let (measure, chance, open) = (table.cells("measure"), table.cells("probability"), table.cells("open_months"))
    let rows = (0..<table.rowCount).filter {
      level.text($0) == "region" && grain.text($0) == "quarter" && measure.text($0) == "revenue"
        && open.number($0) > 0 && chance.number($0).isFinite
    }
    guard let first = rows.map({ period.text($0) }).min() else { return nil }
    let own = rows.filter { period.text($0) == first }
    let likely = own.count { chance.number($0) >= 0.5 }
    var text = say("\(likely) of \(NumberText.count(own.count, "region")) more likely than not to reach \(first)")
    if let moved = view.filled("target_adjust") {
      let factor = moved.cells("target_factor_pct")
      let count = (0..<moved.rowCount).count { factor.number($0) != 100 }
      text += Typography.comma + say("\(NumberText.count(count, "target")) moved with the market")
    }
    return text
  }

  private var incentives: String? {
    guard let payouts = view.filled("payouts") else { return nil }
    let payable = payouts.cells("payable")
    var parts = [
      say(
        "\(NumberText.grouped(knownSum((0..<payouts.rowCount).map { max(0, payable.number($0)) }))) \(view.currency) payable"
      )
    ]
    if let accruals = view.filled("accruals") {
      let (period, amount) = (accruals.cells("period"), accruals.cells("accrual"))
      let quarters = (0..<accruals.rowCount).filter { period.text($0).contains("Q") }
      if let first = quarters.map({ period.text($0) }).min() {
        let sum = knownSum(quarters.filter { period.text($0) == first }.map { amount.number($0) })
        parts.append(say("\(NumberText.grouped(sum)) expected for \(first)"))
      }
    }
    if let tiers = view.filled("next_tier") {
      let (close, partner) = (tiers.cells("close"), tiers.cells("partner_id"))
      let partners = Set((0..<tiers.rowCount).filter { close.text($0) == "yes" }.map { partner.text($0) })
      parts.append(say("\(NumberText.count(partners.count, "partner")) close to a next tier"))
    }
    return parts.joined(separator: Typography.comma)
  }

  private var partners: String? {
    guard let map = view.filled("partner_map") else { return nil }
    let quadrant = map.cells("quadrant")
    let counts = Dictionary(grouping: 0..<map.rowCount) { quadrant.text($0) }.mapValues(\.count)
    var text = ["invest", "grow", "maintain", "exit"].map { Self.count(counts[$0], $0) }.joined(
      separator: Typography.comma)
    if let table = view.filled("probation") {
      let (quarter, state, id) = (table.cells("quarter"), table.cells("state"), table.cells("partner_id"))
      let last = (0..<table.rowCount).compactMap { quarter.period($0) }.max()
      let rows = (0..<table.rowCount).filter { quarter.period($0) == last }
      func count(_ name: String) -> Int { Set(rows.filter { state.text($0) == name }.map { id.text($0) }).count }
      text +=
        Typography.semicolon
        + say("\(count("warned")) warned, \(count("grace")) in grace, \(count("exit")) to decide on an exit")
    }
    return text
  }

  /// `26 invest`, `18 critical`.
  private static func count(_ number: Int?, _ word: String) -> String { say("\(number ?? 0) \(say(word: word))") }

  private var alerts: String? {
    guard let table = view.filled("alerts") else { return nil }
    let level = table.cells("level")
    let counts = Dictionary(grouping: 0..<table.rowCount) { level.text($0) }.mapValues(\.count)
    return ["critical", "warn", "watch"].map { Self.count(counts[$0], $0) }.joined(separator: Typography.comma)
  }
}
