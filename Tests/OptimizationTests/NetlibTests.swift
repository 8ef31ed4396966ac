import Optimization
import Testing

/// Programs from practice, degenerate and badly scaled (Gay, "Electronic mail distribution of linear programming test
/// problems", COAL Newsletter 13, 1985).
@Suite(
  "Netlib", .enabled(if: !Netlib.problems.isEmpty, "the netlib programs (shared/data/allocation/netlib) are not here"))
struct NetlibTests {
  /// Optima have eleven digits; feasibility is kept to 1e-7, which the largest duals magnify to some 1e-9 of the optimum.
  @Test("every optimum, primal and dual", arguments: Netlib.problems.indices)
  func optimum(index: Int) throws {
    let (name, optimum) = Netlib.problems[index]
    let file = try Netlib.read(name)
    for solver in SolverConformanceTests.solvers.prefix(1) + SolverConformanceTests.solvers.suffix(1) {
      let answer = try solver.solve(file.program)
      #expect(answer.status == .optimal)
      #expect(abs(answer.objective + file.constant - optimum) < 1e-8 * max(1, abs(optimum)), "\(name)")
      // Duality: what rows and bounds are worth adds up to the optimum.
      let rows = zip(answer.duals, answer.rowValues).reduce(0) { $0 + $1.0 * $1.1 }
      let bounds = zip(answer.reducedCosts, answer.values).reduce(0) { $0 + $1.0 * $1.1 }
      #expect(abs(rows + bounds - answer.objective) < 1e-6 * max(1, abs(answer.objective)), "\(name)")
    }
  }

  @Test("a warm start from the optimal basis takes no iteration", arguments: ["afiro", "kb2", "israel", "boeing2"])
  func warm(name: String) throws {
    let program = try Netlib.read(name).program
    let solver = HiGHSSolver()
    let session = try solver.session(for: program)
    let first = try session.solve()
    let again = try solver.solve(program, start: .basis(#require(session.basis)))
    #expect(again.iterations == 0 && abs(again.objective - first.objective) < 1e-9 * abs(first.objective))
  }
}
