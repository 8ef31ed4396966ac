public import Specifications
public import Tables

/// A base run in memory, with the files of its plan: answers what-ifs by evaluating again only what they change.
///
/// A trial is the plan with patches on top. Its stages whose inputs are those of the base (same plan sections, tables
/// and upstream results, by hash) are taken over; the others are evaluated for their figures, on the same random draws,
/// so that a difference is caused by the patch alone (common random numbers: Law, Simulation Modeling and Analysis,
/// section 11.2). The base never changes.
public struct Study: Sendable {
  public let source: PlanSource
  /// The plan as it stands: what every trial is held against.
  public let base: Run
  /// The settings on top of which trials put theirs.
  private let baseScenario: String?
  private let baseOverrides: [String]
  private let graph: StageGraph
  public let threads: Int

  /// Takes a run as the base; trials evaluate the stages that it has.
  ///
  /// - Parameter scenario, overrides: what the run was evaluated with.
  public init(
    _ source: PlanSource, base: Run, scenario: String? = nil, overrides: [String] = [], graph: StageGraph = .standard,
    threads: Int = 1
  ) {
    self.source = source
    self.base = base
    baseScenario = scenario
    baseOverrides = overrides
    self.graph = graph
    self.threads = threads
  }

  /// Answers one trial.
  ///
  /// - Returns: nil where the patches, the patched plan or its tables are wrong; `findings` then says why. A plan whose
  ///   limits contradict one another has an answer: `TrialAnswer.run` says which.
  public func answer(_ trial: Trial, threads: Int? = nil, findings: inout Findings) async -> TrialAnswer? {
    let start = ContinuousClock.now
    // 1. The patched plan.
    var found = Findings(limit: findings.limit)
    let loaded = source.plan(
      scenario: trial.scenario ?? baseScenario, overrides: baseOverrides, changes: trial.changes, findings: &found)
    if !found.hasErrors { NetworkChecks.checkPlan(loaded.plan, base.data.tables, findings: &found) }
    // 2. Its tables: those of the base, unless the patch names others.
    var data = base.data
    if loaded.plan.canonicalText(sections: ["data"]) != base.plan.canonicalText(sections: ["data"]), !found.hasErrors {
      data = DataCatalogue.read(loaded.plan, threads: threads ?? self.threads, findings: &found)
      NetworkChecks.check(loaded.plan, data.tables, findings: &found)
    }
    guard !found.hasErrors else {
      findings.merge(found)
      return nil
    }
    // 3. What changes.
    let stages = await graph.evaluate(
      loaded.plan, data, only: Set(base.stages.map(\.name)), threads: threads ?? self.threads, purpose: .figures,
      reusing: base.stages)
    let run = Run(loaded: loaded, data: data, stages: stages, findings: found, threads: threads ?? self.threads)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    return TrialAnswer(name: trial.name, base: base, run: run, seconds: seconds)
  }

  /// Answers many trials side by side, each on one thread; in the order given.
  ///
  /// - Parameter onAnswer: told after each answer how many there are.
  public func answers(
    _ trials: [Trial], findings: inout Findings, onAnswer: @escaping @Sendable (Int) -> Void = { _ in }
  ) async -> [TrialAnswer?] {
    var answers = [TrialAnswer?](repeating: nil, count: trials.count)
    var found = [Findings?](repeating: nil, count: trials.count)
    let limit = findings.limit
    await withTaskGroup(of: (Int, TrialAnswer?, Findings).self) { group in
      var next = 0
      var done = 0
      func start() {
        guard next < trials.count else { return }
        let index = next
        next += 1
        group.addTask {
          var own = Findings(limit: limit)
          let answer = await self.answer(trials[index], threads: 1, findings: &own)
          return (index, answer, own)
        }
      }
      for _ in 0..<max(1, threads) { start() }
      while let (index, answer, own) = await group.next() {
        answers[index] = answer
        found[index] = own
        done += 1
        onAnswer(done)
        start()
      }
    }
    for (index, own) in found.enumerated() where answers[index] == nil {
      if let own { findings.merge(own) }
    }
    return answers
  }
}

extension Study {
  /// Reports names of key figures that the base does not have.
  public func check(figures names: some Sequence<String>, at place: SourcePlace, findings: inout Findings) {
    let known = base.figures.map(\.indicator.name)
    let all = Set(known)
    for name in names where !all.contains(name) {
      findings.add(
        Diagnostic(
          PlanCodes.unknownFigure, .error, "there is no key figure `\(name)`", at: place,
          hint: Suggestion.hint(for: name, among: known)))
    }
  }

  /// All that the plan itself asks: its scenarios, and its uncertainties at their ends.
  ///
  /// A scenario that cannot be evaluated is left out of the report; `findings` says why.
  public func report(
    findings: inout Findings, onAnswer: @escaping @Sendable (Int) -> Void = { _ in }
  ) async -> ScenarioReport {
    let names = source.scenarioNames.filter { $0 != base.plan.scenario && $0 != ScenarioBook.base }
    let scenarios = names.map { Trial($0, scenario: $0) }
    let uncertainties = base.plan.uncertainties
    let ends = TornadoBar.trials(uncertainties, findings: &findings)
    let found = await answers(scenarios + ends, findings: &findings, onAnswer: onAnswer)
    let atEnds = found.suffix(ends.count).compactMap(\.self)
    return ScenarioReport(
      base: base, answers: found.prefix(scenarios.count).compactMap(\.self),
      tornado: atEnds.count == ends.count ? TornadoBar.bars(uncertainties, atEnds) : [])
  }
}

/// A question to a study: a scenario, patches, or both.
public struct Trial: Sendable {
  /// What answers are called by.
  public var name: String
  /// A scenario of the plan; nil for the base's.
  public var scenario: String?
  /// Changes on top.
  public var changes: [Patch]

  public init(_ name: String, scenario: String? = nil, changes: [Patch] = []) {
    self.name = name
    self.scenario = scenario
    self.changes = changes
  }
}

/// What a trial changes.
public struct TrialAnswer: Sendable {
  public let name: String
  /// Every stage; those that the trial leaves as they are come from the base.
  public let run: Run
  /// The stages that were evaluated again, in the order of results.
  public let recomputed: [StageName]
  /// Every figure of base and trial.
  public let figures: [FigureChange]
  /// The values of the plan that differ.
  public let settings: [SettingChange]
  /// Wall-clock seconds from the question to the answer; no part of the result.
  public let seconds: Double

  init(name: String, base: Run, run: Run, seconds: Double) {
    self.name = name
    self.run = run
    self.seconds = seconds
    recomputed = run.stages.compactMap { stage in
      if case .reused = stage.status { return nil }
      let earlier = base.stages.first { $0.name == stage.name }
      return earlier?.inputHash == stage.inputHash ? nil : stage.name
    }
    figures = FigureChange.between(base, run)
    settings = SettingChange.between(base.loaded.resolved, run.loaded.resolved)
  }

  public func figure(_ name: String) -> FigureChange? { figures.first { $0.name == name } }
}

/// A value of the plan that a trial sets otherwise.
public struct SettingChange: Sendable, Hashable {
  /// The keys from the top.
  public var path: [String]
  /// `budget.quarter`
  public var key: String { path.joined(separator: ".") }
  /// As YAML; nil where only the other plan has the key.
  public var base: String?
  public var value: String?
  /// Where the value comes from.
  public var origin: String

  static func between(_ base: ResolvedDocument, _ other: ResolvedDocument) -> [SettingChange] {
    let before = Dictionary(base.values.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let after = Set(other.values.map(\.name))
    let changed = other.values.compactMap { value -> SettingChange? in
      let old = before[value.name]?.text
      guard old != value.text, value.path.first != "scenarios" else { return nil }
      return SettingChange(path: value.path, base: old, value: value.text, origin: value.source)
    }
    let removed = base.values.filter { !after.contains($0.name) && $0.path.first != "scenarios" }
    return changed + removed.map { SettingChange(path: $0.path, base: $0.text, value: nil, origin: "") }
  }
}
