import ChannelTypes

/// The rows of a table grouped by one or several key columns.
///
/// Groups are numbered in order of first appearance; the rows of a group are contiguous and ascending (compressed
/// sparse rows). Unknown cells form a group of their own. Building is O(rows · keys).
public struct GroupIndex: Sendable {
  /// The group of each row.
  public let groups: [Int32]
  /// Where each group begins in `rows`; one entry more than there are groups.
  public let starts: [Int32]
  /// Row numbers, group after group.
  public let rows: [Int32]

  public var count: Int { starts.count - 1 }

  /// The rows of one group, ascending.
  public subscript(group: Int) -> ArraySlice<Int32> { rows[Int(starts[group])..<Int(starts[group + 1])] }

  /// The first row of a group: where its key can be read.
  public func firstRow(_ group: Int) -> Int { Int(rows[Int(starts[group])]) }

  /// Groups by the named columns; a name that the table does not have groups nothing.
  public init(_ table: Table, by names: [String]) {
    self.init(table.columns(named: names), rowCount: table.rowCount)
  }

  /// Groups by the given columns, each with `rowCount` cells.
  public init(_ columns: [Column], rowCount: Int) {
    var ids = [Int32](repeating: 0, count: rowCount)
    var count = rowCount == 0 ? 0 : 1
    // Refine by one column after the other: (group so far, cell) → group.
    for column in columns {
      var refined = DenseIndex()
      let cells = column.identities
      for row in 0..<rowCount { ids[row] = refined.insert(UInt64(UInt32(bitPattern: ids[row])), cells[row]) }
      count = refined.count
    }
    // Counting sort of the rows by group.
    var starts = [Int32](repeating: 0, count: count + 1)
    for id in ids { starts[Int(id) + 1] += 1 }
    for group in 0..<count { starts[group + 1] += starts[group] }
    var next = starts
    var rows = [Int32](repeating: 0, count: rowCount)
    for row in 0..<rowCount {
      let id = Int(ids[row])
      rows[Int(next[id])] = Int32(row)
      next[id] += 1
    }
    groups = ids
    self.starts = starts
    self.rows = rows
  }
}

extension Table {
  func columns(named names: [String]) -> [Column] { names.compactMap { self[column: $0] } }
}

extension Column {
  /// A number per row that is equal exactly where the cells are equal.
  var identities: [UInt64] {
    switch values {
    case .text(let column): column.codes.map { UInt64(UInt32(bitPattern: $0)) }
    case .integer(let values): values.map { UInt64(bitPattern: $0) }
    case .real(let values): values.map { $0.isNaN ? Unknown.real.bitPattern : ($0 + 0).bitPattern }
    case .money(let values): values.map { UInt64(bitPattern: $0.tenThousandths) }
    case .period(let column): column.ordinals.map { UInt64(UInt32(bitPattern: $0)) }
    }
  }
}

/// Numbers pairs of integers in order of first appearance: a hash table with open addressing and linear probing.
struct DenseIndex {
  private var first: [UInt64] = []
  private var second: [UInt64] = []
  private var slots: [Int32]

  var count: Int { first.count }

  init() { slots = [Int32](repeating: -1, count: 64) }

  /// The number of the pair, new or known.
  mutating func insert(_ a: UInt64, _ b: UInt64) -> Int32 {
    var slot = Self.hash(a, b) & (slots.count - 1)
    while slots[slot] >= 0 {
      let found = Int(slots[slot])
      if first[found] == a, second[found] == b { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    let number = Int32(first.count)
    slots[slot] = number
    first.append(a)
    second.append(b)
    if first.count * 2 > slots.count { grow() }
    return number
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for number in first.indices {
      var slot = Self.hash(first[number], second[number]) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(number)
    }
  }

  /// Multiply and fold, constants of SplitMix64.
  private static func hash(_ a: UInt64, _ b: UInt64) -> Int {
    var x = (a &+ 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9 ^ b
    x = (x ^ (x >> 32)) &* 0x94D0_49BB_1331_11EB
    return Int(truncatingIfNeeded: (x ^ (x >> 29)) & 0x7FFF_FFFF_FFFF)
  }
}
