/// Protection against cells that a spreadsheet would run as a formula (OWASP, “CSV Injection”).
///
/// A text whose first character, after any apostrophes, is `=`, `+`, `-`, `@`, tab or carriage return is written
/// with one apostrophe more in front; reading takes that one away again. The rule is its own inverse, so every text
/// comes back as it was. Numbers, amounts and periods are never touched.
enum FormulaGuard {
  @inline(__always) static func isTrigger(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0D: true
    default: false
    }
  }

  static let apostrophe = UInt8(ascii: "'")

  static func needsGuard(_ text: some Sequence<UInt8>) -> Bool {
    for byte in text where byte != apostrophe { return isTrigger(byte) }
    return false
  }

  /// Whether the text is a guarded one, whose first apostrophe is not part of it.
  static func isGuarded(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.first == apostrophe && needsGuard(bytes)
  }
}
