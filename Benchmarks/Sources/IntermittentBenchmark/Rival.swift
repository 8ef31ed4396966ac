import Glibc
import Sluice

/// A flat point forecast with the empirical quantiles of its in-sample errors.
struct Rival: Sendable {
  let name: String
  /// The forecast of the next value, and the one-step errors.
  let fit: @Sendable ([Double]) -> (mean: Double, errors: [Double])

  static let all = [
    Rival(name: "all zero") { (0, $0) },
    local(TeunterSyntetosBabai()), local(Croston()), local(SyntetosBoylan()), local(AggregateDisaggregate()),
    local(SimpleExponentialSmoothing()),
  ]

  static func local<Model: LocalModel>(_ model: Model) -> Rival {
    Rival(name: Model.name) { values in
      guard let fitted = try? model.fit(values, season: 1) else { return (0, []) }
      return (max(0, fitted.forecast(horizon: 1).mean[0]), fitted.residuals)
    }
  }

  /// Per series, quantiles of the sum of the next `length` values: from the errors of such sums in the series itself,
  /// from those of all series in units of their mean absolute error, and from those of all series as they are.
  func quantiles(_ series: [[Double]], length: Int, _ probabilities: [Double]) -> [[[Double]]] {
    var points: [Double] = []
    var errors: [[Double]] = []
    for values in series {
      let fitted = fit(values)
      points.append(fitted.mean * Double(length))
      var sums: [Double] = []
      for time in 0..<max(0, values.count - length + 1) where !fitted.errors.isEmpty && !fitted.errors[time].isNaN {
        let point = values[time] - fitted.errors[time]
        sums.append(values[time..<time + length].reduce(0, +) - point * Double(length))
      }
      errors.append(sums.sorted())
    }
    let scales = errors.map { $0.isEmpty ? 0 : $0.reduce(0) { $0 + abs($1) } / Double($0.count) }
    let scaled = zip(errors, scales).flatMap { errors, scale in scale > 0 ? errors.map { $0 / scale } : [] }.sorted()
    let pooled = errors.flatMap { $0 }.sorted()
    return [
      zip(points, errors).map { point, own in probabilities.map { max(0, point + quantile(own, $0)) } },
      zip(points, scales).map { point, scale in probabilities.map { max(0, point + scale * quantile(scaled, $0)) } },
      points.map { point in probabilities.map { max(0, point + quantile(pooled, $0)) } },
    ]
  }
}

/// Linear between order statistics.
func quantile(_ sorted: [Double], _ probability: Double) -> Double {
  guard let last = sorted.last else { return 0 }
  let place = probability * Double(sorted.count - 1)
  let below = Int(place)
  guard below + 1 < sorted.count else { return last }
  return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
}

/// Series of a long table, in order of their first rows.
func readSeries(_ path: String) -> [[Double]] {
  guard let file = fopen(path, "r") else {
    print("cannot open \(path)")
    exit(1)
  }
  defer { fclose(file) }
  var series: [[Double]] = []
  var last = ""
  var line = [CChar](repeating: 0, count: 512)
  _ = fgets(&line, 512, file)
  while fgets(&line, 512, file) != nil {
    let text = String(
      decoding: line.prefix { $0 != 0 && $0 != 10 && $0 != 13 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let cells = text.split(separator: ",", omittingEmptySubsequences: false)
    guard cells.count >= 3 else { continue }
    if series.isEmpty || cells[0] != last {
      series.append([])
      last = String(cells[0])
    }
    series[series.count - 1].append(Double(cells[2]) ?? .nan)
  }
  return series
}
