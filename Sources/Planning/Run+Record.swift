import LinearAlgebra
import Optimization
public import Tables

extension Run {
  /// `run.json`: what ran, on which inputs, with which versions, and how it ended.
  ///
  /// It is a function of plan, data, seed and version: two runs of the same inputs write the same bytes, whatever the
  /// number of threads; only `timings`, where they are asked for, differ.
  ///
  /// - Parameters:
  ///   - files: the names of all files of the run folder.
  ///   - frozen: the name under which the run is kept for a later comparison; nil where it may be replaced.
  ///   - timings: what the run cost; nil where it is not to be told.
  public func record(files: [String], frozen: String? = nil, timings: RunTimings? = nil) -> JSONValue {
    guard case .object(var members) = record(of: files) else { return .null }
    if let timings { members.append(.init("timings", timings.record)) }
    return .object(members + (frozen.map { [.init("frozen", .string($0))] } ?? []))
  }

  private func record(of files: [String]) -> JSONValue {
    [
      "schema_version": 1,
      "sluice": .string(EngineVersion.current),
      "libraries": ["highs": .string(HiGHSSolver().name), "openblas": .string(BLASThreads.library)],
      "plan": .string(plan.name),
      "scenario": .string(plan.scenario),
      "currency": .string(plan.currency),
      "seed": .string(String(plan.seed)),
      "input_hash": .string(inputHash),
      "inputs": .array(InputTable.allCases.compactMap(inputRecord)),
      "stages": .array(stages.map(\.record)),
      "findings": [
        "errors": .integer(findings.errorCount), "warnings": .integer(findings.warningCount),
        "notes": .integer(findings.noteCount),
      ],
      "files": .array(files.map(JSONValue.string)),
    ]
  }

  private func inputRecord(_ name: InputTable) -> JSONValue? {
    guard let entry = data.entries[name] else { return nil }
    return [
      "table": .string(name.rawValue), "file": .string(entry.reference.displayPath),
      "rows": .integer(entry.table.rowCount), "sha256": .string(entry.contentHash),
    ]
  }
}

extension StageRecord {
  fileprivate var record: JSONValue {
    [
      "stage": .string(name.rawValue), "status": .string(status.word), "input_hash": .string(inputHash),
      "tables": .array((output?.tables ?? []).map { .string($0.name) }),
      "notes": .array((status.diagnostics + (output?.notes ?? [])).map { .string("\($0.code.id) \($0.message)") }),
      "certificates": .array((output?.certificates ?? []).map(\.record)),
    ]
  }
}

extension Certificate {
  fileprivate var record: JSONValue {
    [
      "problem": .string(problem), "status": .string(status), "sense": .string(sense), "objective": .number(objective),
      "bound": .number(bound), "relative_gap": .number(relativeGap), "unit": .string(unit),
    ]
  }
}
