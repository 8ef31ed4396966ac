public import ChannelTypes

/// What an exit consists of.
public enum ExitMeasure: String, Sendable, Hashable, CaseIterable {
  case terminate, buyback, compensation, penalty
}

/// A share that holds from a number of days on: the last step reached counts, and none before the first.
public struct DayStep: Sendable, Hashable {
  public var days: Int
  public var share: Percent

  public init(days: Int, share: Percent) {
    self.days = days
    self.share = share
  }
}

extension [DayStep] {
  /// The share after so many days; 0 % before the first step.
  public func share(after days: Int) -> Percent { last { $0.days <= days }?.share ?? Percent(0) }
}

/// What the plan assumes of an exit; the contract's own terms come with each partner.
public struct ExitTerms: Sendable, Hashable {
  public var measures: Set<ExitMeasure> = [.terminate, .buyback, .compensation, .penalty]
  /// How long exit and keeping are compared, in months.
  public var horizonMonths = 24
  /// Yearly rate at which later money counts less.
  public var discount = Percent(8)
  /// Share of the contract's buy-back price that is paid, by days since the oldest receipt.
  public var buyBackByAge = [
    DayStep(days: 0, share: Percent(100)), DayStep(days: 180, share: Percent(80)),
    DayStep(days: 365, share: Percent(50)),
  ]
  /// Of its cost, what stock taken back brings elsewhere.
  public var resale = Percent(60)
  /// Of open invoices, what is expected to be collected, by days overdue (0: not yet due).
  public var collection = [
    DayStep(days: 0, share: Percent(97)), DayStep(days: 1, share: Percent(90)), DayStep(days: 30, share: Percent(75)),
    DayStep(days: 60, share: Percent(50)), DayStep(days: 90, share: Percent(25)),
  ]
  /// Of that, what is still collected from a partner that has been told to go.
  public var collectionOnExit = Percent(85)
  /// Of the last twelve months' shortfall against the contract's annual target, owed by the partner.
  public var penalty = Percent(5)
  /// Of the support that a partner received, what is not spent elsewhere instead.
  public var supportSaved = Percent(50)
  /// Margin on revenue where the products' own is not known.
  public var margin = Percent(20)
  /// Where the partner has no contract on record.
  public var noticeDays = 60
  public var buyBack = Percent(80)
  public var compensation = Percent(2)
  /// Spread of the transfer rate in the simulation: standard deviation ÷ mean.
  public var transferSpread = 0.3
  public var draws = 1000
  /// Percent of outcomes inside the interval.
  public var level = 80.0
  /// A partner goes only where the exit is better at least so often.
  public var certainty = Percent(60)

  public init() {}
}

/// The contract in force, or the plan's terms where there is none.
public struct ContractTerms: Sendable, Hashable {
  public var id: String?
  public var endsOn: CivilDate?
  public var noticeDays: Int
  public var annualTarget: Money?
  public var deposit: Money
  public var buyBack: Percent
  public var compensation: Percent
  /// The row of the table of contracts.
  public var row: Int?

  public init(
    id: String? = nil, endsOn: CivilDate? = nil, noticeDays: Int, annualTarget: Money? = nil, deposit: Money = .zero,
    buyBack: Percent, compensation: Percent, row: Int? = nil
  ) {
    self.id = id
    self.endsOn = endsOn
    self.noticeDays = noticeDays
    self.annualTarget = annualTarget
    self.deposit = deposit
    self.buyBack = buyBack
    self.compensation = compensation
    self.row = row
  }
}

/// Goods of one product in a partner's store.
public struct StockLot: Sendable, Hashable {
  /// At cost.
  public var cost: Money
  /// Days since the oldest unit came in.
  public var ageDays: Int

  public init(cost: Money, ageDays: Int) {
    self.cost = cost
    self.ageDays = ageDays
  }
}

/// An unpaid invoice.
public struct OpenInvoice: Sendable, Hashable {
  public var amount: Money
  /// 0 where it is not yet due.
  public var daysOverdue: Int

  public init(amount: Money, daysOverdue: Int) {
    self.amount = amount
    self.daysOverdue = daysOverdue
  }
}

/// Everything about one partner that its exit depends on.
public struct ExitFacts: Sendable {
  public var contract: ContractTerms
  public var lots: [StockLot] = []
  public var invoices: [OpenInvoice] = []
  /// Of the last twelve months.
  public var revenue: Money = .zero
  /// Expected in the next twelve.
  public var sales: Money = .zero
  /// Expected sales by draw ÷ their mean; empty where nothing is simulated upstream.
  public var salesFactors: [Double] = []
  /// Standard deviation of the logarithm of a year's sales, where there are no factors.
  public var salesSpread = 0.2
  /// Margin ÷ revenue.
  public var marginRate = 0.2
  /// Incentives ÷ revenue; NaN where no stage tells.
  public var incentiveRate = Double.nan
  /// Support of the last twelve months; nil where no budget tells.
  public var support: Money?

  public init(contract: ContractTerms) { self.contract = contract }

  public var stockCost: Money { lots.lazy.map(\.cost).total() }
  public var receivables: Money { invoices.lazy.map(\.amount).total() }
}
