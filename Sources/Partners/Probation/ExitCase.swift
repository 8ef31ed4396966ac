public import ChannelTypes
import Foundation

/// What it is worth to let a partner go, against keeping it.
///
/// Both ways are priced over the same months as present values of the maker's money, line by line; every line is
/// rounded once, to cents, and the totals are the sums of the lines.
///
///     sales      keep  s · a(H)                   exit  s · a(n) during notice, then ρ · s · (a(H) − a(n)) retained
///     margin     m · sales;   incentives  −i · sales;   support  −g · a(·) / 12
///     stock      −Σ cost · buy-back · age share,  + resale · cost of what is taken back
///     invoices   what is expected to be collected, by days overdue; less from a partner that has to go
///     deposit    set off against what is not collected
///     contract   −compensation · last year's revenue, where it ends early;  + penalty · shortfall to its target
///     signing    −what it costs to sign successors
///
/// with s a month's expected sales, a(t) = Σ v^k for k = 1…t, v = (1 + discount)^(−1/12), H the months compared, n the
/// notice and ρ the share that successors retain. Source: requirements C10.2 and C10.3 (buy-back + compensation + lost
/// sales × (1 − transfer rate) − saved support).
public struct ExitCase: Sendable {
  public enum Line: String, Sendable, Hashable, CaseIterable {
    case margin
    case retainedMargin = "retained_margin"
    case incentives, support
    case buyBack = "buy_back"
    case resale
    case receivables
    case deposit
    case compensation, penalty
    case signing
  }

  public enum Recommendation: String, Sendable, Hashable, CaseIterable {
    case terminate, renegotiate, improve
    case prepareExit = "prepare_exit"
  }

  public struct Amounts: Sendable, Hashable {
    public var line: Line
    public var exit: Money
    public var keep: Money
    /// What is better by letting go.
    public var gain: Money { exit - keep }
  }

  public var partner: String
  public var state: ProbationStatus.State
  /// When a partner that is given notice today is gone.
  public var exitOn: CivilDate
  public var isEarlyEnd: Bool
  public var stockCost: Money
  public var receivables: Money
  public var expectedCollected: Money
  /// Sales of a year that are lost, and the part that successors take over.
  public var lostSales: Money
  public var retainedSales: Money
  public var lines: [Amounts]
  /// Interval of the gain, and how often it is above zero.
  public var low = Money.zero
  public var high = Money.zero
  public var chance = Double.nan
  public var recommendation = Recommendation.improve
  public var reason = ""

  public var exitValue: Money { lines.lazy.map(\.exit).total() }
  public var keepValue: Money { lines.lazy.map(\.keep).total() }
  public var gain: Money { exitValue - keepValue }

  public func amounts(_ line: Line) -> Amounts {
    lines.first { $0.line == line } ?? Amounts(line: line, exit: .zero, keep: .zero)
  }
}

extension ExitCase {
  /// - Parameters:
  ///   - retained: sales of a year that successors take over, at most the partner's own.
  ///   - signing: what it costs to sign them.
  ///   - today: the day on which notice would be given.
  public init(
    _ partner: String, state: ProbationStatus.State, facts: ExitFacts, terms: ExitTerms, retained: Money,
    signing: Money, today: CivilDate
  ) {
    self.partner = partner
    self.state = state
    let contract = facts.contract
    let leaves = CivilDate(daysSinceEpoch: today.daysSinceEpoch + contract.noticeDays)
    exitOn = leaves
    isEarlyEnd = contract.endsOn.map { $0 > leaves } ?? false
    stockCost = facts.stockCost
    receivables = facts.receivables
    lostSales = facts.sales
    retainedSales = min(retained, facts.sales)
    lines = []
    let collected = Self.collected(facts, terms)
    expectedCollected = collected.exit
    let flows = ExitFlows(facts, terms, retained: retainedSales)
    var amounts: [Line: (exit: Money, keep: Money)] = [:]
    amounts[.margin] = (Money(estimate: flows.marginNotice), Money(estimate: flows.marginKeep))
    amounts[.retainedMargin] = (Money(estimate: flows.marginRetained), .zero)
    if facts.incentiveRate.isFinite {
      amounts[.incentives] = (Money(estimate: -flows.incentivesExit), Money(estimate: -flows.incentivesKeep))
    }
    if facts.support != nil {
      amounts[.support] = (Money(estimate: -flows.supportExit), Money(estimate: -flows.supportKeep))
    }
    if terms.measures.contains(.buyback) {
      amounts[.buyBack] = (-Self.buyBack(facts, terms), .zero)
      amounts[.resale] = (terms.resale.of(facts.stockCost) ?? .zero, .zero)
    }
    amounts[.receivables] = (collected.exit, collected.keep)
    let deposit = contract.deposit
    amounts[.deposit] = (min(deposit, receivables - collected.exit), min(deposit, receivables - collected.keep))
    if terms.measures.contains(.compensation), isEarlyEnd {
      amounts[.compensation] = (-(contract.compensation.of(facts.revenue) ?? .zero), .zero)
    }
    if terms.measures.contains(.penalty), let target = contract.annualTarget, target > facts.revenue {
      amounts[.penalty] = (terms.penalty.of(target - facts.revenue) ?? .zero, .zero)
    }
    amounts[.signing] = (-signing, .zero)
    for line in Line.allCases {
      guard let amount = amounts[line] else { continue }
      lines.append(Amounts(line: line, exit: amount.exit, keep: amount.keep))
    }
  }

  /// At most the cost of the stock.
  static func buyBack(_ facts: ExitFacts, _ terms: ExitTerms) -> Money {
    var sum = ExactShare()
    for lot in facts.lots {
      sum.add(lot.cost, facts.contract.buyBack, terms.buyBackByAge.share(after: max(0, lot.ageDays)))
    }
    return min(sum.cents, facts.stockCost)
  }

  static func collected(_ facts: ExitFacts, _ terms: ExitTerms) -> (exit: Money, keep: Money) {
    var (exit, keep) = (ExactShare(), ExactShare())
    for invoice in facts.invoices {
      let share = terms.collection.share(after: max(0, invoice.daysOverdue))
      keep.add(invoice.amount, share)
      exit.add(invoice.amount, share, terms.collectionOnExit)
    }
    return (exit.cents, keep.cents)
  }
}

/// Present values that depend on sales, before rounding.
struct ExitFlows {
  /// Present value of one unit a month during the notice, and after it.
  let notice: Double
  let after: Double
  let sales: Double
  let retainedShare: Double
  let marginRate: Double
  let incentiveRate: Double
  let supportRate: Double

  init(_ facts: ExitFacts, _ terms: ExitTerms, retained: Money) {
    let months = Double(terms.horizonMonths)
    let noticeMonths = min(Double(facts.contract.noticeDays) / (365.25 / 12), months)
    let v = pow(1 + terms.discount.fraction, -1.0 / 12)
    // A fractional month counts pro rata, discounted as if whole.
    func annuity(_ months: Double) -> Double {
      let whole = months.rounded(.down)
      let sum = v == 1 ? whole : v * (1 - pow(v, whole)) / (1 - v)
      return sum + (months - whole) * pow(v, whole + 1)
    }
    notice = annuity(noticeMonths)
    after = max(0, annuity(months) - notice)
    sales = max(0, facts.sales.double) / 12
    retainedShare = facts.sales > .zero ? min(1, max(0, retained.double / facts.sales.double)) : 0
    marginRate = facts.marginRate
    incentiveRate = facts.incentiveRate.isFinite ? facts.incentiveRate : 0
    supportRate = terms.supportSaved.fraction * (facts.support?.double ?? 0) / 12
  }

  var lost: Double { sales * after }
  var marginKeep: Double { marginRate * sales * (notice + after) }
  var marginNotice: Double { marginRate * sales * notice }
  var marginRetained: Double { marginRate * retainedShare * lost }
  var incentivesKeep: Double { incentiveRate * sales * (notice + after) }
  var incentivesExit: Double { incentiveRate * (sales * notice + retainedShare * lost) }
  var supportKeep: Double { supportRate * (notice + after) }
  var supportExit: Double { supportRate * notice }
}
