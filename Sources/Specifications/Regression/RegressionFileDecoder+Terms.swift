import Regression
import Tables

extension RegressionFileDecoder {
  typealias Term = DesignSpecification.Term

  /// Degrees of freedom of a spline that names none: knots at five places, enough for most shapes.
  /// Source: Harrell, "Regression Modeling Strategies" (2nd ed., 2015), section 2.4.6.
  static let standardDegrees = 4
  private static let kinds = ["factor", "spline", "polynomial", "interaction", "numeric", "log"]
  private static let hint =
    "a term is a column, or {factor: …}, {spline: …, df: 4}, {polynomial: …, degree: 2}, {interaction: [a, b]}, "
    + "{numeric: …}, {log: …}"

  /// The terms; nil where the file leaves them to choice.
  mutating func terms(_ root: inout MappingCursor) -> [Term]? {
    guard let shape = root.shape(of: "terms") else {
      root.expect("terms")
      return nil
    }
    guard shape == .list else {
      _ = root.read("terms", as: .word(of: ["auto"], "`auto` or a list of terms"))
      return nil
    }
    guard case .sequence(let items)? = root.take("terms")?.content else { return nil }
    var terms: [(term: Term, place: SourcePlace)] = []
    for (index, item) in items.enumerated() {
      guard let term = term(item, "terms", index + 1, &root) else { continue }
      if let first = terms.first(where: { $0.term == term }) {
        root.report(
          SpecificationCodes.repeatedItem, "the term `\(term.predictors.joined(separator: ":"))` is listed twice",
          at: item.origin, hint: "remove one", notes: ["it is first listed at \(first.place)"])
      } else {
        terms.append((term, item.origin.place))
      }
    }
    return terms.map(\.term)
  }

  private mutating func term(
    _ node: LocatedNode, _ list: String, _ number: Int, _ root: inout MappingCursor
  ) -> Term? {
    let name = "\(list) item \(number)"
    switch node.content {
    case .scalar:
      guard let column = root.value(of: node, name, .text, default: nil, path: nil) else { return nil }
      note(column)
      flexible.insert(column.value)
      return .numeric(column.value, standardised: false)
    case .sequence:
      root.report(
        SpecificationCodes.wrongShape, "`\(name)` is a list, where a term is expected", at: node.origin,
        hint: "for the products of columns write {interaction: [a, b]}")
      return nil
    case .mapping:
      return root.section(node, as: name) { cursor in term(&cursor, node) }
    }
  }

  private mutating func term(_ cursor: inout MappingCursor, _ node: LocatedNode) -> Term? {
    guard let kind = Self.kinds.first(where: { cursor.shape(of: $0) != nil }) else {
      cursor.forgive()
      let written = cursor.keys.first ?? ""
      let nearest = Suggestion.closest(to: written, among: Self.kinds).map { "did you mean `\($0)`? " } ?? ""
      cursor.report(
        SpecificationCodes.unknownKey, "`\(written)` is no kind of term", at: cursor.origin(of: written),
        hint: nearest + Self.hint)
      return nil
    }
    if kind == "interaction" { return interaction(&cursor) }
    // {spline: tenure, df: 5} and {spline: {name: tenure, df: 5}} say the same.
    if cursor.shape(of: kind) == .section {
      return cursor.section(kind) { inner in
        let column = inner.require("name", as: .text, hint: "add `name:` with the column")
        return term(kind, column, &inner)
      }
    }
    return term(kind, cursor.require(kind, as: .text), &cursor)
  }

  private mutating func term(_ kind: String, _ column: Located<String>?, _ cursor: inout MappingCursor) -> Term? {
    let column = kind == "log" ? column.map { Located("log(\($0.value))", at: $0.place) } : column
    note(column)
    if let column { decided.insert(column.value) }
    switch kind {
    case "factor":
      let reference: Located<String>? = cursor.read("reference", as: .text)
      return column.map { .factor($0.value, reference: reference?.value) }
    case "spline":
      let degrees = cursor.read("df", as: .integer(.between(1, 50)), default: Self.standardDegrees).value
      return column.map { .spline($0.value, degreesOfFreedom: degrees) }
    case "polynomial":
      let degree = cursor.require("degree", as: .integer(.between(1, 50)), hint: "add `degree:`, such as 2")
      guard let column, let degree else { return nil }
      return .polynomial(column.value, degree: degree.value)
    case "numeric":
      let standardised = cursor.read("standardised", as: .flag, default: false).value
      return column.map { .numeric($0.value, standardised: standardised) }
    default: return column.map { .numeric($0.value, standardised: false) }
    }
  }

  private mutating func interaction(_ cursor: inout MappingCursor) -> Term? {
    guard let node = cursor.take("interaction") else { return nil }
    guard case .sequence(let items) = node.content, items.count >= 2 else {
      cursor.report(
        SpecificationCodes.wrongShape, "an interaction needs a list of two terms or more", at: node.origin,
        hint: "write {interaction: [a, b]}")
      return nil
    }
    var parts: [Term] = []
    for (index, item) in items.enumerated() {
      if let part = term(item, "interaction", index + 1, &cursor) { parts.append(part) }
    }
    return parts.count == items.count ? .interaction(parts) : nil
  }

  // MARK: Random effects

  mutating func randomEffects(_ root: inout MappingCursor) -> [RegressionSpecification.RandomEffect] {
    guard root.shape(of: "random") != nil else {
      root.expect("random")
      return []
    }
    guard let node = root.take("random") else { return [] }
    guard case .sequence(let items) = node.content else {
      root.report(
        SpecificationCodes.wrongShape, "`random` is \(node.kind), where a list is expected", at: node.origin,
        hint: "write random: [{intercept: COLUMN}]")
      return []
    }
    return items.enumerated().compactMap { index, item in
      root.section(item, as: "random item \(index + 1)") { effect in randomEffect(&effect) }
    }
  }

  private mutating func randomEffect(_ cursor: inout MappingCursor) -> RegressionSpecification.RandomEffect? {
    let intercepts = columns("intercept", &cursor)
    let groups = columns("by", &cursor)
    let slopes = columns("slope", &cursor) + columns("slopes", &cursor)
    let isCorrelated = cursor.read("correlated", as: .flag, default: true).value
    guard cursor.shape(of: "intercept") == nil || cursor.shape(of: "by") == nil else {
      cursor.report(
        RegressionFileCodes.contradiction, "a random effect has its factor in `intercept` or in `by`, not in both",
        at: cursor.origin(of: "by"), hint: "write {intercept: FACTOR, slopes: [x]}, or {slope: x, by: FACTOR}")
      return nil
    }
    guard !intercepts.isEmpty || (!groups.isEmpty && !slopes.isEmpty) else {
      cursor.report(
        SpecificationCodes.missingKey, "a random effect needs a factor whose levels vary", at: cursor.origin,
        hint: "write {intercept: FACTOR}, {intercept: FACTOR, slopes: [x]} or {slope: x, by: FACTOR}")
      return nil
    }
    return RegressionSpecification.RandomEffect(
      grouping: intercepts.isEmpty ? groups : intercepts, intercept: !intercepts.isEmpty, slopes: slopes,
      isCorrelated: isCorrelated)
  }
}
