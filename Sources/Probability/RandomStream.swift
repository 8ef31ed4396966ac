/// A counter-based stream of random numbers: Philox 4×32-10.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011). The n-th number is a
/// pure function of (seed, key, n), so that streams of different keys are independent, a draw does not depend on what
/// was drawn elsewhere, and results do not depend on the number of threads.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private let key: (UInt32, UInt32)
  private let stream: (UInt32, UInt32)
  private var counter: UInt64 = 0
  private var block: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
  private var used = 4

  /// - Parameters:
  ///   - seed: the seed of the run.
  ///   - key: which stream: a series, a partner, a purpose (see `RandomStream.key(_:)`).
  public init(seed: UInt64, key: UInt64 = 0) {
    self.key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    stream = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
  }

  /// A stream key from text, the same in every process: FNV-1a, 64 bits.
  public static func key(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }

  public mutating func next() -> UInt64 {
    if used > 2 {
      block = RandomStream.philox(
        (UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32), stream.0, stream.1), key)
      counter &+= 1
      used = 0
    }
    defer { used += 2 }
    return used == 0
      ? UInt64(block.1) << 32 | UInt64(block.0)
      : UInt64(block.3) << 32 | UInt64(block.2)
  }

  /// Uniform on the open interval (0, 1): never 0, never 1.
  public mutating func uniform() -> Double {
    (Double(next() >> 12) + 0.5) * 0x1p-52
  }

  /// Uniform on lower..<upper.
  public mutating func uniform(_ lower: Double, _ upper: Double) -> Double {
    lower + (upper - lower) * uniform()
  }

  /// Uniform over 0..<count (Lemire's method without bias).
  public mutating func index(below count: Int) -> Int {
    precondition(count > 0, "a choice needs at least one candidate")
    return Int(next(upperBound: UInt64(count)))
  }

  static func philox(
    _ counter: (UInt32, UInt32, UInt32, UInt32), _ key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (c0, c1, c2, c3) = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      let p0 = UInt64(0xD251_1F53) * UInt64(c0)
      let p1 = UInt64(0xCD9E_8D57) * UInt64(c2)
      (c0, c1, c2, c3) = (
        UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: p1),
        UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: p0)
      )
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (c0, c1, c2, c3)
  }
}
