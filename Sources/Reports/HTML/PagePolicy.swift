import Planning

/// The content security policy of a page: nothing is loaded from anywhere, and only the page's own style and script,
/// told by their hashes, take effect.
///
/// Source: W3C, *Content Security Policy Level 3*, section 2.3.1 (hash sources).
enum PagePolicy {
  static func text(style: String, script: String) -> String {
    "default-src 'none'; style-src \(source(style)); script-src \(source(script)); base-uri 'none'; form-action 'none'"
  }

  private static func source(_ text: String) -> String { "'sha256-\(base64(bytes(ofHex: ContentHash.of(text))))'" }

  private static func bytes(ofHex digits: String) -> [UInt8] {
    let values = digits.utf8.map { UInt8($0 < 0x3A ? $0 - 0x30 : $0 - 0x57) }
    return stride(from: 0, to: values.count - 1, by: 2).map { values[$0] << 4 | values[$0 + 1] }
  }

  /// Source: RFC 4648, section 4.
  static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = (0..<3).reduce(UInt32(0)) { $0 << 8 | ($1 < group.count ? UInt32(group[start + $1]) : 0) }
      for digit in 0..<4 {
        text.append(digit <= group.count ? alphabet[Int(bits >> (18 - 6 * UInt32(digit)) & 63)] : "=")
      }
    }
    return text
  }
}
