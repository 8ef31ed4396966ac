import ChannelTypes
import Demand
import Glibc
import Probability

/// A panel whose response curves are known.
struct SimulatedResponse {
  /// How the simulated planner sets spend.
  enum Rule {
    /// Around a fixed intensity.
    case independent
    /// Moves with the sales of the period before, to the power given.
    case follows(Double)
    /// A constant share of the same period's sales.
    case shareOfSales
  }

  var seed: UInt64
  var regionCount = 10
  var periodCount = 36
  var rules: [Rule] = [.independent, .independent, .follows(0.8), .independent, .follows(0.5)]
  /// True average return per unit at typical intensity.
  var returns = [2.5, 1.2, 1.8, 0.4, 0.9]
  /// True families; a Hill curve of slope 1.6 (an S) stands for what no candidate family can fit.
  var families: [ResponseCurve.Family?] = [.hill, .power, .exponentialSaturation, .logarithm, nil]
  var elasticities = [0.5, 0.4, 0.6, 0.7, 0.5]
  var retentions = [0.3, 0.0, 0.55, 0.2, 0.4]
  var noise = 0.05
  var heterogeneity = 0.25
  var spendVariation = 0.35
  /// Multiplies all money.
  var currency = 1.0

  struct Panel {
    var panel: ResponsePanel
    /// True curve of region and type in spend per period, region-major by type.
    var truth: @Sendable (_ region: Int, _ type: Int, _ spend: Double) -> Double
  }

  func make() -> Panel {
    var stream = RandomStream(seed: seed, key: RandomStream.key("simulated response"))
    let sizes = (0..<regionCount).map { _ in 150_000 * currency * exp(stream.normal(mean: 0, standardDeviation: 0.5)) }
    let intensity = (0..<returns.count).map { 0.02 + 0.015 * Double($0) }
    let heights = returns.indices.map { type in
      (0..<regionCount).map { _ in
        returns[type] * intensity[type] * exp(stream.normal(mean: 0, standardDeviation: heterogeneity))
      }
    }
    let (families, elasticities) = (families, elasticities)
    let truth: @Sendable (Int, Int, Double) -> Double = { region, type, spend in
      let ratio = spend / (sizes[region] * intensity[type])
      let height = heights[type][region] * sizes[region]
      if let family = families[type] {
        return ResponseCurve(family: family, elasticity: elasticities[type], value: height, at: 1).value(at: ratio)
      }
      return height * 2 * pow(ratio, 1.6) / (1 + pow(ratio, 1.6))
    }
    let season = (0..<12).map { 0.15 * sin(2 * .pi * Double($0) / 12) }
    let national = (0..<periodCount).map { _ in stream.normal(mean: 0, standardDeviation: 0.04) }
    var outcome = [Double](repeating: 0, count: regionCount * periodCount)
    var market = outcome
    var spend = returns.map { _ in outcome }
    for region in 0..<regionCount {
      var shock = 0.0
      var carried = returns.indices.map { intensity[$0] * sizes[region] }
      var (before, usual) = (sizes[region], sizes[region])
      for period in 0..<periodCount {
        let row = region * periodCount + period
        let tail = (stream.gammaDraw(shape: 2.5) / 2.5).squareRoot()
        shock = 0.5 * shock + noise * stream.normal() / tail
        market[row] = stream.normal(mean: 0, standardDeviation: 0.05)
        let level = region == 0 && period >= periodCount / 2 ? 1.15 : 1.0
        let base =
          sizes[region] * level * (0.8 + season[period % 12] + national[period] + 0.5 * market[row] + shock)
        var effect = 0.0
        for type in returns.indices {
          let usualSpend =
            intensity[type] * sizes[region] * exp(stream.normal(mean: 0, standardDeviation: spendVariation))
          switch rules[type] {
          case .independent: spend[type][row] = usualSpend
          case .follows(let power): spend[type][row] = usualSpend * pow(max(before, 1e-9) / usual, 2 * power)
          case .shareOfSales: continue
          }
          carried[type] = (1 - retentions[type]) * spend[type][row] + retentions[type] * carried[type]
          effect += truth(region, type, carried[type])
        }
        outcome[row] = base + effect
        for type in returns.indices {
          if case .shareOfSales = rules[type] { spend[type][row] = intensity[type] * outcome[row] }
        }
        before = outcome[row]
        usual = 0.9 * usual + 0.1 * before
      }
    }
    let panel = ResponsePanel(
      regions: (0..<regionCount).map { "region-\($0)" }, spendTypes: returns.indices.map { "type-\($0)" },
      periodCount: periodCount, outcome: outcome, spend: spend,
      controls: [ResponsePanel.Control(name: "market_index", values: market)])
    return Panel(panel: panel, truth: truth)
  }
}

extension RandomStream {
  fileprivate mutating func gammaDraw(shape: Double) -> Double {
    let (d, c) = (shape - 1.0 / 3, 1 / (9 * shape - 3).squareRoot())
    while true {
      let x = normal()
      let v = pow(1 + c * x, 3)
      if v > 0, log(uniform()) < x * x / 2 + d - d * v + d * log(v) { return d * v }
    }
  }
}
