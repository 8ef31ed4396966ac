import Testing
import TimeSeries

@Suite("Nelder-Mead")
struct NelderMeadTests {
  @Test("finds the minimum of Rosenbrock's valley")
  func rosenbrock() {
    let minimum = NelderMead(maximumEvaluations: 2000, tolerance: 1e-14).minimise(
      start: [-1.2, 1], steps: [0.5, 0.5]
    ) { 100 * ($0[1] - $0[0] * $0[0]) * ($0[1] - $0[0] * $0[0]) + (1 - $0[0]) * (1 - $0[0]) }
    #expect(abs(minimum.point[0] - 1) < 1e-5 && abs(minimum.point[1] - 1) < 1e-5)
  }

  @Test("keeps moving in fourteen dimensions")
  func quadratic() {
    let start = [Double](repeating: 3, count: 14)
    let minimum = NelderMead(maximumEvaluations: 20_000, tolerance: 1e-12).minimise(
      start: start, steps: start.map { _ in 0.5 }
    ) { point in
      point.enumerated().reduce(0) { $0 + Double($1.offset + 1) * ($1.element - 1) * ($1.element - 1) }
    }
    #expect(minimum.point.allSatisfy { abs($0 - 1) < 1e-3 })
  }

  @Test("treats an undefined value as outside the domain")
  func domain() {
    let minimum = NelderMead(maximumEvaluations: 500, tolerance: 1e-12).minimise(start: [2], steps: [0.5]) {
      $0[0] < 1 ? .nan : ($0[0] - 0.5) * ($0[0] - 0.5)
    }
    #expect(minimum.point[0] >= 1 && minimum.point[0] < 1.001)
  }

  @Test("stops within the work allowed")
  func budget() {
    let minimum = NelderMead(maximumEvaluations: 40).minimise(start: [1, 1, 1], steps: [1, 1, 1]) {
      $0.reduce(0) { $0 + $1 * $1 }
    }
    // A step may finish with a shrink, which evaluates every corner but one.
    #expect(minimum.evaluations <= 40 + 5)
  }
}
