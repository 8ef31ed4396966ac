import Allocation
import ChannelTypes
import Probability
import Tables
import Testing

/// A network of partners in regions with owners, one of them a line for new customers.
func targetNetwork(seed: UInt64 = 1, partners: Int = 12, total: Double = 1_200_000) -> TargetProblem {
  var random = RandomStream(seed: seed)
  let members = (0..<partners).map { index -> TargetProblem.Member in
    var member = TargetProblem.Member("P\(index + 1)")
    member.region = ["east", "west", "north"][index % 3]
    member.owner = ["Li", "Wang", "Chen", "Zhao"][index % 4]
    member.department = index % 2 == 0 ? "channel" : "sales"
    member.city = "city \(index % 5)"
    member.potential = 10 + 90 * random.uniform()
    member.capability = 0.6 + 0.8 * random.uniform()
    member.base = 50_000 + 80_000 * random.uniform()
    member.isNewCustomers = index == partners - 1
    return member
  }
  var problem = TargetProblem(
    members: members, months: (1...12).map { Period.month(2026, $0) },
    seasonality: [8, 6, 8, 8, 9, 9, 7, 7, 8, 8, 11, 11],
    limits: [
      .init("annual.2026", .company, period: .year(2026), floor: total, cap: total)
    ], unit: 100)
  problem.heldMonths = true
  problem.heldLevel = .region
  return problem
}

@Suite("Targets")
struct TargetTests {
  private func sum(_ solution: TargetSolution, _ isIn: (TargetProblem.Member, Period) -> Bool) -> Double {
    var sum = 0.0
    for (index, member) in solution.members.enumerated() {
      for (month, period) in solution.months.enumerated() where isIn(member, period) { sum += solution[index, month] }
    }
    return sum
  }

  @Test("totals, pins, floors and caps are met exactly, in whole units", arguments: TargetProblem.Method.allCases)
  func exact(method: TargetProblem.Method) throws {
    var problem = targetNetwork()
    problem.method = method
    problem.limits += [
      .init("locked.region.west", .region, "west", floor: 350_000, cap: 350_000),
      .init("floors.partner.P1", .partner, "P1", floor: 200_000),
      .init("caps.partner.P2.2026-11", .partner, "P2", period: .month(2026, 11), cap: 9_000),
      .init("floors.owner.Li.2026Q1", .owner, "Li", period: .quarter(2026, 1), floor: 70_000),
    ]
    let solution = try problem.solve()
    #expect(solution.isRounded)
    #expect(solution.amounts.allSatisfy { $0 >= 0 && $0.truncatingRemainder(dividingBy: 100) == 0 })
    #expect(sum(solution) { _, _ in true } == 1_200_000)
    #expect(sum(solution) { member, _ in member.region == "west" } == 350_000)
    #expect(sum(solution) { member, _ in member.id == "P1" } >= 200_000)
    #expect(sum(solution) { $0.id == "P2" && $1 == .month(2026, 11) } <= 9_000)
    #expect(sum(solution) { $0.owner == "Li" && $1.containing(.quarter) == .quarter(2026, 1) } >= 70_000)
    // A month keeps its share of the year.
    #expect(sum(solution) { _, period in period == .month(2026, 1) } == 96_000)
    #expect(solution.bound <= solution.objective + 1e-6)
    if method == .leastSquares || method == .kullbackLeibler {
      #expect(solution.relativeGap < 0.05)
      #expect(solution.binding.contains("floors.partner.P1"))
    }
  }

  @Test("without limits a target is its share of the total")
  func proportional() throws {
    var problem = targetNetwork()
    (problem.heldMonths, problem.heldLevel, problem.unit) = (false, nil, 0.01)
    problem.members[3].strategy = 2
    let solution = try problem.solve()
    let scores = problem.members.map { $0.potential * $0.capability * $0.strategy }
    for (index, score) in scores.enumerated() {
      let share = score / scores.reduce(0, +) * 1_200_000
      #expect(abs(solution.total(member: index) - share) < 0.13)
    }
    #expect(solution.objective < 1e-3)
  }

  @Test("a member without a share of its own still gets what it is promised; limits that collide do not trap")
  func promises() throws {
    var problem = targetNetwork()
    problem.members[4].potential = 0
    problem.limits.append(.init("locked.partner.P5", .partner, "P5", floor: 24_000, cap: 24_000))
    #expect(try problem.solve().total(member: 4) == 24_000)
    problem.limits.append(.init("floors.region.east", .region, "east", floor: 500_000))
    problem.limits.append(.init("caps.region.east", .region, "east", cap: 400_000))
    let answer = try problem.answer(within: AllocationLimits())
    #expect(answer.conflict?.limits == ["floors.region.east", "caps.region.east"])
  }

  @Test("two years, each with its total and its own limits")
  func years() throws {
    var problem = targetNetwork()
    problem.months = (0..<24).map { Period.month(2026, 1).advanced(by: $0) }
    problem.seasonality = Array(repeating: problem.seasonality, count: 2).flatMap { $0 }
    problem.limits.append(.init("annual.2027", .company, period: .year(2027), floor: 2_000_000, cap: 2_000_000))
    problem.limits.append(.init("locked", .region, "east", period: .year(2027), floor: 900_000, cap: 900_000))
    let solution = try problem.solve()
    #expect(solution.isRounded)
    #expect(sum(solution) { _, month in month.containing(.year) == .year(2026) } == 1_200_000)
    #expect(sum(solution) { _, month in month.containing(.year) == .year(2027) } == 2_000_000)
    #expect(sum(solution) { $0.region == "east" && $1.containing(.year) == .year(2027) } == 900_000)
  }

  @Test("growth limits hold, and the largest growth is the least possible")
  func growth() throws {
    var problem = targetNetwork(total: 1_250_000)
    let base = problem.members.reduce(0) { $0 + ($1.base ?? 0) }
    problem.limits[0].floor = (base * 1.2 / 100).rounded() * 100
    problem.limits[0].cap = problem.limits[0].floor
    (problem.heldMonths, problem.heldLevel) = (false, nil)
    problem.growth = [.init(.partner, atLeast: 5, atMost: 32)]
    let solution = try problem.solve()
    for (index, member) in problem.members.enumerated() where !member.isNewCustomers {
      let growth = solution.total(member: index) / (member.base ?? 1) - 1
      #expect(growth > 0.05 - 1e-9 && growth < 0.32 + 1e-9)
    }
    // Nobody has to grow by more than the whole, once no other limit holds.
    problem.growth = []
    problem.method = .minMaxGrowth
    let fair = try problem.solve()
    #expect(abs(fair.bound - 0.2) < 1e-3)
    // A unit of 100 on cells of some thousands.
    #expect(fair.objective < 0.2 + 0.03)
  }

  @Test("pins beyond the total: an irreducible conflict and repairs that work")
  func conflict() throws {
    var problem = targetNetwork()
    (problem.heldMonths, problem.heldLevel) = (false, nil)
    let place = SourcePlace(file: "plan.yaml", line: 7)
    problem.limits += [
      .init("locked.region.west", .region, "west", floor: 700_000, cap: 700_000, at: place),
      .init("floors.region.east", .region, "east", floor: 600_000),
      .init("caps.partner.P3", .partner, "P3", cap: 500_000),
    ]
    let answer = try problem.answer(within: AllocationLimits())
    #expect(answer.status == .infeasible)
    let conflict = try #require(answer.conflict)
    #expect(Set(conflict.limits) == ["annual.2026", "locked.region.west", "floors.region.east"])
    // Dropping any one of them is enough.
    for name in conflict.limits {
      var without = problem
      without.limits.removeAll { $0.name == name }
      #expect(try without.answer(within: AllocationLimits()).status != .infeasible)
    }
    #expect(!conflict.repairs.isEmpty)
    for repair in conflict.repairs {
      var repaired = problem
      for change in repair.changes {
        let index = try #require(repaired.limits.firstIndex { $0.name == change.limit })
        if repaired.limits[index].floor == change.from { repaired.limits[index].floor = change.to }
        if repaired.limits[index].cap == change.from { repaired.limits[index].cap = change.to }
      }
      #expect(try repaired.answer(within: AllocationLimits()).status != .infeasible)
    }
  }

  @Test("a cell's floor above its cap")
  func cellConflict() throws {
    var problem = targetNetwork()
    problem.limits += [
      .init("a", .partner, "P1", period: .month(2026, 3), floor: 9_000),
      .init("b", .partner, "P1", period: .month(2026, 3), cap: 8_000),
    ]
    let answer = try problem.answer(within: AllocationLimits())
    #expect(answer.conflict?.limits == ["a", "b"])
  }

  @Test("a price is the change of the distance per unit of its limit")
  func prices() throws {
    var problem = targetNetwork()
    (problem.heldMonths, problem.heldLevel, problem.unit) = (false, nil, 0.01)
    problem.limits.append(.init("floors.region.west", .region, "west", floor: 600_000))
    let solution = try problem.solve()
    let price = try #require(solution.prices.first { $0.limit == "floors.region.west" })
    var more = problem
    more.limits[1].floor = 601_000
    let change = (try more.solve().objective - solution.objective) / 1000
    #expect(abs(change - price.right) < 0.01 * price.right)
    #expect(price.left > 0 && price.left < price.right && price.from < 600_000 && price.to > 600_000)
  }

  @Test("ratio targets aggregate by weighted mean")
  func ratios() throws {
    var problem = targetNetwork(partners: 4)
    problem.isRatio = true
    (problem.heldMonths, problem.heldLevel) = (false, nil)
    for index in problem.members.indices {
      problem.members[index].weight = Double(100 * (index + 1))
      problem.members[index].base = 0.2 + 0.02 * Double(index)
    }
    problem.limits = [
      .init("conversion", .company, floor: 0.3, cap: 0.3), .init("caps.P4", .partner, "P4", cap: 0.28),
    ]
    let solution = try problem.solve()
    #expect(abs(solution.aggregate(Array(solution.amounts.indices)) - 0.3) < 1e-9)
    #expect(abs(solution.total(member: 3) - 0.28) < 1e-9)
    #expect(solution.total(member: 0) > 0.2)
  }

  @Test("prepayments follow from revenue and the conversion curve, totals exact")
  func prepayments() throws {
    var problem = targetNetwork()
    problem.conversion = [0.3, 0.4, 0.2]
    let solution = try problem.solve()
    let prepayments = try #require(solution.prepayments)
    #expect(prepayments.allSatisfy { $0 >= 0 && $0.truncatingRemainder(dividingBy: 100) == 0 })
    // Σ h = 0.9 of what is prepaid becomes revenue.
    #expect(abs(prepayments.reduce(0, +) * 0.9 - 1_200_000) < 50)
  }

  @Test("the three layouts: rows, totals, and shares of 100 percent")
  func layouts() throws {
    var problem = targetNetwork()
    problem.conversion = [0.5, 0.5]
    let solution = try problem.solve()
    let layouts = TargetLayouts(solution)
    let quarters = layouts.byQuarter()
    #expect(quarters.columns.map(\.name) == ["owner", "2026Q1", "2026Q2", "2026Q3", "2026Q4", "total"])
    #expect(quarters.rowCount == 5)
    let total = try #require(quarters.money("total"))
    #expect(total[4] == total[0..<4].total())
    #expect(total[4] == Money(1_200_000))
    let owners = layouts.byOwner()
    let targets = try #require(owners.money("target"))
    #expect(targets.last == Money(1_200_000))
    #expect(targets.dropLast().total() == Money(1_200_000))
    let lines = (0..<owners.rowCount).map { owners[column: "line"]?.text($0) }
    #expect(lines.count { $0 == "new customers" } == 1)
    let months = layouts.byMonth()
    #expect(months.columns.count == 15)
    let year = try #require(months.money("total"))
    #expect(year[months.rowCount - 2] == Money(1_200_000))
    #expect(year[months.rowCount - 1] == Money(100))
    let shares = (1...12).map { months.money(Period.month(2026, $0).description)?.last ?? .zero }
    #expect(shares.total() == Money(100) && shares[0] == Money(8))
    #expect(layouts.plan().rowCount == 144 && layouts.plan(measure: "prepayment").rowCount == 144)
  }

  @Test("findings name what is wrong")
  func findings() {
    var problem = targetNetwork()
    problem.limits.append(.init("floors.region.weast", .region, "weast", floor: 1))
    problem.limits.append(.init("x", .region, "east", period: .year(2030), floor: 1))
    problem.members[0].potential = .nan
    #expect(problem.findings().count == 3)
  }
}
