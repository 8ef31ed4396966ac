package import Optimization

extension LimitPrice {
  /// The price of a limit at its present value, from the slopes of a program.
  package init(_ limit: String, value: Double, _ price: ShadowPrice) {
    self.init(
      limit: limit, value: value, left: price.left, right: price.right, from: value - price.leftReach,
      to: value + price.rightReach)
  }
}

extension SolveStatus {
  /// In the words of answers.
  package var inAnswer: AllocationAnswer.Status {
    switch self {
    case .optimal: .optimal
    case .feasible: .feasible
    case .infeasible: .infeasible
    case .unbounded: .unbounded
    case .stopped: .stopped
    }
  }
}
