import Foundation
import LinearAlgebra
import Regression
import Testing

/// Values of scikit-survival 0.28 (`concordance_index_censored`, `concordance_index_ipcw`, `cumulative_dynamic_auc`), and
/// of the Brier score written out with all those still there at risk of being censored.
@Suite struct SurvivalMeasureTests {
  let risk = [2, 1.5, 1.5, 0.5, 2.5, 1, 1, 0.25, -0.5, 0.75, 0, -1, 0.5, -1, -1.5]

  func measures() throws -> SurvivalMeasures {
    let training = try SurvivalResponse(
      time: [1, 2, 2, 3, 4, 4, 5, 6, 6, 7, 8, 9, 9, 10, 12, 13, 14, 14, 15, 16],
      event: [1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0].map { $0 == 1 })
    let test = try SurvivalResponse(
      time: [1, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15],
      event: [1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1].map { $0 == 1 })
    return try SurvivalMeasures(training: training, test: test)
  }

  @Test func concordances() throws {
    let measures = try measures()
    #expect(abs(measures.harrell(risk) - 0.8194444444444444) < 1e-14)
    #expect(abs(measures.uno(risk, before: 12) - 0.8054125006380938) < 1e-14)
  }

  @Test func areasUnderTheCurve() throws {
    let measures = try measures()
    let times = [4.0, 8, 12]
    let areas = times.compactMap { measures.areaUnderCurve(risk, at: $0) }
    #expect(areas.count == 3)
    for (area, golden) in zip(areas, [0.8811320754716981, 0.8612842198976185, 0.9660703851011291]) {
      #expect(abs(area - golden) < 1e-14)
    }
    #expect(abs(measures.meanAreaUnderCurve(areas, at: times) - 0.909896813945688) < 1e-14)
    #expect(measures.areaUnderCurve(risk, at: 0.5) == nil)
    #expect(measures.areaUnderCurve(risk, at: 20) == nil)
  }

  @Test func brierScores() throws {
    let measures = try measures()
    let times = (1...14).map(Double.init)
    var survival = Matrix(rows: risk.count, columns: times.count)
    for (j, time) in times.enumerated() {
      for (i, value) in risk.enumerated() { survival[i, j] = exp(-exp(value) * time / 20) }
    }
    #expect(abs(measures.brier(survival.column(3), at: 4) - 0.1004244535312878) < 1e-14)
    #expect(abs(measures.brier(survival.column(9), at: 10) - 0.11836551359618136) < 1e-14)
    let prediction = SurvivalPrediction(horizons: times, survival: survival)
    #expect(abs(measures.integratedBrier(prediction) - 0.12539799661582077) < 1e-14)
  }
}
