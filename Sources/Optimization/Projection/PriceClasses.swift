import Glibc

/// The cells of a projection gathered into classes that lie in the same margins and so see the same price.
///
/// Arrays are by position, class after class, and hold ratios to the reference, so that one pass over a class needs a
/// single number: the ratio s that its price asks for (1 + d for least squares, eᵈ for Kullback-Leibler). The
/// exponential is taken once a class, not once a cell.
struct PriceClasses {
  let distance: MarginProjection.Distance
  /// Position → cell.
  private(set) var cells: [Int32]
  private(set) var reference: [Double]
  /// lo / f and hi / f; both 0 for a cell without a reference.
  private(set) var low: [Double]
  private(set) var high: [Double]
  /// The positions of class c are `start[c]..<start[c + 1]`.
  private(set) var start: [Int]
  /// Per class: what its cells without a reference amount to.
  private(set) var fixed: [Double]
  /// Margin ids of class c at `c * familyCount`; −1 for none. Ids run through all families.
  private(set) var margins: [Int32]
  let familyCount: Int
  let marginCount: Int
  /// The first id of each family, and the end.
  let familyStart: [Int]
  /// The classes of margin k are `members[memberStart[k]..<memberStart[k + 1]]`.
  private(set) var memberStart: [Int]
  private(set) var members: [Int32]

  var count: Int { start.count - 1 }

  init(_ problem: MarginProjection) {
    distance = problem.distance
    let cellCount = problem.reference.count
    familyCount = problem.families.count
    var familyStart = [0]
    for family in problem.families { familyStart.append(familyStart[familyStart.count - 1] + family.lower.count) }
    self.familyStart = familyStart
    marginCount = familyStart[familyCount]
    // 1. Number the combinations of margins, family by family.
    var classOf = [Int32](repeating: 0, count: cellCount)
    var classes = cellCount > 0 ? 1 : 0
    for family in problem.families {
      classes = Self.refine(&classOf, classes, by: family.marginOfCell, margins: family.lower.count)
    }
    // 2. Sort the cells by class (counting sort keeps their order inside a class).
    var start = [Int](repeating: 0, count: classes + 1)
    for label in classOf { start[Int(label) + 1] += 1 }
    for index in 0..<classes { start[index + 1] += start[index] }
    var next = start
    cells = [Int32](repeating: 0, count: cellCount)
    reference = [Double](repeating: 0, count: cellCount)
    low = reference
    high = reference
    fixed = [Double](repeating: 0, count: classes)
    margins = [Int32](repeating: -1, count: classes * familyCount)
    for cell in 0..<cellCount {
      let label = Int(classOf[cell])
      let position = next[label]
      next[label] += 1
      cells[position] = Int32(cell)
      let f = problem.reference[cell]
      if f > 0 {
        reference[position] = f
        let inverse = 1 / f
        // A reference so small that its inverse overflows still divides.
        low[position] = inverse.isFinite ? problem.lower[cell] * inverse : problem.lower[cell] / f
        high[position] = inverse.isFinite ? problem.upper[cell] * inverse : problem.upper[cell] / f
      } else {
        fixed[label] += problem.valueWithoutReference(cell)
      }
    }
    self.start = start
    // 3. The margins of each class, and the classes of each margin.
    for index in 0..<classes where start[index] < start[index + 1] {
      let cell = Int(cells[start[index]])
      for (place, family) in problem.families.enumerated() {
        let margin = family.marginOfCell[cell]
        if margin >= 0 { margins[index * familyCount + place] = Int32(familyStart[place]) + margin }
      }
    }
    memberStart = [Int](repeating: 0, count: marginCount + 1)
    for margin in margins where margin >= 0 { memberStart[Int(margin) + 1] += 1 }
    for index in 0..<marginCount { memberStart[index + 1] += memberStart[index] }
    members = [Int32](repeating: 0, count: memberStart[marginCount])
    next = memberStart
    for (place, margin) in margins.enumerated() where margin >= 0 {
      members[next[Int(margin)]] = Int32(place / familyCount)
      next[Int(margin)] += 1
    }
  }

  func family(of margin: Int) -> Int { familyStart.lastIndex { $0 <= margin } ?? 0 }

  /// Splits classes by one more family and returns how many there are now.
  private static func refine(_ classOf: inout [Int32], _ classes: Int, by label: [Int32], margins: Int) -> Int {
    var found = 0
    let width = margins + 1
    if classes * width <= 4 * label.count + 4096 {
      var number = [Int32](repeating: -1, count: classes * width)
      for cell in classOf.indices {
        let key = Int(classOf[cell]) * width + Int(label[cell] + 1)
        if number[key] < 0 {
          number[key] = Int32(found)
          found += 1
        }
        classOf[cell] = number[key]
      }
    } else {
      var number: [Int: Int32] = [:]
      for cell in classOf.indices {
        let key = Int(classOf[cell]) * width + Int(label[cell] + 1)
        if let known = number[key] {
          classOf[cell] = known
        } else {
          number[key] = Int32(found)
          classOf[cell] = Int32(found)
          found += 1
        }
      }
    }
    return found
  }

  /// The ratio that a price asks for.
  func ratio(_ price: Double) -> Double {
    switch distance {
    case .leastSquares: 1 + price
    case .kullbackLeibler: exp(min(price, 700))
    }
  }

  /// What class c amounts to at ratio s, and the sum of the references of the cells strictly inside their bounds.
  @inline(__always)
  func total(_ index: Int, ratio s: Double) -> (amount: Double, inside: Double) {
    let range = start[index]..<start[index + 1]
    let (f, l, h) = (reference.span, low.span, high.span)
    var (amount0, amount1, inside0, inside1) = (fixed[index], 0.0, 0.0, 0.0)
    // Two accumulators of each kind halve the chain of additions; compares become masks, not branches.
    var position = range.lowerBound
    while position + 1 < range.upperBound {
      let (f0, l0, h0) = (f[position], l[position], h[position])
      let (f1, l1, h1) = (f[position + 1], l[position + 1], h[position + 1])
      let c0 = s < l0 ? l0 : (s > h0 ? h0 : s)
      let c1 = s < l1 ? l1 : (s > h1 ? h1 : s)
      amount0 += f0 * c0
      amount1 += f1 * c1
      inside0 += s > l0 && s < h0 ? f0 : 0
      inside1 += s > l1 && s < h1 ? f1 : 0
      position += 2
    }
    if position < range.upperBound {
      let (f0, l0, h0) = (f[position], l[position], h[position])
      amount0 += f0 * (s < l0 ? l0 : (s > h0 ? h0 : s))
      inside0 += s > l0 && s < h0 ? f0 : 0
    }
    return (amount0 + amount1, inside0 + inside1)
  }

  /// dx/d(price) of a class, from the references inside and the ratio.
  func curvature(_ inside: Double, ratio s: Double) -> Double {
    distance == .leastSquares ? inside : inside * s
  }

  /// Σ D over class c at ratio s. Logarithms only where a bound holds a cell.
  func distance(_ index: Int, ratio s: Double) -> Double {
    var sum = 0.0
    var inside = 0.0
    for position in start[index]..<start[index + 1] where reference[position] > 0 {
      let (l, h) = (low[position], high[position])
      if s > l && s < h {
        inside += reference[position]
      } else {
        sum += reference[position] * deviation(s <= l ? l : h)
      }
    }
    return inside > 0 ? sum + inside * deviation(s) : sum
  }

  /// D of a cell per unit of reference, at the ratio c of its amount.
  private func deviation(_ c: Double) -> Double {
    switch distance {
    case .leastSquares: (c - 1) * (c - 1) / 2
    case .kullbackLeibler: Self.divergence(c)
    }
  }

  /// c ln c − c + 1.
  static func divergence(_ c: Double) -> Double {
    guard c > 0 else { return 1 }
    // The formula loses all its digits near 1; with u = c − 1 it is u²/2 − u³/6 + u⁴/12 − …
    let u = c - 1
    if abs(u) < 1e-3 { return u * u * (0.5 - u * (1 / 6.0 - u * (1 / 12.0 - u / 20))) }
    return c * log(c) - c + 1
  }
}

extension MarginProjection {
  /// Where a cell without a reference stays.
  func valueWithoutReference(_ cell: Int) -> Double { max(lower[cell], min(0, upper[cell])) }
}
