/// What acting on the rows with the highest predictions first would find.
public struct LiftTenth: Sendable, Hashable, Codable {
  /// 1 for the tenth of the rows with the highest predictions.
  public let tenth: Int
  public let rows: Int
  public let events: Int
  /// Share of events in the tenth over the share in all rows: 1 is no better than chance.
  public let lift: Double
  /// The same over this tenth and those before it.
  public let cumulativeLift: Double
  /// Share of all events that this tenth and those before it hold.
  public let captured: Double
}

extension Calibration {
  /// Tenths of the rows by falling prediction; rows of equal predictions share their events evenly, so that the order of
  /// the rows does not matter. Empty without events.
  static func lift(_ probabilities: [Double], _ outcomes: [Double]) -> [LiftTenth] {
    let n = outcomes.count
    let total = outcomes.reduce(0, +)
    guard n > 0, total > 0 else { return [] }
    let order = probabilities.indices.sorted { probabilities[$0] > probabilities[$1] }
    let expected = smoothed(order, probabilities, outcomes)
    var tenths: [LiftTenth] = []
    var (start, found) = (0, 0.0)
    for tenth in 1...10 {
      let end = tenth * n / 10
      guard end > start else { continue }
      let events = expected[start..<end].reduce(0, +)
      found += events
      tenths.append(
        LiftTenth(
          tenth: tenth, rows: end - start, events: Int(events.rounded()),
          lift: events / Double(end - start) / (total / Double(n)),
          cumulativeLift: found / Double(end) / (total / Double(n)), captured: found / total))
      start = end
    }
    return tenths
  }

  /// Outcomes in the order given, the mean over rows whose predictions tie.
  private static func smoothed(_ order: [Int], _ probabilities: [Double], _ outcomes: [Double]) -> [Double] {
    var values = order.map { outcomes[$0] }
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, probabilities[order[end]] == probabilities[order[start]] { end += 1 }
      let mean = values[start..<end].reduce(0, +) / Double(end - start)
      for position in start..<end { values[position] = mean }
      start = end
    }
    return values
  }

  /// Average precision: precision where each event is found, averaged over the events; ties are found together. Nil
  /// without events. Cost: a sort.
  static func precisionRecallArea(_ probabilities: [Double], _ outcomes: [Double]) -> Double? {
    let total = outcomes.reduce(0, +)
    guard total > 0 else { return nil }
    let order = probabilities.indices.sorted { probabilities[$0] > probabilities[$1] }
    var (area, found, start) = (0.0, 0.0, 0)
    while start < order.count {
      var end = start
      var events = 0.0
      while end < order.count, probabilities[order[end]] == probabilities[order[start]] {
        events += outcomes[order[end]]
        end += 1
      }
      found += events
      area += events / total * found / Double(end)
      start = end
    }
    return area
  }

  /// Mean over the rows of |mean prediction − share of events| of their bin.
  public var expectedCalibrationError: Double {
    bins.reduce(0) { $0 + Double($1.rows) * abs($1.predicted - $1.observed) } / Double(max(rows, 1))
  }
}
