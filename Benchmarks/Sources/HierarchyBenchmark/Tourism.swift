import Sluice

/// Trips of Australians by state, region and purpose: 425 nodes by quarter.
struct Tourism {
  let hierarchy: Hierarchy
  /// Nodes × quarters.
  let values: [Double]
  let quarters: Int
  let horizon = 8
  let season = 4

  init(earlier: Int) throws {
    var columns = [[String]](repeating: [], count: 3)
    var bottom: [[Double]] = []
    var last: [String] = []
    _ = readLine()
    while let line = readLine() {
      // One region has commas in its name; the fields around it have none.
      let fields = line.split(separator: ",")
      let region = fields[1..<fields.count - 3].joined(separator: ",")
      let key = [String(fields[0]), region, String(fields[fields.count - 3])]
      if key != last {
        last = key
        for column in 0..<3 { columns[column].append(key[column]) }
        bottom.append([])
      }
      bottom[bottom.count - 1].append(Double(fields[fields.count - 1]) ?? .nan)
    }
    hierarchy = try Hierarchy(
      columns: zip(["state", "region", "purpose"], columns).map { .init($0, $1) },
      nests: [["state", "region"], ["purpose"]])
    quarters = bottom[0].count - earlier
    values = hierarchy.aggregated(bottom.flatMap { $0.dropLast(earlier) }, lanes: quarters)
  }

  /// Forecasts and one-step errors of all nodes.
  struct Base {
    var name: String
    var means: [Double]
    var errors: [Double]

    static func mean(_ parts: [Base]) -> Base {
      func average(_ values: (Base) -> [Double]) -> [Double] {
        values(parts[0]).indices.map { index in
          let known = parts.map { values($0)[index] }.filter { !$0.isNaN }
          return known.isEmpty ? .nan : known.reduce(0, +) / Double(known.count)
        }
      }
      return Base(
        name: parts.map(\.name).joined(separator: "+"), means: average(\.means), errors: average(\.errors))
    }
  }

  func base(_ model: some LocalModel) throws -> Base {
    let known = quarters - horizon
    var base = Base(name: type(of: model).name, means: [], errors: [])
    for node in 0..<hierarchy.nodeCount {
      let history = Array(values[node * quarters..<node * quarters + known])
      let fitted = try model.fit(history, season: season)
      base.means += fitted.forecast(horizon: horizon).mean
      base.errors += fitted.residuals
    }
    return base
  }

  /// MASE by node, averaged over all of them.
  func error(_ forecasts: [Double]) -> Double {
    let known = quarters - horizon
    return (0..<hierarchy.nodeCount).reduce(0.0) { sum, node in
      let start = node * quarters
      let scale = Accuracy.seasonalScale(values[start..<start + known].span, season: season)
      let actual = values[start + known..<start + quarters]
      let forecast = forecasts[node * horizon..<(node + 1) * horizon]
      return sum + Accuracy.mase(actual.span, forecast.span, scale: scale)
    } / Double(hierarchy.nodeCount)
  }

  func report() throws {
    print(hierarchy.nodeCount, "nodes,", hierarchy.bottomCount, "bottom series;", quarters - horizon, "quarters known")
    var singles: [Base] = []
    for model in LocalModels.all {
      let start = cpuSeconds()
      do {
        singles.append(try base(model))
        print("base", type(of: model).name, "CPU", fixed(cpuSeconds() - start, 2))
      } catch { print("base", type(of: model).name, error) }
    }
    var bases = singles
    for first in singles.indices {
      for second in first + 1..<max(first + 1, singles.count) {
        bases.append(.mean([singles[first], singles[second]]))
      }
    }
    let methods = ReconciliationMethod.allCases.filter { $0 != .topDown }
    print(padded("base forecasts", 50), padded("as they are", 12), methods.map { padded($0.rawValue, 12) }.joined())
    for base in bases {
      var line = padded(base.name, 50) + padded(fixed(error(base.means), 4), 12)
      for method in methods { line += padded(fixed(try coherent(base, method).error, 4), 12) }
      let trace = try coherent(base, .minimumTrace)
      print(line, "mint CPU ms", fixed(trace.cpu * 1000, 1), "index sets", trace.result.steps, trace.result.isOptimal)
    }
  }

  func coherent(_ base: Base, _ method: ReconciliationMethod) throws -> (
    error: Double, cpu: Double, result: NonNegativeReconciliation
  ) {
    let start = cpuSeconds()
    let reconciler = try Reconciler(hierarchy, method: method, residuals: base.errors)
    let result = try reconciler.reconcileNonNegative(base.means, horizon: horizon)
    let cpu = cpuSeconds() - start
    precondition(result.values.allSatisfy { $0 >= 0 } && hierarchy.incoherence(result.values, lanes: horizon) == 0)
    return (error(result.values), cpu, result)
  }
}
