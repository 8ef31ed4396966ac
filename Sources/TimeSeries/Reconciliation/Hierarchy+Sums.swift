/// S x and Sᵀ y for several right-hand sides at once.
///
/// A block of values has the shape node × lane, lanes contiguous: a lane is a step ahead, a past period or a draw. The
/// passes add rows of lanes, which the compiler turns into vector instructions.
extension Hierarchy {
  /// Fills the rows of the aggregates with the sums of the bottom rows.
  func sum(_ values: inout [Double], lanes: Int) {
    values.withUnsafeMutableBufferPointer { buffer in
      guard let values = buffer.baseAddress else { return }
      for link in links {
        let (target, source) = (levels[link.level].nodes, levels[link.source].nodes)
        (values + target.lowerBound * lanes).update(repeating: 0, count: target.count * lanes)
        addUp(values + source.lowerBound * lanes, link.parents, into: values + target.lowerBound * lanes, lanes)
      }
    }
  }

  /// Leaves Sᵀ y in the bottom rows of y; the other rows are used up.
  func sumTransposed(_ values: inout [Double], lanes: Int) {
    values.withUnsafeMutableBufferPointer { buffer in
      guard let values = buffer.baseAddress else { return }
      for link in links.reversed() {
        let (target, source) = (levels[link.level].nodes, levels[link.source].nodes)
        let above = values + target.lowerBound * lanes
        let below = values + source.lowerBound * lanes
        if lanes == 1 {
          for (part, parent) in link.parents.enumerated() { below[part] += above[Int(parent)] }
        } else {
          for (part, parent) in link.parents.enumerated() {
            let (to, from) = (below + part * lanes, above + Int(parent) * lanes)
            for lane in 0..<lanes { to[lane] += from[lane] }
          }
        }
      }
    }
  }

  /// The coherent values of all nodes from those of the bottom series, bottom × lane.
  public func aggregated(_ bottom: [Double], lanes: Int) -> [Double] {
    precondition(bottom.count == bottomCount * lanes, "values must fill bottom series × lanes")
    var values = [Double](repeating: 0, count: aggregateCount * lanes)
    values.append(contentsOf: bottom)
    sum(&values, lanes: lanes)
    return values
  }

  /// The largest difference between an aggregate and the sum of its bottom series, over all nodes and lanes.
  public func incoherence(_ values: [Double], lanes: Int) -> Double {
    let coherent = aggregated(Array(values[aggregateCount * lanes..<nodeCount * lanes]), lanes: lanes)
    return zip(values, coherent).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}

/// Adds each row to the row of its parent.
private func addUp(
  _ parts: UnsafePointer<Double>, _ parents: [Int32], into sums: UnsafeMutablePointer<Double>, _ lanes: Int
) {
  guard lanes > 1 else {
    for (part, parent) in parents.enumerated() { sums[Int(parent)] += parts[part] }
    return
  }
  for (part, parent) in parents.enumerated() {
    let (to, from) = (sums + Int(parent) * lanes, parts + part * lanes)
    for lane in 0..<lanes { to[lane] += from[lane] }
  }
}
