/// The unit of figures, as headers and captions of sheets give it: `万元`, `k CNY`, `in thousands`.
struct MeasureUnit: Hashable {
  /// As it is written.
  var text: String
  /// Figures are to be multiplied with this power of ten.
  var shift: Int
  /// Whether the unit counts money; nil where it says only how many (`万`, `k`).
  var isMoney: Bool?

  /// What a figure is multiplied with: `10,000`.
  var factor: String {
    var digits = "1" + String(repeating: "0", count: shift)
    var place = digits.count - 3
    while place > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
      place -= 3
    }
    return digits
  }

  private static let chinese: [String: Int] = [
    "": 0, "十": 1, "百": 2, "千": 3, "万": 4, "十万": 5, "百万": 6, "千万": 7, "亿": 8,
  ]
  private static let counted = Set("台件套箱个户人家吨部条只支瓶辆单")
  private static let scales: [String: Int] = [
    "k": 3, "thousand": 3, "thousands": 3, "000": 3, "000s": 3, "million": 6, "millions": 6, "mn": 6, "mio": 6, "bn": 9,
    "billion": 9, "billions": 9,
  ]
  private static let currencies: Set<String> = ["cny", "rmb", "yuan", "usd", "eur", "gbp", "hkd", "¥", "￥", "$", "€"]
  private static let fillers: Set<String> = ["in", "of", "unit", "units", "amounts", "figures"]

  /// A text that is a unit and nothing else.
  init?(_ text: some StringProtocol) {
    let plain = text.trimmed.lowercased()
    guard !plain.isEmpty, plain.count <= 24 else { return nil }
    if let unit = Self.chineseUnit(plain) ?? Self.latinUnit(plain) {
      shift = unit.shift
      isMoney = unit.isMoney
      self.text = String(text.trimmed)
    } else {
      return nil
    }
  }

  private static func chineseUnit(_ text: String) -> (shift: Int, isMoney: Bool?)? {
    var scale = text
    var isMoney: Bool?
    for currency in ["元人民币", "人民币元", "元"] where scale.hasSuffix(currency) {
      scale.removeLast(currency.count)
      isMoney = true
      break
    }
    if scale.hasPrefix("人民币") {
      scale.removeFirst(3)
      isMoney = true
    }
    if isMoney == nil, let last = scale.last, counted.contains(last) {
      scale.removeLast()
      isMoney = false
    }
    guard let shift = chinese[scale], isMoney != nil || shift > 0 else { return nil }
    return (shift, isMoney)
  }

  private static func latinUnit(_ text: String) -> (shift: Int, isMoney: Bool?)? {
    var shift: Int?
    var isMoney: Bool?
    for word in text.split(whereSeparator: { " '’,./".contains($0) }).map(String.init) {
      if let scale = scales[word], shift == nil {
        shift = scale
      } else if currencies.contains(word) {
        isMoney = true
      } else if let currency = currencies.first(where: { word.count > 1 && word.hasSuffix($0) }),
        let scale = scales[String(word.dropLast(currency.count))], shift == nil
      {
        shift = scale
        isMoney = true
      } else if word == "pcs" || word == "pieces" {
        isMoney = false
      } else if !fillers.contains(word) {
        return nil
      }
    }
    guard shift != nil || isMoney != nil else { return nil }
    return (shift ?? 0, isMoney)
  }

  /// The unit at the end of a header, and the name before it: `销售额（万元）`, `sales (k)`, `金额/千元`, `sales, k CNY`.
  static func ofHeader(_ header: String) -> (name: String, unit: MeasureUnit)? {
    let text = String(header.trimmed)
    if let last = text.last, let open = ["）": "（", ")": "(", "]": "[", "】": "【"][last],
      let start = text.lastIndex(where: { String($0) == open || "（(".contains($0) && "）)".contains(last) }),
      let unit = MeasureUnit(text[text.index(after: start)...].dropLast().droppingCaption)
    {
      return (String(text[..<start].trimmed), unit)
    }
    // `sales, k CNY`: the unit may have two words.
    if let comma = text.lastIndex(where: { ",，".contains($0) }), comma > text.startIndex,
      let unit = MeasureUnit(text[text.index(after: comma)...].droppingCaption)
    {
      return (String(text[..<comma].trimmed), unit)
    }
    guard let mark = text.lastIndex(where: { "/_ ".contains($0) }),
      let unit = MeasureUnit(text[text.index(after: mark)...].droppingCaption), unit.shift > 0
    else { return nil }
    let name = text[..<mark].trimmed
    return name.isEmpty ? nil : (String(name), unit)
  }

  /// The unit that a title or a corner cell gives for the whole table: `单位：万元`, `2025年计划（万元）`, `in thousands`.
  static func ofCaption(_ caption: String) -> MeasureUnit? {
    let text = caption.trimmed
    if let unit = MeasureUnit(text.droppingCaption) { return unit }
    for label in ["单位", "unit:", "units:", "unit："] {
      let lowered = text.lowercased()
      guard let range = lowered.firstRange(of: label) else { continue }
      let rest = lowered[range.upperBound...].drop { ":： ".contains($0) }
      let word = rest.prefix { !"，,；;）)】] \u{3000}".contains($0) }
      if let unit = MeasureUnit(word) { return unit }
    }
    return ofHeader(String(text))?.unit
  }
}

extension StringProtocol {
  /// Without blanks at its ends, full-width ones included.
  var trimmed: SubSequence {
    let isBlank = { (character: Character) in
      character.isWhitespace || character == "\u{3000}" || character == "\u{FEFF}"
    }
    guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
      return self[endIndex...]
    }
    return self[first...last]
  }

  /// Without the word that says that a unit follows, and without brackets around the whole.
  fileprivate var droppingCaption: String {
    var text = String(trimmed)
    for label in ["金额单位", "单位", "unit", "units"] where text.lowercased().hasPrefix(label) {
      let rest = text.dropFirst(label.count)
      guard let next = rest.first, ":： ".contains(next) else { continue }
      text = String(rest.drop { ":： ".contains($0) })
    }
    if let first = text.first, let last = text.last, "（([".contains(first), "）)]".contains(last) {
      text = String(text.dropFirst().dropLast())
      return text.droppingCaption
    }
    return text
  }
}
