import LinearAlgebra
import Regression
import Testing

struct DesignTests {
  var predictors: Predictors {
    var predictors = Predictors(rowCount: 5)
    predictors["size"] = .numeric([1, 2, 3, .nan, 6])
    predictors["region"] = .factor(codes: [0, 1, 1, 2, -1], levels: ["west", "east", "north"])
    return predictors
  }

  @Test func levelsHaveTheMostFrequentAsReference() throws {
    let design = try DesignSpecification([.factor("region", reference: nil)]).fit(predictors)
    #expect(design.names == ["(intercept)", "region[north]", "region[west]"])
    let matrix = try design.matrix(predictors)
    #expect(matrix.rows == [0, 1, 2, 3])
    #expect(matrix.treatment.leftOut == ["region": 1])
    #expect(matrix.matrix == Matrix(columns: 3, rowByRow: [1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 0]))
    let stated = try DesignSpecification([.factor("region", reference: "west")]).fit(predictors)
    #expect(stated.names == ["(intercept)", "region[east]", "region[north]"])
    #expect(throws: RegressionError.self) {
      try DesignSpecification([.factor("region", reference: "south")]).fit(predictors)
    }
  }

  @Test func missingValuesAreMarkedAndCounted() throws {
    let specification = DesignSpecification(
      [.numeric("size", standardised: true), .factor("region", reference: "east")], missing: .mark)
    let design = try specification.fit(predictors)
    #expect(
      design.names == ["(intercept)", "size", "size[missing]", "region[north]", "region[west]", "region[missing]"])
    let matrix = try design.matrix(predictors)
    #expect(matrix.treatment.filled == ["size": 1, "region": 1])
    // Mean 3, population deviation √(14/4).
    #expect(abs(matrix.matrix[0, 1] - -2 / 3.5.squareRoot()) < 1e-15)
    #expect(matrix.matrix[3, 1] == 0)
    #expect(matrix.matrix[3, 2] == 1)
    #expect(matrix.matrix[4, 5] == 1)
  }

  @Test func laterDataGetTheSameColumns() throws {
    let specification = DesignSpecification(
      [.numeric("size", standardised: true), .factor("region", reference: "east")], missing: .mark)
    let design = try specification.fit(predictors)
    var later = Predictors(rowCount: 2)
    later["size"] = .numeric([3, 3 + 3.5.squareRoot()])
    later["region"] = .factor(codes: [0, 1], levels: ["south", "west"])
    let matrix = try design.matrix(later)
    #expect(matrix.names == design.names)
    #expect(matrix.treatment.unseen == ["region": 1])
    #expect(largestDifference(matrix.matrix.row(0), [1, 0, 0, 0, 0, 0]) < 1e-15)
    #expect(largestDifference(matrix.matrix.row(1), [1, 1, 0, 0, 1, 0]) < 1e-15)
    var refusing = specification
    refusing.unseen = .refuse
    #expect(throws: RegressionError.unseenLevel(predictor: "region", level: "south")) {
      try refusing.fit(predictors).matrix(later)
    }
  }

  @Test func errorsNameThePredictor() {
    #expect(throws: RegressionError.unknownPredictor("age")) {
      try DesignSpecification([.numeric("age", standardised: false)]).fit(predictors)
    }
    #expect(throws: RegressionError.wrongKind(predictor: "region", needs: "numbers")) {
      try DesignSpecification([.spline("region", degreesOfFreedom: 3)]).fit(predictors)
    }
    #expect(throws: RegressionError.wrongKind(predictor: "size", needs: "levels")) {
      try DesignSpecification([.factor("size", reference: nil)]).fit(predictors)
    }
  }

  @Test func splineIsSmoothInsideAndStraightOutside() throws {
    let spline = try #require(NaturalSpline(degreesOfFreedom: 4, over: (0...100).map(Double.init)))
    #expect(spline.knots == [0, 25, 50, 75, 100])
    func second(_ column: Int, _ x: Double, _ h: Double) -> Double {
      (spline.basis(column, at: x - h) - 2 * spline.basis(column, at: x) + spline.basis(column, at: x + h)) / (h * h)
    }
    for column in 0..<4 {
      #expect(abs(second(column, -30, 5)) < 1e-12)
      #expect(abs(second(column, 130, 5)) < 1e-12)
      // The second derivative is continuous, also at the knots.
      for knot in spline.knots {
        #expect(abs(second(column, knot - 0.02, 0.01) - second(column, knot + 0.02, 0.01)) < 1e-4)
      }
    }
    #expect(abs(second(2, 50, 1)) > 1e-5)
  }

  @Test func splineFitsAStraightLineExactly() throws {
    var predictors = Predictors(rowCount: 50)
    let x = (0..<50).map { Double($0 * $0) / 100 }
    predictors["x"] = .numeric(x)
    let design = try DesignSpecification([.spline("x", degreesOfFreedom: 4)]).fit(predictors)
    #expect(design.names.last == "spline(x)[4]")
    let fit = try LinearRegression().fit(design.matrix(predictors), response: x.map { 3 - 2 * $0 })
    #expect(fit.residualSumOfSquares < 1e-20)
    // Ties leave fewer knots, one value none.
    #expect(NaturalSpline(degreesOfFreedom: 4, over: [1, 1, 1, 1, 1, 1, 2])?.degreesOfFreedom == 1)
    #expect(NaturalSpline(degreesOfFreedom: 4, over: [1, 1]) == nil)
  }
}
