import ChannelTypes
import Testing

@Suite struct PercentTests {
  @Test func `a share of an amount is exact and rounded once, ties to the even cent`() {
    #expect(Percent(8).of(Money(1_200_000)) == Money(96_000))
    #expect(Percent("12.5")?.of(Money("0.20") ?? .zero) == Money("0.02"))  // 0.025 is a tie
    #expect(Percent("12.5")?.of(Money("0.28") ?? .zero) == Money("0.04"))  // 0.035 is a tie
    #expect(Percent(50).of(Money("-0.03") ?? .zero) == Money("-0.02"))  // -0.015 is a tie
    #expect(Percent(30).of(Money("0.3333") ?? .zero, decimals: 4) == Money("0.1"))  // 0.09999
  }

  @Test func `a result out of range is nil, one that needs 128 bits on the way is not`() {
    let largest = Money(tenThousandths: .max)
    #expect(Percent(100).of(largest, decimals: 4) == largest)
    #expect(Percent(200).of(largest) == nil)
    #expect(largest.multiplied(by: Money(2)) == nil)
    #expect(Money(3).multiplied(by: Money("0.85") ?? .zero) == Money("2.55"))
    #expect(Money("0.0001")?.multiplied(by: Money("0.5") ?? .zero) == .zero)  // a tie, to the even digit
  }

  @Test(arguments: ["8", "12.5", "0.0001", "100", "-3"])
  func `percentages are written as they are read`(text: String) {
    #expect(Percent(text)?.description == text)
  }

  @Test func `text that is no percentage is nil`() {
    #expect(Percent("8 %") == nil)
    #expect(Percent("0.00001") == nil)
    #expect(Percent(8).fraction == 0.08)
  }
}
