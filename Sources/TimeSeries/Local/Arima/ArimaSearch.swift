/// The stepwise search over the orders of an ARIMA model whose differences are given.
///
/// From four models, the best is compared with its neighbours, one or two orders away, and replaced by the first that
/// has a smaller AICc, until none has. Every model is fitted by exact maximum likelihood, from the regression of Hannan
/// & Rissanen or from the coefficients of the model that it is a neighbour of, whichever is likelier.
///
/// Source: Hyndman & Khandakar, "Automatic time series forecasting: the forecast package for R" (Journal of Statistical
/// Software 27(3), 2008), section 3.2. Work: at most `maximumModels` models and `maximumEvaluations` evaluations of a
/// likelihood, whatever the season.
struct ArimaSearch {
  let settings: AutomaticArima
  let base: ArimaOrder
  let mayHaveConstant: Bool

  private let limits: (p: Int, q: Int, seasonalP: Int, seasonalQ: Int)
  private var plain: ArimaEstimation
  private var centred: ArimaEstimation
  private let starts: ArimaStarts
  private var tried: Set<ArimaOrder> = []
  private(set) var best: ArimaEstimate?
  private(set) var bestCriterion = Double.infinity
  private(set) var evaluations = 0

  /// −2 log L is known to so much while orders are compared; the chosen model is then fitted to the end.
  private static let tolerance = 0.01

  /// Orders next to each other, in the order in which they are tried: changes of P, Q, p and q.
  private static let moves: [(seasonalP: Int, seasonalQ: Int, p: Int, q: Int)] = [
    (-1, 0, 0, 0), (0, -1, 0, 0), (1, 0, 0, 0), (0, 1, 0, 0),
    (-1, -1, 0, 0), (-1, 1, 0, 0), (1, -1, 0, 0), (1, 1, 0, 0),
    (0, 0, -1, 0), (0, 0, 0, -1), (0, 0, 1, 0), (0, 0, 0, 1),
    (0, 0, -1, -1), (0, 0, -1, 1), (0, 0, 1, -1), (0, 0, 1, 1),
  ]

  init(_ series: ArimaSeries, base: ArimaOrder, settings: AutomaticArima) {
    self.settings = settings
    self.base = base
    let differences = base.regular.d + base.seasonal.d
    mayHaveConstant = differences <= 1
    let known = series.count - series.unknown.count
    let third = known / 3
    let season = base.season
    let regular = min(settings.maximumOrder, third, season > 1 ? season - 1 : third)
    let seasonal = season > 1 ? min(settings.maximumSeasonalOrder, third / season) : 0
    limits = (regular, regular, seasonal, seasonal)
    var order = base
    order.hasConstant = false
    plain = series.estimation(order, withUnknown: false)
    order.hasConstant = true
    centred = series.estimation(order, withUnknown: false)
    starts = ArimaStarts(ArimaSearch.adjusted(centred), season: season)
  }

  /// The differenced series without constant and regressors, by ordinary least squares.
  static func adjusted(_ estimation: ArimaEstimation) -> [Double] {
    let count = estimation.count
    var system = NormalSystem(order: estimation.columns - 1)
    system.setProducts(estimation.data, count: count, target: 0)
    system.solve()
    var rest = Array(estimation.data.prefix(count))
    for column in 1..<estimation.columns {
      for time in 0..<count { rest[time] -= system.solution[column - 1] * estimation.data[column * count + time] }
    }
    return rest
  }

  /// Runs the search; afterwards ``best`` is the model chosen, or nil where none fits.
  mutating func run(knownCount: Int) {
    // 1. The four first models, and the emptiest without a constant.
    let isShort = knownCount < 10
    let (one, two) = (isShort ? 1 : 2, isShort ? 0 : 1)
    let start = (p: min(one, limits.p), q: min(one, limits.q))
    let seasonal = (p: min(two, limits.seasonalP), q: min(two, limits.seasonalQ))
    consider(order(start.p, start.q, seasonal.p, seasonal.q, mayHaveConstant))
    consider(order(0, 0, 0, 0, mayHaveConstant))
    if max(limits.p, limits.seasonalP) > 0 {
      consider(order(min(1, limits.p), 0, min(1, limits.seasonalP), 0, mayHaveConstant))
    }
    if max(limits.q, limits.seasonalQ) > 0 {
      consider(order(0, min(1, limits.q), 0, min(1, limits.seasonalQ), mayHaveConstant))
    }
    if mayHaveConstant { consider(order(0, 0, 0, 0, false)) }
    // 2. Neighbours of the best, until none is better.
    while let center = best?.order, hasWorkLeft {
      if !improve(around: center) { break }
    }
  }

  private var hasWorkLeft: Bool {
    tried.count < settings.maximumModels && evaluations < settings.maximumEvaluations
  }

  private mutating func improve(around center: ArimaOrder) -> Bool {
    for move in ArimaSearch.moves {
      let p = center.regular.p + move.p
      let q = center.regular.q + move.q
      let seasonalP = center.seasonal.p + move.seasonalP
      let seasonalQ = center.seasonal.q + move.seasonalQ
      guard min(p, q, seasonalP, seasonalQ) >= 0, p <= limits.p, q <= limits.q, seasonalP <= limits.seasonalP,
        seasonalQ <= limits.seasonalQ
      else { continue }
      if consider(order(p, q, seasonalP, seasonalQ, center.hasConstant)) { return true }
    }
    guard mayHaveConstant else { return false }
    var turned = center
    turned.hasConstant.toggle()
    return consider(turned)
  }

  private func order(_ p: Int, _ q: Int, _ seasonalP: Int, _ seasonalQ: Int, _ hasConstant: Bool) -> ArimaOrder {
    var order = base
    (order.regular.p, order.regular.q) = (p, q)
    (order.seasonal.p, order.seasonal.q) = (seasonalP, seasonalQ)
    order.hasConstant = hasConstant
    return order
  }

  /// Fits a model that has not been tried; true where it is the best so far.
  @discardableResult
  private mutating func consider(_ order: ArimaOrder) -> Bool {
    guard hasWorkLeft, tried.insert(order).inserted else { return false }
    let start = starts.partials(order)
    let other = best.map { ArimaSearch.neighbour($0, order) }
    let budget = settings.maximumEvaluations - evaluations
    let estimate =
      order.hasConstant
      ? centred.maximise(order, start: start, or: other, tolerance: ArimaSearch.tolerance, budget: budget)
      : plain.maximise(order, start: start, or: other, tolerance: ArimaSearch.tolerance, budget: budget)
    evaluations = plain.evaluations + centred.evaluations
    guard let estimate, estimate.criterion < bestCriterion, estimate.isWellInside else { return false }
    best = estimate
    bestCriterion = estimate.criterion
    return true
  }

  /// The partial autocorrelations of one model as a start for another: cut short, or filled with small values.
  private static func neighbour(_ estimate: ArimaEstimate, _ order: ArimaOrder) -> [Double] {
    let from = [
      estimate.order.regular.p, estimate.order.regular.q, estimate.order.seasonal.p, estimate.order.seasonal.q,
    ]
    let target = [order.regular.p, order.regular.q, order.seasonal.p, order.seasonal.q]
    var point: [Double] = []
    var start = 0
    for (index, count) in target.enumerated() {
      // Small and of different sign in the two parts, so that they do not cancel.
      let filler = index % 2 == 0 ? 0.05 : 0.1
      for place in 0..<count { point.append(place < from[index] ? estimate.partials[start + place] : filler) }
      start += from[index]
    }
    return point
  }
}
