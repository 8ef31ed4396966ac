import Foundation
import Probability
import Testing

@testable import Optimization

/// Seeded projections with two families (groups of rows, columns) that are feasible by construction.
struct ProjectionCase {
  var problem: MarginProjection
  let rows: Int
  let columns: Int

  init(seed: UInt64, distance: MarginProjection.Distance, rows: Int = 24, columns: Int = 5, groups: Int = 4) {
    self.rows = rows
    self.columns = columns
    var random = RandomStream(seed: seed)
    let count = rows * columns
    let reference = (0..<count).map { _ in 1 + 99 * random.uniform() }
    let lower = reference.map { $0 * (0.5 + 0.5 * random.uniform()) }
    let upper = reference.map { $0 * (1.02 + 0.6 * random.uniform()) }
    let inside = zip(lower, upper).map { low, high in low + (high - low) * (0.2 + 0.7 * random.uniform()) }
    let groupOf = (0..<count).map { Int32(($0 / columns) % groups) }
    let columnOf = (0..<count).map { Int32($0 % columns) }
    problem = MarginProjection(
      distance, reference: reference, lower: lower, upper: upper,
      families: [
        .init(marginOfCell: groupOf, totals: Self.sums(inside, groupOf, groups)),
        .init(marginOfCell: columnOf, totals: Self.sums(inside, columnOf, columns)),
      ])
  }

  static func sums(_ amounts: [Double], _ labels: [Int32], _ count: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: count)
    for (label, amount) in zip(labels, amounts) where label >= 0 { sums[Int(label)] += amount }
    return sums
  }
}

extension MarginProjection {
  /// The largest violation of the conditions that mark an optimum: each cell at the clipped response to its price,
  /// margins met, no price on a range that does not hold.
  func violation(of solution: MarginProjectionSolution) -> Double {
    var worst = 0.0
    for cell in reference.indices where reference[cell] > 0 {
      var price = 0.0
      for (family, margins) in families.enumerated() where margins.marginOfCell[cell] >= 0 {
        price += solution.prices[family][Int(margins.marginOfCell[cell])]
      }
      let wanted = reference[cell] * (distance == .leastSquares ? 1 + price : exp(price))
      let clipped = min(max(wanted, lower[cell]), upper[cell])
      worst = max(worst, abs(clipped - solution.amounts[cell]) / reference[cell])
    }
    for (index, family) in families.enumerated() {
      let sums = ProjectionCase.sums(solution.amounts, family.marginOfCell, family.lower.count)
      for (margin, sum) in sums.enumerated() {
        let price = solution.prices[index][margin]
        let goal =
          price > 0
          ? family.lower[margin]
          : price < 0 ? family.upper[margin] : min(max(sum, family.lower[margin]), family.upper[margin])
        worst = max(worst, abs(sum - goal) / max(1, abs(goal)))
      }
    }
    return worst
  }
}

@Suite("Margin projection")
struct MarginProjectionTests {
  @Test("conditions of the optimum and a closed gap", arguments: MarginProjection.Distance.allCases)
  func optimum(distance: MarginProjection.Distance) {
    for seed in 1...40 {
      let problem = ProjectionCase(seed: UInt64(seed), distance: distance).problem
      let solution = problem.solve()
      #expect(solution.status == .optimal)
      #expect(problem.violation(of: solution) < 1e-9)
      #expect(solution.relativeGap < 1e-10)
      for cell in problem.reference.indices {
        #expect(solution.amounts[cell] >= problem.lower[cell] && solution.amounts[cell] <= problem.upper[cell])
      }
    }
  }

  @Test("ranges: a price only where an end holds", arguments: MarginProjection.Distance.allCases)
  func ranges(distance: MarginProjection.Distance) {
    var feasible = 0
    for seed in 1...40 {
      var problem = ProjectionCase(seed: UInt64(seed), distance: distance).problem
      // Group totals become ranges, and every row gets a cap at a tenth above its reference or its floors.
      problem.families[0].lower = problem.families[0].lower.map { $0 * 0.97 }
      problem.families[0].upper = problem.families[0].upper.map { $0 * 1.01 }
      let rowOf = (0..<120).map { Int32($0 / 5) }
      let references = ProjectionCase.sums(problem.reference, rowOf, 24)
      problem.families.append(
        .init(
          marginOfCell: rowOf, lower: [Double](repeating: -.infinity, count: 24), upper: references.map { $0 * 1.25 }))
      let solution = problem.solve()
      #expect(solution.status != .stopped)
      guard solution.status == .optimal else { continue }
      feasible += 1
      #expect(problem.violation(of: solution) < 1e-8, "seed \(seed)")
      #expect(solution.relativeGap < 1e-8)
    }
    #expect(feasible >= 20)
  }

  @Test("ranges agree with the equality at which they hold")
  func rangesAgainstEqualities() {
    for seed in 1...20 {
      var problem = ProjectionCase(seed: UInt64(seed), distance: .leastSquares).problem
      problem.families[0].lower = problem.families[0].lower.map { $0 * 0.98 }
      problem.families[0].upper = problem.families[0].upper.map { $0 * 1.02 }
      let loose = problem.solve()
      #expect(loose.status == .optimal)
      let sums = ProjectionCase.sums(loose.amounts, problem.families[0].marginOfCell, 4)
      (problem.families[0].lower, problem.families[0].upper) = (sums, sums)
      let fixed = problem.solve()
      #expect(abs(fixed.objective - loose.objective) <= 1e-8 * loose.objective)
      #expect(zip(fixed.amounts, loose.amounts).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  @Test("without bounds in the way, Kullback-Leibler is proportional fitting")
  func proportional() {
    var problem = ProjectionCase(seed: 5, distance: .kullbackLeibler).problem
    problem.lower = problem.lower.map { _ in 0 }
    problem.upper = problem.upper.map { _ in .infinity }
    let solution = problem.solve()
    var fitted = problem.reference
    for _ in 0..<500 {
      for family in problem.families {
        let sums = ProjectionCase.sums(fitted, family.marginOfCell, family.lower.count)
        for cell in fitted.indices {
          let margin = Int(family.marginOfCell[cell])
          fitted[cell] *= family.lower[margin] / sums[margin]
        }
      }
    }
    #expect(zip(solution.amounts, fitted).allSatisfy { abs($0 - $1) < 1e-9 * $1 })
  }

  @Test("margins that cannot be met are proved so")
  func infeasible() {
    var problem = ProjectionCase(seed: 3, distance: .leastSquares).problem
    // Every margin is possible alone: totals of rows and columns differ.
    problem.families[0].lower[0] *= 1.02
    problem.families[0].upper[0] *= 1.02
    guard case .infeasible(let margins) = problem.solve().status else {
      Issue.record("row and column totals differ, so nothing is feasible")
      return
    }
    #expect(margins.contains(.init(family: 0, margin: 0)))
    // One margin beyond its own bounds is named alone.
    var alone = ProjectionCase(seed: 3, distance: .kullbackLeibler).problem
    alone.families[1].lower[2] *= 9
    alone.families[1].upper[2] *= 9
    #expect(alone.solve().status == .infeasible([.init(family: 1, margin: 2)]))
  }

  @Test("cells pinned, without reference or without bounds")
  func unusualCells() {
    let problem = MarginProjection(
      .kullbackLeibler, reference: [10, 0, 20, 0, 5], lower: [0, 3, 20, 0, 0], upper: [.infinity, 9, 20, 4, .infinity],
      families: [.init(marginOfCell: [0, 0, 0, 0, 0], totals: [53])])
    let solution = problem.solve()
    #expect(solution.status == .optimal)
    // 53 − 3 (its floor) − 20 (pinned) − 0 leaves 30 for references of 10 and 5.
    #expect(zip(solution.amounts, [20, 3, 20, 0, 10]).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test("scaling the amounts scales the answer")
  func scaling() {
    let problem = ProjectionCase(seed: 9, distance: .kullbackLeibler).problem
    let plain = problem.solve()
    for factor in [1e-6, 1e7] {
      var scaled = problem
      scaled.reference = problem.reference.map { $0 * factor }
      scaled.lower = problem.lower.map { $0 * factor }
      scaled.upper = problem.upper.map { $0 * factor }
      for family in scaled.families.indices {
        scaled.families[family].lower = problem.families[family].lower.map { $0 * factor }
        scaled.families[family].upper = problem.families[family].upper.map { $0 * factor }
      }
      let solution = scaled.solve()
      #expect(abs(solution.objective - factor * plain.objective) < 1e-10 * factor * plain.objective)
      #expect(zip(solution.amounts, plain.amounts).allSatisfy { abs($0 - factor * $1) < 1e-8 * factor * $1 })
    }
  }
}

@Suite("Controlled rounding")
struct ControlledRoundingTests {
  /// The case with whole margins and bounds: amounts are the projection's.
  private func whole(_ seed: UInt64, ranges: Bool = false) -> (MarginProjection, [Double])? {
    var problem = ProjectionCase(seed: seed, distance: .leastSquares).problem
    problem.lower = problem.lower.map { $0.rounded(.down) }
    problem.upper = problem.upper.map { $0.rounded(.up) }
    problem.families[0].lower = problem.families[0].lower.map { $0.rounded() }
    problem.families[0].upper = problem.families[0].lower
    let total = problem.families[0].lower.reduce(0, +)
    var columns = problem.families[1].lower.map { $0.rounded() }
    columns[0] += total - columns.reduce(0, +)
    (problem.families[1].lower, problem.families[1].upper) = (columns, columns)
    if ranges {
      let rowOf = (0..<120).map { Int32($0 / 5) }
      let sums = ProjectionCase.sums(problem.reference, rowOf, 24)
      problem.families.append(
        .init(marginOfCell: rowOf, lower: sums.map { ($0 * 0.7).rounded() }, upper: sums.map { ($0 * 1.3).rounded() }))
    }
    let solution = problem.solve()
    return solution.status == .optimal ? (problem, solution.amounts) : nil
  }

  @Test("every margin exact, every cell within one unit and its bounds", arguments: [false, true])
  func exact(ranges: Bool) throws {
    var solved = 0
    for seed in 1...15 {
      guard let (problem, amounts) = whole(UInt64(seed), ranges: ranges) else { continue }
      let rounded = try #require(try ControlledRounding(problem, amounts: amounts).rounded())
      solved += 1
      for cell in rounded.indices {
        #expect(rounded[cell] == rounded[cell].rounded())
        #expect(abs(rounded[cell] - amounts[cell]) < 1.0001)
        #expect(rounded[cell] >= problem.lower[cell] && rounded[cell] <= problem.upper[cell])
      }
      for family in problem.families {
        let sums = ProjectionCase.sums(rounded, family.marginOfCell, family.lower.count)
        #expect(zip(sums, family.lower).allSatisfy { $0 >= $1 } && zip(sums, family.upper).allSatisfy { $0 <= $1 })
      }
    }
    #expect(solved >= 10)
  }

  /// Cells in pairs, rows and groups of rows; months and pairs of them: two trees of margins.
  @Test("subtotals and ranges: as near as an integer program comes", arguments: 1...12)
  func trees(seed: UInt64) throws {
    var stream = RandomStream(seed: 77, key: seed)
    let (rows, columns) = (12, 8)
    let cells = 0..<rows * columns
    var problem = MarginProjection(
      .leastSquares, reference: cells.map { _ in stream.uniform(0, 4) },
      lower: [Double](repeating: 0, count: cells.count), upper: [Double](repeating: 6, count: cells.count))
    func add(_ label: (Int) -> Int, slack: Double) {
      let labels = cells.map { Int32(label($0)) }
      let sums = ProjectionCase.sums(problem.reference, labels, Int(labels.max() ?? 0) + 1)
      problem.families.append(
        .init(
          marginOfCell: labels, lower: sums.map { ($0 - slack).rounded(.down) },
          upper: sums.map { ($0 + slack).rounded(.up) }))
    }
    // Every range holds the reference, which so is its own projection. Two families say the same.
    for slack in [0.0, 2] { add({ $0 / 2 }, slack: slack) }
    add({ $0 / columns / 4 }, slack: 0)
    add({ $0 / columns }, slack: seed % 2 == 0 ? 0 : 1)
    add({ $0 % columns }, slack: 0)
    add({ $0 % columns / 2 }, slack: 1)
    let rounding = ControlledRounding(problem, amounts: problem.reference)
    let chains = try #require(MarginChains(rounding.classes))
    let windows = rounding.windows(0)
    let found = try #require(chains.nearest(windows, problem))
    let program = try #require(try rounding.wholeProgram(width: 0, HiGHSSolver()))
    func miss(_ totals: [Double]) -> Double { zip(totals, windows).map { abs($0 - $1.exact) }.reduce(0, +) }
    #expect(zip(found, windows).allSatisfy { $1.range.contains($0) && $0 == $0.rounded() })
    // The program stops at a relative gap of a thousandth.
    #expect(miss(found) <= miss(program) + 1e-9)
    #expect(miss(found) >= miss(program) * (1 - 1e-3) - 1e-9)
    let rounded = try #require(try rounding.rounded())
    for family in problem.families {
      let sums = ProjectionCase.sums(rounded, family.marginOfCell, family.lower.count)
      #expect(zip(sums, family.lower).allSatisfy { $0 >= $1 } && zip(sums, family.upper).allSatisfy { $0 <= $1 })
    }
  }

  @Test("three directions that cross are no two trees")
  func threeDirections() {
    let problem = MarginProjection(
      .leastSquares, reference: [Double](repeating: 0.5, count: 8), lower: [Double](repeating: 0, count: 8),
      upper: [Double](repeating: 1, count: 8),
      families: [1, 2, 4].map { width in .init(marginOfCell: (0..<8).map { Int32($0 / width % 2) }, totals: [2, 2]) })
    #expect(MarginChains(PriceClasses(problem)) == nil)
  }

  @Test("the table of Cox (1987): a quarter everywhere")
  func quarters() throws {
    // 4 × 4 cells of 1/4, all margins 1: a permutation.
    let problem = MarginProjection(
      .leastSquares, reference: [Double](repeating: 0.25, count: 16), lower: [Double](repeating: 0, count: 16),
      upper: [Double](repeating: 1, count: 16),
      families: [
        .init(marginOfCell: (0..<16).map { Int32($0 / 4) }, totals: [1, 1, 1, 1]),
        .init(marginOfCell: (0..<16).map { Int32($0 % 4) }, totals: [1, 1, 1, 1]),
      ])
    let rounded = try #require(try ControlledRounding(problem, amounts: problem.reference).rounded())
    for family in problem.families { #expect(ProjectionCase.sums(rounded, family.marginOfCell, 4) == [1, 1, 1, 1]) }
  }
}

@Suite("Fair projection")
struct FairProjectionTests {
  @Test("the largest growth is the smallest possible")
  func leastLargest() throws {
    for measure in [FairProjection.Measure.growth, .change] {
      for seed in 1...8 {
        var problem = ProjectionCase(seed: UInt64(seed), distance: .leastSquares).problem
        let plain = problem.solve()
        let fair = FairProjection(problem, measure)
        let solution = try #require(try fair.solve())
        #expect(solution.largest <= solution.bound + 1e-6)
        #expect(solution.largest <= fair.largestGrowth(plain.amounts) + 1e-6)
        // A cap a little below the level leaves nothing feasible.
        let level = solution.bound - 1e-5
        let blocked = problem.reference.indices.contains { problem.lower[$0] > problem.reference[$0] * (1 + level) }
        for cell in problem.reference.indices {
          problem.upper[cell] = max(
            problem.lower[cell], min(problem.upper[cell], problem.reference[cell] * (1 + level)))
          if measure == .change {
            problem.lower[cell] = min(
              problem.upper[cell], max(problem.lower[cell], problem.reference[cell] * (1 - level)))
          }
        }
        if !blocked, measure == .growth { #expect(problem.solve().status != .optimal, "seed \(seed)") }
      }
    }
  }

  @Test("levels after the first: those who can be spared are")
  func lexicographic() throws {
    // Group A must grow by half; group B only by a tenth, whatever A needs.
    let problem = MarginProjection(
      .leastSquares, reference: [10, 10, 10, 10], lower: [0, 0, 0, 0], upper: [100, 100, 11, 100],
      families: [.init(marginOfCell: [0, 0, 1, 1], totals: [30, 22])])
    let solution = try #require(try FairProjection(problem).solve(levels: 5))
    #expect(abs(solution.levels[0] - 0.5) < 1e-6)
    #expect(abs(solution.levels[1] - 0.1) < 1e-6)
    #expect(zip(solution.projection.amounts, [15, 15, 11, 11]).allSatisfy { abs($0 - $1) < 1e-5 })
  }
}
