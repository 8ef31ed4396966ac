/// The margins of a projection as the rows of a linear program, over the classes of cells that lie in the same margins.
public struct MarginProgram: Sendable {
  /// Each finite end of a margin's range is a row with its own tag; an equality is one row.
  public var program: LinearProgram
  /// By tag: the margin and the end of its range.
  public var limits: [Limit]

  public struct Limit: Sendable, Hashable {
    public enum End: Sendable, Hashable { case lower, upper, equal }
    public var index: MarginProjection.MarginIndex
    public var end: End
  }
}

extension MarginProjection {
  /// The program that asks whether any amounts within the bounds meet all margins; to explain why none do.
  public func feasibilityProgram() -> MarginProgram {
    let classes = PriceClasses(self)
    var result = MarginProgram(program: LinearProgram(.minimise), limits: [])
    for index in 0..<classes.count {
      var (least, most) = (classes.fixed[index], classes.fixed[index])
      for position in classes.start[index]..<classes.start[index + 1] where classes.reference[position] > 0 {
        least += lower[Int(classes.cells[position])]
        most += upper[Int(classes.cells[position])]
      }
      result.program.addVariable(lower: least, upper: most)
    }
    var id = 0
    for (place, family) in families.enumerated() {
      for margin in family.lower.indices {
        let members = classes.members[classes.memberStart[id]..<classes.memberStart[id + 1]].map { Int($0) }
        let index = MarginIndex(family: place, margin: margin)
        let (low, high) = (family.lower[margin], family.upper[margin])
        func add(_ end: MarginProgram.Limit.End, _ low: Double, _ high: Double) {
          result.program.addSumRow(members, lower: low, upper: high, tag: result.limits.count)
          result.limits.append(MarginProgram.Limit(index: index, end: end))
        }
        if low == high {
          add(.equal, low, high)
        } else {
          if low.isFinite { add(.lower, low, .infinity) }
          if high.isFinite { add(.upper, -.infinity, high) }
        }
        id += 1
      }
    }
    return result
  }
}
