import ChannelTypes

/// Numbers from bytes.
///
/// Floating point follows Clinger, "How to read floating point numbers accurately" (PLDI 1990): a decimal whose
/// digits fit in 53 bits and whose power of ten is at most 10²² is exact in one multiplication or division; the rest
/// goes to the standard library's correctly rounded reader.
enum NumberParsing {
  /// A finite number, or nil. `mark` is the decimal mark.
  @inline(__always)
  static func real(_ cell: UnsafeBufferPointer<UInt8>, mark: UInt8) -> Double? {
    let end = cell.count
    var place = 0
    guard end > 0 else { return nil }
    let isNegative = cell[0] == UInt8(ascii: "-")
    if isNegative || cell[0] == UInt8(ascii: "+") { place = 1 }

    // 1. Digits as one whole number, and the power of ten that it is to be multiplied with.
    var mantissa: UInt64 = 0
    let first = place
    while place < end, cell[place] &- 48 < 10 {
      mantissa = mantissa &* 10 &+ UInt64(cell[place] &- 48)
      place &+= 1
    }
    var digits = place &- first
    var exponent = 0
    if place < end, cell[place] == mark {
      place &+= 1
      let firstDecimal = place
      while place < end, cell[place] &- 48 < 10 {
        mantissa = mantissa &* 10 &+ UInt64(cell[place] &- 48)
        place &+= 1
      }
      exponent = firstDecimal &- place
      digits &-= exponent
    }
    guard digits > 0 else { return nil }
    if place < end {
      guard let written = Self.exponent(cell, from: place) else { return nil }
      exponent += written
    }

    // 2. Exact where both fit; otherwise by the standard library.
    guard digits <= 19, mantissa <= 1 << 53, exponent >= -22, exponent <= 22 else { return slow(cell, mark: mark) }
    var value = Double(mantissa)
    value = exponent < 0 ? value / powers[-exponent] : value * powers[exponent]
    return isNegative ? -value : value
  }

  /// 10⁰ … 10²²: the powers of ten that a `Double` holds exactly.
  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  /// `e+12` at the end of a number; nil where it is not that.
  @inline(never)
  private static func exponent(_ cell: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard cell[start] | 0x20 == UInt8(ascii: "e"), start + 1 < cell.count else { return nil }
    var place = start + 1
    let isNegative = cell[place] == UInt8(ascii: "-")
    if isNegative || cell[place] == UInt8(ascii: "+") { place += 1 }
    guard place < cell.count else { return nil }
    var value = 0
    for byte in cell[place...] {
      guard byte &- 48 < 10 else { return nil }
      value = min(value * 10 + Int(byte &- 48), 100_000)
    }
    return isNegative ? -value : value
  }

  @inline(never)
  private static func slow(_ cell: UnsafeBufferPointer<UInt8>, mark: UInt8) -> Double? {
    var text = String(decoding: cell, as: UTF8.self)
    if mark != UInt8(ascii: ".") { text = String(text.map { $0 == "," ? "." : $0 }) }
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }

  /// A whole number; a fraction of zeros (`12.0`) is allowed. `Int64.min`, which stands for unknown, is not.
  @inline(__always)
  static func integer(_ cell: UnsafeBufferPointer<UInt8>, mark: UInt8) -> Int64? {
    decimal(cell, mark: mark, decimals: 0)
  }

  /// An exact amount with at most four decimals, further zeros aside.
  @inline(__always)
  static func money(_ cell: UnsafeBufferPointer<UInt8>, mark: UInt8) -> Money? {
    decimal(cell, mark: mark, decimals: Money.decimals).map(Money.init(tenThousandths:))
  }

  /// `cell · 10^decimals` as a whole number; nil where it is not one or does not fit.
  @inline(__always)
  private static func decimal(_ cell: UnsafeBufferPointer<UInt8>, mark: UInt8, decimals: Int) -> Int64? {
    let end = cell.count
    var place = 0
    guard end > 0 else { return nil }
    let isNegative = cell[0] == UInt8(ascii: "-")
    if isNegative || cell[0] == UInt8(ascii: "+") { place = 1 }
    var value: Int64 = 0
    var digits = 0
    var missing = decimals
    while place < end, cell[place] &- 48 < 10 {
      guard append(cell[place], to: &value) else { return nil }
      place &+= 1
      digits &+= 1
    }
    if place < end, cell[place] == mark {
      place &+= 1
      while place < end, cell[place] &- 48 < 10 {
        if missing > 0 {
          guard append(cell[place], to: &value) else { return nil }
          missing &-= 1
        } else if cell[place] != 48 {
          return nil
        }
        place &+= 1
        digits &+= 1
      }
    }
    guard place == end, digits > 0 else { return nil }
    while missing > 0 {
      guard append(48, to: &value) else { return nil }
      missing &-= 1
    }
    return isNegative ? -value : value
  }

  @inline(__always)
  private static func append(_ digit: UInt8, to value: inout Int64) -> Bool {
    let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
    let (sum, carry) = scaled.addingReportingOverflow(Int64(digit &- 48))
    value = sum
    return !overflow && !carry
  }
}
