public import ModelTasks
internal import Regression
public import Tables

/// A fitted regression as a person reads it: what was fitted to how many rows, the terms, the figures, and what to know.
public struct RegressionText: Sendable {
  private let task: RegressionTask
  /// Predictions that are shown before the rest is counted.
  private static let shownPredictions = 10
  private static let shownSteps = 20

  public init(_ task: RegressionTask) { self.task = task }

  public func text(predictions: Table? = nil) -> String {
    var blocks = [headline + "\n"]
    if !task.fitted.terms.isEmpty { blocks.append(terms.text) }
    if !task.fitted.varianceComponents.isEmpty { blocks.append(variances.text) }
    if task.fitted.terms.isEmpty, !task.fitted.baseline.isEmpty { blocks.append(curve) }
    if !figures.isEmpty { blocks.append(figures.map { $0 + "\n" }.joined()) }
    if !task.heldOut.isEmpty { blocks.append(heldOut) }
    if !remarks.isEmpty { blocks.append(remarks.map { TerminalText.safe($0) + "\n" }.joined()) }
    if let predictions { blocks.append(text(of: predictions)) }
    return blocks.joined(separator: "\n")
  }

  // MARK: What was fitted

  private var headline: String {
    let specification = task.fitted.specification
    let what: String
    if let survival = specification.survival {
      what = "survival to `\(survival.event)` by `\(survival.time)`, \(Self.name(survival.model))"
    } else {
      what =
        "`\(specification.response ?? "")`, \(specification.family) with link \(specification.usedLink.rawValue)"
        + (specification.random.isEmpty ? "" : " and random effects")
    }
    return TerminalText.safe("\(what), \(rows)")
  }

  private static func name(_ model: RegressionSpecification.Survival.Model) -> String {
    switch model {
    case .cox: "Cox"
    case .weibull: "Weibull"
    case .discrete: "discrete hazard"
    case .kaplanMeier: "Kaplan-Meier"
    }
  }

  /// `7,032 rows (11 left out)`
  private var rows: String {
    let statistics = task.fitted.statistics
    var text = NumberText.grouped(statistics.observations) + (statistics.observations == 1 ? " row" : " rows")
    if let events = statistics.events { text += ", \(NumberText.grouped(events)) events" }
    let leftOut = task.fitted.treatment.leftOutCount
    return leftOut > 0 ? text + " (\(NumberText.grouped(leftOut)) left out)" : text
  }

  private var terms: TextTable {
    let isNormal = task.fitted.terms.first?.degreesOfFreedom.isFinite != true
    var table = TextTable([
      .init("term", .left), .init("estimate"), .init("error"), .init(isNormal ? "z" : "t"), .init("p"),
      .init("from"), .init("to (95 %)"),
    ])
    for term in task.fitted.terms {
      guard term.standardError.isFinite else {
        table.add(term.name, NumberText.digits(term.estimate))
        continue
      }
      let interval = term.interval()
      table.add(
        term.name, NumberText.digits(term.estimate), NumberText.digits(term.standardError),
        Self.statistic(term.statistic), Self.probability(term.pValue),
        NumberText.digits(interval.lowerBound, 4), NumberText.digits(interval.upperBound, 4))
    }
    return table
  }

  private static func statistic(_ value: Double) -> String {
    value.magnitude < 1e6 ? NumberText.grouped(value, decimals: 2) : NumberText.digits(value, 3)
  }

  private static func probability(_ p: Double) -> String {
    p < 0.0001 ? "<0.0001" : NumberText.grouped(p, decimals: 4)
  }

  private var variances: TextTable {
    var table = TextTable([.init("varies by", .left), .init("", .left), .init("variance"), .init("deviation")])
    for component in task.fitted.varianceComponents {
      let isCovariance = component.other != nil
      let columns = [component.column, component.other].compactMap { $0 }.joined(separator: " with ")
      table.add(
        component.factor ?? "residual", columns, NumberText.digits(component.estimate),
        isCovariance
          ? "correlation \(NumberText.digits(component.deviation, 3))" : NumberText.digits(component.deviation))
    }
    return table
  }

  /// The survival curve of a model without terms.
  private var curve: String {
    let steps = task.fitted.baseline
    let hasStrata = steps.contains { !$0.stratum.isEmpty }
    var table = TextTable((hasStrata ? [.init("stratum", .left)] : []) + [.init("time"), .init("survival")])
    for step in steps.prefix(Self.shownSteps) {
      table.add((hasStrata ? [step.stratum] : []) + [NumberText.digits(step.time), NumberText.digits(step.survival)])
    }
    let rest = steps.count - Self.shownSteps
    return table.text + (rest > 0 ? "… \(NumberText.grouped(rest)) more; --format json has all of them\n" : "")
  }

  /// Measures on rows that were held out: a line for each column of folds, and the mean of all folds.
  private var heldOut: String {
    let means = task.heldOutMeans
    var table = TextTable([.init("held out", .left), .init("rows")] + means.map { .init($0.name) })
    func add(_ name: String, _ rows: Int?, _ scores: [HeldOutScores.Score]) {
      table.add([name, rows.map { NumberText.grouped($0) } ?? ""] + scores.map { NumberText.digits($0.value, 4) })
    }
    for scores in task.heldOut { add(scores.column, scores.folds.map(\.rows).reduce(0, +), scores.means) }
    if task.heldOut.count > 1 {
      add("mean of \(task.heldOut.map(\.folds.count).reduce(0, +)) fits", nil, means)
    }
    return table.text
  }

  // MARK: Figures

  private var figures: [String] {
    let statistics = task.fitted.statistics
    let named: [(String, Double?)] = [
      ("log-likelihood", statistics.logLikelihood), ("without terms", statistics.nullLogLikelihood),
      ("deviance", statistics.deviance), ("null deviance", statistics.nullDeviance), ("AIC", statistics.aic),
      ("BIC", statistics.bic), ("R²", statistics.rSquared),
      ("dispersion", statistics.dispersion == 1 ? nil : statistics.dispersion),
      ("size", statistics.size), ("concordance", statistics.concordance), ("penalty λ", statistics.lambda),
      ("effective parameters", statistics.lambda == nil ? nil : statistics.effectiveParameters),
    ]
    let parts = named.compactMap { name, value in value.map { "\(name) \(NumberText.digits($0, 7))" } }
    var lines: [String] = []
    for part in parts {
      if let last = lines.last, last.count + part.count < 96 {
        lines[lines.count - 1] = last + "   " + part
      } else {
        lines.append(part)
      }
    }
    return lines
  }

  private var remarks: [String] {
    task.fitted.dropped.map { "dropped: \($0.description)" } + task.fitted.notes.map { "note: \($0)" }
  }

  // MARK: Predictions

  private func text(of predictions: Table) -> String {
    let rest = predictions.rowCount - Self.shownPredictions
    let more =
      rest > 0
      ? "… \(NumberText.grouped(rest)) more; --format csv or --output FILE.csv writes all of them\n" : ""
    return TextTable(predictions, limit: Self.shownPredictions, isPlain: false).text + more
  }
}
