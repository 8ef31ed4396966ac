public import ChannelTypes

/// What to do with every stock, and what moves between partners.
public struct InventorySolution: Sendable {
  public enum Action: String, Sendable, CaseIterable { case none, replenish, promote, transfer, receive }

  /// What is done with one item, in the order of the problem.
  public struct Line: Sendable {
    public var levels: StockLevels
    public var action = Action.none
    /// Units of the action.
    public var units = 0
    /// Who gets what is moved, the largest part first.
    public var receivers: [String] = []
    /// Money that the action is expected to save or earn, net of its cost; nil where costs or prices are not known.
    public var expectedSaving: Double? = 0
    public var reason = ""
    // All that happens to the stock, whatever the action is called.
    public var received = 0
    public var sent = 0
    public var promoted = 0
    public var ordered = 0
  }

  public struct Transfer: Sendable {
    public var product: String
    /// Indices of the items that give and receive.
    public var giver: Int
    public var receiver: Int
    public var units: Int
    public var cost: Money
    /// Net of `cost`.
    public var expectedSaving: Double
    /// What a unit more of surplus would gain at the giver, and a unit more of need at the receiver.
    public var giverPrice = 0.0
    public var receiverPrice = 0.0
  }

  public var lines: [Line]
  public var transfers: [Transfer]
  /// The net gain of transfers and promotions.
  public var objective: Double
  /// No transfers and promotions of these surpluses gain more.
  public var bound: Double
}

public enum InventoryFailure: Error, Sendable {
  /// A value of the policy is out of range.
  case invalid(String)
  /// The solver failed: a defect, not the user's doing.
  case failed(String)
}
