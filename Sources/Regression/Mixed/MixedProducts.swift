internal import Glibc
internal import LinearAlgebra

/// Everything that the profiled deviance needs of the data, formed in one pass over the rows.
///
/// The first factor is absorbed: level i keeps its own block Mᵢ = Zᵢᵀ W Zᵢ (q × q) and its products Fᵢ = Zᵢᵀ W [V, y]
/// with the border V = [effects of the other factors, X̃], stored only for the border columns that occur with the level.
/// The border keeps N = [V, y]ᵀ W [V, y]. Memory: O(levels q² + pairs of levels that occur together + border²).
struct MixedProducts: Sendable {
  let factors: [RandomFactor]
  /// Levels m and width q of the absorbed factor.
  let levels: Int
  let width: Int
  /// First border column of every factor but the absorbed one.
  let starts: [Int]
  /// First border column of the fixed effects; the number of random border columns.
  let fixedStart: Int
  /// Number of border columns without the response, which is column `order` of the products.
  let order: Int
  /// Mᵢ, column-major, one after the other.
  private(set) var own: [Double]
  /// Fᵢ's columns are those from offsets[i] to offsets[i + 1].
  private(set) var offsets: [Int] = [0]
  /// The border column of each, ascending within a level; the response last.
  private(set) var indices: [Int32] = []
  /// q values each.
  private(set) var cross: [Double] = []
  /// N, lower triangle, (order + 1) × (order + 1).
  private(set) var border: Matrix
  /// Rows with a weight above zero.
  let observations: Int
  let rank: Int
  /// Σ log w.
  let logWeights: Double

  init(_ factors: [RandomFactor], _ fixed: FixedBasis, _ weights: [Double]?) {
    self.factors = factors
    levels = factors[0].levels.count
    width = factors[0].width
    var starts: [Int] = []
    var next = 0
    for factor in factors.dropFirst() {
      starts.append(next)
      next += factor.count
    }
    self.starts = starts
    fixedStart = next
    rank = fixed.rank
    order = next + fixed.rank
    own = [Double](repeating: 0, count: levels * width * width)
    border = Matrix(rows: order + 1, columns: order + 1)
    let (rows, firsts) = MixedProducts.sorted(factors[0])
    observations = rows.count
    logWeights = weights.map { weights in rows.reduce(0) { $0 + log(weights[Int($1)]) } } ?? 0
    accumulate(rows, firsts, fixed, weights)
  }

  /// The rows by level (counting sort), and where each level starts.
  private static func sorted(_ factor: RandomFactor) -> (rows: [Int32], firsts: [Int]) {
    var firsts = [Int](repeating: 0, count: factor.levels.count + 1)
    for code in factor.codes where code >= 0 { firsts[Int(code) + 1] += 1 }
    for level in factor.levels.indices { firsts[level + 1] += firsts[level] }
    var next = firsts
    var rows = [Int32](repeating: 0, count: firsts[factor.levels.count])
    for (row, code) in factor.codes.enumerated() where code >= 0 {
      rows[next[Int(code)]] = Int32(row)
      next[Int(code)] += 1
    }
    return (rows, firsts)
  }

  private mutating func accumulate(_ rows: [Int32], _ firsts: [Int], _ fixed: FixedBasis, _ weights: [Double]?) {
    let others = Array(factors.dropFirst())
    let entries = others.reduce(0) { $0 + $1.width } + rank + 1
    var row = BorderRow(
      columns: [Int](repeating: 0, count: entries), values: [Double](repeating: 0, count: entries),
      positions: [Int](repeating: -1, count: order + 1))
    for (position, column) in (fixedStart...order).enumerated() { row.columns[entries - rank - 1 + position] = column }
    var z = [Double](repeating: 0, count: width)
    for level in 0..<levels {
      let own = rows[firsts[level]..<firsts[level + 1]]
      openLevel(own, others, &row.positions)
      for index in own {
        let (r, weight) = (Int(index), weights?[Int(index)] ?? 1)
        factors[0].fillStandardized(&z, from: 0, row: r)
        var next = 0
        for (factor, start) in zip(others, starts) {
          factor.fillStandardized(&row.values, from: next, row: r)
          let first = start + Int(factor.codes[r]) * factor.width
          for k in 0..<factor.width { row.columns[next + k] = first + k }
          next += factor.width
        }
        fixed.fill(&row.values, from: next, row: r)
        row.values[entries - 1] = fixed.residuals[r]
        add(level, z, row, weight)
      }
    }
  }

  /// One row's border columns and values; for a level, where each border column lies among the level's columns.
  private struct BorderRow {
    var columns: [Int]
    var values: [Double]
    var positions: [Int]
  }

  /// Lists the border columns that occur with the level's rows.
  private mutating func openLevel(_ rows: ArraySlice<Int32>, _ others: [RandomFactor], _ positions: inout [Int]) {
    let begin = indices.count
    for (factor, start) in zip(others, starts) {
      for row in rows {
        let first = start + Int(factor.codes[Int(row)]) * factor.width
        if positions[first] >= begin { continue }
        positions[first] = begin
        for k in 0..<factor.width { indices.append(Int32(first + k)) }
      }
    }
    indices[begin...].sort()
    for column in fixedStart...order { indices.append(Int32(column)) }
    for position in begin..<indices.count { positions[Int(indices[position])] = position }
    cross.append(contentsOf: repeatElement(0, count: (indices.count - begin) * width))
    offsets.append(indices.count)
  }

  private mutating func add(_ level: Int, _ z: [Double], _ row: BorderRow, _ weight: Double) {
    let q = width
    for j in 0..<q {
      for i in 0..<q { own[level * q * q + i + j * q] += weight * z[i] * z[j] }
    }
    let size = order + 1
    for a in row.columns.indices {
      let scaled = weight * row.values[a]
      let base = row.positions[row.columns[a]] * q
      for i in 0..<q { cross[base + i] += scaled * z[i] }
      for b in a..<row.columns.count {
        // Columns ascend within a row, since factors, fixed effects and response follow one another.
        border.storage[row.columns[b] + row.columns[a] * size] += scaled * row.values[b]
      }
    }
  }
}
