public import ChannelTypes

/// How one indicator of a partner moves between the states, a quarter at a time.
///
///     ok → watch       below its baseline
///     watch → warned   below in `quarters` quarters in a row
///     warned → grace   below again at the next close
///     grace → exit     below at the first close after the months of grace
///     any → ok         not below in `recoveryQuarters` quarters in a row
///
/// A quarter's figures are in when the next month has begun: in that month the warning is given, and grace is the
/// `graceMonths` full months after it. An unknown value neither counts nor clears: the quarters beside it are
/// consecutive as far as anyone knows. A partner is in the worst of its indicators' states; since each moves up by at
/// most one state a quarter, so does the partner. Misses of different indicators do not add up.
///
/// Source of the rule: requirements C10.1 and C10.2 (two quarters; the months are the plan's).
public struct ProbationRule: Sendable, Hashable {
  /// At least 2.
  public var quarters: Int
  public var graceMonths: Int
  public var recoveryQuarters: Int

  public init(quarters: Int = 2, graceMonths: Int = 3, recoveryQuarters: Int = 1) {
    self.quarters = max(2, quarters)
    self.graceMonths = graceMonths
    self.recoveryQuarters = max(1, recoveryQuarters)
  }

  /// Where one indicator of one partner stands.
  public struct Track: Sendable, Hashable {
    public internal(set) var state = ProbationStatus.State.ok
    /// Known quarters in a row below, and not below.
    public internal(set) var below = 0
    public internal(set) var met = 0
    /// The month in which the warning is given; nil without one.
    public internal(set) var warnedIn: Period?

    public init() {}
  }

  /// The last month of grace after a warning.
  public func deadline(warnedIn month: Period) -> Period { month.advanced(by: graceMonths) }

  /// The track after one more quarter.
  /// - Parameter isBelow: nil where the value or its baseline is unknown.
  public func advanced(_ track: Track, isBelow: Bool?, quarter: Period) -> Track {
    var next = track
    guard let isBelow else { return next }
    guard isBelow else {
      (next.below, next.met) = (0, track.met + 1)
      // What was never warned of needs no proof of recovery.
      let isCleared = next.met >= recoveryQuarters || track.state <= .watch
      if isCleared { (next.state, next.warnedIn) = (.ok, nil) }
      return next
    }
    (next.below, next.met) = (track.below + 1, 0)
    let close = quarter.ordinal * 3 + 2
    switch track.state {
    case .ok: next.state = .watch
    case .watch where next.below >= quarters:
      next.state = .warned
      next.warnedIn = Period(form: .month, ordinal: close + 1)
    case .watch, .exit: break
    case .warned: next.state = .grace
    case .grace:
      if let warnedIn = track.warnedIn, close > deadline(warnedIn: warnedIn).ordinal { next.state = .exit }
    }
    return next
  }
}

extension ProbationStatus.State: Comparable {
  /// From ok to exit.
  public static func < (left: Self, right: Self) -> Bool { left.depth < right.depth }

  var depth: Int {
    switch self {
    case .ok: 0
    case .watch: 1
    case .warned: 2
    case .grace: 3
    case .exit: 4
    }
  }
}
