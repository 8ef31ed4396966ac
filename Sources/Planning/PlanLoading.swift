public import Specifications
public import Tables

/// A plan with every value's source.
public struct LoadedPlan: Sendable {
  public var plan: Plan
  public var resolved: ResolvedDocument

  /// The text of `plan.resolved.yaml`: the plan as it was used, each value with its source.
  public func resolvedYAML(header: [String] = []) -> String { resolved.yaml(header: header) }
}

extension Plan {
  /// Reads a plan and its layers: the file, `sluice.local.yaml` beside it, variables such as `SLUICE_BUDGET_QUARTER`,
  /// the scenario, an edited workbook, and the overrides of `--set`, each on top of the one before.
  ///
  /// - Parameters:
  ///   - path: The plan file; paths of tables in it are relative to its folder.
  ///   - overrides: Texts of `--set`: `budget.quarter=*0.9`.
  ///   - environment: Variables; those that do not start with `SLUICE_` are ignored.
  ///   - scenario: The scenario to apply; nil for the plan as it stands.
  ///   - workbook: What was changed in an edited workbook: see `WorkbookEdits`.
  /// - Returns: The plan with defaults in place of what was wrong, so that the tables can be checked in the same pass;
  ///   it may be run only where `findings` has no errors. Nil where the file itself cannot be read.
  public static func load(
    path: String, overrides: [String] = [], environment: [String: String] = [:], scenario: String? = nil,
    workbook: WorkbookEdits? = nil, findings: inout Findings
  ) -> LoadedPlan? {
    let source = PlanSource.read(path: path, workbook: workbook, environment: environment, findings: &findings)
    guard let source else { return nil }
    let loaded = source.plan(scenario: scenario, overrides: overrides, findings: &findings)
    workbook?.check(against: loaded.plan, findings: &findings)
    return loaded
  }

  /// A finding about a value of the plan, with the line that it was written on.
  public func diagnostic(
    _ code: DiagnosticCode, _ severity: Diagnostic.Severity = .error, _ message: String, at place: SourcePlace,
    hint: String? = nil, notes: [String] = []
  ) -> Diagnostic {
    source.diagnostic(code, severity, message, at: place, hint: hint, notes: notes)
  }

  /// The settings of some sections as text, defaults included and sources left out: equal texts mean that a stage that
  /// reads only these sections gives the same result. Empty for a plan that was built in code.
  public func canonicalText(sections: [String]) -> String { resolved.canonicalText(sections: sections) }
}

/// The folder of the plan, against which the paths in it are taken.
struct PlanFolder: Sendable {
  /// Ends with `/`, or is empty for the current folder.
  private let prefix: String

  init(of path: String) {
    prefix = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  func path(_ relative: String) -> String { relative.hasPrefix("/") ? relative : prefix + relative }
}

extension Findings {
  /// The same findings in the order of files, lines and columns, so that one reads them with the file open.
  func sortedByPlace() -> Findings {
    var files: [String] = []
    for case let file? in kept.map(\.place?.file) where !files.contains(file) { files.append(file) }
    let keyed = kept.enumerated().map { offset, finding in
      (
        file: finding.place.flatMap { place in files.firstIndex(of: place.file) } ?? files.count,
        line: finding.place?.line ?? 0, column: finding.place?.column ?? 0, offset: offset, finding: finding
      )
    }
    let sorted = keyed.sorted { ($0.file, $0.line, $0.column, $0.offset) < ($1.file, $1.line, $1.column, $1.offset) }
    var result = Findings(limit: limit)
    for item in sorted { result.add(item.finding) }
    for (severity, total, kept) in [
      (Diagnostic.Severity.error, errorCount, result.errorCount), (.warning, warningCount, result.warningCount),
      (.note, noteCount, result.noteCount),
    ] { result.count(severity, total - kept) }
    return result
  }
}
