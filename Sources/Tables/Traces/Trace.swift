public import ChannelTypes

/// How one published number came about: steps that add up to it, each with where it comes from.
///
/// The amounts of the steps sum to the value: exactly for money, to a relative 1e-9 for other numbers. A factor is a
/// step as well; its amount is what it changes, and its detail shows the arithmetic (`× 0.95`). A step without an
/// amount is evidence: a threshold that was compared, a row that was looked at.
public struct Trace: Sendable, Hashable {
  public enum Value: Sendable, Hashable {
    case money(Money)
    case number(Double)
    /// A grade, a state, an action: nothing to add up.
    case word(String)
  }

  /// Where a step's figure can be seen.
  public enum Source: Sendable, Hashable {
    /// A value of the plan, by its key (`incentives.commission.tiers`).
    case plan(key: String, place: SourcePlace?)
    /// Rows of an input table: which (`partner_id = P017, period = 2026-04..2026-06`), how many, and the first.
    case rows(table: String, condition: String, count: Int, first: SourcePlace?)
    /// Rows of an output table of the same run.
    case result(table: String, condition: String)
    /// Another traced number of the same run.
    case trace(subject: String, item: String)
  }

  public struct Step: Sendable, Hashable {
    public var label: String
    /// The arithmetic as a planner reads it: `300,000 × 10 %`.
    public var detail: String
    /// What the step adds; nil for evidence.
    public var amount: Value?
    public var sources: [Source]

    public init(_ label: String, _ detail: String = "", amount: Value? = nil, from sources: [Source] = []) {
      self.label = label
      self.detail = detail
      self.amount = amount
      self.sources = sources
    }
  }

  /// Whom or what the number is about: `partner:P017`, `region:east`.
  public var subject: String
  /// Which number: `rebate:2026Q2`, `target:2026-03`, `score:2025Q4`, `credit_limit`.
  public var item: String
  /// For people: `Rebate of the second quarter of 2026`.
  public var label: String
  public var value: Value
  /// `CNY`, `points`, `days`; empty for words.
  public var unit: String
  public var steps: [Step]

  public init(_ subject: String, _ item: String, _ label: String, _ value: Value, unit: String = "", steps: [Step]) {
    self.subject = subject
    self.item = item
    self.label = label
    self.value = value
    self.unit = unit
    self.steps = steps
  }

  /// Whether the steps add up to the value.
  public var isBalanced: Bool {
    let amounts = steps.compactMap(\.amount)
    switch value {
    case .word: return amounts.isEmpty
    case .money(let total):
      var sum = Money.zero
      for case .money(let amount) in amounts { sum += amount }
      return sum == total && amounts.allSatisfy { if case .money = $0 { true } else { false } }
    case .number(let total):
      var sum = 0.0
      for case .number(let amount) in amounts { sum += amount }
      let isPure = amounts.allSatisfy { if case .number = $0 { true } else { false } }
      return isPure && abs(sum - total) <= 1e-9 * max(1, abs(total))
    }
  }
}

/// The traces of one stage, made when they are asked for: they are a function of its result, and a large network has
/// more of them than memory should hold.
public struct TraceBook: Sendable {
  public let count: Int
  private let make: @Sendable (Int) -> Trace

  public init(count: Int, _ make: @escaping @Sendable (Int) -> Trace) {
    self.count = count
    self.make = make
  }

  public init(_ traces: [Trace] = []) { self.init(count: traces.count) { traces[$0] } }

  /// Several books as one, in order.
  public init(joining books: [TraceBook]) {
    var starts = [0]
    for book in books { starts.append(starts[starts.count - 1] + book.count) }
    self.init(count: starts[books.count]) { [starts] index in
      let book = starts.lastIndex { $0 <= index && $0 < starts[books.count] } ?? 0
      return books[book][index - starts[book]]
    }
  }

  public subscript(index: Int) -> Trace { make(index) }

  /// The first trace of a number; nil where there is none. Complexity: O(count).
  public func first(_ subject: String, _ item: String) -> Trace? {
    for index in 0..<count {
      let trace = make(index)
      if trace.subject == subject, trace.item == item { return trace }
    }
    return nil
  }
}
