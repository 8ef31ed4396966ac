public import ChannelTypes
public import Tables

/// Targets of regions beside revenue: prepayments and profit, which add up, and share and coverage, which are weighted
/// means over regions and months.
public struct MeasureTargets: Sendable {
  public private(set) var cube: TargetCube
  public private(set) var regionNodes: [String: Int] = [:]
  public private(set) var company = 0

  /// What became of a measure by month of the revenue cube.
  public struct Actuals: Sendable {
    /// By region; NaN where a month is not known. Amounts are in the plan's currency.
    public var values: [String: [Double]]
    /// Of ratios: what they are shares of (the market, the number of cities), for months to come as well.
    public var weights: [String: [Double]]

    public init(values: [String: [Double]] = [:], weights: [String: [Double]] = [:]) {
      self.values = values
      self.weights = weights
    }
  }

  /// - Parameters:
  ///   - span: gives the months: the cube of revenue.
  ///   - planned: targets by region and month of the cube that take the place of the table's.
  /// - Returns: nil where neither states a target of the measure.
  public init?(
    _ measure: TargetCube.Measure, like span: TargetCube, regions: [String], statements: Table?,
    planned: [String: [Money?]] = [:], actuals: Actuals, factor: (String, Period) -> Percent
  ) {
    let rows = TargetRows(statements, measure, firstMonth: span.firstMonth, monthCount: span.monthCount)
    cube = TargetCube(
      measure, firstMonth: span.firstMonth, monthCount: span.monthCount, knownMonths: span.knownMonths)
    let count = cube.monthCount
    let owners = rows.regionOwners()
    for region in Set(regions).union(rows.ids(.region)).union(planned.keys).sorted() {
      regionNodes[region] = cube.add(.init(.region, region, region: region, owner: owners[region] ?? ""))
    }
    company = cube.add(.init(.company, ""))
    rows.forEach(.region) { id, month, amount, _, row in
      guard let node = regionNodes[id] else { return }
      cube.target[node * count + month] = amount
      cube.rows[node * count + month] = Int32(row)
    }
    for (region, amounts) in planned {
      guard let node = regionNodes[region] else { continue }
      for (month, amount) in amounts.enumerated() where month < count {
        guard let amount else { continue }
        let cell = node * count + month
        if month < cube.knownMonths, cube.target[cell] != Unknown.money { continue }
        cube.target[cell] = amount
        cube.rows[cell] = -1
      }
    }
    guard cube.target.contains(where: { $0 != Unknown.money }) else { return nil }
    let quarters = cube.periods(.quarter)
    for (region, node) in regionNodes.sorted(by: { $0.value < $1.value }) {
      setActuals(node, actuals.values[region] ?? [], actuals.weights[region] ?? [])
      for month in 0..<count where cube.target[node * count + month] != Unknown.money {
        // A share of the market falls with the market already.
        let percent = measure.isRatio ? Percent(100) : factor(region, quarters[month / 3])
        cube.adjusted[node * count + month] = ElasticRule.adjusted(cube.target[node * count + month], by: percent)
      }
    }
    sumCompany()
  }

  private mutating func setActuals(_ node: Int, _ values: [Double], _ weights: [Double]) {
    let count = cube.monthCount
    for month in 0..<count {
      if month < weights.count, cube.measure.isRatio {
        cube.weight[node * count + month] = weights[month].isFinite ? max(0, weights[month]) : 0
      }
      guard month < min(values.count, cube.knownMonths), values[month].isFinite else { continue }
      let decimals = cube.measure.isRatio ? Money.decimals : 2
      if let value = Money(rounding: values[month], decimals: decimals) { cube.actual[node * count + month] = value }
    }
  }

  private mutating func sumCompany() {
    let count = cube.monthCount
    let nodes = regionNodes.values.sorted()
    for month in 0..<count {
      let sum = company * count + month
      guard cube.measure.isRatio else {
        for node in nodes { cube.add(cell: node * count + month, to: sum) }
        continue
      }
      cube.weight[sum] = nodes.reduce(0) { $0 + cube.weight[$1 * count + month] }
      for path in [\TargetCube.target, \.adjusted, \.actual] {
        let known = nodes.map { $0 * count + month }.filter { cube[keyPath: path][$0] != Unknown.money }
        let weight = known.reduce(0) { $0 + cube.weight[$1] }
        guard weight > 0 else { continue }
        let mean = known.reduce(0) { $0 + cube.weight[$1] * cube[keyPath: path][$1].double } / weight
        cube[keyPath: path][sum] = Money(rounding: mean, decimals: Money.decimals) ?? Unknown.money
      }
    }
  }
}
