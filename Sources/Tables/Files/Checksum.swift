import CZlib

/// CRC-32 as gzip uses it (RFC 1952, 8.1.1.6.2): tells a damaged file from a whole one, not a forged one.
package enum Checksum {
  /// The sum over what `sum` covers already and `bytes` after it. Complexity: O(bytes).
  package static func crc32(_ bytes: UnsafeRawBufferPointer, after sum: UInt32 = 0) -> UInt32 {
    guard let start = bytes.baseAddress else { return sum }
    return UInt32(crc32_z(UInt(sum), start.assumingMemoryBound(to: UInt8.self), bytes.count))
  }
}
