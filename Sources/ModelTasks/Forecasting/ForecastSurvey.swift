internal import Tables

/// The first pass over a table: everything that is wrong with it, the step of its times, and the rows themselves, all
/// of them or a sample of the series.
struct ForecastSurvey {
  private(set) var table: LongTable
  private let request: ForecastRequest
  private(set) var overrides: ForecastOverrides?
  private(set) var store: SeriesStore
  private(set) var grid: TimeGrid?
  /// Whether the store has all series: then no second pass is needed.
  private(set) var isComplete = true
  /// Names of the kept series, and texts of the peers' columns, by number.
  private(set) var reader: LongTableReader
  private(set) var seriesCount = 0
  private var steps: StepSurvey
  private var emptyCount = 0
  private var repeated: [(row: Int, earlier: Int)] = []
  private var repeatedCount = 0
  /// The last time, and all times, of the series that have an override.
  private var overridden: [String: (last: Int, times: [Int])] = [:]
  /// Series with too few values to be forecast by themselves: what they have in the columns of peers.
  private(set) var coldTexts: Set<[Int32]> = []
  /// Where a driver of the periods to come is not known, and in how many series.
  private var driverless: (row: Int, column: String, series: Int)?

  /// Looks at the whole table.
  /// - Returns: nil where there is an error among the findings.
  init?(_ request: ForecastRequest, _ overrides: ForecastOverrides?, findings: inout Findings) {
    var own = Findings(limit: findings.limit)
    defer { findings.merge(own) }
    guard let table = LongTable.open(request.table, request.columns, findings: &own) else { return nil }
    self.request = request
    self.overrides = overrides
    self.table = table
    store = SeriesStore(numberColumns: request.drivers.count)
    steps = StepSurvey(table.notation)
    reader = table.reader()
    var scattered = scanGrouped()
    if case .needsWholeText? = reader.stop {
      guard let whole = table.holdingText(findings: &own) else { return nil }
      self.table = whole
      scattered = scanGrouped()
    }
    if case .failure(let finding)? = reader.stop {
      own.add(finding)
      return nil
    }
    if let scattered { collect(scattered) }
    seriesCount = reader.seriesCount
    guard report(&own) else { return nil }
  }

  // MARK: Passes

  /// Reads a table whose series are one after another.
  /// - Returns: the number of rows of each series, where a series turned out to be in several places.
  private mutating func scanGrouped() -> [Int32]? {
    begin()
    var counts: [Int32] = []
    var run = SeriesRun(numberColumns: request.drivers.count)
    var code: Int32 = -1
    var isGrouped = true
    var threshold = UInt64.max
    var rows = LongRows()
    while reader.next(&rows) {
      var start = 0
      while start < rows.count {
        let own = rows.series[start]
        var end = start + 1
        while end < rows.count, rows.series[end] == own { end += 1 }
        defer { start = end }
        guard own >= 0 else { continue }
        if Int(own) == counts.count { counts.append(0) }
        counts[Int(own)] += Int32(end - start)
        guard isGrouped else { continue }
        if own != code {
          if !run.isEmpty { close(&run, code, &threshold) }
          isGrouped = Int(own) == counts.count - 1 && counts[Int(own)] == Int32(end - start)
          code = own
        }
        run.append(rows, start..<end)
      }
    }
    if isGrouped, !run.isEmpty { close(&run, code, &threshold) }
    return isGrouped ? nil : counts
  }

  private mutating func begin() {
    reader = table.reader()
    store = SeriesStore(numberColumns: request.drivers.count)
    steps = StepSurvey(table.notation)
    isComplete = true
    emptyCount = 0
    repeated = []
    repeatedCount = 0
    overridden = [:]
    coldTexts = []
    driverless = nil
  }

  /// Reads a table whose rows are in any order, each row into its place.
  private mutating func collect(_ counts: [Int32]) {
    begin()
    var next: [Int] = []
    var total = 0
    for count in counts {
      next.append(total)
      total += Int(count)
    }
    let starts = next
    var times = [Int](repeating: 0, count: total)
    var values = [Double](repeating: .nan, count: total)
    var numbers = request.drivers.map { _ in [Double](repeating: .nan, count: total) }
    var places = [Int](repeating: 0, count: total)
    var texts = [[Int32]](repeating: [], count: counts.count)
    var rows = LongRows()
    while reader.next(&rows) {
      for index in 0..<rows.count where rows.series[index] >= 0 {
        let code = Int(rows.series[index])
        let place = next[code]
        next[code] += 1
        times[place] = rows.times[index]
        values[place] = rows.values[index]
        places[place] = rows.rows[index]
        for column in numbers.indices { numbers[column][place] = rows.numbers[column][index] }
        if place == starts[code] { texts[code] = rows.texts.map { $0[index] } }
      }
    }
    var run = SeriesRun(numberColumns: numbers.count)
    for code in counts.indices where counts[code] > 0 {
      let range = starts[code]..<starts[code] + Int(counts[code])
      run.removeAll()
      run.times.append(contentsOf: times[range])
      run.values.append(contentsOf: values[range])
      run.rows.append(contentsOf: places[range])
      for column in numbers.indices { run.numbers[column].append(contentsOf: numbers[column][range]) }
      run.texts = texts[code]
      look(&run, Int32(code))
      store.append(run, code: Int32(code))
    }
  }

  /// A series has ended: looks at it and keeps it, or leaves it out of the sample.
  private mutating func close(_ run: inout SeriesRun, _ code: Int32, _ threshold: inout UInt64) {
    look(&run, code)
    if rank(code) <= threshold { store.append(run, code: code) }
    while store.rowCount > request.keptRows, store.count > 1 {
      isComplete = false
      threshold /= 2
      store = store.filtered { [threshold] in rank($0) <= threshold }
    }
    run.removeAll()
  }

  /// A number drawn for each series, the same in every run with the same seed: the lowest are the sample.
  private func rank(_ code: Int32) -> UInt64 {
    // SplitMix64: Steele, Lea & Flood, "Fast splittable pseudorandom number generators" (2014).
    var state = request.seed &+ (UInt64(code) &+ 1) &* 0x9E37_79B9_7F4A_7C15
    state = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    state = (state ^ (state >> 27)) &* 0x94D0_49BB_1331_11EB
    return state ^ (state >> 31)
  }

  private mutating func look(_ run: inout SeriesRun, _ code: Int32) {
    let twice = run.sort()
    repeatedCount += twice.count
    repeated = Array((repeated + twice).sorted { $0.row < $1.row }.prefix(4))
    if twice.isEmpty { steps.add(run.times, rows: run.rows) }
    let history = run.history
    let empty = history.map { run.values[$0].count(where: \.isNaN) } ?? 0
    emptyCount += empty
    if !run.texts.isEmpty, (history?.count ?? 0) - empty < PeerForecasts.fewest { coldTexts.insert(run.texts) }
    if let history, !request.drivers.isEmpty { lookAhead(run, from: history.upperBound) }
    guard let overrides else { return }
    let name = reader.name(ofSeries: code)
    if overrides.names.contains(name) {
      overridden[name] = (history.map { run.times[$0.upperBound - 1] } ?? run.times[0], run.times)
    }
  }

  /// Whether the drivers are known over the horizon.
  private mutating func lookAhead(_ run: SeriesRun, from start: Int) {
    for index in start..<start + request.horizon {
      let unknown = run.numbers.firstIndex { index >= $0.count || $0[index].isNaN }
      guard let unknown else { continue }
      let row = run.rows[min(index, run.rows.count - 1)]
      driverless = (
        driverless?.row ?? row, driverless?.column ?? request.drivers[unknown], (driverless?.series ?? 0) + 1
      )
      return
    }
  }

  // MARK: Findings

  /// Reports what was found; false where the table cannot be forecast.
  private mutating func report(_ findings: inout Findings) -> Bool {
    reader.report(&findings)
    reportRepeated(&findings)
    if seriesCount == 0, reader.isSound { findings.add(noRowLeft) }
    if reader.hasSlashes { reportSameNames(&findings) }
    if let driverless { findings.add(missingDriver(driverless)) }
    guard !findings.hasErrors else { return false }
    let result = steps.result()
    if let odd = result.oddRow { findings.add(finding(odd)) }
    if let far = result.farRow { findings.add(finding(far)) }
    guard !findings.hasErrors else { return false }
    grid = result.grid
    let ends = overridden.mapValues { (last: result.grid.ordinal($0.last), anchor: result.grid.anchor($0.times)) }
    let horizon = request.horizon
    overrides?.resolve(result.grid, ends: ends, horizon: horizon, findings: &findings)
    guard !findings.hasErrors else { return false }
    if result.missingCount + emptyCount > 0 { findings.add(missing(result)) }
    return true
  }

  private func reportRepeated(_ findings: inout Findings) {
    guard let first = repeated.first else { return }
    let places = table.locate(
      repeated.map { ($0.row, request.time) } + [(first.earlier, request.time)])
    var notes: [String] = []
    if let line = places.last?.place.line { notes.append("the first row with this time is line \(line)") }
    let further = places.dropFirst().dropLast().compactMap(\.place.line)
    if repeatedCount > 1 {
      let lines = further.map(String.init).joined(separator: ", ") + (repeatedCount - 1 > further.count ? ", …" : "")
      notes.append(
        repeatedCount == 2
          ? "one more row repeats a time of its series (line \(lines))"
          : "\(repeatedCount - 1) more rows repeat a time of their series (lines \(lines))")
    }
    findings.add(
      Diagnostic(
        DataCodes.duplicateKey, "the series has two rows for this time", at: places[0].place,
        excerpt: places[0].excerpt,
        hint: "remove one, add them up, or name a further column with `--id` that tells the series apart", notes: notes)
    )
  }

  private var noRowLeft: Diagnostic {
    let seen = zip(request.conditions, reader.leftOut).compactMap { condition, values in
      values.isEmpty ? nil : "`\(condition.column)` has \(values.prefix(6).joined(separator: ", "))"
    }
    return Diagnostic(
      ForecastTaskCodes.noRowLeft, "no row of `\(request.table.displayPath)` meets every `--where`",
      at: SourcePlace(file: request.table.displayPath), hint: seen.isEmpty ? nil : seen.joined(separator: "; "))
  }

  private func reportSameNames(_ findings: inout Findings) {
    var names: Set<String> = []
    for code in 0..<Int32(reader.seriesCount) {
      let name = reader.name(ofSeries: code)
      guard !names.insert(name).inserted else {
        findings.add(
          Diagnostic(
            ForecastTaskCodes.sameName, "two different series are both called `\(name)`",
            at: SourcePlace(file: request.table.displayPath),
            hint: "a part of the name has a slash: replace it, or name the series by one column"))
        return
      }
    }
  }

  /// An error where no series has its drivers ahead; otherwise those that miss some go on with their usual values.
  private func missingDriver(_ found: (row: Int, column: String, series: Int)) -> Diagnostic {
    let cell = table.locate([(found.row, found.column)])[0]
    let isNone = found.series == seriesCount
    return Diagnostic(
      ForecastTaskCodes.missingDriver, isNone ? .error : .warning,
      "`\(found.column)` is not known for all of the next \(request.horizon) periods of \(found.series) series"
        + (isNone ? "" : ", which are forecast with its usual value"), at: cell.place, excerpt: cell.excerpt,
      hint: "add rows with an empty `\(request.value)` and the drivers of the periods to come, or shorten `--horizon`")
  }

  private func finding(_ odd: (row: Int, step: String)) -> Diagnostic {
    let found = table.locate([(odd.row, request.time)])[0]
    return Diagnostic(
      ForecastTaskCodes.offStep, "this time is not \(odd.step) from its neighbours, as nearly all others are",
      at: found.place, excerpt: found.excerpt, hint: "correct it, or leave such rows out with `--where`")
  }

  private func finding(_ far: (row: Int, periods: Int)) -> Diagnostic {
    let found = table.locate([(far.row, request.time)])[0]
    return Diagnostic(
      ForecastTaskCodes.farApart,
      "with this time the series would be \(far.periods) periods long, most of them unknown",
      at: found.place, excerpt: found.excerpt, hint: "look for a mistyped time")
  }

  private func missing(_ result: StepSurvey.Result) -> Diagnostic {
    var parts: [String] = []
    if result.missingCount > 0 {
      parts.append("\(result.missingCount) \(result.grid.periods) in \(result.gappyCount) series have no row")
    }
    if emptyCount > 0 { parts.append("\(emptyCount) values inside histories are empty") }
    return Diagnostic(
      ForecastTaskCodes.missingPeriods, .note, parts.joined(separator: "; ") + "; they count as unknown, not as zero",
      at: SourcePlace(file: request.table.displayPath), hint: "write 0 where nothing was sold")
  }
}
