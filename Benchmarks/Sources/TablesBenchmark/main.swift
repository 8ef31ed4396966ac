import Glibc
import Sluice

/// `generate PATH ROWS` writes a long table; `read PATH` reads it into typed columns and prints what it found.
///
/// The table has the columns id, date and value: every series has a row on every day, days outermost, so that an id
/// never follows itself. Values have two decimals and come from a seeded stream.

func generate(_ path: String, rows: Int) throws {
  let seriesCount = 2500
  var random = RandomStream(seed: 1, key: RandomStream.key("benchmark.tables"))
  let ids = (0..<seriesCount).map { index in
    let digits = String(index)
    return "P" + String(repeating: "0", count: 7 - digits.count) + digits
  }
  let firstDay = CivilDate(year: 2020, month: 1, day: 1)
  let table = Table(
    name: "long",
    columns: [
      Column(
        name: "id",
        values: .text(TextColumn(codes: (0..<rows).map { Int32($0 % seriesCount) }, dictionary: ids))),
      Column(
        name: "date",
        values: .period(
          PeriodColumn(
            form: .day, ordinals: (0..<rows).map { Int32(firstDay.daysSinceEpoch + $0 / seriesCount) }))),
      .real("value", (0..<rows).map { _ in (random.uniform() * 10_000_000).rounded() / 100 }),
    ])
  try CSVWriter.write(table, to: path)
}

func read(_ path: String) -> Bool {
  let schema = Schema(
    "long",
    [
      ColumnSchema("id", .text, required: true), ColumnSchema("date", .period, required: true),
      ColumnSchema("value", .real),
    ])
  var findings = Findings()
  guard let table = CSVReader.read(TableReference(path: path), schema: schema, findings: &findings) else {
    print(DiagnosticRenderer().text(findings))
    return false
  }
  let total = (table.numbers("value") ?? []).reduce(0, +)
  print("\(table.rowCount) rows, \(table.text("id")?.dictionary.count ?? 0) ids, total \(total)")
  return true
}

let arguments = CommandLine.arguments
switch arguments.dropFirst().first {
case "generate" where arguments.count == 4: try generate(arguments[2], rows: Int(arguments[3]) ?? 0)
case "read" where arguments.count == 3: exit(read(arguments[2]) ? 0 : 1)
default:
  print("usage: TablesBenchmark generate PATH ROWS | read PATH")
  exit(2)
}
