import ChannelTypes
import Planning
import Specifications
public import Tables

extension RunView {
  /// The view of a run that has left its folder: what `record` wrote into `run.json`, and the tables beside it.
  ///
  /// A report made from it is the one that the run made.
  ///
  /// - Returns: nil where the folder is no run or a table is missing or changed; `findings` says so.
  public init?(folder: String, findings: inout Findings) {
    guard let saved = SavedRun(folder, findings: &findings) else { return nil }
    let root = saved.record
    guard let report = root["report"] else {
      findings.add(
        Diagnostic(
          SavedRunCodes.noRun, "`\(saved.path)/run.json` does not tell what a report needs",
          at: SourcePlace(file: saved.path + "/run.json"), hint: "run the plan again with this version"))
      return nil
    }
    func text(_ key: String) -> String { report[key]?.plainText ?? "" }
    func list<Element>(_ key: String, _ read: (LocatedNode) -> Element?) -> [Element] {
      (report[key]?.plainItems ?? []).compactMap(read)
    }
    self.init(
      run: text("run"), plan: text("plan"), scenario: text("scenario"), currency: text("currency"),
      seed: UInt64(text("seed")) ?? 0, version: text("version"), inputHash: text("input_hash"), folder: saved.path,
      inputs: list("inputs", Input.init), stages: list("stages", StageStatus.init),
      settings: list("settings", Setting.init), indicators: list("indicators", Indicator.init),
      certificates: list("certificates", Certificate.init), findings: Findings(report["findings"]),
      tables: Dictionary(saved.tables.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
  }

  /// Everything of the view that is in no table, for `run.json`: the inverse of `init(folder:)`.
  public var record: JSONValue {
    [
      "run": .string(run), "plan": .string(plan), "scenario": .string(scenario), "currency": .string(currency),
      "seed": .string(String(seed)), "version": .string(version), "input_hash": .string(inputHash),
      "inputs": .array(inputs.map(\.record)), "stages": .array(stages.map(\.record)),
      "indicators": .array(indicators.map(\.record)), "certificates": .array(certificates.map(\.record)),
      "findings": findings.record, "settings": .array(settings.map(\.record)),
    ]
  }
}

extension LocatedNode {
  fileprivate func text(_ key: String) -> String { self[key]?.plainText ?? "" }
  fileprivate func count(_ key: String) -> Int { Int(text(key)) ?? 0 }
  /// NaN where nothing is written: JSON has no other word for it.
  fileprivate func number(_ key: String) -> Double { Double(text(key)) ?? .nan }
}

extension RunView.Input {
  fileprivate init?(_ node: LocatedNode) {
    var periods: ClosedRange<Period>?
    if let form = PeriodForm(rawValue: UInt8(clamping: node.count("form"))), let first = Int(node.text("first")),
      let last = Int(node.text("last")), first <= last
    {
      periods = Period(form: form, ordinal: first)...Period(form: form, ordinal: last)
    }
    self.init(
      table: node.text("table"), file: node.text("file"), rows: node.count("rows"), columns: node.count("columns"),
      periods: periods, gaps: node.count("gaps"), hash: node.text("sha256"))
  }

  fileprivate var record: JSONValue {
    var members: [JSONValue.Member] = [
      .init("table", .string(table)), .init("file", .string(file)), .init("rows", .integer(rows)),
      .init("columns", .integer(columns)), .init("gaps", .integer(gaps)), .init("sha256", .string(hash)),
    ]
    if let periods {
      members.append(.init("form", .integer(Int(periods.lowerBound.form.rawValue))))
      members.append(.init("first", .integer(periods.lowerBound.ordinal)))
      members.append(.init("last", .integer(periods.upperBound.ordinal)))
    }
    return .object(members)
  }
}

extension RunView.StageStatus {
  fileprivate init?(_ node: LocatedNode) {
    guard let stage = StageName(rawValue: node.text("stage")), let outcome = Outcome(rawValue: node.text("outcome"))
    else { return nil }
    self.init(stage, outcome, note: node.text("note"))
  }

  fileprivate var record: JSONValue {
    .object([
      .init("stage", .string(stage.rawValue)), .init("outcome", .string(outcome.rawValue)),
      .init("note", .string(note)),
    ])
  }
}

extension RunView.Setting {
  fileprivate init?(_ node: LocatedNode) {
    guard let words = node.plainItems, words.count == 3 else { return nil }
    self.init(words[0].plainText ?? "", words[1].plainText ?? "", origin: words[2].plainText ?? "")
  }

  fileprivate var record: JSONValue { [.string(key), .string(value), .string(origin)] }
}

extension Indicator {
  fileprivate init?(_ node: LocatedNode) {
    self.init(
      node.text("name"), node.text("label"), node.number("value"), unit: node.text("unit"),
      better: Direction(rawValue: node.text("better")) ?? .neutral)
  }

  fileprivate var record: JSONValue {
    [
      "name": .string(name), "label": .string(label), "value": .number(value), "unit": .string(unit),
      "better": .string(better.rawValue),
    ]
  }
}

extension Certificate {
  fileprivate init?(_ node: LocatedNode) {
    self.init(
      problem: node.text("problem"), status: node.text("status"), sense: node.text("sense"),
      objective: node.number("objective"), bound: node.number("bound"), unit: node.text("unit"))
  }

  fileprivate var record: JSONValue {
    [
      "problem": .string(problem), "status": .string(status), "sense": .string(sense), "objective": .number(objective),
      "bound": .number(bound), "unit": .string(unit),
    ]
  }
}

extension Findings {
  fileprivate init(_ node: LocatedNode?) {
    self.init()
    guard let node else { return }
    for finding in (node["kept"]?.plainItems ?? []).compactMap(Diagnostic.init) { add(finding) }
    for (severity, key, kept) in [
      (Diagnostic.Severity.error, "errors", errorCount), (.warning, "warnings", warningCount),
      (.note, "notes", noteCount),
    ] { count(severity, max(0, node.count(key) - kept)) }
  }

  fileprivate var record: JSONValue {
    [
      "errors": .integer(errorCount), "warnings": .integer(warningCount), "notes": .integer(noteCount),
      "kept": .array(kept.map(\.record)),
    ]
  }
}

extension Diagnostic {
  fileprivate init?(_ node: LocatedNode) {
    guard let severity = Severity(rawValue: node.text("severity")) else { return nil }
    let id = node.text("code")
    var place: SourcePlace?
    if let file = node["file"]?.plainText {
      place = SourcePlace(
        file: file, line: Int(node.text("line")), column: Int(node.text("column")), sheet: node["sheet"]?.plainText)
    }
    self.init(
      CodeCatalogue.all.first { $0.id == id } ?? DiagnosticCode(id, "", ""), severity, node.text("message"), at: place,
      hint: node["hint"]?.plainText, notes: (node["notes"]?.plainItems ?? []).compactMap(\.plainText))
  }

  fileprivate var record: JSONValue {
    var members: [JSONValue.Member] = [
      .init("code", .string(code.id)), .init("severity", .string(severity.rawValue)),
      .init("message", .string(message)),
    ]
    if let place {
      members.append(.init("file", .string(place.file)))
      if let sheet = place.sheet { members.append(.init("sheet", .string(sheet))) }
      if let line = place.line { members.append(.init("line", .integer(line))) }
      if let column = place.column { members.append(.init("column", .integer(column))) }
    }
    if let hint { members.append(.init("hint", .string(hint))) }
    if !notes.isEmpty { members.append(.init("notes", .array(notes.map(JSONValue.string)))) }
    return .object(members)
  }
}
