import Foundation
import Sluice

/// A line for each instance: its objective, its bound, the gap, and the CPU seconds of the solve on one thread.
@main
struct AllocationBenchmark {
  private var limits = WorkLimits(seconds: 60)
  private var paths: [String] = []
  private var filter: String?
  private var isCSV = false
  private var isWithLarge = false

  static func main() {
    do {
      let benchmark = try AllocationBenchmark(Array(CommandLine.arguments.dropFirst()))
      try benchmark.run()
    } catch {
      FileHandle.standardError.write(Data("AllocationBenchmark: \(error)\n".utf8))
      exit(2)
    }
  }

  private init(_ arguments: [String]) throws {
    var rest = arguments[...]
    func value(of option: String) throws -> String {
      guard let value = rest.popFirst() else { throw InstanceError("\(option) needs a value") }
      return value
    }
    while let argument = rest.popFirst() {
      switch argument {
      case "--filter": filter = try value(of: argument)
      case "--time-limit": limits.seconds = Double(try value(of: argument))
      case "--csv": isCSV = true
      case "--large": isWithLarge = true
      default:
        guard !argument.hasPrefix("-") else { throw InstanceError("there is no option \(argument)") }
        paths.append(argument)
      }
    }
  }

  private func run() throws {
    line(["instance", "status", "objective", "bound", "gap", "CPU s", "known", "note"])
    if isWithLarge {
      for (name, make) in families.flatMap({ $0.large(limits: limits) }) where filter.map(name.contains) ?? true {
        attempt(name) { try show(make()) }
      }
    }
    var unread: [String] = []
    for path in try paths.flatMap(files) where filter.map(path.contains) ?? true {
      let name = URL(filePath: path).lastPathComponent
      guard let family = families.first(where: { $0.accepts(name) }) else {
        unread.append(name)
        continue
      }
      attempt(name) { for instance in try family.read(path, limits: limits) { try show(instance) } }
    }
    if !unread.isEmpty {
      FileHandle.standardError.write(Data("no reader for: \(unread.joined(separator: ", "))\n".utf8))
    }
  }

  private func attempt(_ name: String, _ body: () throws -> Void) {
    do { try body() } catch { line([name, "failed", "", "", "", "", "", "\(error)"]) }
  }

  private func show(_ instance: BenchmarkInstance) throws {
    let (outcome, seconds) = try measure(instance)
    line([
      instance.name, outcome.status, written(outcome.objective, 15), written(outcome.bound, 15),
      written(outcome.relativeGap, 2), String(format: "%.6f", seconds),
      instance.known.map { written($0, 15) } ?? "", outcome.note,
    ])
  }

  /// Solves at least once, and short ones again for up to half a second: the least CPU time counts.
  private func measure(_ instance: BenchmarkInstance) throws -> (outcome: Outcome, seconds: Double) {
    var best = Double.infinity
    var spent = 0.0
    for _ in 0..<20 {
      let start = cpuSeconds()
      let outcome = try instance.solve()
      let seconds = cpuSeconds() - start
      best = min(best, seconds)
      spent += seconds
      if spent > 0.5 { return (outcome, best) }
    }
    return (try instance.solve(), best)
  }

  /// The files of a folder and of the folders in it, by name; a file stands for itself.
  private func files(at path: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InstanceError("there is no \(path)")
    }
    guard isFolder.boolValue else { return [path] }
    return try FileManager.default.subpathsOfDirectory(atPath: path).map { path + "/" + $0 }
      .sorted { $0.compare($1, options: .numeric) == .orderedAscending }
  }

  private func line(_ cells: [String]) {
    let widths = [34, -10, -20, -20, -9, -10, -20, 0]
    let text =
      isCSV
      ? cells.map { $0.contains(",") ? "\"\($0)\"" : $0 }.joined(separator: ",")
      : zip(cells, widths).map { cell, width in
        let blank = String(repeating: " ", count: max(0, abs(width) - cell.count))
        return width < 0 ? blank + cell : cell + blank
      }.joined(separator: "  ")
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }

  private func written(_ number: Double, _ digits: Int) -> String { String(format: "%.\(digits)g", number) }
}

private func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
