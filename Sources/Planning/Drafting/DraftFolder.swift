public import Tables

/// Puts a drafted plan into a folder, with paths to the data from there, or with a copy of the data beside it.
public struct DraftFolder: Sendable {
  private let draft: PlanDraft
  private let source: String
  private let target: String
  private let copies: Bool

  /// - Parameters:
  ///   - source: The folder of the data.
  ///   - target: The folder for `plan.yaml`; it is made where it does not exist.
  ///   - copies: Whether the tables of the plan are copied into `data/` beside it.
  public init(_ draft: PlanDraft, source: String, target: String, copies: Bool) {
    self.draft = draft
    self.source = source
    self.target = target
    self.copies = copies
  }

  /// Writes the plan and returns its path, as the user would name it. A plan that is there stays, with a finding.
  public func write(findings: inout Findings) throws(FileError) -> String {
    let plan = target == "." ? "plan.yaml" : target + "/plan.yaml"
    guard !FileSystem.exists(plan) else {
      findings.add(
        Diagnostic(
          DraftCodes.planExists, "there is a `\(plan)` already, and it stays as it is", at: SourcePlace(file: plan),
          hint: "name a folder for the new plan: sluice init --from \(source) FOLDER"))
      return plan
    }
    try FolderListing.makeFolders(target)
    var data = FolderListing.relativePath(of: source, from: target)
    if copies {
      data = "data"
      try FolderListing.makeFolders(target + "/data")
      for table in draft.tables {
        // Sheets of one workbook have one file.
        let (from, name) = (TableReference(path: table.path).path, TableReference(path: table.file).path)
        try AtomicFile.copy(from, to: target + "/data/" + name)
      }
    }
    try AtomicFile.write(draft.yaml(folder: data, origin: source), to: plan)
    return plan
  }
}
