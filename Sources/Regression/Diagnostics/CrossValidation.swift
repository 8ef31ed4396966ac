internal import Probability

/// A division of rows into folds, each of which is held out once.
public struct Folds: Sendable, Hashable {
  /// The fold of each row, 0 ..< count.
  public let assignment: [Int]
  public let count: Int

  /// Folds where nobody asks for another number.
  public static let usual = 5

  /// Folds given by a column of the data, numbered in ascending order of the values.
  public init(column: [Int]) {
    let order = Dictionary(uniqueKeysWithValues: Set(column).sorted().enumerated().map { ($1, $0) })
    assignment = column.map { order[$0] ?? 0 }
    count = order.count
  }

  private init(assignment: [Int], count: Int) {
    self.assignment = assignment
    self.count = count
  }

  /// Whole groups are held out together, so that rows of one partner never stand on both sides; groups go to the fold
  /// with the fewest events so far, in random order, so that every fold has its share.
  /// - Parameters:
  ///   - groups: a group number per row; the row number itself for independent rows.
  ///   - events: per row 1 for an event; nil to balance rows only.
  public static func grouped(_ groups: [Int], events: [Double]? = nil, count: Int, seed: UInt64) -> Folds {
    precondition(count >= 2, "cross-validation needs two folds or more")
    var rowsOf: [Int: Int] = [:]
    var eventsOf: [Int: Double] = [:]
    for (row, group) in groups.enumerated() {
      rowsOf[group, default: 0] += 1
      eventsOf[group, default: 0] += events?[row] ?? 0
    }
    var order = rowsOf.keys.sorted()
    var stream = RandomStream(seed: seed, key: RandomStream.key("folds"))
    order.shuffle(using: &stream)
    // Groups with events first, so that the last ones cannot unbalance them.
    order = order.filter { eventsOf[$0, default: 0] > 0 } + order.filter { eventsOf[$0, default: 0] <= 0 }
    var load = [(events: Double, rows: Int)](repeating: (0, 0), count: count)
    var foldOf: [Int: Int] = [:]
    for group in order {
      let hasEvents = eventsOf[group, default: 0] > 0
      let fold =
        load.indices.min { left, right in
          hasEvents
            ? (load[left].events, load[left].rows, left) < (load[right].events, load[right].rows, right)
            : (load[left].rows, left) < (load[right].rows, right)
        } ?? 0
      load[fold].events += eventsOf[group, default: 0]
      load[fold].rows += rowsOf[group, default: 0]
      foldOf[group] = fold
    }
    return Folds(assignment: groups.map { foldOf[$0] ?? 0 }, count: count)
  }

  /// Rows one by one.
  public static func random(rows: Int, events: [Double]? = nil, count: Int, seed: UInt64) -> Folds {
    grouped(Array(0..<rows), events: events, count: count, seed: seed)
  }

  public func held(_ fold: Int) -> [Int] { assignment.indices.filter { assignment[$0] == fold } }
  public func training(_ fold: Int) -> [Int] { assignment.indices.filter { assignment[$0] != fold } }
}

extension GeneralizedLinearRegression {
  /// λ from large to small: on standardised columns the first leaves hardly anything, the last hardly shrinks.
  public static let ridgeCandidates = [10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 3e-4, 1e-4, 3e-5, 1e-5]

  /// The penalty with the smallest held-out deviance; ties go to the larger penalty. A penalty under which a fold cannot
  /// be fitted is passed over. Within a fold each fit starts from that of the next larger penalty.
  /// - Returns: the penalty and the mean held-out deviance per unit of weight.
  public func choosingRidge(
    among candidates: [Double] = GeneralizedLinearRegression.ridgeCandidates, _ design: DesignMatrix,
    response: [Double], weights: [Double]? = nil, offset: [Double]? = nil, folds: Folds
  ) -> (ridge: Double, deviance: Double)? {
    let penalties = candidates.sorted(by: >)
    let data = Data(design: design, response: response, weights: weights, offset: offset)
    var losses = [Double](repeating: 0, count: penalties.count)
    for fold in 0..<folds.count {
      let held = folds.held(fold)
      guard !held.isEmpty else { continue }
      let (known, unseen) = (data.selecting(rows: folds.training(fold)), data.selecting(rows: held))
      var start: [Double]?
      for (index, ridge) in penalties.enumerated() where losses[index].isFinite {
        var penalised = self
        penalised.ridge = ridge
        let fit = try? penalised.fit(
          known.design, response: known.response, weights: known.weights, offset: known.offset, start: start)
        guard let fit else {
          losses[index] = .infinity
          continue
        }
        start = fit.coefficients
        var predictor = fit.linearPredictor(unseen.design)
        if let offset = unseen.offset { for i in predictor.indices { predictor[i] += offset[i] } }
        losses[index] += GeneralizedLinearRegression.deviance(fit.family, fit.link, predictor, unseen)
      }
    }
    let total = weights?.reduce(0, +) ?? Double(response.count)
    guard let best = losses.indices.min(by: { (losses[$0], $0) < (losses[$1], $1) }), losses[best].isFinite else {
      return nil
    }
    return (penalties[best], losses[best] / total)
  }

  private static func deviance(_ family: Family, _ link: Link, _ predictor: [Double], _ data: Data) -> Double {
    var deviance = 0.0
    for (i, y) in data.response.enumerated() {
      let mean = link.mean(predictor[i])
      let held = family == .binomial ? min(max(mean, 1e-15), 1 - 1e-15) : mean
      deviance += (data.weights?[i] ?? 1) * family.deviance(y, held)
    }
    return deviance.isNaN ? .infinity : deviance
  }
}
