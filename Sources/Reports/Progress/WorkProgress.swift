/// How far a piece of work is, and how long the rest may take.
///
/// Work is made of parts, each with a weight: roughly its share of the time. What is left is told by the speed of the
/// last half minute, and not at all before there is a speed. No part of any result.
public struct WorkProgress: Sendable {
  /// One part: a stage, the reading of tables.
  public struct Part: Sendable {
    public enum State: Sendable { case waiting, running, finished }

    public var name: String
    /// Relative to the other parts; 0 for what does not count.
    public var weight: Double
    public var state = State.waiting
    /// In whatever the part counts; nil where it counts nothing.
    public var done: Int?
    public var total: Int?

    /// 0…1; a part that counts nothing is at 0 until it has finished.
    public var fraction: Double {
      guard state != .finished else { return 1 }
      guard let done, let total, total > 0 else { return 0 }
      return min(1, max(0, Double(done) / Double(total)))
    }
  }

  /// In the order in which they were named.
  public private(set) var parts: [Part] = []
  private var samples: [(seconds: Double, fraction: Double)] = []

  /// Seconds over which the speed is taken.
  private static let window = 30.0
  /// Seconds and share of the work before which nothing is said about the rest.
  private static let shortest = 1.0
  private static let smallest = 0.01

  public init() {}

  /// Names a part that will come, or gives a new weight to one.
  public mutating func plan(_ name: String, weight: Double = 1) { edit(name) { $0.weight = max(0, weight) } }

  public mutating func start(_ name: String) { edit(name) { $0.state = .running } }

  /// Says how far a part is.
  public mutating func advance(_ name: String, done: Int, of total: Int) {
    edit(name) { part in
      if part.state == .waiting { part.state = .running }
      (part.done, part.total) = (done, total)
    }
  }

  public mutating func finish(_ name: String) { edit(name) { $0.state = .finished } }

  /// Leaves a part out of the estimate: its result was there already, so that its share says nothing about the speed.
  public mutating func skip(_ name: String) { edit(name) { $0.weight = 0 } }

  public var running: [Part] { parts.filter { $0.state == .running } }

  /// Share of all work, 0…1; nil where no part has a weight.
  public var fraction: Double? {
    let total = parts.reduce(0) { $0 + $1.weight }
    return total > 0 ? parts.reduce(0) { $0 + $1.weight * $1.fraction } / total : nil
  }

  /// Seconds that the rest may take; nil while too little is known, or where nothing moves.
  ///
  /// Call it again and again: each call is a sample of the speed.
  public mutating func remaining(after elapsed: Double) -> Double? {
    guard let fraction else { return nil }
    samples.append((elapsed, fraction))
    while samples.count > 2, samples[1].seconds <= elapsed - Self.window { samples.removeFirst() }
    let isLong = elapsed > Self.window
    let from = isLong ? samples[0] : (seconds: 0, fraction: 0)
    let speed = (fraction - from.fraction) / (elapsed - from.seconds)
    guard elapsed >= Self.shortest, fraction >= Self.smallest, speed > 0, speed.isFinite else { return nil }
    return (1 - fraction) / speed
  }

  private mutating func edit(_ name: String, _ change: (inout Part) -> Void) {
    let place = parts.firstIndex { $0.name == name }
    if place == nil { parts.append(Part(name: name, weight: 1)) }
    change(&parts[place ?? parts.count - 1])
  }
}
