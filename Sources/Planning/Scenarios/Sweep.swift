import Specifications
public import Tables

/// One value of the plan taken through a range: `budget.quarter=800000..1600000:9`, or by factors `*0.8..*1.2:5` or
/// differences `-10..+10:5`.
public struct Sweep: Sendable {
  /// `budget.quarter`
  public let key: String
  /// The settings in order, as `--set` takes them: `1200000` or `*0.9`.
  public let settings: [String]
  /// The same as numbers: amounts, factors or differences.
  public let values: [Double]

  static let mostSteps = 1000

  /// - Returns: nil where the text cannot be understood; `findings` then says why.
  public init?(_ text: String, findings: inout Findings) {
    func refuse(_ message: String) {
      findings.add(
        Diagnostic(
          PlanCodes.sweep, .error, "--sweep `\(text.prefix(120))`: \(message)",
          at: SourcePlace(file: "--sweep \(text)"),
          hint: "for example --sweep budget.quarter=800000..1600000:9, or =*0.8..*1.2:5"))
    }
    guard let equals = text.firstIndex(of: "="), text.startIndex < equals else {
      refuse("there is no `key=`")
      return nil
    }
    let range = text[text.index(after: equals)...]
    guard let colon = range.lastIndex(of: ":"), let count = Int(range[range.index(after: colon)...]),
      (1...Self.mostSteps).contains(count)
    else {
      refuse("the number of steps, 1 to \(Self.mostSteps), belongs behind a colon")
      return nil
    }
    let ends = range[..<colon].components(separatedBy: "..")
    guard ends.count == 2, let first = End(ends[0]), let last = End(ends[1]) else {
      refuse("the range is not `from..to` with numbers")
      return nil
    }
    guard first.kind == last.kind else {
      refuse("both ends must be amounts, factors or differences")
      return nil
    }
    key = String(text[..<equals])
    values = (0..<count).map { step in
      let share = count > 1 ? Double(step) / Double(count - 1) : 0
      // Ten digits: steps of a range are read by people.
      return Self.rounded(first.number + (last.number - first.number) * share)
    }
    let kind = first.kind
    settings = values.map { kind.setting($0) }
  }

  /// A trial for every step, named by its value.
  public func trials(findings: inout Findings) -> [Trial] {
    var trials: [Trial] = []
    for setting in settings {
      guard let patch = Patch(setting: "\(key)=\(setting)", findings: &findings) else { return [] }
      trials.append(Trial(setting, changes: [patch]))
    }
    return trials
  }

  private static func rounded(_ value: Double) -> Double {
    guard value != 0, value.isFinite else { return value }
    var scale = 1.0
    while abs(value) * scale < 1e9, scale < 1e9 { scale *= 10 }
    return (value * scale).rounded() / scale
  }

  private struct End {
    enum Kind {
      case amount, factor, difference

      func setting(_ value: Double) -> String {
        switch self {
        case .amount: value.plainText
        case .factor: "*\(value.plainText)"
        case .difference: value < 0 ? value.plainText : "+\(value.plainText)"
        }
      }
    }
    var kind: Kind
    var number: Double

    init?(_ text: String) {
      kind = text.hasPrefix("*") ? .factor : text.hasPrefix("+") || text.hasPrefix("-") ? .difference : .amount
      guard let number = Double(kind == .factor ? String(text.dropFirst()) : text), number.isFinite,
        abs(number) <= 1e15
      else { return nil }
      self.number = number
    }
  }
}

extension Double {
  /// Without an exponent and without a decimal point where the number is whole.
  fileprivate var plainText: String {
    if self == rounded(), abs(self) < 1e15 { return String(Int(self)) }
    return written
  }
}

extension Substring {
  fileprivate func components(separatedBy separator: String) -> [String] {
    var parts: [String] = []
    var rest = self
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
