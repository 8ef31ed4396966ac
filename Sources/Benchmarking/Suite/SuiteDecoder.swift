internal import Specifications
internal import Tables

/// Turns the keys of a suite file into a `BenchmarkSuite`.
struct SuiteDecoder {
  func decode(_ root: inout MappingCursor, path: String, source: SourceText) -> BenchmarkSuite {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    let stem = file.split(separator: ".").first.map(String.init) ?? file
    let name = root.read("name", as: .text)?.value ?? stem
    _ = root.read("description", as: .text)
    let dataFolder = root.read("dataFolder", as: .text, default: ".").value
    let levels = root.list("levels", of: .number(.strictlyBetween(0, 100)), default: [80, 95]).map(\.value)
    let seed = root.read("seed", as: .integer(.atLeast(0)), default: 1).value
    let significance = root.read("significance", as: .number(.strictlyBetween(0, 1)), default: 0.05).value
    let measure: BenchmarkSuite.Measure = root.read("measure", as: .choice, default: .mase).value
    let timeLimit = root.read("timeLimit", as: .number(.above(0)), default: 3600).value
    let contestants = contestants(&root)
    let place = root.origin
    let tasks = root.sections("tasks", task)
    if tasks.isEmpty, root.shape(of: "tasks") != .section {
      root.report(
        SpecificationCodes.missingKey, "the suite has no tasks", at: place,
        hint: "add `tasks:` with a list; each has data, id, time, value, horizon")
    }
    checkNames(tasks.compactMap(\.self), &root)
    for task in tasks.compactMap(\.self) where contestants.isEmpty && task.contestants.isEmpty {
      root.report(
        SpecificationCodes.missingKey, "nobody takes part in `\(task.name)`", at: task.place,
        hint: "add `models: [auto, …]` to the suite or to the task")
    }
    return BenchmarkSuite(
      name: name, path: path, dataFolder: dataFolder, tasks: tasks.compactMap(\.self), contestants: contestants,
      levels: levels.sorted(), seed: UInt64(seed), significance: significance, measure: measure,
      timeLimit: timeLimit, source: source)
  }

  private func checkNames(_ tasks: [BenchmarkTask], _ root: inout MappingCursor) {
    var places: [String: SourcePlace] = [:]
    for task in tasks {
      if let first = places[task.name] {
        root.report(
          SpecificationCodes.repeatedItem, "the task `\(task.name)` is there twice", at: task.place,
          hint: "give one of them another name", notes: ["it is first at \(first)"])
      }
      places[task.name] = task.place
    }
  }

  // MARK: Contestants

  func contestants(_ cursor: inout MappingCursor) -> [ContestantSpecification] {
    let read = cursor.sections("models", plainAs: "model") { item -> ContestantSpecification? in
      let keys = ["model", "exec", "import"]
      let place = item.origin.place
      let name = item.read("name", as: .text)?.value
      let kinds = keys.filter { item.shape(of: $0) != nil }
      guard kinds.count == 1 else {
        for key in keys { item.expect(key) }
        for key in kinds { item.keepSection(key) }
        item.report(
          SpecificationCodes.missingKey, "a contestant is one of a model, a program and a file", at: item.origin,
          hint: "write the model's name, `exec: ./program arguments` or `import: FILE.csv`")
        return nil
      }
      guard let text: Located<String> = item.read(kinds[0], as: .text) else { return nil }
      let kind: ContestantSpecification.Kind
      var standard = text.value
      switch kinds[0] {
      case "exec":
        kind = .program(text.value)
        // `./statsforecast.py AutoETS` is called AutoETS.
        standard = text.value.split(separator: " ").last.map(String.init) ?? text.value
      case "import":
        let model: Located<String>? = item.read("as", as: .text)
        kind = .file(text.value, model: model?.value)
        standard = model?.value ?? text.value.split(separator: "/").last.map(String.init) ?? text.value
      default: kind = .model(text.value)
      }
      return ContestantSpecification(
        kind: kind, name: name ?? standard, place: place.line == nil ? text.place : place)
    }.compactMap(\.self)
    var seen: Set<String> = []
    for contestant in read where !seen.insert(contestant.name).inserted {
      cursor.report(
        SpecificationCodes.repeatedItem, "two contestants are called `\(contestant.name)`", at: contestant.place,
        hint: "add `name:` to one of them")
    }
    return read
  }

  // MARK: Tasks

  private func task(_ cursor: inout MappingCursor) -> BenchmarkTask? {
    let place = cursor.origin.place
    let name = cursor.require("name", as: .text)
    let data = cursor.require("data", as: .text, hint: "add `data:` with the path of a long table")
    let conditions = cursor.oneOrMore("where", of: Self.filter).compactMap(Self.parsed)
    let ids = cursor.oneOrMore("id", of: .text)
    if ids.isEmpty, cursor.shape(of: "id") == nil {
      cursor.report(
        SpecificationCodes.missingKey, "`\(cursor.name("id"))` is missing", at: cursor.origin,
        hint: "add `id:` with the column, or a list of columns, that names a series")
    }
    let time = cursor.require("time", as: .text, hint: "add `time:` with the column of times")
    let value = cursor.require("value", as: .text, hint: "add `value:` with the column that is forecast")
    let join = cursor.sectionIfPresent("join") { join -> BenchmarkTask.Join? in
      let file = join.require("file", as: .text, hint: "add `file:` with the path of the other table")
      let key = join.require("key", as: .text, hint: "add `key:` with the column that both tables have")
      guard let file, let key else { return nil }
      return BenchmarkTask.Join(file: file, key: key)
    }
    let groupBy = cursor.read("groupBy", as: .text)
    let horizon = setting("horizon", 1, groupBy, &cursor)
    let season = setting("season", 1, groupBy, &cursor)
    let metricSeason = setting("metricSeason", 1, groupBy, &cursor)
    let split = split(&cursor, hasHorizon: cursor.shape(of: "horizon") != nil)
    let minimum = cursor.read("minimumTraining", as: .integer(.atLeast(1)), default: 1).value
    let contestants = contestants(&cursor)
    let bars = cursor.sections("bars", bar).compactMap(\.self)
    let valueAdded = cursor.oneOrMore("valueAdded", of: .text)
    guard let name, let data, let time, let value, !ids.isEmpty, let split else { return nil }
    return BenchmarkTask(
      name: name.value, place: place, data: data, conditions: conditions, ids: ids, time: time, value: value,
      join: join ?? nil, groupBy: groupBy, horizon: horizon, season: season, metricSeason: metricSeason, split: split,
      minimumTraining: minimum, contestants: contestants, bars: bars, valueAdded: valueAdded)
  }

  private func setting(
    _ key: String, _ least: Int, _ groupBy: Located<String>?, _ cursor: inout MappingCursor
  ) -> Located<BenchmarkTask.Setting>? {
    guard cursor.shape(of: key) == .section else {
      guard let text = cursor.read(key, as: .text) else { return nil }
      guard let number = Int(text.value) else { return Located(.column(text.value), at: text.place) }
      if number >= least { return Located(.fixed(number), at: text.place) }
      cursor.report(
        SpecificationCodes.outOfRange, "`\(cursor.name(key))`: \(number) is out of range: it must be at least \(least)",
        at: text.place)
      return nil
    }
    let place = cursor.origin(of: key).place
    if groupBy == nil {
      cursor.report(
        BenchmarkCodes.badTask, "`\(cursor.name(key))` has a number for each group, but there is no `groupBy`",
        at: place, hint: "add `groupBy: COLUMN`, or write one number")
    }
    let numbers = cursor.section(key) { section -> [String: Int] in
      var numbers: [String: Int] = [:]
      for group in section.keys {
        numbers[group] = section.read(group, as: .integer(.atLeast(least)))?.value
      }
      return numbers
    }
    return Located(.byGroup(numbers), at: place)
  }

  private func split(_ cursor: inout MappingCursor, hasHorizon: Bool) -> BenchmarkTask.Split? {
    let test: Located<RowCondition>? =
      cursor.shape(of: "test") == .section
      ? cursor.section("test") {
        $0.require("where", as: Self.filter, hint: "add `where: split=test`").flatMap(Self.parsed)
      } : cursor.read("test", as: Self.filter).flatMap(Self.parsed)
    let windows = cursor.sectionIfPresent("windows") { windows -> BenchmarkTask.Split in
      let count = windows.read("count", as: .integer(.atLeast(1)), default: 1).value
      let step = windows.read("step", as: .integer(.atLeast(1)))?.value
      let at = windows.read("at", as: .word(of: ["ends", "dates"]), default: "ends").value
      let cutoffs = windows.oneOrMore("cutoffs", of: .text).map(\.value)
      return at == "dates" || !cutoffs.isEmpty
        ? .dates(count: count, step: step, cutoffs: cutoffs) : .ends(count: count, step: step)
    }
    if let test, windows != nil {
      cursor.report(
        BenchmarkCodes.badTask, "both `test` and `windows` are given", at: test.place, hint: "keep one of them")
    }
    if test == nil, cursor.shape(of: "test") == nil, !hasHorizon {
      cursor.report(
        SpecificationCodes.missingKey, "`\(cursor.name("horizon"))` is missing", at: cursor.origin,
        hint: "add `horizon:` with the number of periods ahead")
    }
    if cursor.shape(of: "test") != nil { return test.map { .test($0.value) } }
    return windows ?? .ends(count: 1, step: nil)
  }

  private func bar(_ cursor: inout MappingCursor) -> BenchmarkTask.Bar? {
    let place = cursor.origin.place
    let model = cursor.require("model", as: .text)
    let measure = cursor.read("measure", as: .word(of: Self.barMeasures), default: "owa").value
    let atMost = cursor.read("atMost", as: .number())
    let atLeast = cursor.read("atLeast", as: .number())
    let group = cursor.read("group", as: .text)
    if atMost == nil, atLeast == nil {
      cursor.report(
        SpecificationCodes.missingKey, "the bar has no height", at: cursor.origin, hint: "add `atMost:` or `atLeast:`")
    }
    return model.map {
      BenchmarkTask.Bar(
        model: $0.value, measure: measure, atMost: atMost?.value, atLeast: atLeast?.value, group: group?.value,
        place: place)
    }
  }

  static let barMeasures = ["owa", "mase", "rmsse", "wrmsse", "smape", "wape", "crps", "coverage", "msis", "cpu"]
  private static let filter = ScalarFormat<String>.text.checked { text in
    RowCondition(text) == nil
      ? ScalarFormat<String>.Complaint(
        SpecificationCodes.unreadableValue, .error, "`\(text)` is no condition",
        hint: "write COLUMN=VALUE, such as split=train")
      : nil
  }

  private static func parsed(_ text: Located<String>) -> Located<RowCondition>? {
    RowCondition(text.value).map { Located($0, at: text.place) }
  }
}
