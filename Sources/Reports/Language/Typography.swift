import Planning

/// How Chinese text and figures stand side by side.
///
/// One blank between a Chinese character and a Latin letter or a figure; none between Chinese characters, beside
/// full-width punctuation, or before a percent sign. The text of the lists is written so; only the seams between a
/// text and its figures are set here, so that names from data stay as they are.
enum Typography {
  /// Between the items of a list.
  static var enumeration: String { Language.current == .chinese ? "、" : ", " }
  /// Between the parts of a sentence.
  static var comma: String { Language.current == .chinese ? "，" : ", " }
  /// Between sentences that belong together.
  static var semicolon: String { Language.current == .chinese ? "；" : "; " }
  /// After what is explained next.
  static var colon: String { Language.current == .chinese ? "：" : ": " }
  /// At the end of a sentence.
  static var stop: String { Language.current == .chinese ? "。" : "." }
  /// Between whole sentences.
  static var blank: String { Language.current == .chinese ? "" : " " }

  static func joined(_ left: String, _ right: String) -> String {
    guard !left.isEmpty else { return right }
    guard !right.isEmpty else { return left }
    let (before, after) = (left.reversed().first { $0 != " " }, right.first { $0 != " " })
    guard let before, let after else { return left + right }
    let hasBlank = left.hasSuffix(" ") || right.hasPrefix(" ")
    if isFullWidthMark(before) || isFullWidthMark(after) || (isHan(before) && isHan(after)) {
      return hasBlank ? trimmedEnd(left) + trimmedStart(right) : left + right
    }
    let meets = (isHan(before) && isFigure(after)) || (isFigure(before) && isHan(after))
    return meets && !hasBlank ? left + " " + right : left + right
  }

  static func isHan(_ character: Character) -> Bool {
    guard let scalar = character.unicodeScalars.first?.value else { return false }
    return (0x4E00...0x9FFF).contains(scalar) || (0x3400...0x4DBF).contains(scalar)
  }

  /// 、。，；：（）《》「」！？
  static func isFullWidthMark(_ character: Character) -> Bool {
    guard let scalar = character.unicodeScalars.first?.value else { return false }
    return (0x3001...0x3003).contains(scalar) || (0x3008...0x3011).contains(scalar)
      || (0xFF01...0xFF5E).contains(scalar)
  }

  private static func isFigure(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "+-%".contains(character))
      || character == "\u{2212}"
  }

  private static func trimmedEnd(_ text: String) -> String {
    String(text.reversed().drop { $0 == " " }.reversed())
  }
  private static func trimmedStart(_ text: String) -> String { String(text.drop { $0 == " " }) }
}
