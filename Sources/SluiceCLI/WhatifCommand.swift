import ArgumentParser
import Sluice

struct WhatifCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whatif",
    abstract: "Holds scenarios and sweeps against the plan: only what they change is computed again.",
    discussion: """
      sluice whatif plan.yaml demand_dip budget_cut
      sluice whatif plan.yaml --set demand.east=*0.8 --set budget.quarter=*0.9
      sluice whatif plan.yaml --sweep budget.quarter=800000..1600000:9
      sluice whatif plan.yaml --tornado --kpi planned_revenue
      sluice whatif plan.yaml --interactive     answers lines such as {"id": 1, "set": {"budget.quarter": "*0.9"}}

      All `--set` together are one scenario on top of the plan, or of `--scenario`. Without any, every scenario of the \
      plan is answered. Behind a change stands the 80 % interval of its noise over the common draws.
      """)

  @OptionGroup var planOptions: PlanOptions

  @Argument(
    help: "Scenarios of the plan, or of the files of --scenarios.", completion: Completion.scenario)
  var scenarios: [String] = []

  @Option(
    name: .customLong("scenarios"), help: "A file with further scenarios: scenarios: {name: {set: {key: value}}}.")
  var scenarioFiles: [String] = []

  @Option(
    name: .customLong("sweep"), help: "A value through a range: budget.quarter=800000..1600000:9, or =*0.8..*1.2:5.")
  var sweeps: [String] = []

  @Flag(help: "Takes every uncertainty of the plan to its ends.")
  var tornado = false

  @Option(help: "Only these figures, separated by commas; all that change where it is not given.")
  var kpi: String?

  @Option(
    help: "Only these stages, separated by commas, and what they build on.", completion: Completion.stages)
  var only: String?

  @Option(name: [.short, .long], help: "A folder for the base run with the scenarios' tables and report.")
  var output: String?

  @Option(help: "What to print: table or json.")
  var format: OutputFormat = .table

  @Flag(help: "Prints the first scenario as a diff of the plan file, to be reviewed and applied with `patch -p0`.")
  var adopt = false

  @Flag(help: "Reads requests from the standard input, a line of JSON each, and answers each with a line.")
  var interactive = false

  @Flag(name: [.short, .long], help: "Prints neither progress nor notes.")
  var quiet = false

  @OptionGroup var progressOptions: ProgressOptions

  @OptionGroup var language: LanguageOption

  func run() async throws {
    var findings = Findings()
    let source = try planOptions.source(scenarios: scenarioFiles, &findings)
    let base = source.plan(scenario: planOptions.scenario, findings: &findings)
    source.workbook?.check(against: base.plan, findings: &findings)
    let wanted = try StageSelection.parse(only)
    let questions = try Questions(self, source, base.plan, &findings)
    if let output {
      do { try RunFolder.check(output) } catch { throw CommandFailure(.badInput, error.diagnostic) }
    }
    guard !findings.hasErrors else { throw CommandFailure(.badInput, findings) }

    let study = try await study(source, base, wanted, findings)
    var unknown = Findings()
    study.check(figures: wantedFigures?.sorted() ?? [], at: SourcePlace(file: "--kpi"), findings: &unknown)
    guard !unknown.hasErrors else { throw CommandFailure(.badInput, unknown) }
    if interactive { return await serve(StudySession(study)) }
    if adopt { return try await printAdoption(questions, study) }
    try await answer(questions, study)
  }

  /// Evaluates the base.
  private func study(
    _ source: PlanSource, _ base: LoadedPlan, _ wanted: Set<StageName>?, _ earlier: Findings
  ) async throws -> Study {
    var findings = earlier
    let progress = Progress(progressOptions, isQuiet: quiet)
    let run = await Run.evaluate(
      base, only: wanted, threads: planOptions.threads, purpose: output == nil ? .figures : .publication,
      findings: &findings
    ) { progress.note($0) }
    progress.end()
    guard let run else { throw CommandFailure(.badInput, findings) }
    if run.isInvalid { throw CommandFailure(.badInput, run.findings) }
    if run.isInfeasible { throw CommandFailure(.infeasible, run.findings) }
    return Study(source, base: run, scenario: planOptions.scenario, threads: planOptions.threads)
  }

  private func answer(_ questions: Questions, _ study: Study) async throws {
    var findings = Findings()
    let answers = await study.answers(questions.all, findings: &findings).compactMap(\.self)
    guard !findings.hasErrors else { throw CommandFailure(.badInput, findings) }
    let report = questions.report(study, answers)
    if let output {
      var run = study.base
      run.scenarios = report
      do {
        let view = RunView(run, folder: output)
        let page = try language.speaking(plan: run.plan.language) { try HTMLReport(view).render() }
        try RunFolder.write(run, reports: [.init("report.html", text: page)], view: view.record, to: output)
      } catch let error as FileError {
        throw CommandFailure(.badInput, error.diagnostic)
      }
    }
    switch format {
    case .table:
      let text = language.speaking(plan: study.base.plan.language) {
        WhatifText(report, base: study.base.plan.scenario, figures: wantedFigures).text
      }
      Terminal.write(text, to: .output)
    case .json:
      let tables = report.tables.map { JSONValue.Member($0.name, JSONWriter.value($0)) }
      Terminal.write(JSONValue.object(tables).indented + "\n", to: .output)
    }
    // A scenario whose limits collide has an answer, but no plan.
    try Self.refuseConflicts(of: answers)
  }

  private var wantedFigures: Set<String>? {
    kpi.map { Set($0.split(separator: ",").map { String($0.trimmingBlanks) }.filter { !$0.isEmpty }) }
  }

  private static func refuseConflicts(of answers: [TrialAnswer]) throws {
    var found = Findings()
    for answer in answers {
      for conflict in answer.run.conflicts {
        var named = conflict
        if answers.count > 1 { named.message = "with \(answer.name): \(conflict.message)" }
        found.add(named)
      }
    }
    if found.hasErrors { throw CommandFailure(.infeasible, found) }
  }

  private func printAdoption(_ questions: Questions, _ study: Study) async throws {
    var findings = Findings()
    guard let trial = questions.all.first, let answer = await study.answer(trial, findings: &findings) else {
      throw CommandFailure(.badInput, findings)
    }
    try Self.refuseConflicts(of: [answer])
    try Terminal.write(study.source.adopting(answer.settings))
  }

  private func serve(_ session: StudySession) async {
    Terminal.write(session.greeting.compact + "\n", to: .output)
    while let line = readLine() {
      guard line.contains(where: { !$0.isWhitespace }) else { continue }
      Terminal.write(await session.answer(line).compact + "\n", to: .output)
    }
  }
}

/// What is asked, as trials in a row: scenarios, then each sweep's steps, then the ends of the uncertainties.
private struct Questions {
  private var trials: [Trial] = []
  private var sweeps: [(sweep: Sweep, trials: [Trial])] = []
  private var uncertainties: [UncertaintySettings] = []
  private var ends: [Trial] = []

  init(_ command: WhatifCommand, _ source: PlanSource, _ plan: Plan, _ findings: inout Findings) throws {
    for name in command.scenarios {
      trials.append(Trial(name, scenario: name))
      guard !source.has(name) else { continue }
      // What else is wrong with the plan has been said.
      var found = Findings()
      _ = source.plan(scenario: name, findings: &found)
      for finding in found.kept where finding.code == PlanCodes.unknownScenario { findings.add(finding) }
    }
    let patches = command.planOptions.overrides.compactMap { Patch(setting: $0, findings: &findings) }
    if !patches.isEmpty { trials.append(Trial("--set", changes: patches)) }
    for text in command.sweeps {
      guard let sweep = Sweep(text, findings: &findings) else { continue }
      sweeps.append((sweep, sweep.trials(findings: &findings)))
    }
    if command.tornado {
      uncertainties = plan.uncertainties
      ends = TornadoBar.trials(uncertainties, findings: &findings)
      if uncertainties.isEmpty {
        findings.add(
          Diagnostic(
            CommandCodes.nothingAsked, .error, "--tornado: the plan names no uncertainties",
            hint: "add `uncertainties: {demand: {key: demand.all, low: \"*0.9\", high: \"*1.1\"}}`"))
      }
    }
    let asksNothing = trials.isEmpty && sweeps.isEmpty && ends.isEmpty && !command.interactive
    if asksNothing, command.sweeps.isEmpty, command.planOptions.overrides.isEmpty, !command.tornado {
      trials = source.scenarioNames.filter { $0 != plan.scenario }.map { Trial($0, scenario: $0) }
      if trials.isEmpty {
        findings.add(
          Diagnostic(
            CommandCodes.nothingAsked, .error, "the plan has no scenarios, and nothing else is asked",
            hint: "ask with --set budget.quarter=*0.9, --sweep, or add `scenarios:` to the plan"))
      }
    }
  }

  var all: [Trial] { trials + sweeps.flatMap(\.trials) + ends }

  /// - Parameter answers: one for each of `all`.
  func report(_ study: Study, _ answers: [TrialAnswer]) -> ScenarioReport {
    var rest = answers[...]
    func take(_ count: Int) -> [TrialAnswer] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    let scenarios = take(trials.count)
    let swept = sweeps.map { (sweep: $0.sweep, answers: take($0.trials.count)) }
    return ScenarioReport(
      base: study.base, answers: scenarios, sweeps: swept, tornado: TornadoBar.bars(uncertainties, take(ends.count)))
  }
}
