import ChannelTypes
import Foundation
import Probability
import SampleNetwork
import Tables
import Testing

@testable import Partners

/// Breaks planted into the series of a sample network: how many are found, and what quiet history gives.
struct BreakExperiment {
  let history: ChannelHistory
  let demand: WatchedDemand
  /// Partners whose level the generator never shifted, outside the region that it did.
  let quiet: [Int]
  let thresholds: AlarmThresholds
  /// The generator's own break of a region.
  let shifted: (region: String, month: Int)?

  init(seed: UInt64, partners: Int = 150) throws {
    let network = try SampleNetwork.generate(NetworkSpecification(partners: partners, seed: seed))
    let sales = try #require(network[table: "sales"])
    let history = try #require(ChannelHistory(sales: sales, partners: network[table: "partners"]))
    let shifts = network.truth.member("level_shifts")
    var moved: Set<String> = []
    if case .array(let partners)? = shifts?.member("partners") {
      for case .string(let id)? in partners.map({ $0.member("partner_id") }) { moved.insert(id) }
    }
    if case .string(let region)? = shifts?.member("region")?.member("region"),
      case .string(let text)? = shifts?.member("region")?.member("period"), let period = Period(text)
    {
      shifted = (region, period.ordinal - history.firstMonth.ordinal)
    } else {
      shifted = nil
    }
    self.history = history
    demand = WatchedDemand(history)
    quiet = history.partners.indices.filter { !moved.contains(history.partners[$0].id) }
    thresholds = AlarmThresholds([demand.course, demand.regionCourse], falseAlarms: 2, seed: seed)
  }

  /// Months in alarm and months judged, over some series of a course.
  func alarms(_ course: ExpectedCourse, _ series: [Int], months: Range<Int>? = nil) -> (alarms: Int, judged: Int) {
    var (alarms, judged) = (0, 0)
    for series in series {
      for month in months ?? 0..<course.monthCount {
        guard let fired = fired(course, series, month, thresholds) else { continue }
        judged += 1
        if !fired.isEmpty { alarms += 1 }
      }
    }
    return (alarms, judged)
  }

  func fired(
    _ course: ExpectedCourse, _ series: Int, _ month: Int, _ thresholds: AlarmThresholds
  ) -> [AlarmTest]? {
    let cells = series * course.monthCount..<(series + 1) * course.monthCount
    let values = AlarmStatistics.at(month, of: course.error[cells]).values
    guard !values[0].isNaN else { return nil }
    return AlarmTest.allCases.filter { values[AlarmTest.allCases.firstIndex(of: $0)!] > thresholds[$0] }
  }

  /// Thins (or multiplies) the units of every fourth quiet partner from a random month on, a year or more after its
  /// first, and looks whether that month or the next is an alarm. Thresholds are those of the history with the breaks.
  /// - Returns: planted and found, by whether the partner sells at least forty units in the median month.
  func plant(factor: Double, seed: UInt64) -> (large: (planted: Int, found: Int), small: (planted: Int, found: Int)) {
    var stream = RandomStream(seed: seed, key: RandomStream.key("planted breaks \(factor)"))
    let months = demand.partners.monthCount
    var panel = demand.partners
    var breaks: [(series: Int, month: Int, isLarge: Bool)] = []
    for series in quiet where stream.bernoulli(0.25) {
      let known = (0..<months).filter { !panel.values[series * months + $0].isNaN }
      guard known.count >= 15 else { continue }
      let month = known[12 + stream.index(below: known.count - 13)]
      let median = known.map { panel.values[series * months + $0] }.sorted()[known.count / 2]
      breaks.append((series, month, median >= 40))
      for cell in series * months + month..<(series + 1) * months where !panel.values[cell].isNaN {
        var units = 0
        for _ in 0..<Int(panel.values[cell]) {
          if factor < 1 { units += stream.bernoulli(factor) ? 1 : 0 }
          if factor > 1 { units += 1 + (stream.bernoulli(factor - 1) ? 1 : 0) }
        }
        panel.values[cell] = Double(units)
      }
    }
    let course = ExpectedCourse(panel)
    let thresholds = AlarmThresholds([course, demand.regionCourse], falseAlarms: 2, seed: seed)
    var (large, small) = ((planted: 0, found: 0), (planted: 0, found: 0))
    for (series, month, isLarge) in breaks {
      let isFound = [month, month + 1].contains { month in
        month < months && (fired(course, series, month, thresholds) ?? []).contains { $0.isBelow == (factor < 1) }
      }
      if isLarge {
        large = (large.planted + 1, large.found + (isFound ? 1 : 0))
      } else {
        small = (small.planted + 1, small.found + (isFound ? 1 : 0))
      }
    }
    return (large, small)
  }
}

extension JSONValue {
  func member(_ name: String) -> JSONValue? {
    if case .object(let members) = self { members.first { $0.name == name }?.value } else { nil }
  }
}

@Suite("False alarms and breaks found")
struct AlarmTests {
  @Test("at most two false alarms in a hundred series-months, and four of five falls by 60 % found in two months")
  func bar() throws {
    let experiment = try BreakExperiment(seed: 4711, partners: 100)
    let quiet = experiment.alarms(experiment.demand.course, experiment.quiet)
    #expect(quiet.judged > 1500)
    #expect(Double(quiet.alarms) <= 0.02 * Double(quiet.judged))
    var (planted, found) = (0, 0)
    for seed in 1...3 as ClosedRange<UInt64> {
      let large = experiment.plant(factor: 0.4, seed: seed).large
      (planted, found) = (planted + large.planted, found + large.found)
    }
    #expect(planted >= 20)
    #expect(Double(found) >= 0.8 * Double(planted))
  }

  @Test("measured over many networks", .enabled(if: ProcessInfo.processInfo.environment["SLUICE_MEASURE"] != nil))
  func measurement() throws {
    let seeds = (ProcessInfo.processInfo.environment["SLUICE_MEASURE"] ?? "").split(separator: ",").compactMap {
      UInt64($0)
    }
    var total = (alarms: 0, judged: 0)
    var regional = (alarms: 0, judged: 0, shifts: 0, found: 0)
    var power: [Double: (large: (planted: Int, found: Int), small: (planted: Int, found: Int))] = [:]
    for seed in seeds {
      let experiment = try BreakExperiment(seed: seed)
      let quiet = experiment.alarms(experiment.demand.course, experiment.quiet)
      total = (total.alarms + quiet.alarms, total.judged + quiet.judged)
      let names = experiment.demand.regionNames
      if let shifted = experiment.shifted, let region = names.firstIndex(of: shifted.region) {
        let others = experiment.alarms(experiment.demand.regionCourse, names.indices.filter { $0 != region })
        let isFound = [shifted.month, shifted.month + 1].contains { month in
          !(experiment.fired(experiment.demand.regionCourse, region, month, experiment.thresholds) ?? []).isEmpty
        }
        regional = (
          regional.alarms + others.alarms, regional.judged + others.judged, regional.shifts + 1,
          regional.found + (isFound ? 1 : 0)
        )
      }
      print(
        "seed", seed, "thresholds", experiment.thresholds.values, "quiet", quiet, "simulated",
        experiment.thresholds.simulatedTotal, "quiet series", experiment.thresholds.quietSeries)
      for factor in [0.7, 0.6, 0.5, 0.4, 0.3, 1.5, 2.0] {
        var sum = power[factor] ?? ((0, 0), (0, 0))
        for repeated in 1...3 as ClosedRange<UInt64> {
          let result = experiment.plant(factor: factor, seed: seed &* 10 &+ repeated)
          sum.large = (sum.large.planted + result.large.planted, sum.large.found + result.large.found)
          sum.small = (sum.small.planted + result.small.planted, sum.small.found + result.small.found)
        }
        power[factor] = sum
      }
    }
    print("quiet partners", total, 100 * Double(total.alarms) / Double(total.judged))
    print("quiet regions", regional)
    for (factor, result) in power.sorted(by: { $0.key < $1.key }) {
      print(
        "factor", factor, "40+ units", result.large, Double(result.large.found) / Double(max(1, result.large.planted)),
        "smaller", result.small, Double(result.small.found) / Double(max(1, result.small.planted)))
    }
  }
}
