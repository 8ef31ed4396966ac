import Regression
import Tables

/// `family` and `penalty`: a word, or a section with one key whose value says more.
extension RegressionFileDecoder {
  private static let families = ["gaussian", "binomial", "poisson", "gamma", "tweedie", "negativeBinomial"]
  private static let penalties = ["none", "ridge", "lasso", "elasticNet", "firth"]

  func family(_ root: inout MappingCursor) -> Family? {
    guard root.shape(of: "family") == .section else {
      let read = root.read("family", as: .named(Self.families.map { ($0, $0) }, synonyms: Self.underscored))
      guard let read else { return nil }
      if read.value == "tweedie" {
        root.report(
          SpecificationCodes.missingKey, "the Tweedie family needs its power", at: read.place,
          hint: "write family: {tweedie: {power: 1.5}}")
      }
      return Self.plainFamily(read.value)
    }
    return root.section("family") { family in
      switch oneKey(&family, Self.families) {
      case "tweedie":
        let power = Self.setting("tweedie", "power", .number(.between(1, 2)), &family, isRequired: true)
        return power.map { .tweedie(power: $0) }
      case "negativeBinomial":
        return .negativeBinomial(size: Self.setting("negativeBinomial", "size", .number(.above(0)), &family))
      case let name?:
        family.keepSection(name)
        return Self.plainFamily(name)
      case nil: return nil
      }
    }
  }

  private static func plainFamily(_ name: String) -> Family? {
    switch name {
    case "gaussian": .gaussian
    case "binomial": .binomial
    case "poisson": .poisson
    case "gamma": .gamma
    case "negativeBinomial": .negativeBinomial(size: nil)
    default: nil
    }
  }

  func penalty(_ root: inout MappingCursor) -> RegressionSpecification.Penalty {
    guard root.shape(of: "penalty") == .section else {
      let words = Self.penalties.filter { $0 != "elasticNet" }
      switch root.read("penalty", as: .word(of: words), default: "none").value {
      case "ridge": return .ridge(nil)
      case "lasso": return .elasticNet(lambda: nil, alpha: 1)
      case "firth": return .firth
      default: return .none
      }
    }
    return root.section("penalty") { penalty in
      switch oneKey(&penalty, Self.penalties) {
      case "ridge": return .ridge(Self.lambda("ridge", &penalty))
      case "lasso": return .elasticNet(lambda: Self.lambda("lasso", &penalty), alpha: 1)
      case "elasticNet":
        return penalty.section("elasticNet") { net in
          let alpha = net.require(
            "alpha", as: .number(.between(0, 1)), hint: "add `alpha:`, 1 for the lasso, 0 for ridge")
          return .elasticNet(lambda: Self.lambda("lambda", &net), alpha: alpha?.value ?? 1)
        }
      case "firth":
        _ = penalty.read("firth", as: .flag)
        return .firth
      default: return .none
      }
    }
  }

  /// A weight of a penalty; nil for `auto`.
  private static func lambda(_ key: String, _ cursor: inout MappingCursor) -> Double? {
    if cursor.shape(of: key) == .section { return cursor.section(key) { lambda("lambda", &$0) } }
    if cursor.isWord("auto", at: key) {
      _ = cursor.read(key, as: .text)
      return nil
    }
    return cursor.read(key, as: .number(.atLeast(0)))?.value
  }

  /// `{tweedie: {power: 1.5}}`, also `{tweedie: 1.5}`.
  private static func setting(
    _ key: String, _ inner: String, _ format: ScalarFormat<Double>, _ cursor: inout MappingCursor,
    isRequired: Bool = false
  ) -> Double? {
    guard cursor.shape(of: key) == .section else { return cursor.read(key, as: format)?.value }
    return cursor.section(key) { section in
      isRequired ? section.require(inner, as: format)?.value : section.read(inner, as: format)?.value
    }
  }

  /// The one key of a section that names a choice; nil, with a finding, where there is none or several.
  private func oneKey(_ cursor: inout MappingCursor, _ words: [String]) -> String? {
    let known = cursor.keys.filter(words.contains)
    if known.count == 1 { return known[0] }
    let unknown = cursor.keys.first { !words.contains($0) }
    cursor.forgive()
    if let unknown, known.isEmpty {
      cursor.report(
        SpecificationCodes.unknownWord, "`\(cursor.path.last ?? "")` cannot be `\(unknown)`",
        at: cursor.origin(of: unknown), hint: Suggestion.hint(for: unknown, among: words))
    } else {
      cursor.report(
        RegressionFileCodes.contradiction, "`\(cursor.path.last ?? "")` needs exactly one key", at: cursor.origin,
        hint: "one of: " + words.joined(separator: ", "))
    }
    return nil
  }
}
