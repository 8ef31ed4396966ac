/// The memory of a search, taken once for a series: nothing is allocated while forms are fitted.
///
/// Unknowns are numbered 0 … 3 for the smoothing parameters, 4 and 5 for level and slope, 6 … for the seasonal terms
/// (``SmoothingUnknown``). Vectors over the unknowns are padded to whole lanes of four.
struct SmoothingWorkspace: ~Copyable {
  typealias Lanes = SIMD4<Double>

  /// The series in units of its spread, and its length.
  let values: UnsafeMutablePointer<Double>
  let count: Int
  /// Known values.
  let knownCount: Int
  /// Periods in a season, 1 for none: the longest that any form of the search has.
  let season: Int
  /// The seasonal terms as they run, and in four lanes.
  let ring: UnsafeMutablePointer<Double>
  let laneRing: UnsafeMutablePointer<Lanes>
  /// ∂ℓ, ∂b and ∂s by unknown, of the current period; a ring of `season` vectors for the seasonal terms.
  let levelDerivatives: UnsafeMutablePointer<Lanes>
  let slopeDerivatives: UnsafeMutablePointer<Lanes>
  let seasonalDerivatives: UnsafeMutablePointer<Lanes>
  /// ∂e by unknown, a row per period, and the errors e.
  let rows: UnsafeMutablePointer<Lanes>
  let errors: UnsafeMutablePointer<Double>
  /// Σ∂e∂eᵀ, a square of `width`, lower triangle; Σe∂e; and the mean of ∂log f.
  let curvature: UnsafeMutablePointer<Double>
  let gradient: UnsafeMutablePointer<Double>
  let logDerivatives: UnsafeMutablePointer<Lanes>
  /// A square for a Cholesky factor and vectors for a step.
  let factor: UnsafeMutablePointer<Double>
  let step: UnsafeMutablePointer<Double>
  let solution: UnsafeMutablePointer<Double>
  /// Room for the points of a search, one after another.
  let points: UnsafeMutablePointer<Double>

  private let block: UnsafeMutableRawPointer
  private static let pointCount = 10

  /// Lanes of four that hold all unknowns of a form with this season.
  static func lanes(season: Int) -> Int { (SmoothingUnknown.seasonal + season + 3) / 4 }

  init(_ series: Span<Double>, scale: Double, season: Int) {
    let lanes = Self.lanes(season: season)
    let (n, width) = (series.count, lanes * 4)
    let paddedCount = (n + 3) / 4 * 4
    let paddedSeason = (season + 3) / 4 * 4
    let doubles = 2 * paddedCount + paddedSeason + 2 * width * width + (3 + Self.pointCount) * width
    let vectors = season + 3 * lanes + season * lanes + n * lanes
    block = .allocate(byteCount: 8 * doubles + 32 * vectors, alignment: 32)
    var next = block
    func take<Element>(_ count: Int, _: Element.Type) -> UnsafeMutablePointer<Element> {
      defer { next += count * MemoryLayout<Element>.stride }
      return next.bindMemory(to: Element.self, capacity: count)
    }
    values = take(paddedCount, Double.self)
    errors = take(paddedCount, Double.self)
    ring = take(paddedSeason, Double.self)
    curvature = take(width * width, Double.self)
    factor = take(width * width, Double.self)
    gradient = take(width, Double.self)
    step = take(width, Double.self)
    solution = take(width, Double.self)
    points = take(Self.pointCount * width, Double.self)
    laneRing = take(season, Lanes.self)
    levelDerivatives = take(lanes, Lanes.self)
    slopeDerivatives = take(lanes, Lanes.self)
    logDerivatives = take(lanes, Lanes.self)
    seasonalDerivatives = take(season * lanes, Lanes.self)
    rows = take(n * lanes, Lanes.self)
    var known = 0
    for time in 0..<n {
      values[time] = series[time] / scale
      if !series[time].isNaN { known += 1 }
    }
    (count, knownCount, self.season) = (n, known, season)
  }

  deinit { block.deallocate() }

  /// Room for one point.
  func point(_ index: Int) -> UnsafeMutablePointer<Double> {
    precondition(index < Self.pointCount, "a search has no more points")
    return points + index * Self.lanes(season: season) * 4
  }
}

/// The numbers of the unknowns.
enum SmoothingUnknown {
  static let level = 4
  static let slope = 5
  static let seasonal = 6
}
