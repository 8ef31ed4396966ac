import Allocation
import ChannelTypes
import Planning
import Specifications
import Tables
import Testing

/// The targets of the bundled network.
@Suite("Targets stage")
struct TargetsStageTests {
  private static let planPath: String = {
    let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/" + package + "/Datasets/telecom-dealers/plan.yaml"
  }()

  private static func context(_ change: (inout TargetSettings) -> Void = { _ in }) throws -> StageContext {
    var findings = Findings()
    var plan = try #require(Plan.load(path: planPath, findings: &findings)?.plan)
    var settings = try #require(plan.targets)
    change(&settings)
    plan.targets = settings
    var tables: [InputTable: Table] = [:]
    for name in TargetsStage.requiredTables + TargetsStage.optionalTables {
      let reference = try #require(plan.data[name])
      tables[name] = CSVReader.read(reference, schema: InputSchemas.schema(for: name), findings: &findings)
    }
    #expect(findings.errorCount == 0)
    return StageContext(plan: plan, tables: tables)
  }

  @Test("the annual total is exact, pins and floors hold, tables agree")
  func bundledNetwork() throws {
    let context = try Self.context()
    let annual = try #require(context.plan.targets?.annual.first?.amount.value)
    let output = try TargetsStage().run(context)
    let solution = output.result.solution
    #expect(solution.isRounded)
    #expect(solution.amounts.reduce(0, +) == annual.double)
    #expect(solution.amounts.allSatisfy { $0 >= 0 && $0.truncatingRemainder(dividingBy: 100) == 0 })
    // The table of targets pins every month of xian.
    let xian = solution.members.indices.filter { solution.members[$0].region == "xian" }
    #expect(xian.reduce(0) { $0 + solution[$1, 0] } == 487_500)
    #expect(xian.reduce(0) { $0 + solution.total(member: $1) } == 6_520_900)
    #expect(solution.members.allSatisfy { !$0.owner.isEmpty })
    #expect(solution.members.contains { $0.isNewCustomers })
    let names = output.tables.map(\.name)
    #expect(
      names == [
        "targets_plan", "prepayment_plan", "targets_by_quarter", "targets_by_owner", "targets_by_month",
        "targets_limits",
      ])
    #expect(output.tables[0].money("amount")?.total() == annual)
    #expect(output.tables[3].money("target")?.last == annual)
    let certificate = try #require(output.certificates.first)
    #expect(certificate.bound <= certificate.objective && certificate.relativeGap < 0.02)
  }

  @Test("a pin beyond the total is explained with its place")
  func infeasible() throws {
    let place = SourcePlace(file: "plan.yaml", line: 12)
    do throws(StageFailure) {
      let context = try? Self.context {
        $0.limits.append(
          .init("locked.region.east", .region, "east", period: .year(2026), floor: 7e7, cap: 7e7, at: place))
      }
      guard let context else { return }
      _ = try TargetsStage().run(context)
      Issue.record("70 million in one region leave nothing for the floors of others")
    } catch {
      guard case .infeasible(let findings) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(findings.first?.notes.contains { $0.contains("locked.region.east") } == true)
    }
  }
}
