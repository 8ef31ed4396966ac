import Tables

extension Table {
  /// The table with these rows only, in this order.
  func keeping(_ rows: [Int]) -> Table {
    Table(
      name: name,
      columns: columns.map { column in
        let values: Column.Values =
          switch column.values {
          case .text(let values): .text(TextColumn(codes: rows.map { values.codes[$0] }, dictionary: values.dictionary))
          case .integer(let values): .integer(rows.map { values[$0] })
          case .real(let values): .real(rows.map { values[$0] })
          case .money(let values): .money(rows.map { values[$0] })
          case .period(let values):
            .period(PeriodColumn(form: values.form, ordinals: rows.map { values.ordinals[$0] }))
          }
        return Column(name: column.name, values: values)
      })
  }

  /// The columns of these names that the table has, in this order.
  func selecting(_ names: [String]) -> Table {
    Table(name: name, columns: names.compactMap { self[column: $0] })
  }
}
