import Glibc

/// Numbers distinct byte strings in order of first appearance, without making a `String` per cell.
///
/// A hash table with open addressing over one arena of bytes. The text of the last cell is compared first, since
/// tables are mostly sorted by some of their keys.
struct TextInterner {
  private(set) var dictionary: [String] = []
  private var arena: [UInt8] = []
  /// Where each text begins in the arena; one entry more than there are texts.
  private var starts: [Int] = [0]
  private var hashes: [UInt32] = []
  private var slots: [Int32] = [Int32](repeating: -1, count: 256)
  private var refused: [Bool] = []
  private var last: Int32 = 0

  @inline(__always)
  mutating func code(of text: UnsafeBufferPointer<UInt8>) -> Int32 {
    if !dictionary.isEmpty, equals(last, text) { return last }
    last = find(text)
    return last
  }

  mutating func refuse(_ code: Int32) {
    while refused.count <= Int(code) { refused.append(false) }
    refused[Int(code)] = true
  }

  func isRefused(_ code: Int32) -> Bool { Int(code) < refused.count && refused[Int(code)] }

  @inline(__always)
  private func equals(_ code: Int32, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = starts[Int(code)]
    guard starts[Int(code) + 1] - start == text.count else { return false }
    return arena.withUnsafeBufferPointer { arena in
      memcmp(arena.baseAddress.unsafelyUnwrapped + start, text.baseAddress.unsafelyUnwrapped, text.count) == 0
    }
  }

  @inline(never)
  private mutating func find(_ text: UnsafeBufferPointer<UInt8>) -> Int32 {
    let hash = Self.hash(text)
    var slot = Int(hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let code = slots[slot]
      if hashes[Int(code)] == hash, equals(code, text) { return code }
      slot = (slot + 1) & (slots.count - 1)
    }
    let code = Int32(dictionary.count)
    slots[slot] = code
    hashes.append(hash)
    arena.append(contentsOf: text)
    starts.append(arena.count)
    dictionary.append(String(decoding: text, as: UTF8.self))
    if dictionary.count * 2 > slots.count { grow() }
    return code
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for (code, hash) in hashes.enumerated() {
      var slot = Int(hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(code)
    }
  }

  /// Eight bytes at a time, multiply and fold; the last, overlapping word covers the rest.
  @inline(__always)
  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let base = UnsafeRawPointer(text.baseAddress.unsafelyUnwrapped)
    let count = text.count
    var state = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
    func mix(_ word: UInt64) {
      state = (state ^ word) &* 0xBF58_476D_1CE4_E5B9
      state ^= state >> 32
    }
    if count >= 8 {
      var place = 0
      while place &+ 8 <= count {
        mix(base.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        place &+= 8
      }
      mix(base.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
    } else if count >= 4 {
      let low = base.loadUnaligned(as: UInt32.self)
      let high = base.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
      mix(UInt64(low) | UInt64(high) << 32)
    } else {
      var word: UInt64 = 0
      for byte in text { word = word << 8 | UInt64(byte) }
      mix(word)
    }
    mix(0x94D0_49BB_1331_11EB)
    return UInt32(truncatingIfNeeded: state)
  }
}
