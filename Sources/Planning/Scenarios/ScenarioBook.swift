import Specifications
import Tables

/// A patch on the plan: `{extends: base, set: {budget.quarter: "*0.85"}}`.
struct Scenario: Sendable {
  var name: String
  var origin: Origin
  var parent: String?
  var parentOrigin: Origin
  var patches: [Patch]
}

/// The scenarios of a plan, checked as a whole.
struct ScenarioBook: Sendable {
  static let base = "base"

  private(set) var scenarios: [Scenario] = []

  /// Reads `scenarios:`; what is wrong with any of them is reported, whichever is asked for.
  init(_ document: SpecificationDocument, findings: inout Findings) {
    let section = document.root["scenarios"]
    guard let section, case .mapping(let entries) = section.content else { return }
    for entry in entries {
      if entry.key == Self.base, let change = entry.value["set"] ?? entry.value["extends"] {
        findings.add(
          document.diagnostic(
            PlanCodes.scenarioTwice, "`base` is the plan as it stands and sets nothing", at: change.origin,
            hint: "give the scenario another name"))
      }
      var scenario = Scenario(
        name: entry.key, origin: entry.keyOrigin, parent: nil, parentOrigin: entry.keyOrigin, patches: [])
      if let parent = entry.value["extends"], case .scalar(let scalar) = parent.content {
        scenario.parent = scalar.text
        scenario.parentOrigin = parent.origin
      }
      if let set = entry.value["set"], case .mapping(let settings) = set.content {
        scenario.patches = settings.compactMap { setting in
          Self.patch(setting, of: entry.key, document, &findings)
        }
      }
      scenarios.append(scenario)
    }
    for scenario in scenarios { _ = chain(to: scenario, document, findings: &findings) }
  }

  var names: [String] { scenarios.map(\.name) }

  /// The patches of a scenario, those of the scenarios that it extends first.
  /// - Returns: nil, with a finding, where the plan has no such scenario.
  func patches(of name: String, file: String, findings: inout Findings) -> [Patch]? {
    guard let scenario = scenarios.first(where: { $0.name == name }) else {
      if name == Self.base { return [] }
      let known = [Self.base] + names.filter { $0 != Self.base }
      findings.add(
        Diagnostic(
          PlanCodes.unknownScenario, .error, "the plan has no scenario `\(name)`", at: SourcePlace(file: file),
          hint: Suggestion.hint(for: name, among: known)))
      return nil
    }
    var ignored = Findings()
    return chain(to: scenario, nil, findings: &ignored).flatMap(\.patches)
  }

  /// The scenario and what it extends, farthest first; stops, with a finding, at an unknown one or a circle.
  private func chain(
    to scenario: Scenario, _ document: SpecificationDocument?, findings: inout Findings
  ) -> [Scenario] {
    var chain = [scenario]
    while let last = chain.last, let parent = last.parent {
      guard let next = scenarios.first(where: { $0.name == parent }) else {
        if parent != Self.base, chain.count == 1, let document {
          findings.add(
            document.diagnostic(
              PlanCodes.unknownScenario, "`\(last.name)` extends `\(parent)`, which the plan does not define",
              at: last.parentOrigin, hint: Suggestion.hint(for: parent, among: [Self.base] + names)))
        }
        break
      }
      if let start = chain.firstIndex(where: { $0.name == next.name }) {
        // Every member of a circle sees it; the first in the plan's order reports it.
        let circle = chain[start...].map(\.name)
        if start == 0, names.first(where: circle.contains) == scenario.name, let document {
          findings.add(
            document.diagnostic(
              PlanCodes.scenarioCycle, "`" + (circle + [next.name]).joined(separator: "` extends `") + "`",
              at: last.parentOrigin, hint: "let one of them extend `base`"))
        }
        break
      }
      chain.append(next)
    }
    return chain.reversed()
  }

  private static func patch(
    _ setting: LocatedNode.Entry, of scenario: String, _ document: SpecificationDocument, _ findings: inout Findings
  ) -> Patch? {
    guard
      let patch = Patch(
        key: setting.key, value: setting.value, of: scenario, source: document.source, findings: &findings)
    else { return nil }
    guard let first = patch.path.first, !PlanSource.reservedKeys.contains(first) else {
      findings.add(
        document.diagnostic(
          PlanCodes.reservedKey, "a scenario cannot change `\(setting.key)`", at: setting.keyOrigin,
          hint: "change it in the plan itself"))
      return nil
    }
    let named = patch.ofNamedInput
    named.checkFactor(&findings)
    return named
  }
}

extension Patch {
  /// The sections whose keys are names with a factor each.
  private static let namedInputs = ["demand", "supply", "price", "cost"]

  /// `supply.*` is `supply.all`: every name, whether the plan lists it or not, and nothing that is no name.
  var ofNamedInput: Patch {
    guard path.count == 2, path[1] == "*", Self.namedInputs.contains(path[0]) else { return self }
    var patch = self
    patch.path[1] = "all"
    return patch
  }

  /// `price.all=+5` would make prices six times as high: factors are 1 where nothing is set.
  func checkFactor(_ findings: inout Findings) {
    guard path.count == 2, Self.namedInputs.contains(path[0]), path[1] != "elasticity", path[1] != "months",
      case .adjust(let adjustment) = change, adjustment.operation != .multiply,
      let amount = Double(adjustment.operand), amount >= 1
    else { return }
    let sign = adjustment.operation.rawValue
    let percent = amount < 100 ? amount : 5
    let factor = ((adjustment.operation == .add ? 100 + percent : 100 - percent) * 1e4).rounded() / 1e6
    findings.add(
      Diagnostic(
        PlanCodes.factorByDifference, .error,
        "`\(path.joined(separator: "."))` is a factor, 1 as the plan stands: `\(sign)\(adjustment.operand)` makes it "
          + "\(adjustment.operation == .add ? "\((1 + amount).written)" : "negative or nothing")",
        at: origin.place,
        hint: "write *\(factor.written) for \(percent.written) % \(adjustment.operation == .add ? "more" : "less")"))
  }
}
