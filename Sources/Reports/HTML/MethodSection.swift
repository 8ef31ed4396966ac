import Planning
import Tables

extension PageSection {
  /// How it was computed: the words, the models, the settings, and what the figures cannot say.
  static func method(_ view: RunView) -> PageSection? {
    var section = PageSection("method", "Method", question: "How was it computed?")
    let ran = Set(view.stages.filter { $0.outcome == .ran }.map(\.stage))
    var words = Block("Words")
    words.terms = definitions
    var models = Block("Models")
    models.terms = modelCards.filter { ran.isEmpty || ran.contains($0.stage) }.map(\.card)
    var limits = Block("What the figures cannot say", Self.limits)
    limits.source = nil
    section.blocks = [words, models, limits]
    if !view.certificates.isEmpty { section.blocks.append(certificates(view)) }
    if !view.indicators.isEmpty { section.blocks.append(indicators(view)) }
    if !view.settings.isEmpty { section.blocks.append(settings(view)) }
    if let timings = view.timings { section.blocks.append(TimingFigures(timings).block) }
    return section
  }

  private static let definitions = [
    Term("Range (80 %)", "Holds the truth in 80 of 100 cases when the past is like the future (prediction interval)."),
    Term("Expected margin", "The average outcome over what may happen, before the budget itself is paid."),
    Term(
      "One more yuan earns",
      "What the margin gains when a limit is loosened by one unit of money (shadow price, marginal return)."),
    Term("Held by", "The limit that keeps a line from taking more or less."),
    Term("At most … better exists", "No other plan within the same limits can be better by more (optimality gap)."),
    Term("Not spent", "Money for which no line is left where it earns more than it costs, or that caps keep out."),
    Term("Reserve", "The part of the quarter that is kept back."),
    Term("Value at risk", "Chance of leaving × the value of the partner or customer: the expected loss."),
    Term("Cover", "Days that the stock lasts at the expected demand."),
    Term("Lower and upper line", "Below the lower line stock is replenished; above the upper it is promoted or moved."),
    Term("Slow-moving", "Stock of a product that sold nothing for the days that the plan names."),
    Term(
      "Scaled error", "Error divided by that of repeating the same period of the year before (MASE); below 1 is better."
    ),
  ]

  private static let modelCards: [(stage: StageName, card: Term)] = [
    (
      .forecast,
      Term(
        "Forecast",
        "Each product at each partner is forecast by repeating last year, by exponential smoothing, or by a regression "
          + "on price, promotion, trend and season, whichever missed least on periods held out. Sums of products, "
          + "partners and regions add up exactly; ranges come from simulated futures on shared draws.")
    ),
    (
      .drivers,
      Term(
        "Drivers",
        "Linear regression of the logarithm of sales on the drivers, with the level of each series and the season "
          + "taken out; the ranges allow for correlation within a series.")
    ),
    (
      .churn,
      Term(
        "Churn",
        "Chance of leaving month by month: penalised logistic regression on smooth curves of the partners’ and "
          + "customers’ own history, judged on later cases."
      )
    ),
    (
      .budget,
      Term(
        "Budget",
        "Curves with falling returns are fitted to past spend and what followed; the budget is then placed exactly: "
          + "one more unit of money earns the same wherever no limit holds.")
    ),
    (
      .stock,
      Term(
        "Stock",
        "Safety stock from simulated demand over lead time and review period at the plan’s service level; what is too "
          + "much is moved or promoted, whichever costs less.")
    ),
  ]

  private static let limits = [
    "Forecasts continue what the history shows; a new rival, a new rule or a new product is not in them.",
    "Spend was placed by people who expected something: where it followed demand, a curve flatters it. Outside the "
      + "solid part of a curve nothing was ever tried.",
    "The ranges tell the uncertainty of the model that was chosen, not that another model might have been right.",
  ]

  private static func certificates(_ view: RunView) -> Block {
    var block = Block("How good the decisions are")
    var table = TextTable([
      .init("decision", .left), .init("status", .left), .init("reached"), .init("bound"), .init("unit", .left),
      .init("in words", .left),
    ])
    for certificate in view.certificates {
      table.add(
        certificate.problem, certificate.status, NumberText.grouped(certificate.objective, decimals: 2),
        NumberText.grouped(certificate.bound, decimals: 2), certificate.unit,
        CertificateText.better(certificate.relativeGap))
    }
    block.openTable = PageTable(table, name: "certificates of the decisions")
    block.source = "certificates.csv"
    return block
  }

  private static func indicators(_ view: RunView) -> Block {
    var block = Block("All key figures")
    var table = TextTable([.init("figure", .left), .init("value"), .init("better", .left), .init("name", .left)])
    for indicator in view.indicators {
      table.add(
        indicator.label, IndicatorText.value(indicator), indicator.better == .neutral ? "" : indicator.better.rawValue,
        indicator.name)
    }
    block.foldedTable = PageTable(table, name: "all key figures")
    block.source = "kpis.csv"
    return block
  }

  private static func settings(_ view: RunView) -> Block {
    var block = Block("Settings", ["Every value that the run used, and where it was written."])
    var table = TextTable([.init("key", .left), .init("value", .left), .init("from", .left)])
    for setting in view.settings { table.add(setting.key, setting.value, setting.origin) }
    block.foldedTable = PageTable(table, name: "settings")
    block.source = "plan.resolved.yaml"
    return block
  }
}
