/// Text from data made safe for a terminal, and measured in the cells that it takes there.
enum TerminalText {
  /// `text` with every control character shown as a picture, so that data can neither move the cursor nor colour the
  /// screen nor turn the direction of reading.
  static func safe(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { picture($0) != nil }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if let picture = picture(scalar) { result += picture } else { result.unicodeScalars.append(scalar) }
    }
    return result
  }

  /// What stands for a scalar that a terminal would obey; nil for one that it shows.
  private static func picture(_ scalar: Unicode.Scalar) -> String? {
    switch scalar.value {
    case 0x09: "    "
    case 0x00..<0x20: String(UnicodeScalar(0x2400 + scalar.value) ?? "?")
    case 0x7F: "\u{2421}"
    case 0x80..<0xA0, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF:
      "<" + String(scalar.value, radix: 16, uppercase: true) + ">"
    default: nil
    }
  }

  /// The cells that a line takes: two for East Asian wide characters and emoji, none for combining marks.
  static func width(_ text: some StringProtocol) -> Int { text.reduce(0) { $0 + width($1) } }

  static func width(_ character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    if character.unicodeScalars.contains("\u{FE0F}") || first.properties.isEmojiPresentation { return 2 }
    if wideRanges.contains(where: { $0.contains(first.value) }) { return 2 }
    switch first.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return 1
    }
  }

  /// Unicode Standard Annex 11, classes W and F, rounded to whole blocks.
  private static let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
    0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
    0x1F900...0x1F9FF, 0x20000...0x3FFFD,
  ]

  /// `text` followed or preceded by blanks up to `width` cells.
  static func padded(_ text: String, to width: Int, alignment: TextTable.Alignment) -> String {
    let blanks = String(repeating: " ", count: max(0, width - Self.width(text)))
    return alignment == .left ? text + blanks : blanks + text
  }
}
