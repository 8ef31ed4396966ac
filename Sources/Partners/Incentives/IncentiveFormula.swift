public import ChannelTypes

/// How a basis becomes an entitlement, before links; exact.
public enum IncentiveFormula: Sendable, Hashable {
  /// Tiers on the excess or on the whole.
  case tiers(TierSchedule)
  /// A share of what exceeds the partner's target of the period: the over-target bonus, and the reinvestment of the
  /// excess over an annual target.
  case aboveTarget(Percent)
  /// The rebate rate that the partner's grade gives.
  case grade
  /// A fixed amount at each step of volume, once or per outlet, up to a cap.
  case steps([Step], cap: Money?, perOutlet: Bool)
  /// Tiers by how deep the partner is in its market: the row with the highest penetration that it reaches counts.
  case market([MarketRow])

  /// A fixed amount from some volume on.
  public struct Step: Sendable, Hashable {
    public var from: Money
    public var amount: Money

    public init(from: Money, amount: Money) {
      self.from = from
      self.amount = amount
    }
  }

  /// The tiers that hold from some penetration on: yearly sales ÷ the yearly potential of the partner's city.
  public struct MarketRow: Sendable, Hashable {
    public var penetration: Percent
    public var schedule: TierSchedule

    public init(penetration: Percent, schedule: TierSchedule) {
      self.penetration = penetration
      self.schedule = schedule
    }
  }
}

/// What a formula looks at; nil where it is not known.
public struct IncentiveFacts: Sendable, Hashable {
  /// Sales of the settlement period, weighted by multipliers where the rule has them.
  public var basis: Money
  public var target: Money?
  public var gradeRate: Percent?
  public var outlets: Int?
  /// Yearly sales of such goods in the partner's city.
  public var potential: Money?
  /// Settlement periods in a year.
  public var periodsPerYear: Int

  public init(
    basis: Money, target: Money? = nil, gradeRate: Percent? = nil, outlets: Int? = nil, potential: Money? = nil,
    periodsPerYear: Int = 4
  ) {
    self.basis = basis
    self.target = target
    self.gradeRate = gradeRate
    self.outlets = outlets
    self.potential = potential
    self.periodsPerYear = periodsPerYear
  }
}

/// A part of an entitlement: the sales inside one tier, times its rate.
public struct Contribution: Sendable, Hashable {
  /// `tier 2`, `above target`.
  public var label: String
  /// `100,000 × 12 %`.
  public var detail: String
  public var amount: ExactAmount
  /// Which of the rule's places the figure comes from; nil for the rule itself.
  public var place: Int?
}

extension IncentiveFormula {
  /// What is missing for the formula to be evaluated: `target`, `grade`, `outlets`, `potential`; nil where nothing is.
  public func missing(in facts: IncentiveFacts) -> String? {
    switch self {
    case .tiers: nil
    case .aboveTarget: facts.target == nil ? "target" : nil
    case .grade: facts.gradeRate == nil ? "grade" : nil
    case .steps(_, _, let perOutlet): perOutlet && facts.outlets == nil ? "outlets" : nil
    case .market: facts.potential == nil ? "potential" : nil
    }
  }

  /// The entitlement before links. Complexity: O(tiers).
  public func entitlement(_ facts: IncentiveFacts) -> ExactAmount {
    switch self {
    case .tiers(let schedule): schedule.exact(facts.basis)
    case .aboveTarget(let rate):
      ExactAmount(rate, of: max(.zero, facts.basis - (facts.target ?? facts.basis)))
    case .grade: ExactAmount(facts.gradeRate ?? Percent(0), of: max(.zero, facts.basis))
    case .steps(let steps, let cap, let perOutlet):
      ExactAmount(Self.amount(steps, cap, perOutlet ? facts.outlets ?? 0 : 1, facts.basis))
    case .market(let rows): row(rows, facts).map { rows[$0].schedule.exact(facts.basis) } ?? .zero
    }
  }

  /// The entitlement part by part; the parts add up to it.
  public func contributions(_ facts: IncentiveFacts) -> [Contribution] {
    switch self {
    case .tiers(let schedule): return schedule.contributions(facts.basis, places: 0)
    case .aboveTarget(let rate):
      let excess = max(.zero, facts.basis - (facts.target ?? facts.basis))
      return [
        Contribution(
          label: "above the target", detail: "\(excess.grouped) × \(rate) %", amount: ExactAmount(rate, of: excess))
      ]
    case .grade:
      let rate = facts.gradeRate ?? Percent(0)
      return [
        Contribution(
          label: "rebate of the grade", detail: "\(facts.basis.grouped) × \(rate) %", amount: entitlement(facts))
      ]
    case .steps(let steps, _, let perOutlet):
      let reached = steps.lastIndex { facts.basis >= $0.from }
      let detail = reached.map {
        steps[$0].amount.grouped + (perOutlet ? " × \(facts.outlets ?? 0) outlets" : "")
      }
      return [
        Contribution(
          label: reached.map { "step \($0 + 1)" } ?? "below the first step", detail: detail ?? "",
          amount: entitlement(facts), place: reached)
      ]
    case .market(let rows):
      guard let row = row(rows, facts) else { return [] }
      return rows[row].schedule.contributions(
        facts.basis, places: rows[..<row].map(\.schedule.tiers.count).reduce(0, +))
    }
  }

  /// The tiers that decide at these facts; nil for formulas without tiers.
  public func schedule(_ facts: IncentiveFacts) -> TierSchedule? {
    switch self {
    case .tiers(let schedule): schedule
    case .market(let rows): row(rows, facts).map { rows[$0].schedule }
    case .aboveTarget, .grade, .steps: nil
    }
  }

  /// The last row whose penetration the yearly sales reach: sales · periods ≥ penetration · potential, exactly.
  private func row(_ rows: [MarketRow], _ facts: IncentiveFacts) -> Int? {
    let yearly = Int128(facts.basis.tenThousandths) * Int128(facts.periodsPerYear) * 1_000_000
    let potential = Int128((facts.potential ?? .zero).tenThousandths)
    guard potential > 0 else { return rows.firstIndex { $0.penetration.tenThousandths <= 0 } }
    return rows.lastIndex { yearly >= Int128($0.penetration.tenThousandths) * potential }
  }

  private static func amount(_ steps: [Step], _ cap: Money?, _ count: Int, _ basis: Money) -> Money {
    guard let reached = steps.last(where: { basis >= $0.from }) else { return .zero }
    let (amount, overflow) = reached.amount.tenThousandths.multipliedReportingOverflow(by: Int64(count))
    let entitled = overflow ? Money(tenThousandths: .max) : Money(tenThousandths: amount)
    return cap.map { min($0, entitled) } ?? entitled
  }
}

extension TierSchedule {
  /// What sales earn, before rounding.
  public func exact(_ sales: Money) -> ExactAmount {
    guard let reached = tier(at: sales) else { return .zero }
    guard mode == .onExcess else { return ExactAmount(tiers[reached].rate, of: sales) }
    return (0...reached).reduce(ExactAmount.zero) { sum, index in
      let end = index < reached ? tiers[index + 1].from : sales
      return sum + ExactAmount(tiers[index].rate, of: end - tiers[index].from)
    }
  }

  /// A part for each tier that sales reach.
  func contributions(_ sales: Money, places first: Int) -> [Contribution] {
    guard let reached = tier(at: sales) else { return [] }
    let used = mode == .onExcess ? 0...reached : reached...reached
    return used.map { index in
      let end = mode == .onExcess && index < reached ? tiers[index + 1].from : sales
      let part = mode == .onExcess ? end - tiers[index].from : sales
      return Contribution(
        label: "tier \(index + 1)", detail: "\(part.grouped) × \(tiers[index].rate) %",
        amount: ExactAmount(tiers[index].rate, of: part), place: first + index)
    }
  }
}

extension Money {
  /// `1,234,500` or `1,234.50`: for people.
  var grouped: String {
    let text = plainDescription
    let parts = text.drop { $0 == "-" }.split(separator: ".")
    let digits = Array(parts.first ?? "0")
    var units = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { units.append(",") }
      units.append(digit)
    }
    let fraction = parts.count > 1 ? "." + parts[1] + (parts[1].count == 1 ? "0" : "") : ""
    return (tenThousandths < 0 ? "-" : "") + units + fraction
  }
}
