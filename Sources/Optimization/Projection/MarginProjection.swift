/// Moves reference amounts as little as possible so that they meet their margins and bounds:
///
///     minimise   Σᵢ D(xᵢ, fᵢ)
///     subject to loᵢ ≤ xᵢ ≤ hiᵢ
///                Lₖ ≤ Σ over cells of k of xᵢ ≤ Uₖ       for every margin k (an equality where Lₖ = Uₖ)
///
/// with D = (x − f)² / 2f (least squares: equal relative changes cost the same) or D = x ln(x/f) − x + f
/// (Kullback-Leibler: proportional fitting with bounds). Margins come in families; the margins of one family share no
/// cell. A cube of rows and months with totals by region, month and quarter is three families over one list of cells.
///
/// A cell whose reference is 0 does not move: it stays at the value of its bounds that is nearest to 0 and does not
/// count in the distance. Amounts may be in any unit; the distance has the same unit.
public struct MarginProjection: Sendable {
  public enum Distance: String, Sendable, Hashable, CaseIterable {
    case leastSquares, kullbackLeibler
  }

  /// Margins without a common cell.
  public struct Family: Sendable {
    /// Per cell: its margin, or −1 where it has none in this family.
    public var marginOfCell: [Int32]
    /// Per margin: the least and the most that its cells sum to; infinite for none.
    public var lower: [Double]
    public var upper: [Double]

    public init(marginOfCell: [Int32], lower: [Double], upper: [Double]) {
      self.marginOfCell = marginOfCell
      self.lower = lower
      self.upper = upper
    }

    /// Margins that must be met exactly.
    public init(marginOfCell: [Int32], totals: [Double]) {
      self.init(marginOfCell: marginOfCell, lower: totals, upper: totals)
    }
  }

  public var distance: Distance
  /// f ≥ 0, by cell.
  public var reference: [Double]
  public var lower: [Double]
  public var upper: [Double]
  public var families: [Family]

  public init(
    _ distance: Distance, reference: [Double], lower: [Double], upper: [Double], families: [Family] = []
  ) {
    self.distance = distance
    self.reference = reference
    self.lower = lower
    self.upper = upper
    self.families = families
  }

  /// One margin, as results name it.
  public struct MarginIndex: Sendable, Hashable {
    public var family: Int
    public var margin: Int

    public init(family: Int, margin: Int) {
      self.family = family
      self.margin = margin
    }
  }

  /// What is wrong with the problem; nil where it is well formed.
  public var defect: String? {
    let count = reference.count
    guard lower.count == count, upper.count == count else { return "bounds do not fit the \(count) cells" }
    for cell in 0..<count {
      guard reference[cell] >= 0, reference[cell].isFinite else { return "the reference of cell \(cell)" }
      // Also false for NaN. Least squares and Kullback-Leibler both leave 0 alone, so an infinite bound needs no value.
      guard lower[cell] <= upper[cell], lower[cell] < .infinity, upper[cell] > -.infinity else {
        return "the bounds of cell \(cell)"
      }
      if distance == .kullbackLeibler, upper[cell] < 0 { return "the negative upper bound of cell \(cell)" }
    }
    for (index, family) in families.enumerated() {
      guard family.marginOfCell.count == count, family.lower.count == family.upper.count else {
        return "the sizes of family \(index)"
      }
      let margins = Int32(family.lower.count)
      if family.marginOfCell.contains(where: { $0 < -1 || $0 >= margins }) { return "a margin of family \(index)" }
      for margin in 0..<family.lower.count {
        guard family.lower[margin] <= family.upper[margin], family.lower[margin] < .infinity,
          family.upper[margin] > -.infinity
        else { return "the range of margin \(margin) of family \(index)" }
      }
    }
    return nil
  }
}

/// A projection with the prices that prove it.
public struct MarginProjectionSolution: Sendable {
  public enum Status: Sendable, Hashable {
    /// Margins are met to `largestError`, and the distance is the least to rounding.
    case optimal
    /// No amounts within the bounds meet these margins, proved by the prices (Farkas); the list holds the margins with
    /// a price in the proof.
    case infeasible([MarginProjection.MarginIndex])
    /// The iterations ran out: `amounts` miss the margins by `largestError`.
    case stopped
  }

  public var status: Status
  public var amounts: [Double]
  /// Σ D at `amounts`.
  public var objective: Double
  /// The Lagrangian at the prices: no amounts that meet the margins have a smaller distance.
  public var bound: Double
  /// By family and margin: what one more unit of the margin adds to the distance. Where margins of several families are
  /// met exactly, prices are determined up to a constant that moves from one family to another.
  public var prices: [[Double]]
  /// The largest miss of a margin, relative to its total.
  public var largestError: Double
  public var iterations: Int

  /// |bound − objective| / max(1, |objective|).
  public var relativeGap: Double { abs(bound - objective) / max(1, abs(objective)) }
}

extension MarginProjection {
  /// Σ D at any amounts within the bounds.
  public func distanceSum(_ amounts: [Double]) -> Double {
    var sum = 0.0
    for (f, x) in zip(reference, amounts) where f > 0 { sum += distance(of: x, from: f) }
    return sum
  }

  /// D of one cell with a reference above 0.
  public func distance(of x: Double, from f: Double) -> Double {
    switch distance {
    case .leastSquares: (x - f) * (x - f) / (2 * f)
    case .kullbackLeibler: f * PriceClasses.divergence(x / f)
    }
  }
}
