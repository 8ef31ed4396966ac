/// Walks over the separators and line ends of a text, eight bytes at a time.
///
/// A byte equals a pattern where `word ^ pattern` is zero, and `~(((x & 0x7F…) + 0x7F…) | x | 0x7F…)` has the high bit
/// of exactly the zero bytes set (Warren, *Hacker's Delight*, 6-1). The bits of a word are used up one after another,
/// so that each word is loaded once however many cells it touches.
struct DelimiterScan {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let separatorPattern: UInt64
  private let lineEndPattern: UInt64
  private var wordStart: Int
  /// The delimiters of the current word that are still ahead.
  private var hits: UInt64 = 0

  @inline(__always)
  init(_ bytes: UnsafeBufferPointer<UInt8>, _ separator: UInt8, _ lineEnd: UInt8, from start: Int) {
    self.bytes = bytes
    separatorPattern = UInt64(separator) &* 0x0101_0101_0101_0101
    lineEndPattern = UInt64(lineEnd) &* 0x0101_0101_0101_0101
    wordStart = start
    if start < bytes.count { hits = delimiters() }
  }

  /// The place of the next delimiter; the end of the text where there is none.
  @inline(__always)
  mutating func next() -> Int {
    while hits == 0 {
      wordStart &+= 8
      guard wordStart < bytes.count else { return bytes.count }
      hits = delimiters()
    }
    let place = wordStart &+ (hits.trailingZeroBitCount &>> 3)
    hits &= hits &- 1
    return place
  }

  @inline(__always)
  private func delimiters() -> UInt64 {
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    let word = self.word()
    let a = word ^ separatorPattern
    let b = word ^ lineEndPattern
    return ~(((((a & low) &+ low) | a) & (((b & low) &+ low) | b)) | low)
  }

  @inline(__always)
  private func word() -> UInt64 {
    guard wordStart &+ 8 <= bytes.count else { return lastWord() }
    let base = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped)
    return UInt64(littleEndian: base.loadUnaligned(fromByteOffset: wordStart, as: UInt64.self))
  }

  /// The last bytes, filled up with zeros, which are no delimiters.
  @inline(never)
  private func lastWord() -> UInt64 {
    var word: UInt64 = 0
    for place in (wordStart..<bytes.count).reversed() { word = word << 8 | UInt64(bytes[place]) }
    return word
  }
}
