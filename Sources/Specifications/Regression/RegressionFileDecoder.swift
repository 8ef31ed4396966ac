import Regression
import Tables

/// Turns the keys of a model file into a `RegressionFile`.
struct RegressionFileDecoder {
  typealias Specification = RegressionSpecification
  /// Columns of terms without a kind of their own.
  var flexible: Set<String> = []
  /// Columns that some term needs as numbers or as levels.
  var decided: Set<String> = []
  /// Where columns are named first.
  var places: [String: SourcePlace] = [:]

  /// Keys and words of two words, as plans would write them.
  static let underscored = [
    "weight_meaning": "weightMeaning", "elastic_net": "elasticNet", "negative_binomial": "negativeBinomial",
  ]

  mutating func decode(_ root: inout MappingCursor, path: String, source: SourceText) -> RegressionFile {
    var specification = Specification(response: "")
    _ = root.read("name", as: .text)
    responses(&root, &specification)
    specification.family = specification.survival == nil ? family(&root) ?? .gaussian : .binomial
    specification.link = link(&root, specification)
    specification.intercept = root.read("intercept", as: .flag, default: true).value
    specification.terms = terms(&root)
    weighting(&root, &specification)
    specification.penalty = penalty(&root)
    dependence(&root, &specification)
    specification.missing = root.read("missing", as: Self.missing, default: .leaveOut).value
    specification.unseen = root.read("unseen", as: .choice, default: .reference).value
    specification.precision = root.read("precision", as: .choice, default: .standard).value
    specification.seed = UInt64(root.read("seed", as: .integer(.atLeast(0)), default: 1).value)
    specification.join = join(&root)
    let drawn = folds(&root, &specification, seed: specification.seed)
    specification.holdouts = columns("holdouts", &root)
    specification.ignore = columns("ignore", &root, areNamed: false)
    specification.horizons = horizons(&root)
    let open = flexible.subtracting(decided)
    RegressionFileChecks(specification: specification, places: places, flexible: open).report(to: &root)
    var keyPlaces: [String: SourcePlace] = [:]
    for key in root.keys { keyPlaces[key] = root.origin(of: key).place }
    return RegressionFile(
      path: path, specification: specification, flexible: open, drawnFolds: drawn,
      places: places, keyPlaces: keyPlaces, source: source)
  }

  // MARK: What is explained

  private mutating func responses(_ root: inout MappingCursor, _ specification: inout Specification) {
    specification.response = column("response", &root)
    specification.event = root.read("event", as: .text)?.value
    let ties: Located<TiesMethod>? = root.read("ties", as: .choice)
    let read = root.sectionIfPresent("survival") { survival -> Specification.Survival? in
      let time = survival.require("time", as: .text, hint: "add `time:` with the column of times")
      let event = survival.require("event", as: .text, hint: "add `event:` with the column that tells events")
      let entry = survival.read("entry", as: .text)
      let model = survival.read("model", as: Self.survivalModel, default: .cox).value
      let ownTies: Located<TiesMethod>? = survival.read("ties", as: .choice)
      for column in [time, event, entry] { note(column) }
      guard let time, let event else { return nil }
      return Specification.Survival(
        time: time.value, event: event.value, entry: entry?.value, model: model,
        ties: ownTies?.value ?? ties?.value ?? .efron)
    }
    specification.survival = read ?? nil
    let isSurvival = root.shape(of: "survival") != nil
    if specification.response == nil, !isSurvival, root.shape(of: "response") == nil {
      root.report(
        SpecificationCodes.missingKey, "the file names nothing to explain", at: root.origin,
        hint: "add `response: COLUMN`, or `survival: {time: COLUMN, event: COLUMN}`")
    }
    if isSurvival, root.shape(of: "response") != nil {
      root.report(
        RegressionFileCodes.contradiction, "both `response` and `survival` are given",
        at: root.origin(of: "response"), hint: "keep one of them")
    }
    if !isSurvival { onlyWith("survival", ["ties", "horizons", "strata"], &root) }
    if isSurvival, root.shape(of: "family") != nil {
      root.report(
        RegressionFileCodes.contradiction, "`family` has no meaning for survival", at: root.origin(of: "family"),
        hint: "choose the model instead: `survival: {…, model: cox}`")
      root.keepSection("family")
    }
  }

  /// Reports keys that mean something only beside another one.
  private func onlyWith(_ other: String, _ keys: [String], _ root: inout MappingCursor) {
    for key in keys where root.shape(of: key) != nil {
      root.report(
        RegressionFileCodes.contradiction, "`\(key)` has a meaning only with `\(other)`", at: root.origin(of: key),
        hint: "add `\(other)`, or remove `\(key)`")
    }
  }

  private mutating func link(_ root: inout MappingCursor, _ specification: Specification) -> Link? {
    guard let link: Located<Link> = root.read("link", as: .choice) else { return nil }
    let allowed = specification.family.links
    guard !allowed.contains(link.value) else { return link.value }
    root.report(
      RegressionFileCodes.contradiction,
      "the link `\(link.value.rawValue)` can give means that the family \(specification.family) does not allow",
      at: link.place, hint: "one of: " + allowed.map(\.rawValue).joined(separator: ", "))
    return nil
  }

  // MARK: Rows

  private mutating func weighting(_ root: inout MappingCursor, _ specification: inout Specification) {
    specification.weights = column("weights", &root)
    specification.weightMeaning = root.read("weightMeaning", as: Self.weightMeaning, default: .precision).value
    specification.offset = column("offset", &root)
    if root.shape(of: "weights") == nil { onlyWith("weights", ["weightMeaning"], &root) }
  }

  private mutating func dependence(_ root: inout MappingCursor, _ specification: inout Specification) {
    specification.random = randomEffects(&root)
    specification.estimation = root.read("estimation", as: .choice, default: .reml).value
    specification.quadraturePoints = root.read("quadrature", as: .integer(.between(1, 100)), default: 1).value
    if root.shape(of: "random") == nil { onlyWith("random", ["estimation", "quadrature"], &root) }
    specification.strata = column("strata", &root)
    specification.cluster = column("cluster", &root)
    let errors: Located<Specification.Errors>? = root.read("errors", as: .choice)
    specification.errors = errors?.value ?? (specification.cluster == nil ? .model : .clustered)
    if let errors, errors.value == .clustered, root.shape(of: "cluster") == nil {
      root.report(
        SpecificationCodes.missingKey, "clustered errors need the column of the clusters", at: errors.place,
        hint: "add `cluster: COLUMN`")
    }
    if let errors, errors.value != .clustered, specification.cluster != nil {
      root.report(
        RegressionFileCodes.contradiction, "`cluster` asks for clustered errors, `errors` for others",
        at: errors.place, hint: "remove one of the two")
    }
  }

  private mutating func join(_ root: inout MappingCursor) -> Specification.Join? {
    root.sectionIfPresent("join") { join -> Specification.Join? in
      let file = join.require("file", as: .text, hint: "add `file:` with the path of the other table")
      let key = join.require("on", as: .text, hint: "add `on:` with the column that both tables have")
      note(key)
      guard let file, let key else { return nil }
      return Specification.Join(file: file.value, key: key.value)
    } ?? nil
  }

  private mutating func folds(
    _ root: inout MappingCursor, _ specification: inout Specification, seed: UInt64
  ) -> RegressionFile.FoldDraw? {
    guard root.shape(of: "folds") == .section else {
      specification.folds = columns("folds", &root)
      return nil
    }
    return root.section("folds") { folds in
      let count = folds.require("count", as: .integer(.between(2, 1000)), hint: "add `count:` with the number of folds")
      let own = folds.read("seed", as: .integer(.atLeast(0)))
      return count.map { RegressionFile.FoldDraw(count: $0.value, seed: own.map { UInt64($0.value) } ?? seed) }
    }
  }

  private func horizons(_ root: inout MappingCursor) -> [Double] {
    let format = ScalarFormat<Double>.number(.above(0))
    if root.shape(of: "horizons") == .value { return root.read("horizons", as: format).map { [$0.value] } ?? [] }
    return root.list("horizons", of: format).map(\.value).sorted()
  }

  // MARK: Columns

  /// A key whose value is the name of a column.
  mutating func column(_ key: String, _ root: inout MappingCursor) -> String? {
    let read: Located<String>? = root.read(key, as: .text)
    note(read)
    return read?.value
  }

  /// A key whose value is a list of columns; one column needs no brackets.
  mutating func columns(_ key: String, _ root: inout MappingCursor, areNamed: Bool = true) -> [String] {
    guard root.shape(of: key) == .list else {
      guard let read: Located<String> = root.read(key, as: .text) else { return [] }
      if areNamed { note(read) }
      return [read.value]
    }
    let read = root.list(key, of: .text)
    if areNamed { for column in read { note(column) } }
    return read.map(\.value)
  }

  mutating func note(_ column: Located<String>?) {
    guard let column, places[column.value] == nil else { return }
    places[column.value] = column.place
  }

  // MARK: Words

  private static let missing = ScalarFormat<DesignSpecification.MissingPolicy>.named(
    [("leave out", .leaveOut), ("mark", .mark)], synonyms: ["leaveOut": .leaveOut, "leave_out": .leaveOut])
  private static let weightMeaning = ScalarFormat<LinearRegression.WeightMeaning>.named(
    [("precision", .precision), ("replication", .replication)])
  private static let survivalModel = ScalarFormat<Specification.Survival.Model>.named(
    Specification.Survival.Model.allCases.map { ($0.rawValue, $0) }, synonyms: ["kaplan_meier": .kaplanMeier])
}

extension ScalarFormat {
  /// One of a few words, each with its value; synonyms are read but not suggested.
  static func named(_ words: [(String, Value)], synonyms: [String: Value] = [:]) -> Self
  where Value: Equatable {
    ScalarFormat(
      expected: "one of " + words.map(\.0).joined(separator: ", "), isText: true, vocabulary: words.map(\.0),
      parse: { text in words.first { $0.0 == text }?.1 ?? synonyms[text] },
      write: { value in words.first { $0.1 == value }?.0 ?? "" })
  }
}
