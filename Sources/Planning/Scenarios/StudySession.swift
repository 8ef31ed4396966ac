import Specifications
public import Tables

/// A study as other tools drive it: a line of JSON in, a line of JSON out.
///
/// Request: `{"id": 1, "set": {"budget.quarter": "*0.9"}}` with, as wanted, `scenario` (one of the plan's), `sweep`
/// (`"budget.quarter=*0.8..*1.2:9"`), `kpis` (names; all that change where it is left out), `tables` (names of output
/// tables to send along). Answer: the same `id`, `kpis` with base, value, change and its noise, `recomputed` stages,
/// `settings` that differ, `seconds`. What is wrong comes back as `findings`; a session never ends for it.
public struct StudySession: Sendable {
  private let study: Study

  public init(_ study: Study) { self.study = study }

  /// What the session starts with: scenarios to choose from and the figures of the base.
  public var greeting: JSONValue {
    [
      "ready": true, "plan": .string(study.base.plan.name), "scenario": .string(study.base.plan.scenario),
      "currency": .string(study.base.plan.currency),
      "scenarios": .array(study.source.scenarioNames.map(JSONValue.string)),
      "kpis": .object(
        study.base.figures.map { figure in
          let indicator = figure.indicator
          let value: JSONValue = [
            "label": .string(indicator.label), "value": .number(indicator.value), "unit": .string(indicator.unit),
            "better": .string(indicator.better.rawValue),
          ]
          return .init(indicator.name, value)
        }),
    ]
  }

  /// Answers one line.
  public func answer(_ line: String) async -> JSONValue {
    var findings = Findings()
    guard let request = Request(line, findings: &findings), !findings.hasErrors else {
      return Self.refusal(id: Request.id(of: line), findings)
    }
    study.check(figures: request.figures.sorted(), at: SourcePlace(file: "request"), findings: &findings)
    guard !findings.hasErrors else { return Self.refusal(id: request.id, findings) }
    let start = ContinuousClock.now
    var members: [JSONValue.Member]
    if let sweep = request.sweep {
      let answers = await study.answers(request.trials(of: sweep, findings: &findings), findings: &findings)
      let found = answers.compactMap(\.self)
      guard !findings.hasErrors, found.count == answers.count else { return Self.refusal(id: request.id, findings) }
      members = request.members(sweep, found)
    } else {
      guard let answer = await study.answer(request.trial, findings: &findings) else {
        return Self.refusal(id: request.id, findings)
      }
      members = request.members(answer)
    }
    members.append(.init("seconds", .number(((ContinuousClock.now - start) / .seconds(1) * 10_000).rounded() / 10_000)))
    return .object([.init("id", request.id)] + members)
  }

  private static func refusal(id: JSONValue, _ findings: Findings) -> JSONValue {
    .object([
      .init("id", id), .init("error", "the request cannot be answered"),
      .init("findings", .array(findings.kept.map(\.json))),
    ])
  }
}

/// One line, understood.
private struct Request {
  let id: JSONValue
  let trial: Trial
  let sweep: Sweep?
  let figures: Set<String>
  let tables: [String]

  /// - Returns: nil where the line is no request; `findings` says why.
  init?(_ line: String, findings: inout Findings) {
    guard let document = SpecificationDocument.parse(line, file: "request", findings: &findings) else { return nil }
    let decoded = SpecificationDecoder.decode(document, findings: &findings) { cursor in
      _ = cursor.read("id", as: .text)
      cursor.keepSection("set")
      return (
        scenario: cursor.read("scenario", as: .text)?.value, sweep: cursor.read("sweep", as: .text)?.value,
        figures: cursor.list("kpis", of: .text).map(\.value), tables: cursor.list("tables", of: .text).map(\.value)
      )
    }.result
    var changes: [Patch] = []
    if case .mapping(let settings)? = document.root["set"]?.content {
      for setting in settings {
        guard
          let patch = Patch(
            key: setting.key, value: setting.value, of: "request", source: document.source, readsText: true,
            findings: &findings)
        else { continue }
        if let first = patch.path.first, PlanSource.reservedKeys.contains(first) {
          findings.add(
            document.diagnostic(
              PlanCodes.reservedKey, "a request cannot change `\(setting.key)`", at: setting.keyOrigin,
              hint: "change it in the plan itself"))
        }
        changes.append(patch)
      }
    }
    if let set = document.root["set"], !set.isMapping {
      findings.add(
        document.diagnostic(
          SpecificationCodes.wrongShape, "`set` is no section", at: set.origin,
          hint: "write {\"set\": {\"budget.quarter\": \"*0.9\"}}"))
    }
    sweep = decoded.sweep.flatMap { Sweep($0, findings: &findings) }
    id = Self.id(of: document)
    trial = Trial("request", scenario: decoded.scenario, changes: changes)
    figures = Set(decoded.figures)
    tables = decoded.tables
  }

  /// The id of a line, for the answer to one that is wrong otherwise.
  static func id(of line: String) -> JSONValue {
    var ignored = Findings()
    return SpecificationDocument.parse(line, file: "request", findings: &ignored).map { id(of: $0) } ?? .null
  }

  private static func id(of document: SpecificationDocument) -> JSONValue {
    guard case .scalar(let scalar)? = document.root["id"]?.content, let text = scalar.text else { return .null }
    return scalar.style == .plain ? Int(text).map(JSONValue.integer) ?? .string(text) : .string(text)
  }

  func trials(of sweep: Sweep, findings: inout Findings) -> [Trial] {
    sweep.trials(findings: &findings).map {
      Trial($0.name, scenario: trial.scenario, changes: trial.changes + $0.changes)
    }
  }

  func members(_ answer: TrialAnswer) -> [JSONValue.Member] {
    let shown = answer.figures.filter { figures.isEmpty ? !$0.isSame : figures.contains($0.name) }
    var members: [JSONValue.Member] = [
      .init("kpis", .object(shown.map { .init($0.name, $0.json) })),
      .init("recomputed", .array(answer.recomputed.map { .string($0.rawValue) })),
      .init(
        "settings", .object(answer.settings.map { .init($0.key, $0.value.map(JSONValue.string) ?? .null) })),
    ]
    let conflicts = answer.run.conflicts
    if !conflicts.isEmpty { members.append(.init("conflicts", .array(conflicts.map(\.json)))) }
    if !tables.isEmpty {
      let wanted = Set(tables)
      let found = answer.run.stages.flatMap { $0.output?.tables ?? [] }.filter { wanted.contains($0.name) }
      members.append(.init("tables", .object(found.map { .init($0.name, JSONWriter.value($0)) })))
    }
    return members
  }

  func members(_ sweep: Sweep, _ answers: [TrialAnswer]) -> [JSONValue.Member] {
    var order: [String] = []
    var moving: Set<String> = []
    for figure in answers.flatMap(\.figures)
    where figures.isEmpty ? !figure.isSame : figures.contains(figure.name) {
      if moving.insert(figure.name).inserted { order.append(figure.name) }
    }
    let recomputed = StageName.allCases.filter { name in answers.contains { $0.recomputed.contains(name) } }
    return [
      .init(
        "sweep",
        [
          "key": .string(sweep.key), "values": .array(sweep.values.map(JSONValue.number)),
          "settings": .array(sweep.settings.map(JSONValue.string)),
          "kpis": .object(
            order.map { name in
              .init(name, .array(answers.map { .number($0.figure(name)?.value ?? .nan) }))
            }),
        ]), .init("recomputed", .array(recomputed.map { .string($0.rawValue) })),
    ]
  }
}

extension FigureChange {
  fileprivate var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("base", .number(base)), .init("value", .number(value)), .init("change", .number(change)),
    ]
    if let noise { members.append(.init("noise", [.number(noise.lowerBound), .number(noise.upperBound)])) }
    return .object(members)
  }
}

extension Diagnostic {
  fileprivate var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("code", .string(code.id)), .init("severity", .string(severity.rawValue)),
      .init("message", .string(message)),
    ]
    if let place { members.append(.init("place", .string(place.description))) }
    if let hint { members.append(.init("hint", .string(hint))) }
    if !notes.isEmpty { members.append(.init("notes", .array(notes.map(JSONValue.string)))) }
    return .object(members)
  }
}

extension LocatedNode {
  fileprivate var isMapping: Bool {
    if case .mapping = content { true } else { false }
  }
}
