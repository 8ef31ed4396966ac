import Planning
import Tables

extension PageSection {
  /// How it was computed: the words, the models, the settings, and what the figures cannot say.
  static func method(_ view: RunView) -> PageSection? {
    var section = PageSection("method", say("Method"), question: say("How was it computed?"))
    let ran = Set(view.stages.filter { $0.outcome == .ran }.map(\.stage))
    var words = Block(say("Words"))
    words.terms = GlossaryTerm.all.map(\.term)
    var models = Block(say("Models"))
    models.terms = modelCards.filter { ran.isEmpty || ran.contains($0.stage) }.map(\.card)
    var limits = Block(say("What the figures cannot say"), Self.limits)
    limits.source = nil
    section.blocks = [words, models, limits]
    if !view.certificates.isEmpty { section.blocks.append(certificates(view)) }
    if !view.indicators.isEmpty { section.blocks.append(indicators(view)) }
    if !view.settings.isEmpty { section.blocks.append(settings(view)) }
    if let timings = view.timings { section.blocks.append(TimingFigures(timings).block) }
    return section
  }

  private static var modelCards: [(stage: StageName, card: Term)] {
    [
      (
        .forecast,
        Term(
          say("Forecast"),
          say(
            "Each product at each partner is forecast by the average of last year’s sales, exponential smoothing and a "
              + "regression on price, promotion, trend and season; by one of them alone where it missed clearly less on "
              + "periods held out, or where the plan says so. Sums of products, partners and regions add up exactly; "
              + "ranges come from simulated futures on shared draws."))
      ),
      (
        .drivers,
        Term(
          say("Drivers"),
          say(
            "Linear regression of the logarithm of sales on the drivers, with the level of each series and the season "
              + "taken out; the ranges allow for correlation within a series."))
      ),
      (
        .churn,
        Term(
          say("Churn"),
          say(
            "Chance of leaving month by month: penalised logistic regression on smooth curves of the partners’ and "
              + "customers’ own history, judged on later cases.")
        )
      ),
      (
        .budget,
        Term(
          say("Budget"),
          say(
            "Curves with falling returns are fitted to past spend and what followed; the budget is then placed exactly: "
              + "one more unit of money is worth the same wherever no limit holds, a region’s margin by its weight."))
      ),
      (
        .stock,
        Term(
          say("Stock"),
          say(
            "Safety stock from simulated demand over lead time and review period at the plan’s service level; what is too "
              + "much is moved or promoted, whichever costs less."))
      ),
    ]
  }

  private static var limits: [String] {
    [
      say("Forecasts continue what the history shows; a new rival, a new rule or a new product is not in them."),
      say(
        "Spend was placed by people who expected something: where it followed demand, a curve flatters it. Outside the "
          + "solid part of a curve nothing was ever tried."),
      say(
        "The ranges tell the uncertainty of the model that was chosen, not that another model might have been right."),
    ]
  }

  private static func certificates(_ view: RunView) -> Block {
    var block = Block(say("How good the decisions are"))
    var table = TextTable([
      .init(say("decision"), .left), .init(say("status"), .left), .init(say("reached")), .init(say("bound")),
      .init(say("unit"), .left),
      .init(say("in words"), .left),
    ])
    for certificate in view.certificates {
      table.add(
        Prose.word(certificate.problem, isPlain: false), say(word: certificate.status),
        NumberText.grouped(certificate.objective, decimals: 2),
        NumberText.grouped(certificate.bound, decimals: 2), Unit.text(certificate.unit),
        CertificateText.better(certificate.relativeGap))
    }
    block.openTable = PageTable(table, name: say("certificates of the decisions"))
    block.source = "certificates.csv"
    return block
  }

  private static func indicators(_ view: RunView) -> Block {
    var block = Block(say("All key figures"))
    var table = TextTable([
      .init(say("figure"), .left), .init(say("value")), .init(say("better"), .left), .init(say("name"), .left),
    ])
    for indicator in view.indicators {
      table.add(
        say(label: indicator.label), IndicatorText.value(indicator),
        indicator.better == .neutral ? "" : say(word: indicator.better.rawValue),
        indicator.name)
    }
    block.foldedTable = PageTable(table, name: say("all key figures"))
    block.source = "kpis.csv"
    return block
  }

  private static func settings(_ view: RunView) -> Block {
    var block = Block(say("Settings"), [say("Every value that the run used, and where it was written.")])
    var table = TextTable([
      .init(say("key"), .left), .init(say("value"), .left), .init(say(word: "origin", plain: "from"), .left),
    ])
    for setting in view.settings { table.add(setting.key, setting.value, setting.origin) }
    block.foldedTable = PageTable(table, name: say("settings"))
    block.source = "plan.resolved.yaml"
    return block
  }
}
