import LinearAlgebra
import Testing

struct DecompositionTests {
  @Test func eigenvaluesByHand() throws {
    // [[2, 1], [1, 2]]: 1 with (1, −1)/√2, 3 with (1, 1)/√2.
    let eigen = try SymmetricEigen(Matrix(columns: 2, rowByRow: [2, 1, 1, 2]))
    #expect(largestDifference(eigen.values, [1, 3]) < 1e-15)
    let root = 0.5.squareRoot()
    #expect(largestDifference(eigen.vectors.elements.map(abs), [root, root, root, root]) < 1e-15)
    #expect(abs(eigen.condition - 3) < 1e-14)
  }

  @Test(arguments: [1, 7, 40])
  func eigenvectorsDiagonalise(order: Int) throws {
    let a = randomMatrix(order + 5, order, seed: 41).gram()
    let eigen = try SymmetricEigen(a)
    var scaled = eigen.vectors
    for j in 0..<order {
      for i in 0..<order { scaled[i, j] *= eigen.values[j] }
    }
    #expect(largestDifference((scaled * eigen.vectors.transposed()).elements, a.elements) < 1e-12)
    #expect(largestDifference(eigen.vectors.gram().elements, Matrix.identity(order).elements) < 1e-13)
    #expect(zip(eigen.values, eigen.values.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test(arguments: [(9, 4), (4, 9), (1, 1)])
  func singularValuesRebuildTheMatrix(rows: Int, columns: Int) throws {
    let a = randomMatrix(rows, columns, seed: 42)
    let svd = try SingularValues(a)
    var scaled = svd.left
    for j in svd.values.indices {
      for i in 0..<rows { scaled[i, j] *= svd.values[j] }
    }
    #expect(largestDifference((scaled * svd.rightTransposed).elements, a.elements) < 1e-13)
    #expect(svd.rank() == min(rows, columns))
    // σ² are the eigenvalues of AᵀA.
    let squares = try SymmetricEigen(a.gram()).values.suffix(svd.values.count).reversed().map { max($0, 0) }
    #expect(largestDifference(svd.values.map { $0 * $0 }, Array(squares)) < 1e-12)
  }

  @Test func rankAndConditionOfDependentColumns() throws {
    var a = randomMatrix(12, 3, seed: 43)
    for i in 0..<12 { a[i, 2] = a[i, 0] + a[i, 1] }
    let svd = try SingularValues(a)
    #expect(svd.rank() == 2)
    #expect(svd.condition > 1e14)
    #expect(try SingularValues(Matrix(rows: 3, columns: 0)).condition == 1)
  }

  @Test func trianglesAreSolved() throws {
    let a = randomMatrix(6, 6, seed: 44)
    let x = randomMatrix(6, 2, seed: 45)
    var (lower, upper) = (a, a)
    for j in 0..<6 {
      for i in 0..<6 {
        if i < j { lower[i, j] = 0 }
        if i > j { upper[i, j] = 0 }
      }
    }
    // The other half of the matrix is not read.
    #expect(largestDifference(try a.solveTriangle(.lower, lower * x).elements, x.elements) < 1e-9)
    #expect(largestDifference(try a.solveTriangle(.upper, upper * x).elements, x.elements) < 1e-9)
    #expect(
      largestDifference(try a.solveTriangle(.upper, transposed: true, upper.transposedTimes(x)).elements, x.elements)
        < 1e-9)
    var diagonal = Matrix.identity(4)
    diagonal[1, 1] = 1e-6
    #expect(abs(diagonal.reciprocalCondition(of: .upper) - 1e-6) < 1e-18)
    diagonal[1, 1] = 0
    #expect(diagonal.reciprocalCondition(of: .upper) == 0)
    #expect(throws: LinearAlgebraError.singular(order: 2)) { try diagonal.solveTriangle(.lower, diagonal) }
  }

  @Test func refusesWhatIsNotFinite() {
    var a = Matrix.identity(3)
    a[1, 0] = .nan
    #expect(throws: LinearAlgebraError.notFinite) { try SymmetricEigen(a) }
    #expect(throws: LinearAlgebraError.notFinite) { try SingularValues(a) }
  }
}
