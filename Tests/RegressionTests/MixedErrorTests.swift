import LinearAlgebra
import Regression
import Testing

/// What mixed models refuse, and why.
struct MixedErrorTests {
  private func fit(
    _ y: [Double], codes: [Int32], levels: Int, slope: [Double]? = nil
  ) throws(RegressionError) -> MixedFit {
    let term = RandomTerm(
      factor: "group", codes: codes, levels: (0..<levels).map { "g\($0)" },
      slopes: slope.map { [RandomTerm.Slope(name: "x", values: $0)] } ?? [])
    return try MixedRegression().fit(MixedReference.design([], rows: y.count), response: y, random: [term])
  }

  private func cause(_ body: () throws(RegressionError) -> MixedFit) -> RegressionError? {
    do {
      _ = try body()
      return nil
    } catch { return error }
  }

  @Test func modelsWithoutAnAnswerAreNamed() {
    #expect(
      cause { () throws(RegressionError) in try fit([1, 2, 4], codes: [0, 1, 2], levels: 3) }?.description
        .contains("3 effects for 3 rows") == true)
    #expect(
      cause { () throws(RegressionError) in try fit([1, 2, 4], codes: [0, 0, 0], levels: 3) }?.description
        .contains("single level") == true)
    #expect(
      cause { () throws(RegressionError) in try fit([1, 2, 4], codes: [0, -1, 1], levels: 2) }
        == .missingLevel(factor: "group", row: 1))
    #expect(
      cause { () throws(RegressionError) in try fit([1, .nan, 4], codes: [0, 0, 1], levels: 2) }
        == .notFinite(column: "response"))
    #expect(
      cause { () throws(RegressionError) in try fit([3, 3, 3, 3], codes: [0, 0, 1, 1], levels: 2) }?.description
        .contains("without error") == true)
    #expect(
      cause { () throws(RegressionError) in
        try fit([1, 2, 4, 3, 5, 1], codes: [0, 0, 0, 1, 1, 1], levels: 2, slope: [2, 2, 2, 2, 2, 2])
      }?.description.contains("linear combinations") == true)
    #expect(
      cause { () throws(RegressionError) in
        try fit([1, 2, 4, 3, 5, 1], codes: [0, 0, 0, 1, 1, 1], levels: 2, slope: [0, 0, 0, 0, 0, 0])
      }?.description.contains("zero in every row") == true)
  }

  /// A response that is constant within groups leaves no residual variance: the likelihood has no maximum.
  @Test func groupsThatExplainEverything() {
    let error = cause { () throws(RegressionError) in
      try fit([1, 1, 1, 5, 5, 5, 2, 2, 2], codes: [0, 0, 0, 1, 1, 1, 2, 2, 2], levels: 3)
    }
    guard case .notConverged(_, let reason) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reason.contains("without error"))
  }

  @Test func termsOfOneFactorMustAgree() {
    let y = [1.0, 2, 4, 3, 5, 1]
    let terms = [
      RandomTerm(factor: "group", codes: [0, 0, 0, 1, 1, 1], levels: ["a", "b"]),
      RandomTerm(factor: "group", codes: [0, 1, 0, 1, 1, 1], levels: ["a", "b"]),
    ]
    let error = cause { () throws(RegressionError) in
      try MixedRegression().fit(MixedReference.design([], rows: 6), response: y, random: terms)
    }
    #expect(error?.description.contains("differ in their levels") == true)
    let none = cause { () throws(RegressionError) in
      try MixedRegression().fit(MixedReference.design([], rows: 6), response: y, random: [])
    }
    #expect(none?.description.contains("at least one random term") == true)
  }
}
