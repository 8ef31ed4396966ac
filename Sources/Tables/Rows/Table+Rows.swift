import ChannelTypes

extension Table {
  /// The table with only these rows, in the order given. The result knows no source file, since its rows are others.
  public func selecting(rows: some Collection<Int>) -> Table {
    Table(name: name, columns: columns.map { $0.selecting(rows) })
  }

  /// The table with only these columns, in the order given; names that it does not have are left out.
  public func selecting(columns names: [String]) -> Table {
    Table(name: name, columns: names.compactMap { self[column: $0] }, source: source)
  }

  /// The rows for which `isIncluded` holds.
  public func filtered(_ isIncluded: (Int) -> Bool) -> Table {
    selecting(rows: (0..<rowCount).filter(isIncluded))
  }

  /// The rows in ascending order of the first column named, then of the second, …; equal rows keep their order.
  /// Unknown cells come first; text is ordered by Unicode scalars, which depends on no locale.
  public func sorted(by names: [String]) -> Table {
    let ranks = names.compactMap { self[column: $0]?.ranks }
    let order = (0..<rowCount).sorted { left, right in
      for rank in ranks where rank[left] != rank[right] { return rank[left] < rank[right] }
      return left < right
    }
    return selecting(rows: order)
  }

  /// The table under another name.
  public func renamed(_ name: String) -> Table { Table(name: name, columns: columns, source: source) }
}

extension Column {
  /// A number per row that orders as the cells do; equal cells have equal numbers.
  fileprivate var ranks: [Int64] {
    switch values {
    case .integer(let values): return values
    case .money(let values): return values.map(\.tenThousandths)
    case .period(let column): return column.ordinals.map(Int64.init)
    case .real(let values):
      // The bits of a positive number order as the number; negative ones in reverse.
      return values.map { value in
        if value.isNaN { return .min }
        let bits = Int64(bitPattern: (value + 0).bitPattern)
        return bits >= 0 ? bits : -(bits & .max)
      }
    case .text(let column):
      let order = column.dictionary.indices.sorted { left, right in
        column.dictionary[left].unicodeScalars.lexicographicallyPrecedes(column.dictionary[right].unicodeScalars)
      }
      var rank = [Int64](repeating: 0, count: column.dictionary.count)
      for (position, code) in order.enumerated() {
        let isRepeat = position > 0 && column.dictionary[order[position - 1]] == column.dictionary[code]
        rank[code] = isRepeat ? rank[order[position - 1]] : Int64(position)
      }
      return column.codes.map { $0 < 0 ? -1 : rank[Int($0)] }
    }
  }
}
