public import Tables

/// How much to stock at many points before demand is known, under a shared budget and a shared space.
///
/// One value per point in every column, so that a million points are a few arrays. A stock is a number of units, 0 or
/// more; a unit left over costs `holding`, a unit missing `stockout`.
public struct NewsvendorProblem: Sendable {
  public enum Demands: Sendable {
    case normal(means: [Double], standardDeviations: [Double])
    case each([UncertainDemand])

    public var count: Int {
      switch self {
      case .normal(let means, _): means.count
      case .each(let demands): demands.count
      }
    }

    public subscript(point: Int) -> UncertainDemand {
      switch self {
      case .normal(let means, let deviations):
        .normal(mean: means[point], standardDeviation: deviations[point])
      case .each(let demands): demands[point]
      }
    }
  }

  /// Something that all points share: Σ perUnit · stock ≤ amount.
  public struct SharedLimit: Sendable {
    public var amount: Double
    /// What a unit of stock takes, by point; 0 or more.
    public var perUnit: [Double]
    /// Where the problem says so.
    public var place: SourcePlace?

    public init(_ amount: Double, perUnit: [Double], at place: SourcePlace? = nil) {
      self.amount = amount
      self.perUnit = perUnit
      self.place = place
    }
  }

  public var demands: Demands
  /// Money per unit left over.
  public var holding: [Double]
  /// Money per unit missing.
  public var stockout: [Double]
  /// Names of the points; empty for `1`, `2`, …
  public var names: [String] = []
  /// The least and the most that may be stocked, in units; empty for 0 and for no end.
  public var minimum: [Double] = []
  public var maximum: [Double] = []
  /// Stocks are multiples of so many units, 0 for any amount; empty for all 0.
  public var pack: [Double] = []
  /// Money that may lie in stock.
  public var budget: SharedLimit?
  /// Room that stock may take.
  public var space: SharedLimit?

  public init(demands: Demands, holding: [Double], stockout: [Double]) {
    self.demands = demands
    self.holding = holding
    self.stockout = stockout
  }

  public var count: Int { demands.count }

  public func name(_ point: Int) -> String { point < names.count ? names[point] : String(point + 1) }

  /// The shared limits by name.
  var limits: [(name: String, limit: SharedLimit)] {
    [("budget", budget), ("space", space)].compactMap { name, limit in limit.map { (name, $0) } }
  }

  /// The least and the most of a point, as multiples of its pack.
  func bounds(_ point: Int) -> (least: Double, most: Double) {
    let least = minimum.isEmpty ? 0 : max(0, minimum[point])
    let most = maximum.isEmpty ? Double.infinity : maximum[point]
    guard !pack.isEmpty, pack[point] > 0 else { return (least, most) }
    let unit = pack[point]
    return (max(0, (least / unit - 1e-9).rounded(.up)) * unit, (most / unit + 1e-9).rounded(.down) * unit)
  }

  /// What is wrong with the problem before it is solved; at most 20 findings.
  public func findings() -> [Diagnostic] {
    var found = Findings(limit: 20)
    func add(_ text: String) { found.add(Diagnostic(AllocationCodes.improperValue, .error, text)) }
    if count == 0 { add("there is no stock point") }
    var columns: [(name: String, values: [Double], mayBeEmpty: Bool, finite: Bool)] = [
      ("holding_cost", holding, false, true), ("stockout_cost", stockout, false, true),
      ("minimum", minimum, true, true), ("maximum", maximum, true, false), ("pack", pack, true, true),
    ]
    if case .normal(_, let deviations) = demands {
      columns.append(("standard_deviation", deviations, false, true))
    }
    for (name, limit) in limits {
      columns.append((name == "budget" ? "unit_cost" : "unit_space", limit.perUnit, false, true))
      if !(limit.amount >= 0 && limit.amount.isFinite) {
        found.add(
          Diagnostic(
            AllocationCodes.improperValue, .error, "\(name) \(limit.amount) is not a number of 0 or more",
            at: limit.place))
      }
    }
    for column in columns where !(column.mayBeEmpty && column.values.isEmpty) {
      if column.values.count != count {
        add("\(column.name) has \(column.values.count) values for \(count) stock points")
        continue
      }
      let most = column.finite ? Double.greatestFiniteMagnitude : .infinity
      if column.values.allSatisfy({ $0 >= 0 && $0 <= most }) { continue }
      for (point, value) in column.values.enumerated() where !(value >= 0 && value <= most) {
        add("\(column.name) \(value) of \(name(point)) is not a number of 0 or more")
      }
    }
    guard !found.hasErrors else { return found.kept }
    if !names.isEmpty && names.count != count { add("there are \(names.count) names for \(count) stock points") }
    if case .normal(let means, _) = demands, means.allSatisfy({ abs($0) < .infinity }) {
    } else {
      for point in 0..<count {
        if let defect = demands[point].defect { add("demand of \(name(point)): \(defect)") }
      }
    }
    for point in 0..<count where !(holding[point] + stockout[point] > 0) {
      add("holding and stock-out cost of \(name(point)) are both 0")
    }
    guard !minimum.isEmpty || !maximum.isEmpty else { return found.kept }
    for point in 0..<count {
      let (least, most) = bounds(point)
      if least > most {
        add("minimum \(least) of \(name(point)) is above its maximum \(most), in whole packs")
      }
    }
    return found.kept
  }
}
