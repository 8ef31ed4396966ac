import ChannelTypes
import Partners
import Specifications
import Tables

/// What scenarios do to each partner, to maker, dealers and buyers, and whether the reserve bears them.
struct ScenarioEffects {
  let tables: [Table]

  /// Complexity: O(partners · scenarios).
  init(_ base: Run, _ answers: [TrialAnswer]) {
    guard !answers.isEmpty else {
      tables = []
      return
    }
    let before = RunFigures(base)
    let names = Self.names(base.data[.partners])
    let after = answers.map { ($0.name, RunFigures($0.run)) }
    let policies = after.map { name, figures in
      PolicyEffects(name, base: before, scenario: figures, currency: base.plan.currency)
    }
    let stress = StressSummary(
      policies,
      losses: base.result(of: RiskStage.self)?.losses.last?.distribution,
      confidence: base.plan.risk.confidence.value / 100, reserve: base.plan.risk.reserve?.value)
    tables = [
      WinnersLosers.table(
        after.map { name, figures in WinnersLosers(name, base: before, scenario: figures, names: names) }),
      PolicyEffects.table(policies), stress.table,
    ].filter { $0.rowCount > 0 }
  }

  private static func names(_ partners: Table?) -> [String: String] {
    guard let partners, let ids = partners.text("partner_id"), let names = partners.text("name") else { return [:] }
    var known: [String: String] = [:]
    for row in 0..<partners.rowCount {
      if let id = ids[row] { known[id] = names[row] }
    }
    return known
  }
}

extension Run {
  /// What a stage gave later ones; nil where it gave nothing.
  func result<S: Stage>(of stage: S.Type) -> S.Result? {
    stages.first { $0.name == S.name }?.output?.result as? S.Result
  }
}

extension RunFigures {
  /// Only the stages that publish what is read: the tables of the others are not made for it.
  init(_ run: Run) {
    let wanted: Set<StageName> = [.demand, .disruption, .incentives, .targets, .credit, .budget]
    self.init(run.stages.filter { wanted.contains($0.name) }.flatMap { $0.output?.tables ?? [] })
  }
}
