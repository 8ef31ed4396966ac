import ChannelTypes
import Churn
import Glibc
import Probability

/// Partners whose chance of leaving is known: it rises with falling sales and with empty shelves.
struct SimulatedNetwork {
  static let intercept = -5.4
  /// Per unit of the log ratio of a quarter's sales to those of the quarter before.
  static let trend = -2.5
  /// Per percent of days without stock.
  static let stockout = 0.12

  var history: PartnerHistory
  /// The true chance of each partner that is there today to leave within three periods.
  var chances: [String: Double] = [:]

  init(partners count: Int, periods: Int, seed: UInt64, statusIsKnown: Bool = true) {
    var sales = [Double](repeating: 0, count: count * periods)
    var stockouts = [Double](repeating: .nan, count: count * periods)
    var ended = [Bool](repeating: false, count: count)
    var chances: [String: Double] = [:]
    for partner in 0..<count {
      var stream = RandomStream(seed: seed, key: UInt64(partner))
      let level = stream.normal(mean: 9, standardDeviation: 0.8)
      let first = partner % 4 == 0 ? stream.index(below: periods - 10) : 0
      var drift = 0.0
      let usual = stream.uniform(0, 0.3)
      for period in first..<periods {
        drift = 0.85 * drift + stream.normal(mean: 0, standardDeviation: 0.16)
        let empty = max(0, usual + stream.uniform(-0.03, 0.03))
        let offset = partner * periods + period
        sales[offset] = exp(level + drift + stream.normal(mean: 0, standardDeviation: 0.05))
        stockouts[offset] = empty
        let chance = Self.chance(sales, stockouts, partner, period, periods, first)
        if period == periods - 1 { chances["P\(partner)"] = 1 - pow(1 - chance, 3) }
        if period - first >= 5, stream.uniform() < chance, period < periods - 1 {
          ended[partner] = statusIsKnown
          break
        }
      }
    }
    let names = (0..<count).map { "P\($0)" }
    history = PartnerHistory(
      partners: names, regions: names.map { _ in "east" },
      channels: (0..<count).map { $0 % 2 == 0 ? "agent" : "online" },
      firstPeriod: .month(2022, 1), periodCount: periods, frequency: .month, sales: sales,
      margin: sales.map { 0.3 * $0 },
      sellIn: [Double](repeating: .nan, count: sales.count), stockoutShare: stockouts, signed: names.map { _ in nil },
      isEnded: ended)
    self.chances = chances
  }

  private static func chance(
    _ sales: [Double], _ stockouts: [Double], _ partner: Int, _ period: Int, _ periods: Int, _ first: Int
  ) -> Double {
    guard period - first >= 5 else { return 0 }
    let offset = partner * periods + period
    let recent = sales[offset - 2...offset].reduce(0, +)
    let before = sales[offset - 5...offset - 3].reduce(0, +)
    let empty = stockouts[offset - 2...offset].reduce(0, +) / 3
    return 1 / (1 + exp(-(intercept + trend * log(recent / before) + stockout * 100 * empty)))
  }
}
