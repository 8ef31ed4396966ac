import Foundation
import Probability
import Testing
import TimeSeries

@Suite("Scan for anomalies")
struct AnomalyScanTests {
  /// Quiet series: noise, a wandering level, a trend, a season.
  static func quiet(_ kind: String, count: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, key: RandomStream.key(kind))
    var level = 100.0
    return (0..<count).map { (time: Int) -> Double in
      switch kind {
      case "wandering": level += 2 * stream.normal()
      case "trend": level += 1
      default: break
      }
      let season = kind == "season" ? 20 * sin(Double(time) * .pi / 6) : 0
      return level + season + 5 * stream.normal()
    }
  }

  static func scan(_ values: [Double], season: Int = 1, censored: Set<Int> = []) throws -> AnomalyReport {
    try AnomalyScan().scan(values, season: season, censored: censored)
  }

  /// 500 series in all; nominal rate 5 %. With 150 series a rate of 5 % exceeds 10 % once in three hundred samples.
  @Test(
    "seldom finds anything in a quiet series",
    arguments: [("noise", 150), ("wandering", 150), ("trend", 150), ("season", 50)])
  func falseAlarms(kind: String, count: Int) throws {
    var alarms = 0
    for seed in 0..<count {
      let report = try Self.scan(
        Self.quiet(kind, count: 60, seed: UInt64(seed)), season: kind == "season" ? 12 : 1)
      if !report.anomalies.isEmpty { alarms += 1 }
    }
    #expect(Double(alarms) <= 0.1 * Double(count))
  }

  @Test("finds planted outliers with their size", arguments: ["noise", "wandering", "trend", "season"])
  func outliers(kind: String) throws {
    var found = 0
    for seed in 0..<30 {
      var values = Self.quiet(kind, count: 72, seed: 1000 + UInt64(seed))
      let position = 12 + seed
      let before = values[position]
      values[position] += seed % 2 == 0 ? 45 : -45
      let report = try Self.scan(values, season: kind == "season" ? 12 : 1)
      guard let hit = report.anomalies.first(where: { $0.position == position }), hit.kind == .outlier else { continue }
      found += 1
      #expect(abs(abs(hit.size) - 45) < 25 && (hit.size > 0) == (seed % 2 == 0))
      #expect(abs(report.cleaned[position] - before) < 30)
    }
    // Nine standard deviations of the noise: hardly ever missed.
    #expect(found >= 27)
  }

  @Test("finds a planted shift of the level, near its place", arguments: ["noise", "season"])
  func shifts(kind: String) throws {
    var found = 0
    for seed in 0..<30 {
      var values = Self.quiet(kind, count: 72, seed: 2000 + UInt64(seed))
      let position = 18 + seed
      for time in position..<values.count { values[time] += 25 }
      let report = try Self.scan(values, season: kind == "season" ? 12 : 1)
      guard let hit = report.anomalies.first(where: { $0.kind == .levelShift }) else { continue }
      guard abs(hit.position - position) <= 2 else { continue }
      found += 1
      #expect(abs(hit.size - 25) < 10)
      // The history before it is brought to the level of today, the history after it is left.
      #expect(abs(report.levelled[0] - values[0] - hit.size) < 1e-9)
      #expect(report.cleaned[0] == values[0])
    }
    // Five standard deviations of the noise.
    #expect(found >= 24)
  }

  @Test("takes censored periods as unknown, not as low")
  func censored() throws {
    var values = Self.quiet("noise", count: 60, seed: 3)
    for time in 30..<36 { values[time] = 0 }
    let blind = try Self.scan(values)
    #expect(blind.anomalies.contains { (30...36).contains($0.position) })
    let report = try Self.scan(values, censored: Set(30..<36))
    #expect(!report.anomalies.contains { (28..<38).contains($0.position) })
    #expect(report.cleaned[30..<36].allSatisfy { $0.isNaN })
  }

  @Test("does not care about the unit of a series")
  func equivariance() throws {
    var values = Self.quiet("season", count: 72, seed: 5)
    values[40] += 60
    let plain = try Self.scan(values, season: 12)
    let scaled = try Self.scan(values.map { $0 * 1024 }, season: 12)
    #expect(plain.anomalies.map(\.position) == scaled.anomalies.map(\.position))
    for (one, other) in zip(plain.anomalies, scaled.anomalies) {
      #expect(abs(one.size * 1024 - other.size) < 1e-9 * abs(other.size))
    }
  }

  @Test("says nothing about series too short, constant or mostly zero")
  func degenerate() throws {
    for values in [
      [1.0, 2, 300], [Double](repeating: 7, count: 40), (0..<60).map { $0 % 9 == 0 ? 5.0 : 0 },
    ] { #expect(try Self.scan(values).anomalies.isEmpty) }
    #expect(throws: TimeSeriesError.noKnownValue) { try Self.scan([.nan, .nan]) }
    #expect(throws: TimeSeriesError.infiniteValue(position: 1)) { try Self.scan([1, .infinity]) }
  }

  @Test("works on the scale on which a growing series is even")
  func growth() throws {
    // The airline series has no outlier on the logarithmic scale at this rate; a doubled month is one.
    var values = PublishedSeries.passengers
    #expect(try Self.scan(values, season: 12).anomalies.count <= 1)
    values[100] *= 2
    let report = try Self.scan(values, season: 12)
    #expect(report.anomalies.contains { $0.position == 100 && $0.kind == .outlier && $0.size > 0 })
  }
}
