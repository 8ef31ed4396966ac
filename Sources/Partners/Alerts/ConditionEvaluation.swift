extension Condition {
  /// For every subject and month: 1 where the condition holds, 0 where it does not, NaN where that is unknown.
  /// Complexity: O(cells · operations), windows as if they were one month.
  public func holds(in observations: AlertObservations) -> [Double] { root.values(in: observations) }
}

extension Condition.Node {
  func values(in observations: AlertObservations) -> [Double] {
    switch self {
    case .number(let value): return [Double](repeating: value, count: observations.cellCount)
    case .quantity(let quantity): return observations[quantity]
    case .negate(let operand): return operand.mapped(observations) { -$0 }
    case .absolute(let operand): return operand.mapped(observations) { abs($0) }
    case .not(let operand): return operand.mapped(observations) { 1 - $0 }
    case .window(let window, let operand, let months):
      return window.slide(over: operand.values(in: observations), months: months, monthCount: observations.monthCount)
    case .calculate(let sign, let left, let right):
      switch sign {
      case .add: return left.combined(right, observations) { $0 + $1 }
      case .subtract: return left.combined(right, observations) { $0 - $1 }
      case .multiply: return left.combined(right, observations) { $0 * $1 }
      case .divide: return left.combined(right, observations) { $1 == 0 ? .nan : $0 / $1 }
      }
    case .compare(let sign, let left, let right): return left.compared(right, sign, observations)
    // Kleene: false decides `and`, true decides `or`, whatever the other side is.
    case .and(let left, let right):
      return left.combined(right, observations) { $0 == 0 || $1 == 0 ? 0 : $0 * $1 }
    case .or(let left, let right):
      return left.combined(right, observations) { $0 == 1 || $1 == 1 ? 1 : $0 + $1 }
    }
  }

  private func compared(
    _ right: Self, _ sign: Condition.Comparison, _ observations: AlertObservations
  ) -> [Double] {
    func truth(_ compare: @escaping (Double, Double) -> Bool) -> [Double] {
      combined(right, observations) { $0.isNaN || $1.isNaN ? .nan : compare($0, $1) ? 1 : 0 }
    }
    switch sign {
    case .less: return truth { $0 < $1 }
    case .atMost: return truth { $0 <= $1 }
    case .greater: return truth { $0 > $1 }
    case .atLeast: return truth { $0 >= $1 }
    case .equal: return truth { $0 == $1 }
    case .unequal: return truth { $0 != $1 }
    }
  }

  private func mapped(_ observations: AlertObservations, _ function: (Double) -> Double) -> [Double] {
    var values = values(in: observations)
    for index in values.indices { values[index] = function(values[index]) }
    return values
  }

  private func combined(
    _ right: Self, _ observations: AlertObservations, _ function: (Double, Double) -> Double
  ) -> [Double] {
    var values = values(in: observations)
    let others = right.values(in: observations)
    for index in values.indices { values[index] = function(values[index], others[index]) }
    return values
  }
}

extension Condition.Window {
  /// The window's value at every month; unknown where it begins before the first month or holds an unknown one.
  fileprivate func slide(over values: [Double], months: Int, monthCount: Int) -> [Double] {
    var result = [Double](repeating: .nan, count: values.count)
    let reach = self == .change ? months : months - 1
    guard reach < monthCount else { return result }
    for start in stride(from: 0, to: values.count, by: monthCount) {
      for cell in start + reach..<start + monthCount {
        let seen = values[cell - reach...cell]
        switch self {
        case .change: result[cell] = values[cell - months] > 0 ? values[cell] / values[cell - months] - 1 : .nan
        case .sum: result[cell] = seen.reduce(0, +)
        case .mean: result[cell] = seen.reduce(0, +) / Double(months)
        // Comparisons with NaN are false, so that unknown ones are looked for first.
        case .least: result[cell] = seen.contains(where: \.isNaN) ? .nan : seen.min() ?? .nan
        case .most: result[cell] = seen.contains(where: \.isNaN) ? .nan : seen.max() ?? .nan
        }
      }
    }
    return result
  }
}
