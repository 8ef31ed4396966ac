public import Allocation
public import Specifications
public import Tables

/// A problem file and its answer.
public struct AllocationTask: Sendable {
  public let file: AllocationFile
  public let answer: AllocationAnswer
  /// Wall-clock time of the solve, without reading the file.
  public let seconds: Double

  /// Solves the problem of a file.
  /// - Returns: nil where there is an error among the findings. An infeasible problem has an answer, and its conflict
  ///   is not among them.
  public static func solve(
    _ file: AllocationFile, within limits: AllocationLimits = AllocationLimits(), findings: inout Findings
  ) -> AllocationTask? {
    let clock = ContinuousClock()
    let start = clock.now
    do throws(AllocationProblemError) {
      let answer = try file.problem.answer(within: limits)
      let elapsed = (clock.now - start).components
      for note in answer.notes { findings.add(file.quoting(note)) }
      return AllocationTask(
        file: file, answer: answer, seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
    } catch {
      switch error {
      case .invalid(let found): for finding in found { findings.add(file.quoting(finding)) }
      case .failed(let text):
        findings.add(Diagnostic(AllocationCodes.failed, .error, text, at: SourcePlace(file: file.path)))
      }
      return nil
    }
  }

  /// The document that `sluice allocate --format json` writes; Models/allocation/README.md describes it.
  public var json: JSONValue {
    var members: [JSONValue.Member] = [.init("kind", .string(file.kind))]
    if let name = file.name { members.append(.init("name", .string(name))) }
    members += [
      .init("status", .string(answer.status.rawValue)), .init("sense", .string(answer.sense.rawValue)),
      .init("objective", .optional(answer.objective)), .init("bound", .optional(answer.bound)),
      .init("relativeGap", .optional(answer.relativeGap)), .init("solution", answer.solution),
      .init("prices", .array(answer.prices.map(\.json))),
      .init("binding", .array(answer.binding.map { .string($0) })),
    ]
    if let conflict = answer.conflict { members.append(.init("conflict", conflict.json)) }
    if !answer.notes.isEmpty { members.append(.init("notes", .array(answer.notes.map { .string($0.message) }))) }
    members.append(.init("seconds", .number(seconds)))
    return .object(members)
  }
}

extension AllocationFile {
  /// A finding with the line of this file that it is about.
  public func quoting(_ finding: Diagnostic) -> Diagnostic {
    guard finding.excerpt == nil, let place = finding.place, place.line != nil else { return finding }
    return source.diagnostic(
      finding.code, finding.severity, finding.message, at: place, hint: finding.hint, notes: finding.notes)
  }
}

extension JSONValue {
  fileprivate static func optional(_ number: Double?) -> JSONValue { number.map { .number($0) } ?? .null }
}

extension LimitPrice {
  fileprivate var json: JSONValue {
    [
      "limit": .string(limit), "value": .number(value), "left": .number(left), "right": .number(right),
      "from": .number(from), "to": .number(to),
    ]
  }
}

extension AllocationConflict {
  fileprivate var json: JSONValue {
    [
      "message": .string(diagnostic.message), "limits": .array(limits.map { .string($0) }),
      "repairs": .array(repairs.map(\.json)),
    ]
  }
}

extension AllocationConflict.Repair {
  fileprivate var json: JSONValue {
    [
      "cost": cost.map { .number($0) } ?? .null,
      "changes": .array(
        changes.map { ["limit": .string($0.limit), "from": .number($0.from), "to": .number($0.to)] as JSONValue }),
    ]
  }
}
