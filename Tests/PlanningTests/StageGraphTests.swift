import Tables
import Testing

@testable import Planning

/// Three made-up stages: `forecast` reads sales, `stock` builds on it, `churn` stands alone.
private struct Source: Stage {
  static let name = StageName.forecast
  static let requiredTables: [InputTable] = [.sales]
  static let planSections = ["forecast"]
  func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Int> {
    StageOutput(context.table(.sales)?.rowCount ?? -1, tables: [])
  }
}

private struct Follower: Stage {
  static let name = StageName.stock
  static let requiredTables: [InputTable] = []
  static let upstream: [StageName] = [.forecast]
  static let planSections = ["inventory"]
  func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Int> {
    // A stage sees only what it declared.
    guard context.table(.sales) == nil, let rows = context.result(of: Source.self) else {
      throw .invalid([])
    }
    return StageOutput(rows * 10, tables: [])
  }
}

private struct Loner: Stage {
  static let name = StageName.churn
  static let requiredTables: [InputTable] = [.customers]
  static let planSections = ["churn"]
  func run(_ context: StageContext) throws(StageFailure) -> StageOutput<Int> { StageOutput(1, tables: []) }
}

@Suite struct StageGraphTests {
  private let graph = StageGraph([Source(), Loner(), Follower()])

  private func data(_ names: InputTable...) -> DataCatalogue {
    var catalogue = DataCatalogue()
    for name in names {
      let table = Table(name: name.rawValue, columns: [.integer("n", [1, 2, 3])])
      catalogue.set(name, .init(table: table, reference: TableReference(path: "x"), contentHash: name.rawValue))
    }
    return catalogue
  }

  @Test(arguments: [1, 2, 8]) func resultsComeInOrderForAnyThreads(threads: Int) async {
    let records = await graph.evaluate(Plan(), data(.sales, .customers), threads: threads)
    #expect(records.map(\.name) == [.forecast, .churn, .stock])
    #expect(records.map { $0.output?.result as? Int } == [3, 1, 30])
  }

  @Test func whatTheDataDoNotSupportIsSkippedWithWhatBuildsOnIt() async {
    let records = await graph.evaluate(Plan(), data(.customers))
    #expect(records.map(\.status.word) == ["skipped", "ran", "skipped"])
    #expect(records[0].status.diagnostics.map(\.code) == [StageCodes.missingTable])
    #expect(
      records[0].status.diagnostics[0].message.contains("`forecast` was skipped: the plan names no table `sales`"))
    #expect(records[2].status.diagnostics.map(\.code) == [StageCodes.missingUpstream])
  }

  @Test func aWantedStageBringsWhatItNeedsAndNothingElse() async {
    let records = await graph.evaluate(Plan(), data(.sales, .customers), only: [.stock])
    #expect(records.map(\.name) == [.forecast, .stock])
    #expect(graph.tables(for: [.stock]) == [.sales])
  }

  @Test func unchangedStagesAreTakenOver() async {
    let first = await graph.evaluate(Plan(), data(.sales, .customers))
    let second = await graph.evaluate(Plan(), data(.sales, .customers), reusing: first)
    #expect(second.map(\.status.word) == ["reused", "reused", "reused"])
    var changed = data(.sales)
    let table = Table(name: "customers", columns: [.integer("n", [1])])
    changed.set(.customers, .init(table: table, reference: TableReference(path: "x"), contentHash: "other"))
    let third = await graph.evaluate(Plan(), changed, reusing: first)
    #expect(third.map(\.status.word) == ["reused", "ran", "reused"])
    var reseeded = Plan()
    reseeded.seed = 2
    let fourth = await graph.evaluate(reseeded, data(.sales, .customers), reusing: first)
    #expect(fourth.allSatisfy { $0.status.word == "ran" })
  }

  @Test func theStandardGraphNamesEveryStageOnceAndItsUpstreamFirst() {
    let names = StageGraph.standard.names
    #expect(Set(names).count == names.count)
    #expect(names.first == .history && names.contains(.budget) && names.last == .ledger)
    for node in StageGraph.standard.order {
      for upstream in node.upstream {
        let position = names.firstIndex(of: upstream) ?? names.count
        #expect(position < names.firstIndex(of: node.name) ?? 0, "\(node.name) stands before \(upstream)")
      }
    }
  }
}
