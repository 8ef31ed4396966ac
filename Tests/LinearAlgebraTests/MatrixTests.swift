import LinearAlgebra
import Probability
import Testing

/// A seeded matrix of standard normal draws.
func randomMatrix(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
  var stream = RandomStream(seed: seed, key: RandomStream.key("matrix"))
  return Matrix(rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in stream.normal() })
}

func randomVector(_ count: Int, seed: UInt64) -> [Double] { randomMatrix(count, 1, seed: seed).elements }

func largestDifference(_ left: [Double], _ right: [Double]) -> Double {
  left.count == right.count ? zip(left, right).reduce(0) { max($0, abs($1.0 - $1.1)) } : .infinity
}

struct MatrixTests {
  @Test func elementsLieColumnByColumn() {
    let matrix = Matrix(columns: 3, rowByRow: [1, 2, 3, 4, 5, 6])
    #expect(matrix.rows == 2)
    #expect(matrix.elements == [1, 4, 2, 5, 3, 6])
    #expect(Array(matrix.column(1)) == [2, 5])
    #expect(matrix.row(1) == [4, 5, 6])
    #expect(matrix.transposed() == Matrix(columns: 2, rowByRow: [1, 4, 2, 5, 3, 6]))
    #expect(matrix.selecting(columns: [2, 0]).elements == [3, 6, 1, 4])
    #expect(matrix.selecting(rows: [1]).elements == [4, 5, 6])
  }

  @Test func copiesAreIndependent() {
    let original = Matrix.identity(2)
    var changed = original
    changed[0, 1] = 7
    #expect(original[0, 1] == 0)
    #expect(changed[0, 1] == 7)
  }

  @Test func productsAgreeWithTheDefinition() {
    let (a, b) = (randomMatrix(7, 5, seed: 1), randomMatrix(5, 4, seed: 2))
    let product = a * b
    for i in 0..<7 {
      for j in 0..<4 {
        #expect(abs(product[i, j] - dot(a.row(i), Array(b.column(j)))) < 1e-14)
      }
    }
    #expect(largestDifference(a.transposed().transposedTimes(b).elements, product.elements) < 1e-14)
    let x = randomVector(5, seed: 3)
    #expect(largestDifference(a * x, (0..<7).map { dot(a.row($0), x) }) < 1e-14)
    #expect(largestDifference(a.transposed().transposedTimes(x), a * x) < 1e-14)
  }

  @Test func finiteness() {
    #expect([1, -2, 0].isAllFinite)
    #expect(![1, .nan].isAllFinite)
    #expect(![.infinity, -.infinity].isAllFinite)
    #expect([1e308, 1e308].isAllFinite)
  }

  @Test(arguments: [1, 511, 512, 513, 1500])
  func gramOfPanelsAgreesWithTheDefinition(rows: Int) {
    let x = randomMatrix(rows, 6, seed: 4)
    let weights = randomVector(rows, seed: 5).map(abs)
    var weighted = x
    for i in 0..<rows {
      for j in 0..<6 { weighted[i, j] *= weights[i] }
    }
    let expected = x.transposedTimes(weighted)
    // n terms of order one: rounding of the order of n units in the last place.
    #expect(largestDifference(x.gram(weights: weights).elements, expected.elements) < 1e-15 * Double(rows + 10))
    #expect(largestDifference(x.gram().elements, x.transposedTimes(x).elements) < 1e-15 * Double(rows + 10))
  }

  @Test func mergedPartitionsEqualTheWhole() {
    let x = randomMatrix(2000, 5, seed: 6)
    let (y, weights) = (randomVector(2000, seed: 7), randomVector(2000, seed: 8).map(abs))
    var whole = CrossProducts(columns: 5)
    whole.add(x, response: y, weights: weights)
    var merged = CrossProducts(columns: 5)
    for start in stride(from: 0, to: 2000, by: 333) {
      let rows = Array(start..<min(2000, start + 333))
      var part = CrossProducts(columns: 5)
      part.add(x.selecting(rows: rows), response: rows.map { y[$0] }, weights: rows.map { weights[$0] })
      merged.merge(part)
    }
    #expect(largestDifference(merged.gram.elements, whole.gram.elements) < 1e-11)
    #expect(largestDifference(merged.cross, whole.cross) < 1e-11)
    #expect(abs(merged.responseSquares - whole.responseSquares) < 1e-11)
    #expect(merged.observations == 2000)
    #expect(abs(merged.totalWeight - whole.totalWeight) < 1e-11)
  }

  @Test func oneThread() { #expect(BLASThreads.current == 1) }

  @Test func lengthsDoNotOverflow() {
    #expect(abs(euclideanNorm([3e200, 4e200]) / 5e200 - 1) < 1e-15)
    #expect(abs(euclideanNorm([3e-200, 4e-200]) / 5e-200 - 1) < 1e-15)
    #expect(euclideanNorm([]) == 0)
  }
}
