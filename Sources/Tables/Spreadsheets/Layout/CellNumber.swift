/// Numbers of cells as exact decimal text.
enum CellNumber {
  /// A number as its cell shows it with all digits, multiplied with a power of ten: 1.15 with shift 4 is `11500`.
  ///
  /// Binary floating point holds 15 decimal digits for certain, and applications keep no more of what is typed; further
  /// digits come from arithmetic (0.1 + 0.2) and are rounded away. Whole numbers are kept as they are. The shift moves
  /// the point in the text, so that no digit changes.
  static func written(_ value: Double, shift: Int = 0) -> String {
    if value.magnitude < 9_007_199_254_740_992, value == value.rounded(.towardZero) {
      let whole = String(Int64(value))
      return shift == 0 || value == 0 ? whole : whole + String(repeating: "0", count: shift)
    }
    guard value.isFinite else { return value.description }
    var (digits, exponent) = parts(value)
    if digits.count > 15 { (digits, exponent) = rounded(digits, exponent) }
    return plain(digits, exponent + shift, isNegative: value < 0)
  }

  /// The number is `digits · 10^exponent`.
  private static func parts(_ value: Double) -> (digits: [UInt8], exponent: Int) {
    var digits: [UInt8] = []
    var exponent = 0
    var hasPoint = false
    let text = Array(value.magnitude.description.utf8)
    var place = 0
    while place < text.count, text[place] != UInt8(ascii: "e") {
      if text[place] == UInt8(ascii: ".") {
        hasPoint = true
      } else {
        digits.append(text[place])
        if hasPoint { exponent -= 1 }
      }
      place += 1
    }
    if place < text.count { exponent += Int(String(decoding: text[(place + 1)...], as: UTF8.self)) ?? 0 }
    let leading = digits.prefix { $0 == 48 }.count
    digits.removeFirst(leading)
    while digits.last == 48 {
      digits.removeLast()
      exponent += 1
    }
    return (digits, exponent)
  }

  /// The first 15 digits; half a unit rounds up.
  private static func rounded(_ digits: [UInt8], _ exponent: Int) -> ([UInt8], Int) {
    var kept = Array(digits[..<15])
    var exponent = exponent + digits.count - 15
    if digits[15] >= 53 {
      var place = 14
      while place >= 0, kept[place] == 57 {
        kept[place] = 48
        place -= 1
      }
      if place >= 0 {
        kept[place] += 1
      } else {
        kept.insert(49, at: 0)
      }
    }
    while kept.last == 48, kept.count > 1 {
      kept.removeLast()
      exponent += 1
    }
    return (kept, exponent)
  }

  /// Without an exponent where the text stays short.
  fileprivate static func plain(_ digits: [UInt8], _ exponent: Int, isNegative: Bool) -> String {
    let text = String(decoding: digits, as: UTF8.self)
    let sign = isNegative ? "-" : ""
    let point = digits.count + exponent
    if point > 25 || point < -25 { return "\(sign)\(text)e\(exponent)" }
    if exponent >= 0 { return sign + text + String(repeating: "0", count: exponent) }
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + text }
    return sign + text.prefix(point) + "." + text.dropFirst(point)
  }
}

extension CellNumber {
  /// Plain decimal text with its point moved: `1.15` by 4 is `11500`, `15` by -2 is `0.15`.
  static func shifted(_ text: String, by shift: Int) -> String {
    let isNegative = text.hasPrefix("-")
    let halves = text.drop { $0 == "-" }.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    var digits = Array((halves.first ?? "").utf8) + Array((halves.dropFirst().first ?? "").utf8)
    var exponent = shift - (halves.dropFirst().first?.utf8.count ?? 0)
    digits.removeFirst(digits.prefix { $0 == 48 }.count)
    while digits.last == 48 {
      digits.removeLast()
      exponent += 1
    }
    return digits.isEmpty ? "0" : plain(digits, exponent, isNegative: isNegative)
  }
}
