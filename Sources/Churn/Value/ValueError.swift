/// Why a lifetime-value model has no usable answer.
public enum ValueError: Error, Sendable, Hashable {
  /// No customer has the figures that the model needs.
  case noCustomers(needs: String)
  /// A figure that cannot be: the customer's row and what is wrong.
  case badFigure(row: Int, String)
  /// The likelihood rises towards a limit: the data do not tell the parameters apart.
  case noMaximum(model: String)
}

extension ValueError: CustomStringConvertible {
  /// One sentence without a full stop.
  public var description: String {
    switch self {
    case .noCustomers(let needs): "no customer has \(needs)"
    case .badFigure(let row, let cause): "customer \(row + 1): \(cause)"
    case .noMaximum(let model): "the likelihood of the \(model) model has no maximum for these customers"
    }
  }

  public var hint: String {
    switch self {
    case .noCustomers: "give a table with those columns filled"
    case .badFigure: "correct the figure, or leave the customer out"
    case .noMaximum:
      "take more customers, or a longer history; customers that are all alike say nothing about the spread"
    }
  }
}
