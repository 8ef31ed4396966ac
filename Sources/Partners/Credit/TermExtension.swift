/// Longer terms where a market still grows: which partners get how many days more, so that what is earned on the sales
/// that they bring, less expected losses and the cost of capital, is the most that the extra exposure allows.
///
/// With S sales a year, d days today and e more, λ the lift of sales by 30 days more, m margin, p chance of default, g
/// loss given default and κ yearly cost of capital:
///
///     sales     = S·(1 + λ·e/30)
///     exposure  = sales·(d + e)/365 − S·d/365
///     gain      = m·(sales − S) − (p·g + κ)·exposure
///
/// Every partner takes one of the plan's steps or none: a multiple-choice knapsack. Options that a mix of others beats
/// are left out, the rest is taken by gain per unit of exposure until the limit; what did not fit is the gap to the bound
/// (Sinha and Zoltners, "The multiple-choice knapsack problem", *Operations Research* 27, 1979).
public struct TermExtension: Sendable {
  public struct Candidate: Sendable, Hashable {
    public var partner: String
    /// A year.
    public var sales: Double
    public var days: Int
    public var probability: Double

    public init(_ partner: String, sales: Double, days: Int, probability: Double) {
      self.partner = partner
      self.sales = sales
      self.days = days
      self.probability = probability
    }
  }

  public struct Policy: Sendable, Hashable {
    /// Days more that may be given, ascending.
    public var steps: [Int]
    /// λ: part of sales that 30 days more bring.
    public var lift: Double
    public var margin: Double
    public var lossGivenDefault: Double
    public var capitalCost: Double
    /// Extra exposure of all partners together.
    public var limit: Double

    public init(
      steps: [Int], lift: Double, margin: Double, lossGivenDefault: Double, capitalCost: Double, limit: Double
    ) {
      self.steps = steps
      self.lift = lift
      self.margin = margin
      self.lossGivenDefault = lossGivenDefault
      self.capitalCost = capitalCost
      self.limit = limit
    }
  }

  public struct Option: Sendable, Hashable {
    /// 0 for none.
    public var extraDays = 0
    public var exposure = 0.0
    public var margin = 0.0
    public var expectedLoss = 0.0
    public var capitalCost = 0.0
    public var gain: Double { margin - expectedLoss - capitalCost }
  }

  /// By candidate.
  public private(set) var chosen: [Option]
  public private(set) var gain = 0.0
  public private(set) var exposure = 0.0
  /// No choice within the limit can gain more.
  public private(set) var bound = 0.0

  public static func option(_ candidate: Candidate, _ extraDays: Int, _ policy: Policy) -> Option {
    let sales = candidate.sales * (1 + policy.lift * Double(extraDays) / 30)
    let exposure = (sales * Double(candidate.days + extraDays) - candidate.sales * Double(candidate.days)) / 365
    return Option(
      extraDays: extraDays, exposure: exposure, margin: policy.margin * (sales - candidate.sales),
      expectedLoss: candidate.probability * policy.lossGivenDefault * exposure,
      capitalCost: policy.capitalCost * exposure)
  }

  /// Complexity: O(options · log options).
  public init(_ candidates: [Candidate], _ policy: Policy) {
    chosen = Array(repeating: Option(), count: candidates.count)
    struct Increment {
      var candidate: Int
      var option: Option
      var gain: Double
      var exposure: Double
      var rate: Double { gain / max(exposure, 1e-9) }
    }
    var increments: [Increment] = []
    for (index, candidate) in candidates.enumerated() {
      var last = Option()
      for option in Self.hull(policy.steps.map { Self.option(candidate, $0, policy) }) {
        increments.append(
          Increment(
            candidate: index, option: option, gain: option.gain - last.gain, exposure: option.exposure - last.exposure))
        last = option
      }
    }
    increments.sort { $0.rate != $1.rate ? $0.rate > $1.rate : $0.candidate < $1.candidate }
    var isClosed = [Bool](repeating: false, count: candidates.count)
    var relaxed: Double?
    for increment in increments {
      guard !isClosed[increment.candidate], exposure + increment.exposure <= policy.limit else {
        // The relaxed problem takes a part of the first step that does not fit: that is the bound.
        if relaxed == nil { relaxed = gain + increment.rate * max(0, policy.limit - exposure) }
        isClosed[increment.candidate] = true
        continue
      }
      chosen[increment.candidate] = increment.option
      gain += increment.gain
      exposure += increment.exposure
    }
    bound = max(relaxed ?? gain, gain)
  }

  /// The options that gain, from the smallest, whose gain per unit of exposure falls from one to the next.
  private static func hull(_ options: [Option]) -> [Option] {
    var hull = [Option()]
    for option in options.sorted(by: { $0.exposure < $1.exposure }) {
      while let last = hull.last {
        if option.gain <= last.gain { break }
        guard hull.count >= 2 else {
          hull.append(option)
          break
        }
        let before = hull[hull.count - 2]
        let earlier = (last.gain - before.gain) * (option.exposure - last.exposure)
        if (option.gain - last.gain) * (last.exposure - before.exposure) >= earlier {
          hull.removeLast()
        } else {
          hull.append(option)
          break
        }
      }
    }
    return Array(hull.dropFirst())
  }
}
