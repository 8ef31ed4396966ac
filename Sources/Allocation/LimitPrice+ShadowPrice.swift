package import Optimization

extension LimitPrice {
  /// The price of a limit at its present value, from the slopes of a program.
  package init(_ limit: String, value: Double, _ price: ShadowPrice) {
    self.init(
      limit: limit, value: value, left: price.left, right: price.right, from: value - price.leftReach,
      to: value + price.rightReach)
  }
}

extension LinearSolution {
  /// The status in the words of allocation problems.
  package var allocationStatus: AllocationAnswer.Status {
    switch status {
    case .optimal: .optimal
    case .feasible: .feasible
    case .infeasible: .infeasible
    case .unbounded: .unbounded
    case .stopped: .stopped
    }
  }
}
