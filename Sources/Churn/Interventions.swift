/// Something that can be done to keep a partner or a customer. Its effect is an assumption: no table says what would have
/// happened without it.
public struct Intervention: Sendable, Hashable {
  public var name: String
  /// In the plan's currency, for one partner or customer.
  public var cost: Double
  /// Share of those about to leave that it keeps, 0 … 1.
  public var effect: Double
  public var kind: ChurnKind

  public init(name: String, cost: Double, effect: Double, kind: ChurnKind) {
    self.name = name
    self.cost = cost
    self.effect = effect
    self.kind = kind
  }

  /// What a plan without interventions of its own considers, in units of its currency.
  public static let standard = [
    Intervention(name: "visit", cost: 2000, effect: 0.2, kind: .partner),
    Intervention(name: "offer", cost: 100, effect: 0.1, kind: .customer),
  ]
}

/// Where acting is worth more than it costs.
public struct InterventionProposal: Sendable, Hashable {
  public var kind: ChurnKind
  public var subject: ChurnEstimate.Subject
  public var intervention: Intervention

  public init(kind: ChurnKind, subject: ChurnEstimate.Subject, intervention: Intervention) {
    self.kind = kind
    self.subject = subject
    self.intervention = intervention
  }

  /// Chance of leaving × assumed effect × value − cost, in currency.
  public var expectedSaved: Double {
    subject.probability * intervention.effect * subject.value - intervention.cost
  }

  /// The best intervention for each partner and customer where it pays, the most saved first.
  public static func ranked(_ estimates: [ChurnEstimate], _ interventions: [Intervention]) -> [InterventionProposal] {
    let proposals = estimates.flatMap { estimate in
      estimate.subjects.compactMap { subject -> InterventionProposal? in
        interventions.filter { $0.kind == estimate.kind }
          .map { InterventionProposal(kind: estimate.kind, subject: subject, intervention: $0) }
          .filter { $0.expectedSaved > 0 }
          .max { ($0.expectedSaved, $1.intervention.name) < ($1.expectedSaved, $0.intervention.name) }
      }
    }
    return proposals.sorted { ($1.expectedSaved, $0.subject.id) < ($0.expectedSaved, $1.subject.id) }
  }
}
