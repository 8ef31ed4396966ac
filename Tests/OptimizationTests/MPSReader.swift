import Foundation
import Optimization

/// Reads linear programs in MPS format as the netlib collection writes it: fields at fixed columns, so that names may
/// hold blanks.
///
/// Sections NAME, ROWS, COLUMNS, RHS, RANGES, BOUNDS, ENDATA; the first row of type N is minimised, further ones are
/// dropped. A right-hand side of the objective is a constant of opposite sign.
struct MPSReader {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private(set) var program = LinearProgram(.minimise)
  /// To be added to the objective.
  private(set) var constant = 0.0

  private struct Row {
    var type: String
    var terms: [(variable: Int, coefficient: Double)] = []
    var side = 0.0
    var range: Double?

    /// The meaning of RANGES: |R| above or below the side, for an equality to the side of its sign.
    var bounds: (lower: Double, upper: Double) {
      switch (type, range) {
      case ("L", nil): (-.infinity, side)
      case ("G", nil): (side, .infinity)
      case ("L", let range?): (side - abs(range), side)
      case ("G", let range?): (side, side + abs(range))
      case (_, let range?): (min(side, side + range), max(side, side + range))
      default: (side, side)
      }
    }
  }

  private var rows: [Row] = []
  private var rowIndex: [String: Int] = [:]
  private var variableIndex: [String: Int] = [:]
  private var objective: String?

  init(text: String) throws {
    var section = ""
    for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("*") {
      if line.hasPrefix(" ") {
        try read(Self.fields(Array(line)), in: section)
      } else {
        section = line.split(separator: " ").first.map(String.init) ?? ""
      }
    }
    for row in rows { program.addRow(row.terms, lower: row.bounds.lower, upper: row.bounds.upper) }
  }

  /// The six fields: columns 2-3, 5-12, 15-22, 25-36, 40-47 and 50-61; empty where the line is short.
  private static func fields(_ line: [Character]) -> [String] {
    [(1, 3), (4, 12), (14, 22), (24, 36), (39, 47), (49, 61)].map { from, to in
      guard line.count > from else { return "" }
      return String(line[from..<min(to, line.count)]).trimmingCharacters(in: .whitespaces)
    }
  }

  private mutating func read(_ fields: [String], in section: String) throws {
    switch section {
    case "ROWS":
      if fields[0] != "N" {
        rowIndex[fields[1]] = rows.count
        rows.append(Row(type: fields[0]))
      } else if objective == nil {
        objective = fields[1]
      }
    case "COLUMNS":
      let variable = variableIndex[fields[1]] ?? program.addVariable(label: fields[1])
      variableIndex[fields[1]] = variable
      for (name, value) in try pairs(fields) {
        if name == objective {
          program.variables[variable].objective = value
        } else if let row = rowIndex[name] {
          rows[row].terms.append((variable, value))
        }
      }
    case "RHS", "RANGES":
      for (name, value) in try pairs(fields) {
        if section == "RANGES", let row = rowIndex[name] {
          rows[row].range = value
        } else if name == objective {
          constant = -value
        } else if let row = rowIndex[name] {
          rows[row].side = value
        }
      }
    case "BOUNDS": try readBound(fields)
    default: throw Failure(description: "a section \(section)")
    }
  }

  private mutating func readBound(_ fields: [String]) throws {
    guard let variable = variableIndex[fields[2]] else { throw Failure(description: "a bound of \(fields[2])") }
    let value = fields[3].isEmpty ? 0 : try number(fields[3])
    switch fields[0] {
    case "UP": program.variables[variable].upper = value
    case "LO": program.variables[variable].lower = value
    case "FX": (program.variables[variable].lower, program.variables[variable].upper) = (value, value)
    case "FR": (program.variables[variable].lower, program.variables[variable].upper) = (-.infinity, .infinity)
    case "MI": program.variables[variable].lower = -.infinity
    case "PL": program.variables[variable].upper = .infinity
    default: throw Failure(description: "a bound \(fields[0])")
    }
  }

  private func pairs(_ fields: [String]) throws -> [(String, Double)] {
    try [2, 4].filter { !fields[$0].isEmpty }.map { (fields[$0], try number(fields[$0 + 1])) }
  }

  private func number(_ text: String) throws -> Double {
    guard let value = Double(text) else { throw Failure(description: "\(text) is no number") }
    return value
  }
}

/// Linear programs of the netlib collection, beside the package where they are there.
enum Netlib {
  static let folder: String = {
    if let path = ProcessInfo.processInfo.environment["SLUICE_DATA"] { return path + "/allocation/netlib" }
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return root.appending(path: "../shared/data/allocation/netlib").standardized.path
  }()

  /// Names and published optima.
  static let problems: [(name: String, optimum: Double)] = {
    guard let text = try? String(contentsOfFile: folder + "/optima_highs.csv", encoding: .utf8) else { return [] }
    return text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line in
      let cells = line.split(separator: ",")
      return Double(cells[3]).map { (String(cells[0]), $0) }
    }
  }()

  static func read(_ name: String) throws -> MPSReader {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", "\(folder)/\(name).mps.gz"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return try MPSReader(text: String(decoding: data, as: UTF8.self))
  }
}
