import ChannelTypes

/// How likely a partner runs out of money when sales move, with and without a rule that shares the loss.
///
/// From the accounts of its last year, with c the cash proxy, R revenue, F cash from operations, v the share of costs that
/// falls with sales (as in `CreditStress`), n periods a year, and s the sales of a period against the average one of
/// those accounts, draw by draw:
///
///     costs R − F;   variable V = min(v · (R − F), R);   fixed K = R − F − V
///     flow of a period    ((R − V) · s − K) / n
///     support             h · max(0, (1 − τ) · e − s) · (R − V) / n      e: expected, τ: what the partner bears alone
///     the partner fails   where cash + flows + support fall below zero in any period
///
/// Support is what the maker pays on its share h of the contribution that a fall of sales beyond τ costs. It is never
/// below zero, so that sharing never makes a failure likelier. A partner that has failed is paid nothing more.
///
/// Source: the structural view of failure, Merton (*Journal of Finance* 29, 1974), on cash in place of the firm's value.
public struct FailureSimulation: Sendable {
  /// v, 0 … 1.
  public var variableCostShare: Double
  public var periodsPerYear: Int

  public init(variableCostShare: Double, periodsPerYear: Int) {
    self.variableCostShare = variableCostShare
    self.periodsPerYear = periodsPerYear
  }

  /// `risk.sharing`: who bears what a market costs.
  public struct Sharing: Sendable, Hashable {
    /// τ: the fall of sales against the plan that the partner bears alone, 0 … 1.
    public var beyond: Double
    /// h, 0 … 1.
    public var makerShare: Double

    public init(beyond: Double, makerShare: Double) {
      self.beyond = beyond
      self.makerShare = makerShare
    }
  }

  public struct Outcome: Sendable, Hashable {
    /// Draw by draw.
    public var hasFailed: [Bool]
    /// What the maker pays, in the mean.
    public var support = 0.0

    /// The share of draws.
    public var probability: Double {
      hasFailed.isEmpty ? .nan : Double(hasFailed.count { $0 }) / Double(hasFailed.count)
    }
  }

  /// Nil where the accounts lack cash's stand-in, revenue or cash from operations.
  /// - Parameters:
  ///   - sales: s, periods × draws, draws fastest.
  ///   - expected: e, by period.
  /// Complexity: O(periods · draws).
  public func outcome(
    _ statement: FinancialStatement, sales: [Double], expected: [Double], drawCount: Int, sharing: Sharing?
  ) -> Outcome? {
    guard let cash = statement.cash?.double, let revenue = statement.revenue?.double,
      let earned = statement.operatingCash?.double, revenue >= 0, drawCount > 0
    else { return nil }
    precondition(sales.count == expected.count * drawCount, "sales must fill periods × draws")
    let costs = max(0, revenue - earned)
    let variable = min(variableCostShare * costs, revenue)
    let (contribution, fixed) = (
      (revenue - variable) / Double(periodsPerYear), (costs - variable) / Double(periodsPerYear)
    )
    var outcome = Outcome(hasFailed: [Bool](repeating: false, count: drawCount))
    for draw in 0..<drawCount {
      var left = cash
      for period in expected.indices {
        let sold = sales[period * drawCount + draw]
        var support = 0.0
        if let sharing {
          support = sharing.makerShare * max(0, (1 - sharing.beyond) * expected[period] - sold) * contribution
        }
        left += contribution * sold - fixed + support
        outcome.support += support
        if left < 0 {
          outcome.hasFailed[draw] = true
          break
        }
      }
    }
    outcome.support /= Double(drawCount)
    return outcome
  }
}
