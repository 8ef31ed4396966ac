public import ChannelTypes
import Tables

extension ScalarFormat where Value == Money {
  /// An exact amount with at most four decimals; changes are exact too, rounded once where a factor needs more digits.
  public static func money(_ bounds: Bounds<Money> = .any) -> Self {
    let write: @Sendable (Money) -> String = { $0.plainDescription }
    return ScalarFormat(
      expected: "an amount such as 1200000 or 0.25", parse: { Money($0) }, write: write,
      adjust: { amount, adjustment in
        guard let operand = Money(adjustment.operand) else { return nil }
        return amount.adjusted(adjustment.operation, by: operand)
      },
      check: { bounds.complaint($0, write) })
  }
}

extension ScalarFormat where Value == Percent {
  /// A percentage written as a number: `8` is 8 %.
  public static func percent(_ bounds: Bounds<Percent> = .between(Percent(0), Percent(100))) -> Self {
    let write: @Sendable (Percent) -> String = { $0.description }
    return ScalarFormat(
      expected: "a percentage such as 8 or 12.5", parse: { Percent($0) }, write: write,
      adjust: { percent, adjustment in
        guard let operand = Money(adjustment.operand) else { return nil }
        let number = Money(tenThousandths: percent.tenThousandths)
        return number.adjusted(adjustment.operation, by: operand).map { Percent(tenThousandths: $0.tenThousandths) }
      },
      check: { percent in
        if let complaint = bounds.complaint(percent, write) { return complaint }
        guard percent > Percent(0), percent < Percent(1) else { return nil }
        let whole = Money(tenThousandths: percent.tenThousandths * 100).plainDescription
        return Complaint(
          SpecificationCodes.suspiciousValue, .warning, "\(percent) means \(percent) %",
          hint: "write \(whole) if \(whole) % is meant")
      })
  }
}

extension ScalarFormat where Value == Percent {
  /// A percentage written as a share: `0.10` is 10 %, exact to six decimals.
  public static func share(_ bounds: Bounds<Percent> = .between(Percent(0), Percent(100))) -> Self {
    let write: @Sendable (Percent) -> String = { $0.shareText }
    return ScalarFormat(
      expected: "a share such as 0.1 for 10 %", parse: { Percent(share: $0) }, write: write,
      adjust: { percent, adjustment in
        let number = Money(tenThousandths: percent.tenThousandths)
        if adjustment.operation == .multiply {
          return Money(adjustment.operand).flatMap { number.adjusted(.multiply, by: $0) }
            .map { Percent(tenThousandths: $0.tenThousandths) }
        }
        return Percent(share: adjustment.operand).map { Money(tenThousandths: $0.tenThousandths) }
          .flatMap { number.adjusted(adjustment.operation, by: $0) }.map { Percent(tenThousandths: $0.tenThousandths) }
      },
      check: { percent in
        // A percentage that was written for a share is the usual slip.
        let hundredth = Percent(tenThousandths: percent.tenThousandths / 100)
        let isSlip = percent > Percent(100) && bounds.contains(hundredth)
        return bounds.complaint(percent, write, hint: isSlip ? "did you mean \(hundredth.shareText)?" : nil)
      })
  }
}

extension Percent {
  /// Reads `0.125` as 12.5 %: a sign, digits, at most six decimals.
  fileprivate init?(share text: String) {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count == 2 ? String(parts[1]) : ""
    let whole = String(parts.first ?? "")
    let padded = fraction + String(repeating: "0", count: max(0, 2 - fraction.count))
    let digits = whole + padded.prefix(2) + (padded.count > 2 ? "." + padded.dropFirst(2) : "")
    guard !text.isEmpty, let percent = Percent(digits) else { return nil }
    self = percent
  }

  /// `0.125` for 12.5 %.
  fileprivate var shareText: String {
    let magnitude = String(tenThousandths.magnitude)
    let padded = String(repeating: "0", count: max(0, 7 - magnitude.count)) + magnitude
    var fraction = String(padded.suffix(6))
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return (tenThousandths < 0 ? "-" : "") + padded.dropLast(6) + (fraction.isEmpty ? "" : "." + fraction)
  }
}

extension ScalarFormat where Value == Int {
  /// A whole number.
  public static func integer(_ bounds: Bounds<Int> = .any) -> Self {
    let write: @Sendable (Int) -> String = { String($0) }
    return ScalarFormat(
      expected: "a whole number such as 12", parse: { Int($0) }, write: write,
      adjust: { value, adjustment in
        guard let number = Money(String(value)), let operand = Money(adjustment.operand),
          let result = number.adjusted(adjustment.operation, by: operand), result.tenThousandths % Money.scale == 0
        else { return nil }
        return Int(result.tenThousandths / Money.scale)
      },
      check: { bounds.complaint($0, write) })
  }
}

extension ScalarFormat where Value == Double {
  /// A finite number.
  public static func number(_ bounds: Bounds<Double> = .any) -> Self {
    let write: @Sendable (Double) -> String = { $0.written }
    return ScalarFormat(
      expected: "a number such as 0.95",
      parse: { text in
        guard let first = text.first, first.isNumber || first == "-" || first == ".", !text.hasPrefix("0x") else {
          return nil
        }
        return Double(text).flatMap { $0.isFinite ? $0 : nil }
      },
      write: write,
      adjust: { value, adjustment in
        guard let operand = Double(adjustment.operand) else { return nil }
        let result =
          switch adjustment.operation {
          case .multiply: value * operand
          case .add: value + operand
          case .subtract: value - operand
          }
        return result.isFinite ? result : nil
      },
      check: { value in
        // A share that was written as a percentage is the usual slip.
        let share = value / 100
        let isPercent = value > 1 && value <= 100 && bounds.contains(share)
        return bounds.complaint(value, write, hint: isPercent ? "did you mean \(share.written)?" : nil)
      })
  }
}

extension Money {
  fileprivate func adjusted(_ operation: Adjustment.Operation, by operand: Money) -> Money? {
    switch operation {
    case .multiply: return multiplied(by: operand)
    case .add, .subtract:
      let (sum, overflow) =
        operation == .add
        ? tenThousandths.addingReportingOverflow(operand.tenThousandths)
        : tenThousandths.subtractingReportingOverflow(operand.tenThousandths)
      return overflow ? nil : Money(tenThousandths: sum)
    }
  }
}
