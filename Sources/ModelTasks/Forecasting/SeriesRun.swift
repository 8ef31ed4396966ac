internal import Tables

/// The rows of one series, as they were read.
struct SeriesRun {
  var times: [Int] = []
  /// NaN where the cell is empty.
  var values: [Double] = []
  /// Further columns of numbers.
  var numbers: [[Double]]
  /// The number of each row in the file.
  var rows: [Int] = []
  /// Codes of the further columns of text, of the first row.
  var texts: [Int32] = []

  init(numberColumns: Int) { numbers = [[Double]](repeating: [], count: numberColumns) }

  var isEmpty: Bool { times.isEmpty }

  mutating func removeAll() {
    times.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    rows.removeAll(keepingCapacity: true)
    for index in numbers.indices { numbers[index].removeAll(keepingCapacity: true) }
    texts.removeAll(keepingCapacity: true)
  }

  /// Adds neighbouring rows of one series.
  mutating func append(_ block: LongRows, _ range: Range<Int>) {
    if times.isEmpty { texts.append(contentsOf: block.texts.map { $0[range.lowerBound] }) }
    times.append(contentsOf: block.times[range])
    values.append(contentsOf: block.values[range])
    rows.append(contentsOf: block.rows[range])
    for index in numbers.indices { numbers[index].append(contentsOf: block.numbers[index][range]) }
  }

  /// Puts the rows in the order of time.
  /// - Returns: rows that repeat the time of an earlier one, with that one.
  mutating func sort() -> [(row: Int, earlier: Int)] {
    var isSorted = true
    for index in 1..<max(1, times.count) where times[index] <= times[index - 1] {
      isSorted = false
      break
    }
    if isSorted { return [] }
    let order = times.indices.sorted { (times[$0], rows[$0]) < (times[$1], rows[$1]) }
    times = order.map { times[$0] }
    values = order.map { values[$0] }
    rows = order.map { rows[$0] }
    for index in numbers.indices { numbers[index] = order.map { [column = numbers[index]] in column[$0] } }
    return times.indices.dropFirst().filter { times[$0] == times[$0 - 1] }.map { (rows[$0], rows[$0 - 1]) }
  }

  /// From the first to the last known value; nil where none is known.
  var history: Range<Int>? {
    guard let last = values.lastIndex(where: { !$0.isNaN }), let first = values.firstIndex(where: { !$0.isNaN }) else {
      return nil
    }
    return first..<last + 1
  }
}

/// The rows of many series, one after another.
struct SeriesStore {
  private(set) var times: [Int] = []
  private(set) var values: [Double] = []
  private(set) var numbers: [[Double]]
  private(set) var rows: [Int] = []
  private(set) var texts: [[Int32]] = []
  /// The number of each series in order of first appearance.
  private(set) var codes: [Int32] = []
  private var starts: [Int] = [0]

  init(numberColumns: Int) { numbers = [[Double]](repeating: [], count: numberColumns) }

  var count: Int { codes.count }
  var rowCount: Int { times.count }

  mutating func append(_ run: SeriesRun, code: Int32) {
    times.append(contentsOf: run.times)
    values.append(contentsOf: run.values)
    rows.append(contentsOf: run.rows)
    for index in numbers.indices { numbers[index].append(contentsOf: run.numbers[index]) }
    texts.append(run.texts)
    codes.append(code)
    starts.append(times.count)
  }

  func read(_ series: Int, into run: inout SeriesRun) {
    let range = starts[series]..<starts[series + 1]
    run.removeAll()
    run.times.append(contentsOf: times[range])
    run.values.append(contentsOf: values[range])
    run.rows.append(contentsOf: rows[range])
    for index in numbers.indices { run.numbers[index].append(contentsOf: numbers[index][range]) }
    run.texts = texts[series]
  }

  /// Only the series whose code is wanted.
  func filtered(_ isKept: (Int32) -> Bool) -> SeriesStore {
    var kept = SeriesStore(numberColumns: numbers.count)
    var run = SeriesRun(numberColumns: numbers.count)
    for series in 0..<count where isKept(codes[series]) {
      read(series, into: &run)
      kept.append(run, code: codes[series])
    }
    return kept
  }
}
