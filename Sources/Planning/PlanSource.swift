public import Specifications
public import Tables

/// The files of a plan, read and parsed once: any number of scenarios are decoded from it, and none changes it.
public struct PlanSource: Sendable {
  let path: String
  private let environment: [String: String]
  private var document: SpecificationDocument
  private var book: ScenarioBook
  /// What was changed in an edited workbook; every plan of this source has it.
  public let workbook: WorkbookEdits?
  /// Sections that no scenario changed so far.
  private let sections = DecodedSections(first: "calendar")
  /// What is wrong with the files themselves and with their scenarios; told once, with the first plan.
  private var found: Findings

  /// The sections that no scenario and no uncertainty can change.
  static let reservedKeys: Set<String> = ["version", "name", "scenarios", "uncertainties"]

  /// Reads the plan file and `sluice.local.yaml` beside it.
  ///
  /// - Parameters:
  ///   - scenarios: further files with scenarios, as a plan's section `scenarios:` has them.
  ///   - workbook: what was changed in an edited workbook.
  ///   - environment: variables; those that do not start with `SLUICE_` are ignored.
  /// - Returns: nil where a file cannot be read; `findings` says why.
  public static func read(
    path: String, scenarios files: [String] = [], workbook: WorkbookEdits? = nil,
    environment: [String: String] = [:], findings: inout Findings
  ) -> PlanSource? {
    var found = Findings(limit: findings.limit)
    guard var document = SpecificationDocument.read(path, findings: &found) else {
      findings.merge(found)
      return nil
    }
    let local = PlanFolder(of: path).path("sluice.local.yaml")
    if let upper = SpecificationDocument.readIfPresent(local, layer: .localFile, findings: &found) {
      document.merge(upper)
    }
    for file in files {
      guard let further = SpecificationDocument.read(file, findings: &found) else { continue }
      for other in further.keys where other.key != "scenarios" {
        found.add(
          further.diagnostic(
            PlanCodes.notAScenario, "a file of scenarios has no key `\(other.key)`", at: other.origin,
            hint: "write the scenarios below `scenarios:`"))
      }
      for twice in further.scenarioKeys {
        guard let first = document.scenarioKeys.first(where: { $0.key == twice.key }), twice.key != ScenarioBook.base
        else { continue }
        found.add(
          further.diagnostic(
            PlanCodes.scenarioTwice, "the scenario `\(twice.key)` is there already", at: twice.keyOrigin,
            hint: "give one of them another name", notes: ["the first is written at \(first.keyOrigin.place)"]))
      }
      document.merge(further.keeping("scenarios"))
    }
    let book = ScenarioBook(document, findings: &found)
    return PlanSource(
      path: path, environment: environment, document: document, book: book, workbook: workbook, found: found)
  }

  /// The scenarios that the files define, in their order.
  public var scenarioNames: [String] { book.names }

  /// Whether there is a scenario of this name; `base` always is.
  public func has(_ scenario: String) -> Bool { scenario == ScenarioBook.base || book.names.contains(scenario) }

  /// The plan with a scenario and changes on top.
  ///
  /// - Parameters:
  ///   - scenario: nil for the plan as it stands.
  ///   - overrides: texts of `--set`.
  ///   - changes: further patches, applied last.
  ///   - findings: gets what is wrong with files, patches and values.
  /// - Returns: the plan with defaults in place of what was wrong; it may be run only where `findings` has no errors.
  public func plan(
    scenario: String? = nil, overrides: [String] = [], changes: [Patch] = [], findings: inout Findings
  ) -> LoadedPlan {
    var found = self.found
    defer { findings.merge(found.sortedByPlace()) }
    var document = self.document
    if let scenario, let patches = book.patches(of: scenario, file: path, findings: &found) {
      document.apply(patches, findings: &found)
    }
    if let workbook { document.apply(workbook.patches, findings: &found) }
    let patches = (overrides.compactMap { Patch(setting: $0, findings: &found) } + changes).map(\.ofNamedInput)
    for patch in patches { patch.checkFactor(&found) }
    document.apply(patches, findings: &found)

    let (decoded, resolved) = SpecificationDecoder.decode(
      document, environment: environment, known: sections, findings: &found
    ) {
      PlanDecoder(folder: PlanFolder(of: path)).decode(&$0)
    }
    var plan = decoded
    plan.scenario = scenario ?? ScenarioBook.base
    plan.scenarioNames = book.names
    plan.resolved = resolved
    plan.source = document.source
    return LoadedPlan(plan: plan, resolved: resolved)
  }

  /// What the settings of a run folder differ in from those of an earlier one; empty where a folder has none.
  public static func changes(from base: String, to run: String, findings: inout Findings) -> [SettingChange] {
    func resolved(_ folder: String) -> ResolvedDocument? {
      SpecificationDocument.read(folder + "/plan.resolved.yaml", findings: &findings).map { ResolvedDocument(of: $0) }
    }
    guard let before = resolved(base), let after = resolved(run) else { return [] }
    return SettingChange.between(before, after)
  }

  /// The plan file with some of its values changed, as a diff that a person reviews before it is applied.
  public func adopting(_ settings: [SettingChange]) -> SpecificationEdit {
    var edit = SpecificationEdit(document, file: path)
    for setting in settings {
      guard let value = setting.value else { continue }
      edit.set(setting.path, to: value)
    }
    return edit
  }
}

extension SpecificationDocument {
  /// The scenarios that a file writes.
  fileprivate var scenarioKeys: [LocatedNode.Entry] {
    guard case .mapping(let entries)? = root["scenarios"]?.content else { return [] }
    return entries
  }
}
