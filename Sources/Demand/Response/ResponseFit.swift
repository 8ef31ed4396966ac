public import ChannelTypes
internal import Glibc

/// Fitted response curves with the draws that say how sure they are.
///
/// All curves are per period of the panel: expected outcome from spending that amount in every period, carry-over
/// included. `ResponseCurve.overPeriods(3)` makes a monthly curve quarterly.
public struct ResponseFit: Sendable, Codable {
  public let regions: [String]
  public let spendTypes: [String]
  /// Mean outcome of each region.
  public let sizes: [Double]
  /// Mean spend per unit of outcome of each spend type.
  public let typicalIntensities: [Double]
  /// Why a spend type could not be estimated; nil where it was.
  public let doubts: [ResponseDoubt?]
  /// Periods with spend, type-major.
  private let observations: [Int]
  /// Mean spend per period over the last year, type-major.
  private let usualSpend: [Double]

  /// Type-major, region-major spend of the history.
  private let spend: [[Double]]
  private let periodCount: Int

  /// Position of each spend type in `draws`; nil where it is an assumption.
  private let positions: [Int?]
  private let families: [ResponseCurve.Family]
  private let draws: ResponseDraws
  private let assumed: [Double]
  /// Standard errors of the marginal return at typical spend, all regions together, by the design alone.
  let designErrors: [Double]
  /// Spend types on which there was an experiment.
  private let tested: Set<Int>

  init(
    panel: ResponsePanel, sizes: [Double], typical: [Double], doubts: [ResponseDoubt?], sampledTypes: [Int],
    families: [ResponseCurve.Family], draws: ResponseDraws, designErrors: [Double],
    assumed: [Double]
  ) {
    self.designErrors = designErrors
    spend = panel.spend
    periodCount = panel.periodCount
    regions = panel.regions
    spendTypes = panel.spendTypes
    self.sizes = sizes
    typicalIntensities = typical
    self.doubts = doubts
    positions = panel.spendTypes.indices.map { sampledTypes.firstIndex(of: $0) }
    self.families = families
    self.draws = draws
    self.assumed = assumed
    usualSpend = panel.spend.flatMap { spend in
      panel.regions.indices.map { mean(Array(spend[panel.rows(of: $0)].suffix(max(1, panel.seasonLength)))) }
    }
    tested = Set(panel.experiments.map(\.spendType))
    observations = panel.spend.flatMap { spend in
      panel.regions.indices.map { region in
        panel.rows(of: region).count { spend[$0] > 0 && !panel.outcome[$0].isNaN }
      }
    }
  }

  public var drawCount: Int { assumed.count }

  /// Periods in which the region spent on the type and its outcome is known.
  public func observationCount(region: Int, type: Int) -> Int { observations[type * regions.count + region] }

  /// The spend at which the region would have the typical intensity.
  public func typicalSpend(region: Int, type: Int) -> Double { sizes[region] * typicalIntensities[type] }

  /// One draw of the curve. Draw i belongs to the same state of the world in every region and spend type.
  public func drawnCurve(_ draw: Int, region: Int, type: Int) -> ResponseCurve {
    guard let position = positions[type] else {
      var curve = assumption(region: region, type: type)
      curve.amplitude *= assumed[draw]
      return curve
    }
    let unit = ResponseForm.unitCurves[draws.form(draw: draw, type: position)]
    let height = draws.height(draw: draw, type: position, region: region)
    return ResponseCurve(
      family: unit.family, amplitude: unit.amplitude * height * sizes[region],
      scale: unit.scale * typicalSpend(region: region, type: type), shape: unit.shape)
  }

  /// The published curve: the member of the chosen family whose value and slope at `spend` are the posterior means.
  /// - Parameter spend: present spend per period; where it is 0, the typical spend stands in.
  public func curve(region: Int, type: Int, near spend: Double) -> ResponseCurve {
    guard let position = positions[type] else { return assumption(region: region, type: type) }
    let point = spend > 0 ? spend : typicalSpend(region: region, type: type)
    let (values, slopes) = returns(region: region, type: type, at: point)
    let value = mean(values)
    return ResponseCurve(family: families[position], elasticity: mean(slopes) * point / value, value: value, at: point)
  }

  /// The curve of a type about which the history says nothing: Hill, half saturated, and break-even at the margin where
  /// the region usually spends, so that by itself it asks for neither more nor less. Where the region never spent, one
  /// unit returns at most itself.
  private func assumption(region: Int, type: Int) -> ResponseCurve {
    let usual = usualSpend[type * regions.count + region]
    guard usual > 0 else {
      let typical = typicalSpend(region: region, type: type)
      return ResponseCurve(family: .hill, amplitude: typical, scale: typical)
    }
    return ResponseCurve(family: .hill, amplitude: 4 * usual, scale: usual)
  }

  /// Draws of value and slope at `spend`, in order of draw.
  public func returns(region: Int, type: Int, at spend: Double) -> (values: [Double], slopes: [Double]) {
    let curves = (0..<drawCount).map { drawnCurve($0, region: region, type: type) }
    return (curves.map { $0.value(at: spend) }, curves.map { $0.slope(at: spend) })
  }

  /// Draws of what the spend of the history brought in all its periods together, carry-over into them included.
  public func effects(region: Int, type: Int) -> [Double] {
    let history = spend[type][region * periodCount..<(region + 1) * periodCount]
    let smoothed = CarryOver.grid.map { $0.smoothed(history) }
    return (0..<drawCount).map { draw in
      let curve = drawnCurve(draw, region: region, type: type)
      let form = positions[type].map { draws.form(draw: draw, type: $0) } ?? 0
      return smoothed[form % smoothed.count].reduce(0) { $0 + curve.value(at: $1) }
    }
  }

  /// The share of an effect that is felt after the period of the spend, posterior mean; nil for an assumption.
  public func carryOver(type: Int) -> Double? {
    guard let position = positions[type] else { return nil }
    return mean((0..<draws.count).map { ResponseForm.all[draws.form(draw: $0, type: position)].carryOver.laterShare })
  }

  /// `history` (or `experiment`, where there was one on the type in any region) where the design of the history can tell
  /// what one more unit returns at typical spend to within ±0.25 (one standard error, all regions together), and the
  /// region ever spent on the type. The verdict does not look at the estimate: one that did would let through the types
  /// that chance made look large.
  public func evidence(region: Int, type: Int) -> ResponseEvidence {
    guard let position = positions[type], observationCount(region: region, type: type) > 0,
      designErrors[position] <= Self.largestError
    else { return .assumption }
    return tested.contains(type) ? .experiment : .history
  }

  static let largestError = 0.25
}

private func mean(_ values: [Double]) -> Double {
  values.reduce(0, +) / Double(max(values.count, 1))
}

private func standardDeviation(_ values: [Double]) -> Double {
  let centre = mean(values)
  return (values.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / Double(max(values.count - 1, 1))).squareRoot()
}
