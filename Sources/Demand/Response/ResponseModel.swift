internal import ChannelTypes
internal import Glibc
internal import LinearAlgebra
internal import Probability

/// Specification of response curves from the history of spend and outcome.
///
/// For region r, period t and spend type k:
///
///     y_rt / s_r = level_r + trend_r · t + period_t + controls + Σ_k b_rk · h_k(a_rkt / (s_r m_k)) + ε_rt
///
/// with s_r the size of the region (mean outcome), m_k the typical intensity (spend per size), a the spend with its
/// carry-over (`CarryOver`), h_k concave with h_k(1) = 1, ε autocorrelated, of unequal variance and heavy-tailed. b_rk,
/// the height, is the share of the region's outcome that the typical intensity brings; heights are positive and pooled
/// across regions. Steps of `fit`:
///
/// 1. Spend types that followed sales, or did not vary, are set aside: their curves are assumptions (`ResponseDoubt`),
///    or come from experiments alone.
/// 2. `ResponsePilot`: pooled non-negative least squares over the grid of forms; autocorrelation and robust weights;
///    the family of each type by held-out periods.
/// 3. `ResponseSampler`: draws of forms and heights; every interval comes from them, saturation and carry-over
///    uncertain as they are.
///
/// What it cannot see: spend that reacted to a shock of the *same* period which no control measures, loosely enough
/// not to be noticed in step 1. Such spend is credited with too much.
public struct ResponseModel: Sendable, Hashable, Codable {
  /// Draws that are thrown away, kept, and the sweeps between kept ones.
  public var warmUp = 300
  public var drawCount = 400
  public var thinning = 2

  public init() {}

  /// - Throws: `ResponseError` where the panel is empty, too short or badly shaped.
  public func fit(_ panel: ResponsePanel, seed: UInt64) throws(ResponseError) -> ResponseFit {
    try panel.validate()
    let sizes = try panel.regionSizes()
    let tested = Set(panel.experiments.map(\.spendType))
    let believed = panel.spendTypes.indices.map { panel.doubt(type: $0, sizes: sizes) }
    let doubts = believed.enumerated().map { tested.contains($0) ? nil : $1 }
    let typical = typicalIntensities(panel, sizes: sizes)
    let used = panel.spendTypes.indices.filter { doubts[$0] == nil }
    let sample: (families: [ResponseCurve.Family], draws: ResponseDraws, errors: [Double])
    do {
      sample = try draw(
        panel, types: used, silenced: Set(used.filter { believed[$0] != nil }), sizes: sizes, typical: typical,
        seed: seed)
    } catch {
      // A pilot whose normal equations cannot be solved (values near the limits of floating point).
      throw .badControl(name: "outcome")
    }
    return ResponseFit(
      panel: panel, sizes: sizes, typical: typical, doubts: doubts, sampledTypes: used, families: sample.families,
      draws: sample.draws, designErrors: sample.errors, assumed: assumedReturns(seed: seed))
  }

  /// Spend per unit of region size, on average over regions and periods; for a type without any, the mean of the others.
  private func typicalIntensities(_ panel: ResponsePanel, sizes: [Double]) -> [Double] {
    let total = sizes.reduce(0, +) * Double(panel.periodCount)
    let typical = panel.spend.map { $0.reduce(0, +) / total }
    let positive = typical.filter { $0 > 0 }
    let fallback = positive.isEmpty ? 0.01 : positive.reduce(0, +) / Double(positive.count)
    return typical.map { $0 > 0 ? $0 : fallback }
  }

  private func draw(
    _ panel: ResponsePanel, types: [Int], silenced: Set<Int>, sizes: [Double], typical: [Double], seed: UInt64
  ) throws(LinearAlgebraError) -> (families: [ResponseCurve.Family], draws: ResponseDraws, errors: [Double]) {
    guard !types.isEmpty else { return ([], ResponseDraws(typeCount: 0, regionCount: panel.regions.count), []) }
    var known = panel.outcome.map { !$0.isNaN }
    for trial in panel.experiments {
      for period in trial.periods { known[trial.region * panel.periodCount + period] = false }
    }
    let outcome = panel.outcome.enumerated().map { known[$0] ? $1 / sizes[$0 / panel.periodCount] : 0 }
    let columns = types.map { type in
      let intensity = panel.spend[type].enumerated().map { $1 / (sizes[$0 / panel.periodCount] * typical[type]) }
      let columns = ResponseColumns(intensity: intensity, panel: panel)
      return silenced.contains(type) ? columns.silenced : columns
    }
    let experiments = types.map { type in
      panel.experiments.filter { $0.spendType == type }.map { trial in
        ExperimentRow(
          trial, panel: panel, size: sizes[trial.region], typicalSpend: sizes[trial.region] * typical[type])
      }
    }
    let breakEven = types.map { typical[$0] }
    let pilot = try ResponsePilot(
      panel: panel, outcome: outcome, known: known, columns: columns, breakEven: breakEven)
    let families = try pilot.chosenFamilies()
    let errors = pilot.errors
    var sampler = ResponseSampler(
      outcome: errors.whitened(outcome, periodCount: panel.periodCount),
      columns: columns.map { $0.whitened(errors) }, space: panel.controlSpace(errors), panel: panel,
      rowsUsed: known.count { $0 }, breakEven: breakEven, experiments: experiments,
      start: (pilot.forms, pilot.heights))
    // In units of what one more unit of spend returns.
    let designErrors = types.indices.map { index in
      sampler.designError(type: index) * ResponseForm.all[pilot.forms[index]].elasticity / typical[types[index]]
    }
    var stream = RandomStream(seed: seed, key: RandomStream.key("response"))
    return (families, sampler.draws(warmUp: warmUp, count: drawCount, thinning: thinning, &stream), designErrors)
  }

  /// Draws of the factor on a curve about which nothing but the prior is known: log-normal with mean 1.
  private func assumedReturns(seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, key: RandomStream.key("response/assumed"))
    let deviation = ResponsePrior.deviation
    return (0..<drawCount).map { _ in
      exp(stream.normal(mean: -deviation * deviation / 2, standardDeviation: deviation))
    }
  }
}
