public import Tables

/// How one kind of value is read from text, changed by patches, checked, and written back.
public struct ScalarFormat<Value: Sendable>: Sendable {
  /// What is expected, for messages: `an amount such as 1200000`.
  var expected: String
  /// Whether the value is text, for which quotes are right.
  var isText = false
  /// The only words allowed.
  var vocabulary: [String]?
  var parse: @Sendable (String) -> Value?
  /// Canonical text that `parse` reads back.
  var write: @Sendable (Value) -> String
  /// The changed value; nil where the result cannot be held. A format without it takes no changes.
  var adjust: (@Sendable (Value, Adjustment) -> Value?)?
  /// What is wrong with a value that could be read.
  var check: @Sendable (Value) -> Complaint? = { _ in nil }

  /// A finding without its place.
  public struct Complaint: Sendable {
    var code: DiagnosticCode
    var severity: Diagnostic.Severity
    var message: String
    var hint: String?

    public init(
      _ code: DiagnosticCode, _ severity: Diagnostic.Severity = .error, _ message: String, hint: String? = nil
    ) {
      self.code = code
      self.severity = severity
      self.message = message
      self.hint = hint
    }
  }

  /// The same format with a further check.
  public func checked(_ further: @escaping @Sendable (Value) -> Complaint?) -> ScalarFormat {
    var format = self
    let first = check
    format.check = { first($0) ?? further($0) }
    return format
  }
}

/// The range that a number must be in.
public struct Bounds<Value: Comparable & Sendable>: Sendable {
  enum End: Sendable {
    case none
    case including(Value)
    case excluding(Value)
  }
  var lower = End.none
  var upper = End.none

  public static var any: Bounds { Bounds() }
  public static func atLeast(_ lower: Value) -> Bounds { Bounds(lower: .including(lower)) }
  public static func above(_ lower: Value) -> Bounds { Bounds(lower: .excluding(lower)) }
  public static func between(_ lower: Value, _ upper: Value) -> Bounds {
    Bounds(lower: .including(lower), upper: .including(upper))
  }
  /// Ends not included.
  public static func strictlyBetween(_ lower: Value, _ upper: Value) -> Bounds {
    Bounds(lower: .excluding(lower), upper: .excluding(upper))
  }

  func contains(_ value: Value) -> Bool {
    switch lower {
    case .none: break
    case .including(let end): if value < end { return false }
    case .excluding(let end): if value <= end { return false }
    }
    switch upper {
    case .none: return true
    case .including(let end): return value <= end
    case .excluding(let end): return value < end
    }
  }

  /// `at least 1`, `above 0 and below 100`.
  func description(_ write: (Value) -> String) -> String {
    let low: String? =
      switch lower {
      case .none: nil
      case .including(let end): "at least \(write(end))"
      case .excluding(let end): "above \(write(end))"
      }
    let high: String? =
      switch upper {
      case .none: nil
      case .including(let end): "at most \(write(end))"
      case .excluding(let end): "below \(write(end))"
      }
    return [low, high].compactMap(\.self).joined(separator: " and ")
  }

  func complaint(
    _ value: Value, _ write: (Value) -> String, hint: String? = nil
  ) -> ScalarFormat<Value>.Complaint? {
    guard !contains(value) else { return nil }
    return ScalarFormat<Value>.Complaint(
      SpecificationCodes.outOfRange, .error, "\(write(value)) is out of range: it must be \(description(write))",
      hint: hint)
  }
}
