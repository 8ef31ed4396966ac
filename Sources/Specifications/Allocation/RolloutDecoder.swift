import Allocation
import Tables

/// `kind: generalised_assignment`
enum AssignmentDecoder {
  private static let agents = Schema(
    "agents", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("capacity", .real, required: true, range: 0...1e15, "work it can take"),
    ])
  private static let jobs = Schema(
    "jobs", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("work", .real, range: 0...1e15, "the same for every agent, in place of work_matrix"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let sense = root.require("sense", as: .word(of: ["maximise", "minimise"]))?.value
    let agentTable = root.table("agents", agents)
    let jobTable = root.table("jobs", jobs)
    guard let agentTable, let jobTable, let sense = sense.flatMap(AllocationAnswer.Sense.init) else {
      root.forgive()
      return nil
    }
    let (agentNames, jobNames) = (agentTable.names("name"), jobTable.names("name"))
    let values = root.matrix("value_matrix", rows: jobNames, columns: agentNames)
    let work = jobTable.numbers("work")
    let hasMatrix = root.keys.contains("work_matrix")
    let matrix = root.matrix(
      "work_matrix", rows: jobNames, columns: agentNames, .atLeast(0), isRequired: work.contains(where: \.isNaN))
    if hasMatrix, work.contains(where: { !$0.isNaN }) {
      root.report(
        AllocationFileCodes.contradiction, "the work of jobs is written twice", at: root.origin(of: "work_matrix"),
        hint: "keep `work` in the jobs, or `work_matrix`")
      return nil
    }
    guard let values, hasMatrix ? matrix != nil : !work.contains(where: \.isNaN) else { return nil }
    let capacity = agentTable.numbers("capacity")
    return AssignmentProblem(
      sense,
      agents: agentNames.indices.map {
        .init(agentNames[$0], capacity: capacity[$0], at: agentTable.place(row: $0, "capacity"))
      }, jobs: jobNames, values: values.values,
      work: matrix?.values ?? work.flatMap { [Double](repeating: $0, count: agentNames.count) })
  }
}

/// `kind: rollout`
enum RolloutDecoder {
  private static let cities = Schema(
    "cities", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("potential", .real, required: true, range: 0...1e15, "per period, once open"),
      ColumnSchema("work", .real, range: 0...1e12, "staff-days to open; 1"),
      ColumnSchema("earliest", .integer, range: 1...1e6, "first period in which it may open; 1"),
      ColumnSchema("latest", .integer, range: 1...1e6, "last one; the last of all"),
      ColumnSchema("must_open", .flag, "whether it opens in any case"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let table = root.table("cities", cities)
    let periods = root.read("periods", as: .integer(.between(1, 1000)))
    let place = root.origin(of: "staff").place
    var staff: [Double]?
    if root.shape(of: "staff") == .value {
      let each = root.read("staff", as: .number(.atLeast(0)))?.value
      if periods == nil {
        root.report(
          AllocationFileCodes.contradiction, "`staff` is one number, and nothing says for how many periods",
          at: root.origin(of: "staff"), hint: "add `periods`, or list the staff of every period")
      }
      if let each, let periods { staff = [Double](repeating: each, count: periods.value) }
    } else {
      staff = root.numbers("staff", .atLeast(0), count: periods?.value)
    }
    let ramp = root.numbers("ramp", .atLeast(0), isRequired: false) ?? [1]
    let carriesOver = root.read("carry_over", as: .flag)?.value ?? false
    let opensAll = root.read("open_all", as: .flag)?.value ?? false
    guard let table, let staff else { return nil }
    let (names, potential) = (table.names("name"), table.numbers("potential", default: 0))
    let (work, must) = (table.numbers("work", default: 1), table.flags("must_open"))
    let (earliest, latest) = (table.integers("earliest", default: 1), table.integers("latest", default: .max))
    var problem = RolloutProblem(
      cities: names.indices.map {
        .init(
          names[$0], potential: potential[$0], work: work[$0], earliest: earliest[$0], latest: latest[$0],
          mustOpen: must[$0] || opensAll, at: table.place(row: $0, "name"))
      }, staff: staff, ramp: ramp.isEmpty ? [1] : ramp, carriesOver: carriesOver)
    problem.staffPlace = place
    return problem
  }
}

/// `kind: territories`
enum TerritoriesDecoder {
  private static let places = Schema(
    "places", key: ["name"],
    [
      ColumnSchema("name", .text, required: true),
      ColumnSchema("weight", .real, range: 0...1e15, "what is balanced: potential, workload; 1"),
      ColumnSchema("neighbours", .text, "names of places that it borders on, with | between them"),
      ColumnSchema("centre", .text, "the centre whose territory it must belong to"),
      ColumnSchema("x", .real, "coordinate"), ColumnSchema("y", .real, "coordinate"),
    ])

  static func decode(_ root: inout MappingCursor) -> (any AllocationProblem)? {
    let table = root.table("places", places)
    let centreNames = root.list("centres", of: .text, default: [])
    let count = root.read("count", as: .integer(.between(1, 10_000)))
    let tolerance = root.read("tolerance_pct", as: .number(.between(0, 1000)))
    let isContiguous = root.read("contiguous", as: .flag)?.value ?? true
    guard let table else {
      root.forgive()
      return nil
    }
    let names = table.names("name")
    let index = NameIndex(names, of: "place")
    guard let distances = CoverageDecoding.distances(&root, from: table, to: table, isNeeded: true) else { return nil }
    if centreNames.isEmpty == (count == nil) {
      root.report(
        AllocationFileCodes.contradiction, "territories need either `centres` or a `count`", at: root.origin,
        hint: "list the places around which territories form, or say how many there are")
      return nil
    }
    var centres: [Int] = []
    for name in centreNames {
      guard let place = index[name.value] else {
        root.report(AllocationFileCodes.missingName, "there is no place `\(name.value)`", at: name.place)
        return nil
      }
      centres.append(place)
    }
    var neighbours = [[Int]](repeating: [], count: names.count)
    for (row, text) in table.texts("neighbours").enumerated() {
      for name in (text ?? "").split(separator: "|") {
        let trimmed = name.trimmed
        guard let other = index[trimmed] else {
          root.report(
            AllocationFileCodes.missingName, "there is no place `\(trimmed)`", in: table, row: row, "neighbours")
          return nil
        }
        neighbours[row].append(other)
      }
    }
    let weight = table.numbers("weight", default: 1)
    let locked = table.texts("centre").map { text in
      text.flatMap { name in centres.firstIndex { names[$0] == name } }
    }
    var problem = TerritoriesProblem(
      places: names.indices.map {
        .init(names[$0], weight: weight[$0], locked: locked[$0], at: table.place(row: $0, "name"))
      }, neighbours: neighbours, distances: distances, centres: centres, count: count?.value ?? centres.count,
      tolerance: (tolerance?.value ?? 10) / 100, isContiguous: isContiguous)
    problem.tolerancePlace = tolerance?.place
    return problem
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(self.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
