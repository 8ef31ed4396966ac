internal import Probability

/// Simulated futures of all nodes that add up draw by draw, so that quantiles of every node come from one joint
/// distribution.
///
/// 1. A draw picks one past period for each step ahead, the same for all nodes, and takes their one-step errors in it:
///    what happened together happens together again.
/// 2. Errors add up over the steps as each node's model says, around its base forecast.
/// 3. The path of all nodes is reconciled as a point forecast is. The reconciled draws are a sample of the reconciled
///    distribution.
///
/// Sources: Panagiotelis, Gamakumara, Athanasopoulos & Hyndman, "Probabilistic forecast reconciliation: properties,
/// evaluation and score optimisation" (European Journal of Operational Research 306, 2023), theorem 4.5 and section 4.2.
/// Memory: bottom series × horizon × draws in single precision, and one batch of draws of all nodes.
public struct CoherentPaths: Sendable {
  public let hierarchy: Hierarchy
  public let horizon: Int
  public let drawCount: Int
  /// Bottom series × horizon × draws, draws contiguous.
  public let bottom: [Float]

  /// - Parameters:
  ///   - base: base forecasts, nodes × horizon.
  ///   - residuals: one-step errors, nodes × periods; a node without one in a period takes its next known one.
  ///   - weights: how errors add up, nodes × horizon (``FittedLocalModel/errorWeights(horizon:)``).
  ///   - nonNegative: whether draws of the bottom series are held at zero.
  public init(
    _ reconciler: Reconciler, base: [Double], residuals: [Double], weights: [Double], horizon: Int,
    drawCount: Int = 500, nonNegative: Bool = false, seed: UInt64
  ) throws(ReconciliationError) {
    let hierarchy = reconciler.hierarchy
    let nodes = hierarchy.nodeCount
    guard horizon > 0, base.count == nodes * horizon else {
      throw .wrongCount(expected: nodes * horizon, found: base.count)
    }
    guard weights.count == base.count else { throw .wrongCount(expected: base.count, found: weights.count) }
    guard !residuals.isEmpty, residuals.count % nodes == 0 else { throw .residualsMissing }
    let errors = Self.completed(residuals, nodes: nodes)
    let periods = errors.count / nodes
    var stream = RandomStream(seed: seed, key: RandomStream.key("coherent.paths"))
    let times = (0..<drawCount * horizon).map { _ in stream.index(below: periods) }

    var bottom = [Float](repeating: 0, count: hierarchy.bottomCount * horizon * drawCount)
    let batch = max(1, 64 / horizon)
    for first in stride(from: 0, to: drawCount, by: batch) {
      let draws = first..<min(drawCount, first + batch)
      let lanes = draws.count * horizon
      var paths = [Double](repeating: 0, count: nodes * lanes)
      for node in 0..<nodes {
        for (position, draw) in draws.enumerated() {
          for step in 0..<horizon {
            var value = base[node * horizon + step]
            for lag in 0...step {
              value += weights[node * horizon + lag] * errors[node * periods + times[draw * horizon + step - lag]]
            }
            paths[node * lanes + position * horizon + step] = value
          }
        }
      }
      let coherent = try reconciler.bottom(paths, horizon: lanes)
      for series in 0..<hierarchy.bottomCount {
        for (position, draw) in draws.enumerated() {
          for step in 0..<horizon {
            let value = coherent[series * lanes + position * horizon + step]
            bottom[(series * horizon + step) * drawCount + draw] = Float(nonNegative ? max(0, value) : value)
          }
        }
      }
    }
    self.hierarchy = hierarchy
    self.horizon = horizon
    self.drawCount = drawCount
    self.bottom = bottom
  }

  /// The draws of all nodes at one step ahead, nodes × draws.
  public func draws(step: Int) -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(hierarchy.bottomCount * drawCount)
    for series in 0..<hierarchy.bottomCount {
      let start = (series * horizon + step) * drawCount
      for draw in start..<start + drawCount { values.append(Double(bottom[draw])) }
    }
    return hierarchy.aggregated(values, lanes: drawCount)
  }

  /// Quantiles of all nodes at one step ahead, nodes × probability, linear between order statistics.
  /// - Parameter probabilities: each between 0 and 1.
  public func quantiles(step: Int, probabilities: [Double]) -> [Double] {
    let values = draws(step: step)
    return (0..<hierarchy.nodeCount).flatMap { node in
      let sorted = values[node * drawCount..<(node + 1) * drawCount].sorted()
      return probabilities.map { probability in
        let position = probability * Double(drawCount - 1)
        let below = min(drawCount - 1, Int(position))
        let above = min(drawCount - 1, below + 1)
        return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
      }
    }
  }

  /// Errors with every unknown one replaced by the node's next known one, going round; zeros where none is known.
  private static func completed(_ residuals: [Double], nodes: Int) -> [Double] {
    let periods = residuals.count / nodes
    let isUsed = (0..<periods).map { time in (0..<nodes).contains { !residuals[$0 * periods + time].isNaN } }
    let used = isUsed.indices.filter { isUsed[$0] }
    guard !used.isEmpty else { return [Double](repeating: 0, count: nodes) }
    var errors: [Double] = []
    errors.reserveCapacity(nodes * used.count)
    for node in 0..<nodes {
      let known = used.map { residuals[node * periods + $0] }
      var next = known.first { !$0.isNaN } ?? 0
      var row = [Double](repeating: 0, count: known.count)
      for time in known.indices.reversed() {
        if !known[time].isNaN { next = known[time] }
        row[time] = next
      }
      errors += row
    }
    return errors
  }
}
