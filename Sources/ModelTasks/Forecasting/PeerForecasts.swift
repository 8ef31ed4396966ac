import Probability
internal import TimeSeries

/// Forecasts of series that are too short to be forecast by themselves, from those of their peers.
///
/// A peer is a series with the same attributes. Each peer's course, its forecast included, is scaled to the values that
/// the short series has in the same periods (to nothing, where it has none); the median over the peers is the forecast.
/// So the short series takes over its peers' growth and seasonal shape. Quantiles are the wider of the peers' own and
/// of the spread between them. This is forecasting by analogy: Green & Armstrong, "Structured analogies for
/// forecasting", *International Journal of Forecasting* 23 (2007).
struct PeerForecasts: Sendable {
  /// Fewer known values than this are too few.
  static let fewest = 5
  /// The most peers of one group.
  private static let mostPeers = 60

  private struct Peer: Sendable {
    var attributes: [String]
    var last: Int
    var history: [Double]
    var entry: Int
  }

  private let peers: [Peer]
  private let groups: [[String]: [Int]]
  /// Peers by one attribute, keyed by its place and text.
  private let partial: [[String]: [Int]]
  /// One for each model.
  private let forecasts: [ChunkForecast]
  private let step: Int
  private let season: Int
  private let probabilities: [Double]

  /// - Parameters:
  ///   - chunk: series among which peers are looked for.
  ///   - wanted: attributes of the short series.
  ///   - forecast: forecasts a panel with each of the models.
  init(
    _ chunk: SeriesChunk, wanted: Set<[String]>, grid: TimeGrid, horizon: Int, probabilities: [Double],
    forecast: (SeriesPanel) -> [PanelForecast]
  ) {
    step = grid.step
    season = chunk.panel.season
    self.probabilities = probabilities
    let able = chunk.entries.filter { $0.knownCount >= max(PeerForecasts.fewest, chunk.panel.season + 1) }
    let chosen = PeerForecasts.choose(able, wanted)
    var peers: [Peer] = []
    var groups: [[String]: [Int]] = [:]
    var partial: [[String]: [Int]] = [:]
    for (index, entry) in chosen.enumerated() {
      groups[entry.attributes, default: []].append(index)
      for key in PeerForecasts.keys(entry.attributes) { partial[key, default: []].append(index) }
      peers.append(
        Peer(
          attributes: entry.attributes, last: entry.last, history: Array(chunk.panel.values(ofSeries: entry.place)),
          entry: index))
    }
    self.peers = peers
    self.groups = groups
    self.partial = partial
    let panel = chunk.panel.selecting(chosen.map(\.place))
    forecasts = (chosen.isEmpty ? [] : forecast(panel)).map { forecast in
      var own = ChunkForecast(entries: chosen.count, horizon: horizon, probabilityCount: probabilities.count)
      for index in chosen.indices { own.set(index, from: forecast, series: index) }
      return own
    }
  }

  /// Up to `mostPeers` series for each text that a short series has in a column of peers, spread over the table.
  private static func choose(_ able: [SeriesChunk.Entry], _ wanted: Set<[String]>) -> [SeriesChunk.Entry] {
    let keys = Set(wanted.flatMap(keys))
    var members: [[String]: [Int]] = [:]
    for (index, entry) in able.enumerated() {
      for key in Self.keys(entry.attributes) where keys.contains(key) { members[key, default: []].append(index) }
      if wanted.contains(entry.attributes) { members[entry.attributes, default: []].append(index) }
    }
    var chosen: Set<Int> = []
    for indices in members.values {
      let stride = max(1, indices.count / mostPeers)
      for place in Swift.stride(from: 0, to: indices.count, by: stride) { chosen.insert(indices[place]) }
    }
    return chosen.sorted().map { able[$0] }
  }

  private static func keys(_ attributes: [String]) -> [[String]] {
    attributes.enumerated().filter { !$1.isEmpty }.map { ["\($0)", $1, ""] }
  }

  /// The peers of a series: those with all of its attributes, else those with its last one, its first one, any.
  private func peers(of entry: SeriesChunk.Entry) -> [Int] {
    if let same = groups[entry.attributes], same.count >= 3 { return same }
    for key in PeerForecasts.keys(entry.attributes).reversed() {
      if let some = partial[key], some.count >= 3 { return some }
    }
    return groups[entry.attributes] ?? PeerForecasts.keys(entry.attributes).lazy.compactMap { partial[$0] }.first ?? []
  }

  /// Fills in the forecast of a short series; false where it has no peers.
  func fill(
    _ entry: SeriesChunk.Entry, at index: Int, _ chunk: SeriesChunk, model: Int, into result: inout ChunkForecast
  ) -> Bool {
    let history = entry.place < 0 ? [] : Array(chunk.panel.values(ofSeries: entry.place))
    let scaled = peers(of: entry).compactMap { peer in scale(peer, history, entry.last).map { (peer, $0) } }
    guard !scaled.isEmpty, !forecasts.isEmpty else { return false }
    for step in 0..<result.horizon {
      let place = entry.last + (step + 1) * self.step
      let medians = scaled.map { $1 * value(of: $0, at: place, model, probability: nil) }
        .filter(\.isFinite).sorted()
      guard !medians.isEmpty else { return false }
      let middle = medians.quantileOfAscending(0.5)
      let quantiles = probabilities.indices.map { probability in
        let own = scaled.map { $1 * value(of: $0, at: place, model, probability: probability) }
          .filter(\.isFinite).sorted()
        let typical = own.isEmpty ? middle : own.quantileOfAscending(0.5)
        let between = medians.quantileOfAscending(probabilities[probability])
        return probabilities[probability] < 0.5 ? min(typical, between, middle) : max(typical, between, middle)
      }
      result.set(index, step: step, median: middle, quantiles: quantiles)
    }
    return true
  }

  /// What a peer is multiplied with: the short series over the peer in the periods that both have; 1 where the short
  /// series has no value.
  private func scale(_ peer: Int, _ history: [Double], _ last: Int) -> Double? {
    var own = 0.0
    var theirs = 0.0
    for (back, value) in history.reversed().enumerated() where !value.isNaN {
      let other = self.value(of: peer, at: last - back * step, 0, probability: nil)
      guard other.isFinite else { continue }
      own += value
      theirs += other
    }
    if history.allSatisfy(\.isNaN) { return 1 }
    guard theirs != 0, (own / theirs).isFinite, own / theirs >= 0 else { return nil }
    return own / theirs
  }

  /// A peer's value at a place on the grid, from its history or its forecast; behind its horizon the season repeats.
  private func value(of index: Int, at place: Int, _ model: Int, probability: Int?) -> Double {
    let peer = peers[index]
    let offset = (place - peer.last).floored(by: step)
    guard offset.remainder == 0 else { return .nan }
    if offset.quotient <= 0 {
      let position = peer.history.count - 1 + offset.quotient
      return position >= 0 ? peer.history[position] : .nan
    }
    let forecast = forecasts[model]
    var step = offset.quotient - 1
    if step >= forecast.horizon {
      let cycle = min(season, forecast.horizon)
      step = forecast.horizon - cycle + (step - forecast.horizon) % cycle
    }
    guard let probability else { return forecast.median(peer.entry, step) }
    return forecast.quantile(peer.entry, step, probability)
  }
}
