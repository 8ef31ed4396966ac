import LinearAlgebra
import Testing

struct DoubleDoubleTests {
  /// 2⁻¹⁰⁴: a few units in the last place of a double-double number of order one.
  let unit = 0x1p-104

  @Test func sumsAndProductsOfDoublesAreExact() {
    let sum = DoubleDouble.sum(1, 0x1p-80)
    #expect(sum.high == 1 && sum.low == 0x1p-80)
    // (1 + 2⁻⁵⁰)² = 1 + 2⁻⁴⁹ + 2⁻¹⁰⁰.
    let product = DoubleDouble.product(1 + 0x1p-50, 1 + 0x1p-50)
    #expect(product.high == 1 + 0x1p-49 && product.low == 0x1p-100)
  }

  @Test(arguments: randomVector(20, seed: 31))
  func inverseOperationsCancel(value: Double) {
    let x = DoubleDouble(value) / DoubleDouble(7)
    #expect(abs((x * DoubleDouble(7) - DoubleDouble(value)).value) <= 8 * unit * abs(value))
    let y = DoubleDouble(high: 3, low: 1e-20)
    #expect(abs((x / y * y - x).value) <= 8 * unit * abs(value))
    #expect(abs(((x + y) - x - y).value) <= 8 * unit)
    let root = (x * x).squareRoot()
    #expect(abs(root.value) == abs(x.value))
    #expect(abs((root * root - x * x).value) <= 8 * unit * value * value)
  }

  @Test func powersOfIntegersAreExact() {
    // 3³⁰ = 205891132094649 fits a double, 3⁶⁰ needs two.
    let power = DoubleDouble(3).power(60)
    let square = DoubleDouble.product(205_891_132_094_649, 205_891_132_094_649)
    #expect(power == square)
    #expect(DoubleDouble(5).power(0) == DoubleDouble(1))
  }

  @Test func sumsOfProductsKeepWhatCancels() {
    // 1e16 · 1e16 + 1 − 1e16 · 1e16 = 1, of which plain summation keeps nothing.
    var sum = ExtendedSum()
    sum.addProduct(1e16, 1e16)
    sum.add(1)
    sum.addProduct(-1e16, 1e16)
    #expect(sum.value.value == 1)
  }
}

struct ExtendedCholeskyTests {
  /// The Hilbert matrix 1 / (i + j + 1), each element to 31 digits.
  func hilbert(_ order: Int) -> (Matrix, Matrix) {
    var (high, low) = (Matrix(rows: order, columns: order), Matrix(rows: order, columns: order))
    for j in 0..<order {
      for i in 0..<order {
        let element = DoubleDouble(1) / DoubleDouble(Double(i + j + 1))
        (high[i, j], low[i, j]) = (element.high, element.low)
      }
    }
    return (high, low)
  }

  @Test func inverseOfTheHilbertMatrix() {
    // Condition 1.6e13: the inverse holds whole numbers, the corner of order ten is 10² = 100.
    let (high, low) = hilbert(10)
    let factor = ExtendedCholesky(high, low: low, tolerance: 1e-13)
    #expect(factor.kept == Array(0..<10))
    let inverse = factor.inverse()
    #expect(inverse == inverse.transposed())
    #expect(inverse.elements.allSatisfy { abs($0 - $0.rounded()) <= 1e-14 * abs($0) })
    #expect(abs(inverse[0, 0] - 100) < 1e-12)
    // H times the ones.
    let right = (0..<10).map { i in
      (0..<10).reduce(DoubleDouble.zero) { $0 + DoubleDouble(high: high[i, $1], low: low[i, $1]) }
    }
    #expect(factor.solve(right).allSatisfy { abs($0.value - 1) < 1e-15 })
  }

  @Test func dropsTheLaterColumnAndSaysWhatExplainsIt() {
    var x = randomMatrix(40, 5, seed: 32)
    for i in 0..<40 {
      x[i, 2] = 0
      x[i, 3] = 2 * x[i, 0] - x[i, 1]
    }
    var products = CrossProducts(columns: 5)
    products.addExtended(x, response: nil)
    let factor = ExtendedCholesky(products.gram, low: products.gramRemainder, tolerance: 1e-11)
    #expect(factor.kept == [0, 1, 4])
    #expect(factor.dropped.map(\.column) == [2, 3])
    #expect(largestDifference(factor.dropped[0].weights, [0, 0, 0]) == 0)
    #expect(largestDifference(factor.dropped[1].weights, [2, -1, 0]) < 1e-14)
    #expect(factor.smallestRemainder > 0.5)
    let kept = x.selecting(columns: factor.kept)
    let inverse = try? Cholesky(kept.gram()).inverse()
    #expect(largestDifference(factor.inverse().elements, inverse?.elements ?? []) < 1e-14)
  }
}

struct ExtendedCrossProductsTests {
  @Test(arguments: [false, true])
  func partitionsEqualTheWholeToTheLastBit(weighted: Bool) {
    let x = randomMatrix(2000, 5, seed: 33)
    let y = randomVector(2000, seed: 34)
    let weights = weighted ? randomVector(2000, seed: 35).map(abs) : nil
    var whole = CrossProducts(columns: 5)
    whole.addExtended(x, response: y, weights: weights)
    var merged = CrossProducts(columns: 5)
    for start in stride(from: 0, to: 2000, by: 333) {
      let rows = Array(start..<min(2000, start + 333))
      var part = CrossProducts(columns: 5)
      part.addExtended(
        x.selecting(rows: rows), response: rows.map { y[$0] }, weights: weights.map { all in rows.map { all[$0] } })
      merged.merge(part)
    }
    #expect(merged.gram == whole.gram)
    #expect(merged.cross == whole.cross)
    #expect(merged.responseSquares == whole.responseSquares)
    // Plain sums differ from these by the rounding within panels only.
    var plain = CrossProducts(columns: 5)
    plain.add(x, response: y, weights: weights)
    #expect(largestDifference(plain.gram.elements, whole.gram.elements) < 2e-12)
    #expect(largestDifference(plain.cross, whole.cross) < 2e-12)
  }

  @Test func lowOrderPartsCount() {
    // Columns 1 + 2⁻⁶⁰ and 1: the difference of their squares is 2⁻⁵⁹ + 2⁻¹²⁰ a row.
    let ones = Matrix(rows: 8, columns: 2, elements: [Double](repeating: 1, count: 16))
    let low = Matrix(rows: 8, columns: 2, elements: (0..<16).map { $0 < 8 ? 0x1p-60 : 0 })
    var products = CrossProducts(columns: 2)
    products.addExtended(ones, lowOrder: low, response: nil)
    #expect(products.gram.elements == [8, 8, 8, 8])
    #expect(products.gramRemainder[0, 0] == 8 * 0x1p-59)
    #expect(products.gramRemainder[0, 1] == 8 * 0x1p-60)
    #expect(products.gramRemainder[1, 1] == 0)
  }
}
