public import ChannelTypes

/// What a column holds.
public enum ColumnType: String, Sendable, Hashable, CaseIterable {
  /// Text, each distinct value stored once.
  case text
  /// Whole numbers.
  case integer
  /// Floating-point numbers.
  case real
  /// Exact decimal amounts.
  case money
  /// Days, weeks, months, quarters, years, or running numbers: one form per column.
  case period
  /// yes/no, true/false, 1/0, 是/否: stored as integers 1 and 0.
  case flag
}

/// One named column. All storage is contiguous; an unknown (empty) cell is a reserved value of its type.
public struct Column: Sendable {
  public enum Values: Sendable {
    case text(TextColumn)
    case integer([Int64])
    case real([Double])
    case money([Money])
    case period(PeriodColumn)
  }

  public let name: String
  public var values: Values

  public init(name: String, values: Values) {
    self.name = name
    self.values = values
  }

  public var count: Int {
    switch values {
    case .text(let column): column.codes.count
    case .integer(let values): values.count
    case .real(let values): values.count
    case .money(let values): values.count
    case .period(let column): column.ordinals.count
    }
  }

  public var type: ColumnType {
    switch values {
    case .text: .text
    case .integer: .integer
    case .real: .real
    case .money: .money
    case .period: .period
    }
  }

  public func isKnown(_ row: Int) -> Bool {
    switch values {
    case .text(let column): column.codes[row] >= 0
    case .integer(let values): values[row] != Unknown.integer
    case .real(let values): !values[row].isNaN
    case .money(let values): values[row] != Unknown.money
    case .period(let column): column.ordinals[row] != Unknown.ordinal
    }
  }

  /// The cell as it would be written to a file; nil where it is unknown.
  public func text(_ row: Int) -> String? {
    guard isKnown(row) else { return nil }
    switch values {
    case .text(let column): return column.dictionary[Int(column.codes[row])]
    case .integer(let values): return String(values[row])
    case .real(let values): return values[row].written
    case .money(let values): return values[row].description
    case .period(let column): return column[row]?.description
    }
  }

  /// The cell as a floating-point number; NaN where it is unknown. Text and periods have none.
  public func number(_ row: Int) -> Double {
    guard isKnown(row) else { return .nan }
    switch values {
    case .integer(let values): return Double(values[row])
    case .real(let values): return values[row]
    case .money(let values): return values[row].double
    case .text, .period: return .nan
    }
  }
}

/// The reserved values that stand for an empty cell.
public enum Unknown {
  public static let code: Int32 = -1
  public static let integer = Int64.min
  public static let real = Double.nan
  public static let money = Money(tenThousandths: .min)
  public static let ordinal = Int32.min
}

/// Text interned in order of first appearance.
public struct TextColumn: Sendable {
  /// Index into `dictionary` per row; -1 where unknown.
  public var codes: [Int32]
  public var dictionary: [String]

  public init(codes: [Int32], dictionary: [String]) {
    self.codes = codes
    self.dictionary = dictionary
  }

  public init(_ values: some Sequence<String?>) {
    var index: [String: Int32] = [:]
    codes = []
    dictionary = []
    for value in values {
      guard let value else {
        codes.append(Unknown.code)
        continue
      }
      if let code = index[value] {
        codes.append(code)
      } else {
        let code = Int32(dictionary.count)
        index[value] = code
        dictionary.append(value)
        codes.append(code)
      }
    }
  }

  public subscript(row: Int) -> String? { codes[row] < 0 ? nil : dictionary[Int(codes[row])] }
}

/// Periods of one form.
public struct PeriodColumn: Sendable {
  public var form: PeriodForm
  /// `Period.ordinal` per row; `Unknown.ordinal` where unknown.
  public var ordinals: [Int32]

  public init(form: PeriodForm, ordinals: [Int32]) {
    self.form = form
    self.ordinals = ordinals
  }

  public init(form: PeriodForm, _ periods: some Sequence<Period?>) {
    self.form = form
    ordinals = periods.map { $0.map { Int32($0.ordinal) } ?? Unknown.ordinal }
  }

  public subscript(row: Int) -> Period? {
    ordinals[row] == Unknown.ordinal ? nil : Period(form: form, ordinal: Int(ordinals[row]))
  }
}

extension PeriodColumn {
  /// Ordinals in another form; `Int.min` where the cell is unknown or the form is finer than the column's.
  public func ordinals(as target: PeriodForm) -> [Int] {
    var known: [Int32: Int] = [:]
    return ordinals.map { ordinal in
      if let value = known[ordinal] { return value }
      let value =
        ordinal == Unknown.ordinal
        ? Int.min : Period(form: form, ordinal: Int(ordinal)).containing(target)?.ordinal ?? Int.min
      known[ordinal] = value
      return value
    }
  }
}

extension Double {
  /// The shortest text that reads back as the same number, without an exponent for everyday magnitudes and without
  /// a trailing `.0`.
  public var written: String {
    if self == 0 { return "0" }
    if magnitude < 1e15, self == rounded(.towardZero) { return String(Int64(self)) }
    return description
  }
}
