internal import LinearAlgebra
internal import Probability

/// The sums behind R² of every subset of the columns, and which column is the constant one.
struct CentredSums {
  let products: CrossProducts
  let constant: Int
}

/// Sums over the whole, and per cluster where clusters are drawn as a whole.
struct ImportanceSums {
  let whole: CentredSums
  let perCluster: [CrossProducts]
  /// The row ranges of a bootstrap without sums per cluster: the cluster of each row.
  let clusterOfRow: [Int]?
  let clusterCount: Int

  /// The sums of as many clusters (or rows) as there are, drawn with replacement. With sums per cluster no pass over
  /// the rows is made.
  func resampled(_ problem: LinearProblem, _ stream: inout RandomStream) -> CentredSums {
    var counts = [Double](repeating: 0, count: clusterCount)
    for _ in 0..<clusterCount { counts[stream.index(below: clusterCount)] += 1 }
    var products = CrossProducts(columns: problem.matrix.columns)
    if perCluster.isEmpty {
      let weights = problem.response.indices.map { row in
        counts[clusterOfRow?[row] ?? row] * (problem.weights?[row] ?? 1)
      }
      products.add(problem.matrix, response: problem.response, weights: weights)
    } else {
      for (cluster, count) in counts.enumerated() {
        for _ in 0..<Int(count) { products.merge(perCluster[cluster]) }
      }
    }
    return CentredSums(products: products, constant: whole.constant)
  }
}

extension LinearProblem {
  /// So many numbers are held for sums per cluster: 32 MB.
  private static let mostClusterNumbers = 4_000_000

  /// Nil where the design has no constant column.
  func importanceSums(clusters: [Int]?) -> ImportanceSums? {
    guard let constant = constantColumn else { return nil }
    var products = CrossProducts(columns: matrix.columns)
    guard let clusters else {
      products.add(matrix, response: response, weights: weights)
      return ImportanceSums(
        whole: CentredSums(products: products, constant: constant), perCluster: [], clusterOfRow: nil,
        clusterCount: matrix.rows)
    }
    precondition(clusters.count == matrix.rows, "the clusters do not fit the design")
    var numbers: [Int: Int] = [:]
    let clusterOfRow = clusters.map { cluster in
      let next = numbers.count
      return numbers[cluster]
        ?? {
          numbers[cluster] = next
          return next
        }()
    }
    var perCluster: [CrossProducts] = []
    if numbers.count * 2 * matrix.columns * matrix.columns <= LinearProblem.mostClusterNumbers {
      var rows = [[Int]](repeating: [], count: numbers.count)
      for (row, cluster) in clusterOfRow.enumerated() { rows[cluster].append(row) }
      perCluster = rows.map { rows in
        var sums = CrossProducts(columns: matrix.columns)
        sums.add(
          matrix.selecting(rows: rows), response: rows.map { response[$0] },
          weights: weights.map { all in rows.map { all[$0] } })
        return sums
      }
      for sums in perCluster { products.merge(sums) }
    } else {
      products.add(matrix, response: response, weights: weights)
    }
    return ImportanceSums(
      whole: CentredSums(products: products, constant: constant), perCluster: perCluster, clusterOfRow: clusterOfRow,
      clusterCount: numbers.count)
  }
}

/// R² of subsets of the drivers from the centred sums, by eliminating columns one after the other.
///
/// Source: the sweep operator (Goodnight, "A tutorial on the SWEEP operator", 1979): eliminating a column leaves the sums
/// of what it does not explain. A column of which nothing is left adds nothing.
struct ExplainedShares {
  /// Σ w (y − ȳ)².
  let totalSquares: Double
  /// After the columns that every model holds: columns of the drivers one driver after the other, then the response.
  private let start: PartialSums
  private let groupSizes: [Int]
  private let controlledSquares: Double

  init?(_ sums: CentredSums, _ grouping: DriverColumnGroups) {
    let always = grouping.always.filter { $0 != sums.constant }
    let columns = always + grouping.columns.flatMap { $0.filter { $0 != sums.constant } }
    guard let centred = PartialSums(sums, columns) else { return nil }
    totalSquares = centred.remaining
    var reduced = centred
    for _ in always { reduced.eliminateFirst() }
    controlledSquares = totalSquares - reduced.remaining
    start = reduced
    groupSizes = grouping.columns.map { $0.count { $0 != sums.constant } }
  }

  /// R² of the models with these drivers.
  func explained(_ drivers: [Int]) -> Double {
    let increments = increments(drivers)
    return drivers.reduce(controlledSquares / totalSquares) { $0 + increments[$1] }
  }

  /// What each driver adds to R² when they enter in this order; zero for drivers not in it.
  func increments(_ order: [Int]) -> [Double] {
    var increments = [Double](repeating: 0, count: groupSizes.count)
    var offsets = [0]
    for size in groupSizes { offsets.append(offsets[offsets.count - 1] + size) }
    var sums = start.selecting(order.flatMap { Array(offsets[$0]..<offsets[$0 + 1]) })
    for driver in order {
      let before = sums.remaining
      for _ in 0..<groupSizes[driver] { sums.eliminateFirst() }
      increments[driver] = (before - sums.remaining) / totalSquares
    }
    return increments
  }

  /// R² per subset of the drivers; bit d of the index says whether driver d is in.
  func overSubsets() -> [Double] {
    var explained = [Double](repeating: 0, count: 1 << groupSizes.count)
    func visit(_ driver: Int, _ subset: Int, _ sums: PartialSums) {
      guard driver < groupSizes.count else {
        explained[subset] = (totalSquares - sums.remaining) / totalSquares
        return
      }
      // Without the driver its columns are struck out, with it they are eliminated; the sums shrink either way.
      visit(driver + 1, subset, sums.droppingFirst(groupSizes[driver]))
      var with = sums
      for _ in 0..<groupSizes[driver] { with.eliminateFirst() }
      visit(driver + 1, subset | (1 << driver), with)
    }
    visit(0, 0, start)
    return explained
  }
}

/// Centred sums of squares and products of some columns and the response, less what eliminated columns explain.
private struct PartialSums {
  /// Of the columns left; the response is the last one.
  private var order: Int
  /// Column by column, order × order.
  private var elements: [Double]
  /// The squares before anything was eliminated.
  private var squares: [Double]

  /// Σ w of the squared rest of the response.
  var remaining: Double { max(0, elements[order * order - 1]) }

  /// A column of which less than this share of its square is left adds nothing.
  private static let tolerance = 1e-12

  init?(_ sums: CentredSums, _ columns: [Int]) {
    let (products, constant) = (sums.products, sums.constant)
    let weight = products.element(constant, constant)
    guard weight.value > 0 else { return nil }
    let order = columns.count + 1
    var elements = [Double](repeating: 0, count: order * order)
    // Centring in double-double arithmetic: means that are large against the deviations cost no digits.
    func cross(_ column: Int) -> DoubleDouble {
      DoubleDouble(high: products.cross[column], low: products.crossRemainder[column])
    }
    for (j, right) in columns.enumerated() {
      let shift = products.element(constant, right) / weight
      for (i, left) in columns.enumerated() {
        let centred = products.element(left, right) - products.element(constant, left) * shift
        elements[i + j * order] = centred.value
      }
      let centred = (cross(right) - cross(constant) * shift).value
      elements[order - 1 + j * order] = centred
      elements[j + (order - 1) * order] = centred
    }
    let square = DoubleDouble(high: products.responseSquares, low: products.responseSquaresRemainder)
    let centred = (square - cross(constant) * cross(constant) / weight).value
    // Rounding of the sums is not an outcome that varies.
    elements[order * order - 1] = centred > 1e-15 * square.value ? centred : 0
    self.order = order
    self.elements = elements
    squares = (0..<order).map { elements[$0 + $0 * order] }
  }

  private init(order: Int, elements: [Double], squares: [Double]) {
    self.order = order
    self.elements = elements
    self.squares = squares
  }

  /// The columns named in that order, and the response.
  func selecting(_ columns: [Int]) -> PartialSums {
    let places = columns + [order - 1]
    var selected: [Double] = []
    selected.reserveCapacity(places.count * places.count)
    for j in places { for i in places { selected.append(elements[i + j * order]) } }
    return PartialSums(order: places.count, elements: selected, squares: places.map { squares[$0] })
  }

  func droppingFirst(_ count: Int) -> PartialSums { selecting(Array(count..<order - 1)) }

  /// Takes out the first column and what it explains of the others.
  mutating func eliminateFirst() {
    let pivot = elements[0]
    let counts = pivot > PartialSums.tolerance * squares[0]
    let smaller = order - 1
    var reduced = [Double](repeating: 0, count: smaller * smaller)
    for j in 0..<smaller {
      let factor = counts ? elements[(j + 1) * order] / pivot : 0
      for i in 0..<smaller { reduced[i + j * smaller] = elements[i + 1 + (j + 1) * order] - elements[i + 1] * factor }
    }
    squares.removeFirst()
    (order, elements) = (smaller, reduced)
  }
}
