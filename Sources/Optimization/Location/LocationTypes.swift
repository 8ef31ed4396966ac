/// What may happen to a site.
public enum SiteChoice: Int8, Sendable, Hashable {
  case free
  /// It is open whatever it costs.
  case open
  /// It stays closed.
  case closed
}

/// When to stop a search over sites short of the proof. Limits count work; a clock is used only where asked for.
public struct LocationLimits: Sendable, Hashable {
  /// Stop when |objective − bound| / max(1, |objective|) is this small.
  public var relativeGap: Double
  /// Nodes of the search tree; nil for as many as it takes.
  public var nodes: Int?
  /// Wall-clock seconds; nil for as long as it takes.
  public var seconds: Double?

  public init(relativeGap: Double = 0, nodes: Int? = nil, seconds: Double? = nil) {
    self.relativeGap = relativeGap
    self.nodes = nodes
    self.seconds = seconds
  }
}

/// Which sites open, and who is served from where.
public struct LocationSolution: Sendable {
  public var status: SolveStatus
  /// NaN without a solution.
  public var objective: Double
  /// No choice of sites costs less.
  public var bound: Double
  /// By site.
  public var isOpen: [Bool]
  /// The site of each demand.
  public var site: [Int]
  /// Nodes of the search tree that were looked at.
  public var nodes: Int

  public init(
    status: SolveStatus, objective: Double = .nan, bound: Double = -.infinity, isOpen: [Bool] = [], site: [Int] = [],
    nodes: Int = 0
  ) {
    self.status = status
    self.objective = objective
    self.bound = bound
    self.isOpen = isOpen
    self.site = site
    self.nodes = nodes
  }
}

/// When a lower bound is as good as the best known objective.
struct BoundTest {
  /// The objective is a whole number whatever is chosen.
  let isWhole: Bool
  let relativeGap: Double

  /// Nothing with a lower bound of this or more needs a look.
  func cutoff(_ objective: Double) -> Double {
    guard objective.isFinite else { return .infinity }
    let scale = max(1, abs(objective))
    // A whole objective that is better is better by one; half of 1e-6 covers what the sums lose to rounding.
    let step = isWhole && scale < 1e9 ? 1 - 5e-7 * max(1, scale * 1e-6) : scale * 1e-10
    return objective - max(step, scale * relativeGap)
  }

  /// The bound that a search may claim when everything below `cutoff` has been ruled out.
  func claimed(_ bound: Double, objective: Double) -> Double {
    if isWhole, objective.isFinite, bound >= cutoff(objective), abs(objective) < 1e9, relativeGap == 0 {
      return objective
    }
    return min(bound, objective)
  }

  static func isWhole(_ values: [Double]) -> Bool {
    values.allSatisfy { !$0.isFinite || $0 == $0.rounded() }
  }
}
