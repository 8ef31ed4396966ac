internal import Glibc
internal import LinearAlgebra
internal import Probability

/// What is believed about heights before the data speak.
struct ResponsePrior: Sendable {
  /// ln of the median pooled height of each spend type.
  let centres: [Double]
  /// Standard deviation of ln pooled height: a spend type is as likely to return more than its cost as less, and nine
  /// times in ten between a fifth of it and five times as much.
  static let deviation = 1.0
  /// Grid of the standard deviation of ln height between regions, with a half-normal prior of scale 0.4.
  static let heterogeneities = [0.05, 0.1, 0.2, 0.3, 0.45, 0.65, 0.9]
  static let heterogeneityScale = 0.4

  /// - Parameter breakEven: the height of each spend type at which it returns its own cost; the prior median.
  init(breakEven: [Double]) {
    centres = breakEven.map { log($0) }
  }

  static func drawHeterogeneity(squaredDeviations: Double, count: Int, _ stream: inout RandomStream) -> Double {
    let logDensities = heterogeneities.map { h in
      -Double(count) * log(h) - squaredDeviations / (2 * h * h)
        - h * h / (2 * heterogeneityScale * heterogeneityScale)
    }
    return heterogeneities[drawIndex(logDensities: logDensities, &stream)]
  }
}

/// Draws from the posterior of forms and heights by Gibbs sampling, controls integrated out under a flat prior.
///
///     ỹ = C γ + Σ_k Σ_r b_rk h_k(ã_rk) + η,   η ~ N(0, σ²)
///     ln b_rk ~ N(μ_k, τ_k²),   μ_k ~ N(centre_k, 1),   τ_k ~ half-normal(0.4),   form_k uniform on its grid
///
/// The log-normal heights are positive and pool regions by ratio. Sources: Gelman et al., "Bayesian Data Analysis"
/// (3rd ed.), ch. 5 and 11; slice sampling after Neal (2003); in media response Jin et al., "Bayesian methods for media
/// mix modeling with carryover and shape effects" (2017).
///
/// Complexity of one sweep: types × (rows × (controls + forms) + forms × regions²); memory types × forms ×
/// (rows + regions²).
struct ResponseSampler {
  private let space: ControlSpace
  private let periodCount: Int
  private let regionCount: Int
  private let columns: [ResponseColumns]
  /// For every type, the regions' cross-products with the controls projected out: forms × regions².
  private let grams: [Matrix]
  /// For every type, what experiments said, and the error variance against which their rows are weighted.
  private let experiments: [[ExperimentRow]]
  private let panelVariance: Double
  private let prior: ResponsePrior
  private let freedom: Double
  /// Outcome less the present responses, whitened, controls not projected out.
  private var rest: [Double]

  // The state of the chain.
  private var forms: [Int]
  /// ln b, type-major.
  private var logHeights: [Double]
  private var centres: [Double]
  private var heterogeneity: [Double]
  private var variance: Double

  /// - Parameters:
  ///   - outcome: whitened outcome in units of region size.
  ///   - columns: whitened candidate columns of each spend type.
  ///   - start: forms and pooled heights to start from.
  init(
    outcome: [Double], columns: [ResponseColumns], space: ControlSpace, panel: ResponsePanel, rowsUsed: Int,
    breakEven: [Double], experiments: [[ExperimentRow]], start: (forms: [Int], heights: [Double])
  ) {
    self.space = space
    self.columns = columns
    periodCount = panel.periodCount
    regionCount = panel.regions.count
    prior = ResponsePrior(breakEven: breakEven)
    freedom = max(4, Double(rowsUsed - space.dimension))
    forms = start.forms
    centres = zip(start.heights, breakEven).map { log(max($0, 0.1 * $1)) }
    logHeights = centres.flatMap { [Double](repeating: $0, count: panel.regions.count) }
    heterogeneity = centres.map { _ in 0.3 }
    self.experiments = experiments
    rest = outcome
    for type in forms.indices {
      Self.addResponses(
        of: columns[type], form: forms[type],
        heights: [Double](repeating: -exp(centres[type]), count: regionCount), to: &rest)
    }
    let variance = max(squaredNorm(space.residual(rest)) / freedom, .leastNormalMagnitude)
    self.variance = variance
    panelVariance = variance
    let regionCount = regionCount
    grams = zip(columns, experiments).map { columns, rows in
      var grams = ResponseSampler.grams(columns, space: space)
      for row in rows { row.add(to: &grams, variance: variance, regionCount: regionCount) }
      return grams
    }
  }

  private static func grams(_ columns: ResponseColumns, space: ControlSpace) -> Matrix {
    let count = columns.blocks.count
    let forms = ResponseForm.all.count
    let periods = columns.blocks[0].rows
    let coordinates = columns.blocks.enumerated().map { region, block in
      space.basis.selecting(rows: Array(region * periods..<(region + 1) * periods)).transposedTimes(block)
    }
    var grams = Matrix(rows: forms, columns: count * count)
    for form in 0..<forms {
      for r in 0..<count {
        for s in 0...r {
          let own = r == s ? columns.blocks[r].column(form).reduce(0) { $0 + $1 * $1 } : 0
          let product = zip(coordinates[r].column(form), coordinates[s].column(form)).reduce(0) { $0 + $1.0 * $1.1 }
          grams[form, r * count + s] = own - product
          grams[form, s * count + r] = own - product
        }
      }
    }
    return grams
  }

  /// The standard error of a type's pooled height by the design alone, whatever the outcome turned out to be: a verdict
  /// that rests on it does not favour the types whose estimates happen to be large.
  func designError(type: Int) -> Double {
    let information = grams[type].row(forms[type]).reduce(0, +)
    return information > 0 ? (panelVariance / information).squareRoot() : .infinity
  }

  /// Runs the chain. Each kept draw holds the form of every type and ln b of every type and region.
  mutating func draws(warmUp: Int, count: Int, thinning: Int, _ stream: inout RandomStream) -> ResponseDraws {
    var draws = ResponseDraws(typeCount: forms.count, regionCount: regionCount)
    for sweep in 0..<warmUp + count * thinning {
      for type in forms.indices { update(type, &stream) }
      // σ² given everything else: scaled inverse chi-square.
      let square = squaredNorm(space.residual(rest))
      variance = max(square / (2 * stream.gamma(shape: freedom / 2)), .leastNormalMagnitude)
      if sweep >= warmUp, (sweep - warmUp) % thinning == 0 { draws.append(forms: forms, logHeights: logHeights) }
    }
    return draws
  }

  /// All that belongs to one spend type, the others held.
  private mutating func update(_ type: Int, _ stream: inout RandomStream) {
    // 1. What is left for this type to explain, and its products with every candidate column.
    addResponses(of: type, sign: 1)
    let residual = space.residual(rest)
    var products = productsWithResidual(type, residual)
    for row in experiments[type] { row.add(toProducts: &products, variance: panelVariance) }
    var block = logHeights[type * regionCount..<(type + 1) * regionCount].map { exp($0) }

    // 2. The form, heights held.
    let squares = grams[type] * block.flatMap { height in block.map { height * $0 } }
    let logDensities = zip(products.transposedTimes(block), squares).map { ($0 - $1 / 2) / variance }
    forms[type] = drawIndex(logDensities: logDensities, &stream)
    let form = forms[type]

    // 3. One factor on all heights and their centre together: the pooled level moves in one step.
    let square = squares[form]
    let product = zip(products.column(form), block).reduce(0) { $0 + $1.0 * $1.1 }
    let (centre, deviation) = (centres[type], ResponsePrior.deviation)
    let shift = sliceDraw(from: 0, &stream) { shift in
      let factor = exp(shift)
      let distance = (centre + shift - prior.centres[type]) / deviation
      return (factor * product - factor * factor * square / 2) / variance - distance * distance / 2
    }
    centres[type] += shift
    block = block.map { $0 * exp(shift) }

    // 4. The height of each region.
    let pooled = centres[type]
    let spread = heterogeneity[type]
    for region in 0..<regionCount {
      let own = grams[type][form, region * regionCount + region]
      var cross = products[region, form]
      for other in 0..<regionCount where other != region {
        cross -= grams[type][form, region * regionCount + other] * block[other]
      }
      let drawn = sliceDraw(from: log(block[region]), &stream) { logHeight in
        let height = exp(logHeight)
        let distance = (logHeight - pooled) / spread
        return (height * cross - height * height * own / 2) / variance - distance * distance / 2
      }
      block[region] = exp(drawn)
      logHeights[type * regionCount + region] = drawn
    }

    // 5. Centre and spread of the regions.
    let logs = logHeights[type * regionCount..<(type + 1) * regionCount]
    let (weight, priorWeight) = (Double(regionCount) / (spread * spread), 1 / (deviation * deviation))
    let mean = (logs.reduce(0, +) / (spread * spread) + prior.centres[type] * priorWeight) / (weight + priorWeight)
    centres[type] = stream.normal(mean: mean, standardDeviation: (1 / (weight + priorWeight)).squareRoot())
    let deviations = logs.reduce(0) { $0 + ($1 - centres[type]) * ($1 - centres[type]) }
    heterogeneity[type] = ResponsePrior.drawHeterogeneity(
      squaredDeviations: deviations, count: regionCount, &stream)
    addResponses(of: type, sign: -1)
  }

  private mutating func addResponses(of type: Int, sign: Double) {
    let heights = (0..<regionCount).map { sign * exp(logHeights[type * regionCount + $0]) }
    Self.addResponses(of: columns[type], form: forms[type], heights: heights, to: &rest)
  }

  private static func addResponses(
    of columns: ResponseColumns, form: Int, heights: [Double], to rest: inout [Double]
  ) {
    for (region, block) in columns.blocks.enumerated() {
      for (period, value) in block.column(form).enumerated() {
        rest[region * block.rows + period] += heights[region] * value
      }
    }
  }

  /// h_fr · e: regions × forms.
  private func productsWithResidual(_ type: Int, _ residual: [Double]) -> Matrix {
    let byRegion = columns[type].blocks.enumerated().flatMap { region, block in
      block.transposedTimes(Array(residual[region * periodCount..<(region + 1) * periodCount]))
    }
    return Matrix(rows: ResponseForm.all.count, columns: regionCount, elements: byRegion).transposed()
  }
}

/// Kept draws: the form of each type, ln height of each type and region.
struct ResponseDraws: Sendable, Codable {
  let typeCount: Int
  let regionCount: Int
  private(set) var forms: [Int] = []
  private(set) var logHeights: [Double] = []

  init(typeCount: Int, regionCount: Int) {
    self.typeCount = typeCount
    self.regionCount = regionCount
  }

  var count: Int { typeCount == 0 ? 0 : forms.count / typeCount }

  mutating func append(forms: [Int], logHeights: [Double]) {
    self.forms.append(contentsOf: forms)
    self.logHeights.append(contentsOf: logHeights)
  }

  func form(draw: Int, type: Int) -> Int { forms[draw * typeCount + type] }
  func height(draw: Int, type: Int, region: Int) -> Double {
    exp(logHeights[(draw * typeCount + type) * regionCount + region])
  }
}

/// An index with probability proportional to exp(density).
func drawIndex(logDensities: [Double], _ stream: inout RandomStream) -> Int {
  let top = logDensities.max() ?? 0
  let weights = logDensities.map { exp($0 - top) }
  var left = stream.uniform() * weights.reduce(0, +)
  for (index, weight) in weights.enumerated() {
    left -= weight
    if left <= 0 { return index }
  }
  return weights.count - 1
}

/// One draw by slice sampling with stepping out (Neal, 2003, figures 3 and 5), bracket width 0.5, at most 20 steps.
func sliceDraw(from start: Double, _ stream: inout RandomStream, _ logDensity: (Double) -> Double) -> Double {
  let level = logDensity(start) + log(stream.uniform())
  let width = 0.5
  var low = start - width * stream.uniform()
  var high = low + width
  var steps = 0
  while steps < 20, logDensity(low) > level { (low, steps) = (low - width, steps + 1) }
  steps = 0
  while steps < 20, logDensity(high) > level { (high, steps) = (high + width, steps + 1) }
  for _ in 0..<100 {
    let candidate = stream.uniform(low, high)
    if logDensity(candidate) > level { return candidate }
    if candidate < start { low = candidate } else { high = candidate }
  }
  return start
}

extension RandomStream {
  /// A gamma draw of scale 1, `shape` ≥ 1 (Marsaglia & Tsang, 2000).
  mutating func gamma(shape: Double) -> Double {
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let v = (1 + c * x) * (1 + c * x) * (1 + c * x)
      if v > 0, log(uniform()) < x * x / 2 + d - d * v + d * log(v) { return d * v }
    }
  }
}
