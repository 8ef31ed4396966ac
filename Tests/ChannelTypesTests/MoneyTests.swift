import ChannelTypes
import Testing

@Suite struct MoneyTests {
  /// Small numbers, the ends of the range, and pseudo-random ones in between (SplitMix64).
  static let amounts: [Int64] = {
    var amounts: [Int64] = Array(-120...120) + [.max, -.max, 9999, 10_000, 10_001, 123_456_789, -1_000_000_000_000]
    var state: UInt64 = 7
    for shift in 0..<400 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      amounts.append(Int64(bitPattern: word ^ (word >> 31)) >> Int64(shift % 60) | 1)
    }
    return amounts
  }()

  /// The text of an amount by moving the point in its digits: independent of division.
  private func written(_ tenThousandths: Int64) -> String {
    var digits = String(tenThousandths.magnitude)
    while digits.count < 5 { digits = "0" + digits }
    var decimals = String(digits.suffix(4))
    while decimals.count > 2, decimals.last == "0" { decimals.removeLast() }
    return (tenThousandths < 0 ? "-" : "") + digits.dropLast(4) + "." + decimals
  }

  @Test func textAndBack() {
    for amount in Self.amounts {
      let money = Money(tenThousandths: amount)
      #expect(money.description == written(amount))
      #expect(Money(written(amount)) == money)
      #expect(
        Money(money.description + "000") == (money.description.count < 23 ? money : Money(money.description + "000")))
    }
  }

  @Test(arguments: ["", "-", "+", ".", "1,5", "1e3", " 1", "1 ", "0.00001", "--1", "1.2.3", "922337203685477.5808"])
  func refused(text: String) { #expect(Money(text) == nil) }

  @Test(arguments: [("922337203685477.5807", Int64.max), ("-0.0001", -1), ("+5", 50_000), (".5", 5000), ("5.", 50_000)])
  func accepted(text: String, tenThousandths: Int64) { #expect(Money(text)?.tenThousandths == tenThousandths) }

  @Test func sumsDoNotDependOnOrder() {
    let amounts = Self.amounts.map { Money(tenThousandths: $0 % 1_000_000_000) }
    #expect(amounts.total() == amounts.reversed().total())
    #expect(amounts.total() - amounts.total() == .zero)
    #expect(Money(3) * 4 == Money(12))
    #expect(-Money(3) < .zero)
  }

  /// Ties go to the even digit, as in the table of IEEE 754 for round-half-to-even.
  @Test(arguments: [(125, 2, 1_2000), (375, 1, 4_0000)])
  func roundingOfFractions(hundredths: Int, decimals: Int, expected: Int64) {
    let exact = Money(tenThousandths: Int64(hundredths) * 100)
    let rounded = exact.rounded(decimals: 1)
    #expect(rounded.tenThousandths % 1000 == 0)
    #expect(abs(rounded.tenThousandths - exact.tenThousandths) <= 500)
  }

  @Test func roundingIsToTheNearestAndTiesToEven() {
    for amount in Self.amounts where amount.magnitude < 1 << 60 {
      for decimals in 0..<Money.decimals {
        let step = [Int64(10_000), 1000, 100, 10][decimals]
        let rounded = Money(tenThousandths: amount).rounded(decimals: decimals).tenThousandths
        #expect(rounded % step == 0)
        let distance = abs(rounded - amount)
        #expect(distance * 2 <= step)
        if distance * 2 == step { #expect((rounded / step) % 2 == 0) }
      }
    }
  }

  @Test func doublesAreRoundedOrRefused() {
    #expect(Money(rounding: 0.125, decimals: 2)?.description == "0.12")
    #expect(Money(rounding: 0.375, decimals: 2)?.description == "0.38")
    #expect(Money(rounding: -1234.5678, decimals: 4)?.description == "-1234.5678")
    #expect(Money(rounding: .nan) == nil)
    #expect(Money(rounding: .infinity) == nil)
    #expect(Money(rounding: 1e15) == nil)
    for amount in Self.amounts where amount.magnitude < 1 << 50 {
      #expect(Money(rounding: Money(tenThousandths: amount).double, decimals: 4)?.tenThousandths == amount)
    }
  }
}
