import Allocation
import Tables

/// How demand is written in problem files about stock.
enum StockDemandDecoder {
  static let words = [
    "normal", "lognormal", "gamma", "exponential", "uniform", "poisson", "discrete", "draws", "quantiles",
  ]

  /// Parameters by distribution; the others have lists.
  static let parameters: [String: [String]] = [
    "normal": ["mean", "standard_deviation"], "lognormal": ["log_mean", "log_deviation"], "gamma": ["shape", "scale"],
    "exponential": ["mean"], "uniform": ["from", "to"], "poisson": ["mean"],
  ]

  /// Columns of a table whose rows have a demand each.
  static let columns = [
    ColumnSchema("distribution", .text, vocabulary: words, "normal where it is not written"),
    ColumnSchema("mean", .real, "units"), ColumnSchema("standard_deviation", .real, "units"),
    ColumnSchema("log_mean", .real), ColumnSchema("log_deviation", .real), ColumnSchema("shape", .real),
    ColumnSchema("scale", .real), ColumnSchema("from", .real, "units"), ColumnSchema("to", .real, "units"),
  ]

  /// `demand: {distribution: normal, mean: 50, standard_deviation: 8}`
  static func section(_ root: inout MappingCursor) -> UncertainDemand? {
    guard root.keys.contains("demand") else {
      root.report(
        SpecificationCodes.missingKey, "`demand` is missing", at: root.origin,
        hint: "add `demand: {distribution: normal, mean: …, standard_deviation: …}`")
      return nil
    }
    return root.section("demand") { demand in
      let name = demand.read("distribution", as: .word(of: words))?.value ?? "normal"
      if let keys = parameters[name] {
        let values = keys.map { demand.require($0, as: .number())?.value }
        guard !values.contains(where: { $0 == nil }) else { return nil }
        return checked(simple(name, values.compactMap { $0 }), &demand)
      }
      let units = demand.numbers("units")
      let needsProbabilities = name != "draws"
      let probabilities = needsProbabilities ? demand.numbers("probabilities", .between(0, 1), count: units?.count) : []
      guard let units, let probabilities else { return nil }
      return checked(listed(name, units: units, probabilities: probabilities), &demand, name)
    }
  }

  private static func checked(
    _ demand: UncertainDemand?, _ cursor: inout MappingCursor, _ name: String = ""
  ) -> UncertainDemand? {
    if let demand, demand.defect == nil { return demand }
    let text = demand?.defect ?? need(name)
    cursor.report(SpecificationCodes.outOfRange, "`demand` makes no sense: \(text)", at: cursor.origin)
    return nil
  }

  static func need(_ name: String) -> String {
    switch name {
    case "quantiles":
      "quantiles need ascending probabilities between 0 and 1, at least two, and units that do not fall"
    case "draws": "there are no draws"
    default: "probabilities are 0 or more and sum to 1"
    }
  }

  static func simple(_ name: String, _ values: [Double]) -> UncertainDemand? {
    switch name {
    case "normal": .normal(mean: values[0], standardDeviation: values[1])
    case "lognormal": .logNormal(logMean: values[0], logDeviation: values[1])
    case "gamma": .gamma(shape: values[0], scale: values[1])
    case "exponential": .exponential(mean: values[0])
    case "uniform": .uniform(from: values[0], to: values[1])
    case "poisson": .poisson(mean: values[0])
    default: nil
    }
  }

  static func listed(_ name: String, units: [Double], probabilities: [Double]) -> UncertainDemand? {
    switch name {
    case "draws": DiscreteDemand(draws: units).map { .discrete($0) }
    case "discrete": DiscreteDemand(values: units, probabilities: probabilities).map { .discrete($0) }
    default: QuantileDemand(probabilities: probabilities, values: units).map { .quantiles($0) }
    }
  }
}

extension MappingCursor {
  /// A number of 0 or more, or `standard` where it is not written.
  mutating func amount(_ key: String, default standard: Double = 0) -> Double {
    read(key, as: .number(.atLeast(0)))?.value ?? standard
  }

  mutating func positive(_ key: String) -> Double? { require(key, as: .number(.above(0)))?.value }
}
