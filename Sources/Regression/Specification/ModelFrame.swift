internal import LinearAlgebra

/// The rows that a model is fitted to: those that miss nothing, with their design, response and roles.
struct ModelFrame {
  /// The specification with its terms settled.
  var specification: RegressionSpecification
  var data: Predictors
  /// Which rows of the given data the rows of the frame are.
  var rows: [Int]
  var design: Design
  var matrix: DesignMatrix
  var treatment: DesignMatrix.Treatment
  var notes: [String]

  /// Below this number of clusters their errors are known to be too small (Cameron and Miller, "A practitioner's guide to
  /// cluster-robust inference", 2015, section VI).
  static let fewClusters = 20

  init(_ given: RegressionSpecification, _ whole: Predictors) throws(RegressionError) {
    var specification = given
    notes = []
    // 1. Terms, where they were left to choice.
    if specification.survival?.model == .kaplanMeier { specification.terms = [] }
    if specification.terms == nil {
      let roles = Set(specification.roles)
      let choice = try AutomaticDesign().choose(whole, names: whole.names.filter { !roles.contains($0) })
      specification.terms = choice.specification.terms
      specification.missing = choice.specification.missing
      notes += choice.notes
    }
    let terms = specification.terms ?? []
    // 2. The rows that miss nothing they need.
    var treatment = DesignMatrix.Treatment()
    var needed = specification.fittedRoles
    if specification.missing == .leaveOut { needed += terms.flatMap(\.predictors) }
    let rows = try ModelFrame.complete(needed, whole, &treatment)
    guard !rows.isEmpty else { throw .noRows(leftOut: whole.rowCount) }
    let data = rows.count == whole.rowCount ? whole : whole.selecting(rows: rows)
    // 3. The design, learnt from those rows.
    let intercept = specification.intercept && specification.survival.map { $0.model == .weibull } ?? true
    let design = try DesignSpecification(
      terms, intercept: intercept, missing: specification.missing, unseen: specification.unseen
    ).fit(data)
    let matrix = try design.matrix(data, keepingLargeFactors: specification.takesLargeFactors)
    treatment.filled = matrix.treatment.filled
    if let cluster = specification.cluster {
      let count = Set(try data.levels(cluster).codes).count
      if count < ModelFrame.fewClusters {
        notes.append("errors clustered by `\(cluster)` rest on \(count) clusters: too few for their size to be trusted")
      }
    }
    self.specification = specification
    self.data = data
    self.rows = rows
    self.design = design
    self.matrix = matrix
    self.treatment = treatment
  }

  static func completeRows(_ names: [String], _ data: Predictors) throws(RegressionError) -> [Int] {
    var ignored = DesignMatrix.Treatment()
    return try complete(names, data, &ignored)
  }

  /// The rows in which no column of the names is missing; the others are counted by the first column that they miss.
  static func complete(
    _ names: [String], _ data: Predictors, _ treatment: inout DesignMatrix.Treatment
  ) throws(RegressionError) -> [Int] {
    var keep = [Bool](repeating: true, count: data.rowCount)
    var seen: Set<String> = []
    for name in names where seen.insert(name).inserted {
      guard let values = data[name] else { throw .unknownPredictor(name) }
      guard values.hasMissing else { continue }
      for row in 0..<data.rowCount where keep[row] && values.isMissing(row) {
        keep[row] = false
        treatment.leftOut[name, default: 0] += 1
      }
    }
    return keep.indices.filter { keep[$0] }
  }

  // MARK: - Roles

  func numbers(_ name: String) throws(RegressionError) -> [Double] { try data.numbers(name) }

  func weights() throws(RegressionError) -> [Double]? {
    guard let name = specification.weights else { return nil }
    return try numbers(name)
  }

  func offset() throws(RegressionError) -> [Double]? {
    guard let name = specification.offset else { return nil }
    return try numbers(name)
  }

  func response() throws(RegressionError) -> [Double] {
    guard let name = specification.response else { throw .badSpecification("the model names no response") }
    return try data.response(name, event: specification.event)
  }

  /// Rows that belong together are held out together.
  func groups() throws(RegressionError) -> [Int]? {
    guard let cluster = specification.cluster else { return nil }
    return try data.levels(cluster).codes.map(Int.init)
  }

  func standardErrors() throws(RegressionError) -> StandardErrors {
    if let groups = try groups() { return .clustered(groups) }
    return specification.errors == .robust ? .robust : .model
  }

  /// Times, events and strata of the rows.
  func survivalResponse() throws(RegressionError) -> SurvivalResponse {
    guard let survival = specification.survival else { throw .badSpecification("the model is not one of survival") }
    return try data.survivalResponse(survival, event: specification.event, strata: specification.strata)
  }

  func randomTerms() throws(RegressionError) -> [RandomTerm] { try specification.randomTerms(data) }
}

extension RegressionSpecification {
  /// Columns of which every row of a fit needs a value.
  var fittedRoles: [String] {
    [response, survival?.time, survival?.event, survival?.entry, weights, offset, strata, cluster].compactMap { $0 }
      + random.flatMap { $0.grouping + $0.slopes }
  }

  /// Whether the fit can hold factors of many levels as codes.
  var takesLargeFactors: Bool {
    guard survival == nil, random.isEmpty, weightMeaning == .precision else { return false }
    switch penalty {
    case .none: return precision == .standard
    case .ridge(let lambda): return lambda != nil
    case .elasticNet, .firth: return false
    }
  }

  func randomTerms(_ data: Predictors) throws(RegressionError) -> [RandomTerm] {
    var terms: [RandomTerm] = []
    for effect in random {
      let grouping = try data.combinedLevels(effect.grouping)
      var slopes: [RandomTerm.Slope] = []
      for name in effect.slopes { slopes.append(RandomTerm.Slope(name: name, values: try data.numbers(name))) }
      terms.append(
        RandomTerm(
          factor: effect.grouping.joined(separator: ":"), codes: grouping.codes, levels: grouping.levels,
          intercept: effect.intercept, slopes: slopes, correlated: effect.isCorrelated))
    }
    return terms
  }
}

extension Predictors {
  func numbers(_ name: String) throws(RegressionError) -> [Double] {
    switch self[name] {
    case .numeric(let values): return values
    case .factor: throw .wrongKind(predictor: name, needs: "numbers")
    case nil: throw .unknownPredictor(name)
    }
  }

  /// Codes into the levels of a column; numbers count as levels by their value.
  func levels(_ name: String) throws(RegressionError) -> (codes: [Int32], levels: [String]) {
    switch self[name] {
    case .factor(let codes, let levels): return (codes, levels)
    case .numeric(let values):
      let different = Set(values.filter { !$0.isNaN }).sorted()
      let code = Dictionary(uniqueKeysWithValues: different.enumerated().map { ($1, Int32($0)) })
      return (values.map { code[$0] ?? -1 }, different.map(Predictors.written))
    case nil: throw .unknownPredictor(name)
    }
  }

  /// A number as a level's name: whole numbers without a decimal point.
  static func written(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  /// The levels of the combination of several columns: `east/P017`.
  func combinedLevels(_ names: [String]) throws(RegressionError) -> (codes: [Int32], levels: [String]) {
    guard let first = names.first else { throw .badSpecification("a random effect names no factor") }
    var (codes, levels) = try self.levels(first)
    for name in names.dropFirst() {
      let (more, moreLevels) = try self.levels(name)
      var number: [Int64: Int32] = [:]
      var combined: [String] = []
      codes = zip(codes, more).map { left, right in
        guard left >= 0, right >= 0 else { return -1 }
        let key = Int64(left) * Int64(moreLevels.count) + Int64(right)
        if let known = number[key] { return known }
        let next = Int32(combined.count)
        number[key] = next
        combined.append("\(levels[Int(left)])/\(moreLevels[Int(right)])")
        return next
      }
      levels = combined
    }
    return (codes, levels)
  }

  /// - Parameter event: the level of the event column that counts as one; nil where it holds 0 and 1.
  func survivalResponse(
    _ survival: RegressionSpecification.Survival, event: String?, strata: String?
  ) throws(RegressionError) -> SurvivalResponse {
    let events = try response(survival.event, event: event)
    if let row = events.firstIndex(where: { $0 != 0 && $0 != 1 }) {
      throw .badResponse(row: row, value: events[row], allowed: "0 and 1")
    }
    var groups: Strata?
    if let strata { groups = try self.strata(strata) }
    var entry: [Double]?
    if let name = survival.entry { entry = try numbers(name) }
    return try SurvivalResponse(
      time: try numbers(survival.time), event: events.map { $0 == 1 }, entry: entry, strata: groups)
  }

  /// The strata of a column in the order of their names.
  func strata(_ name: String) throws(RegressionError) -> Strata {
    let (codes, levels) = try levels(name)
    var present = Set(codes.map { levels[Int($0)] }).map { $0 }
    present.sortAsLevels()
    let position = Dictionary(uniqueKeysWithValues: present.enumerated().map { ($1, $0) })
    return Strata(codes: codes.map { position[levels[Int($0)]] ?? 0 }, names: present)
  }

  /// A response: the number, or 1 for the level that is the event and 0 for the others.
  func response(_ name: String, event: String?) throws(RegressionError) -> [Double] {
    switch (self[name], event) {
    case (nil, _): throw .unknownPredictor(name)
    case (.numeric(let values), nil): return values
    case (.numeric(let values), let event?):
      guard let number = Double(event), values.contains(number) else {
        throw .badSpecification("the response `\(name)` never is the event `\(event)`")
      }
      return values.map { $0.isNaN ? .nan : $0 == number ? 1 : 0 }
    case (.factor(_, let levels), nil):
      throw .badSpecification(
        "the response `\(name)` holds levels (\(levels.sorted().prefix(5).joined(separator: ", "))); name the one that "
          + "counts as 1 with `event:`")
    case (.factor(let codes, let levels), let event?):
      guard let code = levels.firstIndex(of: event) else {
        throw .badSpecification(
          "the response `\(name)` never is the event `\(event)`; its levels are "
            + levels.sorted().prefix(5).joined(separator: ", "))
      }
      return codes.map { $0 < 0 ? .nan : Int($0) == code ? 1 : 0 }
    }
  }
}
