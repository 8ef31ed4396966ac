import Foundation
import Testing

@testable import TimeSeries

@Suite(
  "Agreement with statsforecast's ARIMA on 584 series",
  .enabled(if: CompetitionSeries.areThere, "the shared data (forecasting/m1_long.csv.gz) are not here"))
struct ArimaAgreementTests {
  /// Every series, or some of them where the code is not optimised.
  private static var step: Int {
    #if DEBUG
      20
    #else
      1
    #endif
  }

  private struct Reference {
    let name: String
    let order: ArimaOrder
    let logLikelihood: Double
    let meanForecast: Double

    var horizon: Int { order.season == 1 ? 6 : order.season == 4 ? 8 : 18 }
  }

  /// Written by Benchmarks/forecasting/arima_reference.py.
  private static func references() throws -> [Reference] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let text = try String(contentsOf: folder.appending(path: "References/arima_m1.csv"), encoding: .utf8)
    return text.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",")
      let numbers = fields[1..<9].map { Int($0) ?? 0 }
      let seasonal = ArimaOrder.Terms(p: numbers[3], d: numbers[4], q: numbers[5])
      let order = ArimaOrder(
        .init(p: numbers[0], d: numbers[1], q: numbers[2]), seasonal: numbers[6] > 1 ? seasonal : .init(),
        season: numbers[6], hasConstant: numbers[7] == 1)
      return Reference(
        name: String(fields[0]), order: order, logLikelihood: Double(fields[9]) ?? .nan,
        meanForecast: Double(fields[10]) ?? .nan)
    }
  }

  /// With the reference's own orders. It starts its differences from a finite variance, which costs series of large
  /// values part of a unit of likelihood; where it stops at a lower top than ours, the forecasts differ and no tolerance
  /// applies. Where both stop at the same likelihood, so do the coefficients, up to a flat top.
  @Test("is as likely with the same orders, and then forecasts the same")
  func sameOrders() throws {
    let training = try CompetitionSeries.training()
    var (compared, asLikely, close, below) = (0, 0, 0, 0)
    var differences: [Double] = []
    let references = try Self.references()
    for index in stride(from: 0, to: references.count, by: Self.step) {
      let reference = references[index]
      let values = try #require(training[reference.name])
      let fitted = try AutomaticArima(order: reference.order).fit(values, season: reference.order.season)
      guard fitted.logLikelihood.isFinite else { continue }
      compared += 1
      let gain = fitted.logLikelihood - reference.logLikelihood
      if gain > -0.01 { asLikely += 1 }
      if gain < -1 { below += 1 }
      guard abs(gain) < 0.005 else { continue }
      close += 1
      let mean = fitted.forecast(horizon: reference.horizon).mean.reduce(0, +) / Double(reference.horizon)
      differences.append(abs(mean - reference.meanForecast) / max(abs(reference.meanForecast), 1e-9))
    }
    differences.sort()
    #expect(Double(below) <= 0.01 * Double(compared))
    #expect(Double(asLikely) > 0.9 * Double(compared))
    #expect(Double(close) > 0.4 * Double(compared))
    #expect(differences[differences.count / 2] < 1e-4 && differences[differences.count * 9 / 10] < 5e-3)
  }
}
