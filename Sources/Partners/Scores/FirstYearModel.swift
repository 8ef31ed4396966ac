internal import ChannelTypes
internal import Glibc
internal import LinearAlgebra
internal import Probability
internal import Regression
public import Tables

/// Sales of a partner's first year by what it brings: a regression on the partners that there are.
///
///     ln(first twelve months' sales) = b₀ + Σ b · attribute,   attributes: ln(1 + outlets), ln(1 + staff),
///     ln(1 + dedicated staff), ln(1 + customers), ln(working capital), channel type, ln(city's potential), newcomer
///
/// Partners that were there before the history have the first twelve months of it in place of their first year; the
/// term `newcomer` tells the two apart. Attributes are those on record, the table of partners keeping no older ones.
/// A slight ridge penalty holds attributes apart that go together. A candidate's attributes are held to the range that
/// partners have: beyond it nothing was seen. The spread is that of held-out partners (five folds).
public struct FirstYearModel: Sendable {
  /// Partners that it was trained on.
  public let observations: Int
  /// Root mean squared error of ln sales of held-out partners: 0.5 is a factor of 1.65.
  public let heldOutError: Double
  /// Median of |predicted − actual| / actual of held-out partners.
  public let heldOutRelativeError: Double
  /// Share of the variance of ln sales that is foretold for held-out partners; below zero where it is worse than the mean.
  public let heldOutRSquared: Double
  /// Terms with their coefficients, in order.
  public let terms: [(name: String, coefficient: Double)]

  private let potentials: [String: Double]
  private let channels: [String]
  private let hasNewcomers: Bool
  private let means: [Double]
  /// What each column was seen to hold.
  private let ranges: [ClosedRange<Double>]
  private let coefficients: [Double]

  static let ridge = 0.01
  static let fewest = 20

  /// What candidates and partners have in common.
  struct Attributes {
    var outlets: Double
    var staff: Double
    var dedicated: Double
    var customers: Double
    var capital: Double
    var channel: String?
    var city: String?

    init(_ partner: Partner) {
      (outlets, staff, dedicated) = (partner.outlets, partner.staff, partner.dedicatedStaff)
      (customers, capital) = (partner.customers, partner.workingCapital?.double ?? .nan)
      (channel, city) = (partner.channelType, partner.city)
    }

    init(_ candidate: Candidate) {
      (outlets, staff, dedicated) = (candidate.outlets, candidate.staff, candidate.dedicatedStaff)
      (customers, capital) = (candidate.customers, candidate.workingCapital)
      (channel, city) = (candidate.channelType, candidate.city)
    }
  }

  /// Nil with fewer than twenty partners whose first year is over.
  public init?(_ history: ChannelHistory, regions: Table?) {
    // 1. Whose first year is known.
    var potentials: [String: Double] = [:]
    if let regions, let cities = regions.text("city"), let sizes = regions.numbers("potential") {
      for row in 0..<regions.rowCount where sizes[row] > 0 {
        if let city = cities[row] { potentials[city] = sizes[row] }
      }
    }
    self.potentials = potentials
    let usesSellIn = history.hasSellIn
    var rows: [(attributes: Attributes, isNew: Bool, outcome: Double)] = []
    for (index, partner) in history.partners.enumerated() where partner.row >= 0 {
      let active = history.monthsActive(partner: index)
      guard active >= 12 else { continue }
      let first = history.monthCount - active
      let cells = history.cells(partner: index, months: first..<first + 12)
      let sales = (usesSellIn ? history.sellInValue[cells] : history.sellOutValue[cells]).total()
      guard sales > .zero else { continue }
      let signed = partner.signedOn?.containing(.month)?.ordinal ?? Int.min
      rows.append((Attributes(partner), first > 0 || signed >= history.firstMonth.ordinal, log(sales.double)))
    }
    guard rows.count >= Self.fewest else { return nil }
    channels = Array(Set(rows.compactMap(\.attributes.channel)).sorted().dropFirst())
    hasNewcomers = rows.contains { $0.isNew } && rows.contains { !$0.isNew }
    // 2. The design; what is unknown takes the mean of the others.
    var design: [[Double]] = []
    for row in rows {
      design.append(
        Self.features(row.attributes, isNew: row.isNew, potentials, channels: channels, hasNewcomers: hasNewcomers))
    }
    let columns = design[0].count
    means = (0..<columns).map { column in
      let known = design.lazy.map { $0[column] }.filter { !$0.isNaN }
      return known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
    }
    for row in design.indices {
      for column in 0..<columns where design[row][column].isNaN { design[row][column] = means[column] }
    }
    ranges = (0..<columns).map { column in
      let values = design.map { $0[column] }
      return (values.min() ?? 0)...(values.max() ?? 0)
    }
    let names = Self.names(channels: channels, hasNewcomers: hasNewcomers)
    let outcomes = rows.map(\.outcome)
    guard let fitted = Self.fit(design, outcomes, names) else { return nil }
    coefficients = fitted
    terms = zip(names, fitted).map { (name: $0, coefficient: $1) }
    observations = rows.count
    // 3. How far off it is for partners that it has not seen.
    var errors: [Double] = []
    for fold in 0..<5 {
      let training = design.indices.filter { $0 % 5 != fold }
      guard let fit = Self.fit(training.map { design[$0] }, training.map { outcomes[$0] }, names) else { return nil }
      for row in design.indices where row % 5 == fold {
        errors.append(outcomes[row] - zip([1] + design[row], fit).reduce(0) { $0 + $1.0 * $1.1 })
      }
    }
    let squares = errors.reduce(0) { $0 + $1 * $1 }
    heldOutError = max(1e-6, (squares / Double(errors.count)).squareRoot())
    heldOutRelativeError = RobustScale(errors.map { abs(exp(-$0) - 1) }).median
    let mean = outcomes.reduce(0, +) / Double(outcomes.count)
    let spread = outcomes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    heldOutRSquared = spread > 0 ? 1 - squares / spread : 0
  }

  private static func fit(_ design: [[Double]], _ outcomes: [Double], _ names: [String]) -> [Double]? {
    let matrix = Matrix(columns: names.count, rowByRow: design.flatMap { [1] + $0 })
    let fit = try? LinearRegression(ridge: ridge).fit(DesignMatrix(matrix, names: names), response: outcomes)
    guard let fit, fit.coefficients.allSatisfy({ $0.isFinite }) else { return nil }
    return fit.coefficients
  }

  private static func names(channels: [String], hasNewcomers: Bool) -> [String] {
    ["(intercept)", "outlets", "staff", "dedicated_staff", "customers", "working_capital", "city_potential"]
      + channels.map { "channel_type[\($0)]" } + (hasNewcomers ? ["newcomer"] : [])
  }

  private static func features(
    _ attributes: Attributes, isNew: Bool, _ potentials: [String: Double], channels: [String], hasNewcomers: Bool
  ) -> [Double] {
    let potential = attributes.city.flatMap { potentials[$0] } ?? .nan
    let counts = [
      attributes.outlets, attributes.staff, attributes.dedicated, attributes.customers, attributes.capital, potential,
    ]
    return counts.map { $0.isFinite ? log1p(max(0, $0)) : .nan }
      + channels.map { attributes.channel == $0 ? 1 : 0 } + (hasNewcomers ? [isNew ? 1 : 0] : [])
  }

  struct Prediction {
    var logarithm: Double
    var median: Money?
    var lower: Money?
    var upper: Money?
    var steps: [ScreenedCandidate.Step]
  }

  /// The first year of a newcomer.
  func predict(_ attributes: Attributes) -> Prediction {
    let features = Self.features(
      attributes, isNew: true, potentials, channels: channels, hasNewcomers: hasNewcomers)
    func amount(_ logarithm: Double) -> Money { Money(rounding: exp(min(25, logarithm))) ?? .zero }
    var logarithm = coefficients[0] + zip(coefficients.dropFirst(), means).reduce(0) { $0 + $1.0 * $1.1 }
    var steps = [ScreenedCandidate.Step(label: "mean partner", factor: 1, amount: amount(logarithm))]
    for (column, value) in features.enumerated() {
      let held = min(ranges[column].upperBound, max(ranges[column].lowerBound, value))
      let change = value.isNaN ? 0 : coefficients[column + 1] * (held - means[column])
      steps.append(
        ScreenedCandidate.Step(
          label: terms[column + 1].name + (value.isNaN ? " (unknown)" : ""), factor: exp(change),
          amount: amount(logarithm + change) - amount(logarithm)))
      logarithm += change
    }
    let reach = 1.2815515655446004 * heldOutError
    return Prediction(
      logarithm: logarithm, median: amount(logarithm), lower: amount(logarithm - reach),
      upper: amount(logarithm + reach), steps: steps)
  }

  /// 1 − Φ((ln target − ln predicted) / spread).
  func chance(ofReaching target: Money, _ prediction: Prediction) -> Double {
    guard target > .zero else { return 1 }
    return 1 - Normal.standard.cumulative((log(target.double) - prediction.logarithm) / heldOutError)
  }
}
