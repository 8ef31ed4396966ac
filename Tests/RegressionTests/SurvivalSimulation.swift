import Foundation
import LinearAlgebra
import Probability
import Regression

/// Survival data with known hazards and many ties, the same in every run.
struct SurvivalSimulation {
  var columns: [[Double]]
  var time: [Double]
  var event: [Bool]

  static let coefficients = [0.8, -0.5, 0.3]

  init(rows: Int, seed: UInt64, wholeTimes: Bool = true) {
    var stream = RandomStream(seed: seed)
    columns = [[], [], []]
    time = []
    event = []
    for _ in 0..<rows {
      let x = [stream.normal(), stream.uniform() < 0.4 ? 1.0 : 0.0, 2010 + 3 * stream.normal()]
      let predictor = zip(x, SurvivalSimulation.coefficients).reduce(0) { $0 + $1.0 * $1.1 } - 2010 * 0.3
      let duration = -20 * log(stream.uniform()) * exp(-predictor)
      let censored = 40 * stream.uniform()
      let observed = min(duration, censored)
      for (index, value) in x.enumerated() { columns[index].append(value) }
      time.append(wholeTimes ? observed.rounded(.up) : observed)
      event.append(duration <= censored)
    }
  }

  func design(_ rows: [Int]? = nil, scale: Double = 1, shift: Double = 0) -> DesignMatrix {
    let rows = rows ?? Array(time.indices)
    let elements = columns.flatMap { column in rows.map { column[$0] * scale + shift } }
    return DesignMatrix(
      Matrix(rows: rows.count, columns: columns.count, elements: elements), names: ["x", "treated", "year"])
  }

  func response(_ rows: [Int]? = nil) throws -> SurvivalResponse {
    let rows = rows ?? Array(time.indices)
    return try SurvivalResponse(time: rows.map { time[$0] }, event: rows.map { event[$0] })
  }

  /// Every row cut into pieces (0, 2], (2, 5], (5, time], which says the same.
  func pieces() throws -> (DesignMatrix, SurvivalResponse, rows: [Int]) {
    var (rows, entry, exit, event): ([Int], [Double], [Double], [Bool]) = ([], [], [], [])
    for row in time.indices {
      var start = 0.0
      for end in [2, 5, time[row]] where end <= time[row] && end > start {
        rows.append(row)
        entry.append(start)
        exit.append(end)
        event.append(self.event[row] && end == time[row])
        start = end
      }
    }
    return (design(rows), try SurvivalResponse(time: exit, event: event, entry: entry), rows)
  }
}
