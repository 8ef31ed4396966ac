import Glibc
import Sluice

/// `TRAIN TEST` are long tables (`unique_id,ds,y`, rows of a series together, every series with as many test values);
/// prints per method the mean pinball loss at five probabilities, the cost of an order-up-to policy per series and
/// period (lead time 1, review 1, holding 1, shortage 9), and CPU seconds.

let probabilities = [0.5, 0.75, 0.9, 0.95, 0.99]

func cpuSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

func fixed(_ value: Double) -> String {
  let thousandths = "\(Int((abs(value) * 10_000).rounded()) + 100_000)".dropFirst()
  return "\(thousandths.dropLast(4)).\(thousandths.suffix(4))"
}

func pad(_ text: String) -> String { text + String(repeating: " ", count: max(1, 50 - text.utf8.count)) }

func report(_ name: String, _ quantiles: [[Double]], _ future: [[Double]], cost: Double, seconds: Double) {
  let losses = probabilities.indices.map { index in
    var sum = 0.0
    for (series, values) in future.enumerated() {
      let flat = [Double](repeating: quantiles[series][index], count: values.count)
      sum += Accuracy.pinball(values.span, quantile: flat.span, probability: probabilities[index])
    }
    return sum / Double(future.count)
  }
  let mean = losses.reduce(0, +) / Double(losses.count)
  print(pad(name), losses.map(fixed).joined(separator: " "), fixed(mean), fixed(cost), fixed(seconds))
}

/// The mean cost when stock is ordered up to the 90 % quantile of demand over two periods, the critical ratio of 9 to 1.
func policyCost(_ past: [[Double]], _ future: [[Double]], levels: ([[Double]]) -> [Double]) -> Double {
  var known = past
  var position = [Double](repeating: 0, count: past.count)
  var (cost, count) = (0.0, 0.0)
  for period in 0..<(future[0].count - 1) {
    let upTo = levels(known)
    for series in past.indices {
      // What is ordered now arrives before the demand of the period after the next.
      position[series] = max(position[series], upTo[series])
      let net = position[series] - future[series][period] - future[series][period + 1]
      cost += net > 0 ? net : -9 * net
      count += 1
      position[series] -= future[series][period]
      known[series].append(future[series][period])
    }
  }
  return cost / count
}

guard CommandLine.arguments.count == 3 else {
  print("usage: IntermittentBenchmark TRAIN TEST")
  exit(2)
}
let past = readSeries(CommandLine.arguments[1])
let future = readSeries(CommandLine.arguments[2])
print(pad("method"), probabilities.map { "  \($0) " }.joined(), " mean   cost   CPU s")

let started = cpuSeconds()
let panel = SeriesPanel(past, season: 1)
let model = PooledIntermittent()
let forecast = model.fitSteps(panel, horizon: future[0].count).forecast(panel, probabilities: probabilities)
let seconds = cpuSeconds() - started
let total = model.fitTotal(panel, periods: 2)
let cost = policyCost(past, future) { total.forecast(SeriesPanel($0, season: 1), probabilities: [0.9]).quantiles }
// Quantiles differ by step: the mean over the steps of the losses of each.
var losses = [Double](repeating: 0, count: probabilities.count)
for (series, values) in future.enumerated() {
  for (index, probability) in probabilities.enumerated() {
    let steps = values.indices.map { forecast.quantile(series: series, step: $0, probability: index) }
    losses[index] +=
      Accuracy.pinball(values.span, quantile: steps.span, probability: probability) / Double(future.count)
  }
}
let mean = losses.reduce(0, +) / Double(losses.count)
print(pad(PooledIntermittent.name), losses.map(fixed).joined(separator: " "), fixed(mean), fixed(cost), fixed(seconds))

for rival in Rival.all {
  for (variant, name) in ["own residuals", "pooled scaled residuals", "pooled residuals"].enumerated() {
    let started = cpuSeconds()
    let quantiles = rival.quantiles(past, length: 1, probabilities)[variant]
    let seconds = cpuSeconds() - started
    let cost = policyCost(past, future) { known in
      rival.quantiles(known, length: 2, [0.9])[variant].map { $0[0] }
    }
    report("\(rival.name), \(name)", quantiles, future, cost: cost, seconds: seconds)
  }
}
