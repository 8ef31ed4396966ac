public import ChannelTypes

/// The grade that a partner's last year earned, and what is due for it.
public struct PartnerGrade: Sendable, Hashable {
  public var partner: String
  /// Nil below the lowest grade.
  public var grade: String?
  /// The rebate that the grade gives on a quarter's sales.
  public var rebate: Percent

  public init(partner: String, grade: String?, rebate: Percent) {
    self.partner = partner
    self.grade = grade
    self.rebate = rebate
  }
}

/// One award: points turned into money, a contest won, a first order, loyalty.
public struct Award: Sendable, Hashable {
  public enum Form: String, Sendable, Hashable, CaseIterable {
    case cash, discount
    case inKind = "in_kind"
  }

  public var partner: String
  /// The quarter, month or year that it belongs to.
  public var period: Period
  /// `points`, `first_order`, `star`, `fund`, `subsidy`, `award`.
  public var kind: String
  public var amount: Money
  public var form: Form
  /// The kind again, or which of several awards: `innovation`. A partner has one award of a name and period.
  public var name: String
  /// Already paid for it, in the incentive ledger.
  public var settled: Money
  /// Still to be paid; an overpayment is not taken back.
  public var payable: Money { max(.zero, amount - settled) }

  /// Names of what single rules give, which no pool may have.
  public static let takenNames = ["points", "first_order", "star", "fund", "subsidy"]

  public init(
    partner: String, period: Period, kind: String, amount: Money, form: Form, name: String? = nil,
    settled: Money = .zero
  ) {
    self.partner = partner
    self.period = period
    self.kind = kind
    self.amount = amount
    self.form = form
    self.name = name ?? kind
    self.settled = settled
  }
}

/// What the stages after the awards read of them.
public struct AwardsResult: Sendable {
  public let grades: [PartnerGrade]
  public let awards: [Award]
  /// Partners that are supplied first when goods are scarce.
  public let hasPriority: Set<String>
  /// What the weight of such a partner is multiplied by when they are split.
  public let priorityFactor: Double
  /// Prizes of region squads: costs of the maker, on no partner's account.
  public let teamAwards: [TeamAward]
  private var positions: [String: Int] = [:]

  public init(
    grades: [PartnerGrade] = [], awards: [Award] = [], hasPriority: Set<String> = [], priorityFactor: Double = 1,
    teamAwards: [TeamAward] = []
  ) {
    self.grades = grades
    self.awards = awards
    self.hasPriority = hasPriority
    self.priorityFactor = priorityFactor
    self.teamAwards = teamAwards
    for (index, grade) in grades.enumerated() { positions[grade.partner] = index }
  }

  public func grade(_ partner: String) -> PartnerGrade? { positions[partner].map { grades[$0] } }
}
