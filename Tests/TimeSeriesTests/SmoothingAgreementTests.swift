import Foundation
import Testing
import TimeSeries

@Suite(
  "Exponential smoothing beside statsforecast on 1,001 series",
  .enabled(if: CompetitionSeries.areThere, "the shared data (forecasting/m1_long.csv.gz) are not here"))
struct SmoothingAgreementTests {
  /// Every series, or some of them where the code is not optimised: one in 8, of the long monthly ones one in 64.
  private static func isWanted(_ index: Int, _ name: some StringProtocol) -> Bool {
    #if DEBUG
      index.isMultiple(of: name.hasPrefix("M") ? 64 : 8)
    #else
      true
    #endif
  }

  private struct Comparison {
    let isSameForm: Bool
    /// Our AICc less the reference's.
    let criterion: Double
    /// Of the mean forecast over the horizon.
    let difference: Double
  }

  private func comparisons() throws -> [Comparison] {
    let series = try CompetitionSeries.training()
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let text = try String(contentsOf: folder.appending(path: "References/smoothing_m1.csv"), encoding: .utf8)
    let lines = text.split(separator: "\n").dropFirst().enumerated().filter { Self.isWanted($0.offset, $0.element) }
    return try lines.map { line in
      let fields = line.element.split(separator: ",")
      let name = String(fields[0])
      let (season, horizon) = name.hasPrefix("Y") ? (1, 6) : name.hasPrefix("Q") ? (4, 8) : (12, 18)
      let fitted = try ExponentialSmoothing().fit(try #require(series[name]), season: season)
      let mean = fitted.forecast(horizon: horizon).mean.reduce(0, +) / Double(horizon)
      let (aicc, expected) = (try #require(Double(fields[2])), try #require(Double(fields[3])))
      return Comparison(
        isSameForm: fitted.form.name == fields[1].replacing("-", with: ","), criterion: fitted.aicc - aicc,
        difference: abs(mean - expected) / abs(expected))
    }
  }

  /// The reference stops its simplex of up to 17 unknowns short of the optimum on most monthly series, and lets γ and β
  /// exceed 1 − α and α. Measured over all: the same form for .74, an AICc that is not higher for .93, lower by 4.6 on
  /// average; where forms and optima are the same, the median difference is 5e-5 and .95 are below 1e-3.
  @Test("forecasts agree where the optima do, and the optima are at least as good")
  func agreement() throws {
    let all = try comparisons()
    let count = Double(all.count)
    #expect(Double(all.count { $0.isSameForm }) > 0.65 * count)
    #expect(Double(all.count { $0.criterion < 0.01 }) > 0.87 * count)
    #expect(all.reduce(0) { $0 + $1.criterion } < 0)
    let differences = all.map(\.difference).sorted()
    #expect(differences[all.count / 2] < 0.01 && differences[all.count * 3 / 4] < 0.04)
    let alike = all.filter { $0.isSameForm && abs($0.criterion) < 0.05 }.map(\.difference).sorted()
    #expect(alike.count > all.count / 3)
    #expect(alike[alike.count / 2] < 2e-4 && alike[alike.count * 9 / 10] < 2e-3)
  }
}
