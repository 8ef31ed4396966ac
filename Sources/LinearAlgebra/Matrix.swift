/// A dense matrix of doubles, stored by columns: element (i, j) lies at `elements[i + j * rows]`.
///
/// A value like an array: copies share storage until one of them is changed. Change it in place through the subscript
/// or `inout`; taking a matrix out of a struct, changing it and storing it back copies all of it.
public struct Matrix: Sendable, Hashable, Codable {
  public let rows: Int
  public let columns: Int
  @usableFromInline package var storage: [Double]

  /// All elements, column after column.
  @inlinable public var elements: [Double] { storage }

  /// A matrix of zeros.
  public init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, elements: [Double](repeating: 0, count: rows * columns))
  }

  /// - Parameter elements: column after column; `rows * columns` of them.
  public init(rows: Int, columns: Int, elements: [Double]) {
    precondition(rows >= 0 && columns >= 0 && elements.count == rows * columns, "elements do not fill the matrix")
    self.rows = rows
    self.columns = columns
    storage = elements
  }

  /// A matrix written row after row, as in a book: `Matrix(columns: 2, rowByRow: [1, 2, 3, 4])`.
  public init(columns: Int, rowByRow values: [Double]) {
    precondition(columns > 0 && values.count % columns == 0, "values do not fill whole rows")
    self.init(rows: values.count / columns, columns: columns)
    for (index, value) in values.enumerated() { self[index / columns, index % columns] = value }
  }

  public static func identity(_ order: Int) -> Matrix {
    var matrix = Matrix(rows: order, columns: order)
    for i in 0..<order { matrix[i, i] = 1 }
    return matrix
  }

  @inlinable public subscript(row: Int, column: Int) -> Double {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
      return storage[row + column * rows]
    }
    set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "outside the matrix")
      storage[row + column * rows] = newValue
    }
  }

  /// The elements of one column, without a copy.
  public func column(_ index: Int) -> ArraySlice<Double> { storage[index * rows..<(index + 1) * rows] }

  /// Replaces one column by `rows` values.
  public mutating func setColumn(_ index: Int, _ values: some Collection<Double>) {
    precondition(values.count == rows && index >= 0 && index < columns, "the column does not fit the matrix")
    storage.replaceSubrange(index * rows..<(index + 1) * rows, with: values)
  }

  /// The elements of one row, copied.
  public func row(_ index: Int) -> [Double] { (0..<columns).map { self[index, $0] } }

  /// The elements (i, i).
  public var diagonal: [Double] { (0..<min(rows, columns)).map { self[$0, $0] } }

  public func transposed() -> Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for j in 0..<columns {
      for i in 0..<rows { result.storage[j + i * columns] = storage[i + j * rows] }
    }
    return result
  }

  /// The columns named, in that order.
  public func selecting(columns indices: [Int]) -> Matrix {
    var selected: [Double] = []
    selected.reserveCapacity(rows * indices.count)
    for index in indices { selected.append(contentsOf: column(index)) }
    return Matrix(rows: rows, columns: indices.count, elements: selected)
  }

  /// The rows named, in that order.
  public func selecting(rows indices: [Int]) -> Matrix {
    var selected: [Double] = []
    selected.reserveCapacity(indices.count * columns)
    for j in 0..<columns {
      for index in indices { selected.append(storage[index + j * rows]) }
    }
    return Matrix(rows: indices.count, columns: columns, elements: selected)
  }

  /// Consecutive rows, copied.
  package func panel(_ range: Range<Int>) -> Matrix {
    var selected: [Double] = []
    selected.reserveCapacity(range.count * columns)
    for j in 0..<columns {
      selected.append(contentsOf: storage[j * rows + range.lowerBound..<j * rows + range.upperBound])
    }
    return Matrix(rows: range.count, columns: columns, elements: selected)
  }

  /// xᵢᵀ V xᵢ for every row, V a p × p matrix. Cost: 2 n p²; memory beyond the result: a panel of rows.
  package func quadraticForms(_ middle: Matrix) -> [Double] {
    var forms = [Double](repeating: 0, count: rows)
    forEachPanel { range in
      let rows = panel(range)
      let product = rows * middle
      for j in 0..<columns {
        for (k, i) in range.enumerated() {
          let place = k + j * range.count
          forms[i] += product.storage[place] * rows.storage[place]
        }
      }
    }
    return forms
  }

  /// Whether no element is NaN or infinite.
  public var isFinite: Bool { storage.isAllFinite }
}

extension Array where Element == Double {
  /// Whether no element is NaN or infinite.
  public var isAllFinite: Bool {
    // 0 × finite is 0; 0 × (infinite or NaN) is NaN, and a sum keeps it.
    var probe = 0.0
    for value in self { probe += value * 0 }
    return probe == 0
  }
}
