public import ChannelTypes
internal import Glibc
import Planning

/// Numbers as people read them: `1,050,000`, `+183,000`, `64.8 M`, `95.2 %`, `78 days`. A number that is unknown or not
/// finite is written `n/a`.
///
/// In Chinese the same numbers in Chinese units: `6,480 万`, `95.2%`, `78 天`.
public enum NumberText {
  public static var unknown: String { say("n/a") }

  /// Thousands separated by commas, `decimals` digits after the point; halves round away from zero.
  public static func grouped(_ value: Double, decimals: Int = 0) -> String {
    guard value.isFinite else { return unknown }
    let scale = power(decimals)
    let scaled = (value.magnitude * scale).rounded(.toNearestOrAwayFromZero)
    guard scaled < 9e15 else { return value.description }
    let whole = UInt64(scaled)
    let sign = value < 0 && whole != 0 ? "-" : ""
    guard decimals > 0 else { return sign + group(whole) }
    let unit = UInt64(scale)
    let fraction = String(whole % unit)
    return sign + group(whole / unit) + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
  }

  public static func grouped(_ value: Int) -> String { (value < 0 ? "-" : "") + group(UInt64(value.magnitude)) }

  /// An exact amount, rounded to `decimals` digits by the rule of `Money.rounded`.
  public static func grouped(_ amount: Money, decimals: Int = 0) -> String {
    guard amount.tenThousandths != .min else { return unknown }
    return grouped(amount.rounded(decimals: decimals).double, decimals: decimals)
  }

  /// With a plus sign where positive: for changes.
  public static func signed(_ value: Double, decimals: Int = 0) -> String {
    let text = grouped(value, decimals: decimals)
    return value > 0 && text.contains { ("1"..."9").contains($0) } ? "+" + text : text
  }

  /// Three significant digits and a unit from a million on: `64.8 M`, `1.21 bn`, `986,000`; in Chinese the same number
  /// in 万 and 亿: `6,480 万`, `12.1 亿`.
  public static func compact(_ value: Double) -> String {
    guard value.isFinite else { return unknown }
    let magnitude = value.magnitude
    if magnitude >= 999_500_000 { return compact(value, exponent: 9, " bn") }
    if magnitude >= 999_950 { return compact(value, exponent: 6, " M") }
    return magnitude >= 100 || value == value.rounded() ? grouped(value) : significant(value)
  }

  private static func compact(_ value: Double, exponent: Int, _ suffix: String) -> String {
    let scaled = value / power(exponent)
    guard Language.current == .chinese else { return significant(scaled) + suffix }
    let decimals = significantDecimals(scaled.magnitude)
    // Rounded as in English, so that both say the same number.
    let rounded = (scaled * power(decimals)).rounded(.toNearestOrAwayFromZero) * power(exponent - decimals)
    let (unit, name) = rounded.magnitude >= 1e8 ? (8, " 亿") : (4, " 万")
    return grouped(rounded / power(unit), decimals: max(0, decimals + unit - exponent)) + name
  }

  public static func signedCompact(_ value: Double) -> String { (value > 0 ? "+" : "") + compact(value) }

  /// Three significant digits, at least; whole numbers in full.
  public static func significant(_ value: Double) -> String {
    guard value.isFinite else { return unknown }
    let magnitude = value.magnitude
    if magnitude == 0 { return "0" }
    // What is next to nothing keeps one digit, down to a ten-millionth.
    if magnitude < 0.000_5 { return grouped(value, decimals: (4...7).first { magnitude * power($0) >= 0.95 } ?? 3) }
    return grouped(value, decimals: significantDecimals(magnitude))
  }

  private static func significantDecimals(_ magnitude: Double) -> Int {
    magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : magnitude >= 0.9995 ? 2 : 3
  }

  /// So many significant digits, without zeros at the end; powers of ten for the very small and the very large.
  public static func digits(_ value: Double, _ count: Int = 6) -> String {
    guard value.isFinite else { return unknown }
    var buffer = [CChar](repeating: 0, count: 64)
    let length = withVaList([Int32(count), value]) { vsnprintf(&buffer, buffer.count, "%.*g", $0) }
    return String(decoding: buffer.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// A share of one as a percentage: 0.952 → `95.2 %`.
  public static func percent(_ share: Double, decimals: Int = 1) -> String {
    share.isFinite ? say("\(grouped(share * 100, decimals: decimals)) %") : unknown
  }

  public static func signedPercent(_ share: Double, decimals: Int = 1) -> String {
    share.isFinite ? say("\(signed(share * 100, decimals: decimals)) %") : unknown
  }

  public static func days(_ days: Double) -> String {
    days.isFinite ? grouped(days) == "1" ? say("\(grouped(days)) day") : say("\(grouped(days)) days") : unknown
  }

  /// `1 warning`, `3 errors`; the glossary has the noun with its measure word under `{} warning`.
  public static func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
    let isPlural = number != 1 && Language.current == .english
    return say(Phrase(key: "{} " + (isPlural ? plural ?? noun + "s" : noun), arguments: [grouped(number)]))
  }

  /// Written after the numbers of an axis.
  static var percentSign: String { say(" %") }

  private static func group(_ value: UInt64) -> String {
    let digits = Array(String(value))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  private static func power(_ exponent: Int) -> Double { (0..<exponent).reduce(1) { value, _ in value * 10 } }
}
