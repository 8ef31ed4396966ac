public import ChannelTypes
public import Tables

/// The rules by which quarters are scored. Every number is a setting; the defaults are those of the sample.
public struct Scorecard: Sendable {
  public var scale = RobustScale.Method.mad
  /// So many robust deviations from the median are worth 0 or 100.
  public var bound = 3.0
  /// With fewer known values among partners of one channel type, all partners are the peers.
  public var fewestPeers = 8
  /// In any order; `weightSet(channel:tier:quarter:)` finds the one that counts.
  public var weightSets: [WeightSet] = []
  public var gates = Gates()
  public var shrinkage = Shrinkage()
  public var map = MapRules()
  /// From the best to the worst; the last one has no lower end.
  public var bands: [Band] = Band.standard
  /// A band is left only when the score is beyond its end by so many points.
  public var bandMargin = 2.0
  public var grades: [GradeVersion] = [GradeVersion()]
  public var tilt = TiltRules()
  /// Contract tiers by sales of four quarters, from the largest.
  public var tiers: [SizeTier] = []
  public var support: [SupportTier] = []
  /// The department that answers for an indicator.
  public var departments: [ScoreIndicator: String] = [:]
  /// Days after the due date in which a payment is still punctual.
  public var graceDays = 0
  /// Months of an end customer's contract.
  public var termMonths = 12
  /// So many last quarters are shown indicator by indicator.
  public var detailQuarters = 2
  /// Percent of the best and of the worst by growth and satisfaction that are listed.
  public var listPercent = 10.0
  /// Whether weights are fitted to next year's sales, for comparison.
  public var fitsWeights = false
  /// The penalty of that fit.
  public var ridge = 0.1
  public var qualitative: QualitativeGrid?

  public init() {}

  /// Weights that hold from a quarter on, for all partners or some.
  public struct WeightSet: Sendable {
    public var from: Period
    /// Empty for all.
    public var channels: [String]
    public var tiers: [String]
    /// Each above zero, together 1; in the order of the indicators.
    public let weights: [(indicator: ScoreIndicator, weight: Double)]
    public var place: SourcePlace?

    public init(
      from: Period, channels: [String] = [], tiers: [String] = [], weights: [(ScoreIndicator, Double)],
      place: SourcePlace? = nil
    ) {
      self.from = from
      self.channels = channels
      self.tiers = tiers
      self.weights = weights.map { (indicator: $0.0, weight: $0.1) }.sorted { $0.indicator.index < $1.indicator.index }
      self.place = place
    }

    /// How it is named in tables: `2025Q1 online`.
    public var name: String { ([from.description] + channels + tiers).joined(separator: " ") }

    /// A set for a contract tier counts before one for a channel type, and that before one for all.
    var rank: Int { (tiers.isEmpty ? 0 : 2) + (channels.isEmpty ? 0 : 1) }

    func fits(channel: String?, tier: String?, quarter: Period) -> Bool {
      from <= quarter && (channels.isEmpty || channels.contains { $0 == channel })
        && (tiers.isEmpty || tiers.contains { $0 == tier })
    }
  }

  /// The index of the set that counts: the most specific one that fits, of those the latest; nil where none fits.
  public func weightSet(channel: String?, tier: String?, quarter: Period) -> Int? {
    var best: Int?
    for (index, set) in weightSets.enumerated() where set.fits(channel: channel, tier: tier, quarter: quarter) {
      guard let other = best.map({ weightSets[$0] }) else {
        best = index
        continue
      }
      if (set.rank, set.from.ordinal) > (other.rank, other.from.ordinal) { best = index }
    }
    return best
  }

  /// Conditions that no weighted sum can make good.
  public struct Gates: Sendable {
    /// Every complaint of the quarter is answered within so many hours; nil for no such gate.
    public var complaintHours: Double? = 24
    /// No invoice is unpaid for more than so many days at the quarter's end; nil for no such gate.
    public var overdueDays: Double?
    public var complaintPlace: SourcePlace?
    public var overduePlace: SourcePlace?

    public init() {}
  }

  /// Rates of few cases are drawn to the mean of all partners as if so many more cases had been seen: the posterior
  /// mean of a beta (gamma) prior. Source: Gelman et al., "Bayesian Data Analysis" (3rd ed.), sections 2.4 and 2.6.
  public struct Shrinkage: Sendable {
    public var incidents = 4.0
    public var orders = 20.0
    public var customers = 8.0

    public init() {}
  }

  public struct MapRules: Sendable {
    /// The quantile of performance and of potential that parts low from high, 0 … 1.
    public var performance = 0.5
    public var potential = 0.5
    /// Points beyond the threshold that a move takes.
    public var margin = 5.0
    /// Parts of the potential: money left in the city for each partner there, growth, staff.
    public var headroom = 0.5
    public var growth = 0.3
    public var capability = 0.2
    public var place: SourcePlace?

    public init() {}
  }

  /// What is done with partners whose score is in a range.
  public struct Band: Sendable, Hashable {
    public var name: String
    /// The lowest score of the band.
    public var from: Double
    public var action: String
    public var place: SourcePlace?

    public init(_ name: String, from: Double, action: String, place: SourcePlace? = nil) {
      self.name = name
      self.from = from
      self.action = action
      self.place = place
    }

    public static let standard = [
      Band("reward", from: 55, action: "reward: bonus and first choice of new products"),
      Band("improve", from: 42, action: "improve: plan with the worst indicator as its subject"),
      Band("remove", from: 0, action: "remove: exit case, or replacement by a candidate"),
    ]
  }

  /// Grades by score from a quarter on.
  public struct GradeVersion: Sendable, Hashable {
    public var from: Period
    /// From the best; the last has no lower end.
    public var grades: [Grade]
    public var place: SourcePlace?

    public struct Grade: Sendable, Hashable {
      public var name: String
      public var from: Double

      public init(_ name: String, from: Double) {
        self.name = name
        self.from = from
      }
    }

    public init(
      from: Period = .quarter(1900, 1),
      grades: [Grade] = [Grade("A", from: 60), Grade("B", from: 50), Grade("C", from: 40), Grade("D", from: 0)],
      place: SourcePlace? = nil
    ) {
      self.from = from
      self.grades = grades
      self.place = place
    }
  }

  /// The grade of a score in a quarter, and the version that gave it.
  public func grade(_ score: Double, in quarter: Period) -> (name: String, version: GradeVersion)? {
    guard !score.isNaN, let version = grades.filter({ $0.from <= quarter }).max(by: { $0.from < $1.from }) else {
      return nil
    }
    guard let grade = version.grades.first(where: { score >= $0.from }) ?? version.grades.last else { return nil }
    return (grade.name, version)
  }

  /// How a score moves the partner's weight in the budget: `1 + strength · (score − 50) / 50`, approached by at most
  /// `step` a quarter.
  public struct TiltRules: Sendable {
    public var strength = 0.3
    public var step = 0.1
    public var place: SourcePlace?

    public init() {}
  }

  public struct SizeTier: Sendable, Hashable {
    public var name: String
    /// Sales of four quarters.
    public var from: Money

    public init(_ name: String, from: Money) {
      self.name = name
      self.from = from
    }
  }

  /// How much service support a partner gets: the first tier whose conditions it meets.
  public struct SupportTier: Sendable, Hashable {
    public var name: String
    public var score: Double
    /// Commitment: people for our products only.
    public var dedicatedStaff: Double
    /// Cooperation: attainment of the last quarter.
    public var attainment: Double
    /// What the budget may multiply the partner's support by.
    public var level: Double

    public init(_ name: String, score: Double, dedicatedStaff: Double, attainment: Double, level: Double) {
      self.name = name
      self.score = score
      self.dedicatedStaff = dedicatedStaff
      self.attainment = attainment
      self.level = level
    }
  }
}

/// Judgement of people, kept apart from the score: criteria, the column of the table of partners that holds each, and
/// what a word of it counts.
public struct QualitativeGrid: Sendable {
  /// Criterion and column: policy, attention, relations, display.
  public var criteria: [(name: String, column: String)]
  /// Words and points, 0 … 100.
  public var scale: [(word: String, points: Double)]
  /// Share of the grid in a combined score, 0 … 1; 0 leaves it apart.
  public var weight: Double

  public init(criteria: [(name: String, column: String)], scale: [(word: String, points: Double)], weight: Double) {
    self.criteria = criteria
    self.scale = scale
    self.weight = weight
  }

  /// The words of a row, with what they count; NaN for none and for words that the scale does not know.
  public func judge(_ table: Table, row: Int) -> [(criterion: String, word: String?, points: Double)] {
    criteria.map { criterion in
      let word = row >= 0 ? table[column: criterion.column]?.text(row) : nil
      return (criterion.name, word, scale.first { $0.word == word }?.points ?? .nan)
    }
  }

  /// The mean of the known points and what the grid makes of the score: both NaN without any.
  public func combined(_ points: [Double], score: Double) -> (grid: Double, combined: Double) {
    let known = points.filter { !$0.isNaN }
    guard !known.isEmpty else { return (.nan, .nan) }
    let grid = known.reduce(0, +) / Double(known.count)
    return (grid, weight > 0 ? (1 - weight) * score + weight * grid : .nan)
  }
}

extension Scorecard.WeightSet {
  /// What counts where the plan names no weights.
  public static let standard = Self(
    from: .quarter(1900, 1),
    weights: [
      (.attainment, 0.15), (.growth, 0.12), (.share, 0.08), (.sellThrough, 0.05), (.turnoverDays, 0.1),
      (.responseHours, 0.06), (.resolutionRate, 0.05), (.complaintRate, 0.08), (.fulfilment, 0.06),
      (.renewalRate, 0.06), (.satisfaction, 0.07), (.punctuality, 0.06), (.profitability, 0.03), (.leverage, 0.03),
    ])
}
