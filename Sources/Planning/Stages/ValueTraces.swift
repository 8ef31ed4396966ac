import ChannelTypes
import Partners
import Tables

/// The arithmetic behind values at risk and interventions.
struct ValueTraces: Sendable {
  private let result: ValueResult
  private let currency: String
  private let hasOwnInterventions: Bool

  init(_ result: ValueResult, currency: String, _ settings: ChurnSettings) {
    self.result = result
    self.currency = currency
    hasOwnInterventions = !settings.interventions.isEmpty
  }

  var book: TraceBook {
    TraceBook(joining: [
      TraceBook(count: result.subjects.count) { valueAtRisk(result.subjects[$0]) },
      TraceBook(count: result.proposals.count) { intervention(result.proposals[$0]) },
    ])
  }

  private static func subject(_ kind: ValueSubject.Kind, _ id: String) -> String { "\(kind.rawValue):\(id)" }

  private func valueAtRisk(_ subject: ValueSubject) -> Trace {
    let value = Money(rounding: subject.yearlyValue) ?? .zero
    let chance = tabled(100 * subject.probability).written
    let rows = Trace.Source.result(table: "churn", condition: "kind = \(subject.kind.rawValue), id = \(subject.id)")
    return Trace(
      Self.subject(subject.kind, subject.id), "value_at_risk", "Margin at risk", .money(subject.valueAtRisk),
      unit: currency,
      steps: [
        Trace.Step("expected margin of twelve months", amount: .money(value), from: [rows]),
        Trace.Step(
          "chance of leaving within \(subject.left.count) periods", "× \(chance) %",
          amount: .money(subject.valueAtRisk - value), from: [rows]),
      ])
  }

  private func intervention(_ proposal: RetentionProposal) -> Trace {
    let name = Self.subject(proposal.kind, proposal.id)
    let atRisk = proposal.valueAtRisk
    let source: [Trace.Source] = hasOwnInterventions ? [.plan(key: "churn.interventions", place: nil)] : []
    return Trace(
      name, "intervention:" + proposal.name, "What \(proposal.name) is expected to save beyond its cost",
      .money(proposal.net), unit: currency,
      steps: [
        Trace.Step(
          "value at risk", amount: .money(atRisk), from: [.trace(subject: name, item: "value_at_risk")]),
        Trace.Step(
          "share of those about to leave that it keeps",
          "× \(tabled(100 * proposal.effect).written) %, an assumption",
          amount: .money(proposal.expectedSaved - atRisk),
          from: source),
        Trace.Step("cost", amount: .money(-proposal.cost), from: source),
      ])
  }
}
