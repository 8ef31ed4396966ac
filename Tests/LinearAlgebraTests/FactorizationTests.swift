import LinearAlgebra
import Testing

struct CholeskyTests {
  @Test func factorOfASmallMatrixByHand() throws {
    // A = L Lᵀ with L = [[2, 0], [1, 3]].
    let factor = try Cholesky(Matrix(columns: 2, rowByRow: [4, 2, 2, 10]))
    #expect(factor.lower == Matrix(columns: 2, rowByRow: [2, 0, 1, 3]))
    #expect(factor.solve([8, 22]) == [1, 2])
    #expect(abs(factor.logDeterminant - 3.58351893845611) < 1e-13)  // log 36
    let inverse = factor.inverse()
    #expect(largestDifference(inverse.elements, [10 / 36, -2 / 36, -2 / 36, 4 / 36]) < 1e-16)
  }

  @Test(arguments: [1, 5, 20, 21, 60])
  func solvesLoopedAndByLAPACK(order: Int) throws {
    let a = randomMatrix(order + 30, order, seed: 11).gram()
    let x = randomVector(order, seed: 12)
    let factor = try Cholesky(a)
    #expect(largestDifference(factor.solve(a * x), x) < 1e-9)
    #expect(largestDifference((factor.lower * factor.lower.transposed()).elements, a.elements) < 1e-12)
    let inverse = factor.inverse()
    #expect(largestDifference((a * inverse).elements, Matrix.identity(order).elements) < 1e-9)
    #expect(inverse == inverse.transposed())
    let half = factor.solveLower(x)
    #expect(abs(dot(half, half) - dot(x, factor.solve(x))) < 1e-9)
  }

  @Test func conditionOfADiagonalMatrix() throws {
    var a = Matrix.identity(25)
    a[3, 3] = 1e-8
    #expect(abs(try Cholesky(a).reciprocalCondition - 1e-8) < 1e-20)
  }

  @Test(arguments: [3, 30])
  func refusesWhatHasNoFactor(order: Int) throws {
    var a = Matrix.identity(order)
    a[2, 2] = -1
    #expect(throws: LinearAlgebraError.notPositiveDefinite(order: 3)) { try Cholesky(a) }
    a[2, 2] = .nan
    #expect(throws: LinearAlgebraError.notFinite) { try Cholesky(a) }
  }
}

struct PivotedQRTests {
  @Test func leastSquaresResidualIsOrthogonal() throws {
    let x = randomMatrix(200, 12, seed: 21)
    let y = randomVector(200, seed: 22)
    let qr = try PivotedQR(x)
    let b = qr.leastSquares(y)
    let residual = zip(y, x * b).map { $0 - $1 }
    #expect(x.transposedTimes(residual).allSatisfy { abs($0) < 1e-12 })
    #expect(qr.rank == 12)
    #expect(qr.dependencies.isEmpty)
    let inverse = try Cholesky(x.gram()).inverse()
    #expect(largestDifference(qr.inverseGram().elements, inverse.elements) < 1e-15)
  }

  @Test func namesTheLaterColumnAndItsCombination() throws {
    // Column 3 = 2 × column 0 − column 1; column 4 is zero.
    var x = randomMatrix(50, 5, seed: 23)
    for i in 0..<50 {
      x[i, 3] = 2 * x[i, 0] - x[i, 1]
      x[i, 4] = 0
    }
    let qr = try PivotedQR(x)
    #expect(qr.kept == [0, 1, 2])
    try #require(qr.dependencies.count == 2)
    let dependency = qr.dependencies[0]
    #expect(dependency.column == 3)
    #expect(dependency.combination.map(\.column) == [0, 1])
    #expect(largestDifference(dependency.combination.map(\.weight), [2, -1]) < 1e-12)
    #expect(qr.dependencies[1].column == 4)
    #expect(qr.dependencies[1].combination.isEmpty)
    let y = randomVector(50, seed: 24)
    let b = qr.leastSquares(y)
    #expect(b[3] == 0 && b[4] == 0)
    let residual = zip(y, x * b).map { $0 - $1 }
    #expect(x.transposedTimes(residual).allSatisfy { abs($0) < 1e-12 })
  }

  @Test func unitsDoNotDecideTheRank() throws {
    var x = randomMatrix(40, 3, seed: 25)
    for i in 0..<40 { x[i, 1] *= 1e-30 }
    let qr = try PivotedQR(x)
    #expect(qr.rank == 3)
    let b = qr.leastSquares((0..<40).map { x[$0, 1] })
    #expect(abs(b[1] - 1) < 1e-12)
  }

  @Test func fewerRowsThanColumns() throws {
    let x = randomMatrix(3, 5, seed: 26)
    let y = randomVector(3, seed: 27)
    let qr = try PivotedQR(x)
    #expect(qr.kept == [0, 1, 2])
    #expect(largestDifference(x * qr.leastSquares(y), y) < 1e-12)
  }
}
