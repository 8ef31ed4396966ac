extension Trace {
  /// `{"subject": …, "item": …, "label": …, "value": …, "unit": …, "steps": […]}`; money is written in full decimals.
  public var json: JSONValue {
    [
      "subject": .string(subject), "item": .string(item), "label": .string(label), "value": value.json,
      "unit": .string(unit), "steps": .array(steps.map(\.json)),
    ]
  }
}

extension Trace.Value {
  public var json: JSONValue {
    switch self {
    case .money(let amount): .money(amount)
    case .number(let number): .number(number)
    case .word(let word): .string(word)
    }
  }
}

extension Trace.Step {
  fileprivate var json: JSONValue {
    var members: [JSONValue.Member] = [.init("label", .string(label))]
    if !detail.isEmpty { members.append(.init("detail", .string(detail))) }
    if let amount { members.append(.init("amount", amount.json)) }
    if !sources.isEmpty { members.append(.init("from", .array(sources.map(\.json)))) }
    return .object(members)
  }
}

extension Trace.Source {
  fileprivate var json: JSONValue {
    func place(_ place: SourcePlace?) -> JSONValue { place.map { .string($0.description) } ?? .null }
    switch self {
    case .plan(let key, let at): return ["plan": .string(key), "place": place(at)]
    case .rows(let table, let condition, let count, let first):
      return [
        "table": .string(table), "where": .string(condition), "rows": .integer(count), "first": place(first),
      ]
    case .result(let table, let condition): return ["result": .string(table), "where": .string(condition)]
    case .trace(let subject, let item): return ["subject": .string(subject), "item": .string(item)]
    }
  }
}
