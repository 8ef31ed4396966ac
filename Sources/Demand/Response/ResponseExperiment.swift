internal import ChannelTypes
internal import LinearAlgebra

/// What an experiment says about the height of one spend type in one region: lift = height · effect(form) + error.
///
/// Linear in the height, so that it enters the sampler as one more row of the regression. The region's own periods of
/// the trial are left out of the panel, because the lift was read from them.
struct ExperimentRow: Sendable {
  let region: Int
  /// For each form, the change of the unit response over the trial that the change of spend makes, carry-over included.
  let effects: [Double]
  /// In units of region size.
  let lift: Double
  let standardError: Double

  init(_ trial: ResponsePanel.Experiment, panel: ResponsePanel, size: Double, typicalSpend: Double) {
    region = trial.region
    let spend = panel.spend[trial.spendType][panel.rows(of: trial.region)].map { $0 / typicalSpend }
    let unchanged = spend.enumerated().map { period, intensity in
      trial.periods.contains(period) ? max(0, intensity - trial.extraSpend / typicalSpend) : intensity
    }
    effects = ResponseForm.all.indices.map { form in
      let carryOver = ResponseForm.all[form].carryOver
      let curve = ResponseForm.unitCurves[form]
      let (with, without) = (carryOver.smoothed(spend[...]), carryOver.smoothed(unchanged[...]))
      return trial.periods.reduce(0) { $0 + curve.value(at: with[$1]) - curve.value(at: without[$1]) }
    }
    lift = trial.lift / size
    standardError = trial.standardError / size
  }

  /// Adds the row to the regions' cross-products: forms × regions².
  func add(to grams: inout Matrix, variance: Double, regionCount: Int) {
    for form in effects.indices {
      grams[form, region * regionCount + region] += weight(variance) * effects[form] * effects[form]
    }
  }

  /// Adds the row to the products with what is left to explain: regions × forms.
  func add(toProducts products: inout Matrix, variance: Double) {
    for form in effects.indices { products[region, form] += weight(variance) * effects[form] * lift }
  }

  /// The row counts as much as a row of the panel does, in proportion to their error variances.
  private func weight(_ variance: Double) -> Double { variance / (standardError * standardError) }
}
