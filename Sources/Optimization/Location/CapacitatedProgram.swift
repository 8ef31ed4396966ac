/// The mixed-integer program of what the Lagrangian has not ruled out:
///
///     Σᵢ xᵢⱼ = 1,   Σⱼ wᵢⱼ xᵢⱼ ≤ qᵢ yᵢ,   xᵢⱼ ≤ yᵢ,   Σᵢ qᵢ yᵢ ≥ Σⱼ minᵢ wᵢⱼ
///
/// The rows xᵢⱼ ≤ yᵢ and the last one are implied by the others for whole y, and make the relaxation strong.
struct CapacitatedProgram {
  private(set) var program = LinearProgram(.minimise)
  private let problem: CapacitatedLocation
  /// Site-major; −1 where the pair is ruled out.
  private var pairVariable: [Int]
  /// −1 for a site that is closed.
  private var siteVariable: [Int]

  /// - Parameters:
  ///   - choice, isAllowed: what is still possible; pairs are site-major.
  ///   - wholeShares: whether each pair is all or nothing.
  init(_ problem: CapacitatedLocation, choice: [SiteChoice], isAllowed: [Bool], need: Double) {
    self.problem = problem
    let (demandCount, siteCount) = (problem.demandCount, problem.siteCount)
    siteVariable = [Int](repeating: -1, count: siteCount)
    pairVariable = [Int](repeating: -1, count: demandCount * siteCount)
    for site in 0..<siteCount where choice[site] != .closed {
      siteVariable[site] = program.addVariable(
        lower: choice[site] == .open ? 1 : 0, upper: 1, objective: problem.fixedCosts[site], isInteger: true)
    }
    for site in 0..<siteCount where choice[site] != .closed {
      for demand in 0..<demandCount where isAllowed[site * demandCount + demand] {
        pairVariable[site * demandCount + demand] = program.addVariable(
          upper: 1, objective: problem.costs[demand * siteCount + site], isInteger: !problem.isSplittable)
      }
    }
    for demand in 0..<demandCount {
      let serving = (0..<siteCount).map { pairVariable[$0 * demandCount + demand] }.filter { $0 >= 0 }
      program.addSumRow(serving, lower: 1, upper: 1)
    }
    for site in 0..<siteCount where siteVariable[site] >= 0 {
      addSite(site, isFree: choice[site] == .free)
    }
    let open = (0..<siteCount).filter { siteVariable[$0] >= 0 }
    if choice.contains(.free) {
      program.addRow(open.map { (siteVariable[$0], problem.capacities[$0]) }, lower: need)
      if problem.openCount.lowerBound > 0 || problem.openCount.upperBound < siteCount {
        program.addSumRow(
          open.map { siteVariable[$0] }, lower: Double(problem.openCount.lowerBound),
          upper: Double(problem.openCount.upperBound))
      }
    }
  }

  private mutating func addSite(_ site: Int, isFree: Bool) {
    let demandCount = problem.demandCount
    var terms: [(variable: Int, coefficient: Double)] = []
    for demand in 0..<demandCount {
      let variable = pairVariable[site * demandCount + demand]
      guard variable >= 0 else { continue }
      terms.append((variable, problem.weights[demand * problem.siteCount + site]))
      if isFree { program.addRow([(variable, 1), (siteVariable[site], -1)], upper: 0) }
    }
    terms.append((siteVariable[site], -problem.capacities[site]))
    program.addRow(terms, upper: 0)
  }

  /// At most one of the sites opens.
  mutating func excludeAllButOne(of sites: [Int]) {
    program.addSumRow(sites.map { siteVariable[$0] }.filter { $0 >= 0 }, upper: 1)
  }

  /// Sites as they are held: a linear program.
  mutating func relax() {
    for variable in siteVariable where variable >= 0 { program.variables[variable].isInteger = false }
  }

  /// The program's values of demand-major shares; nil where they use what is ruled out.
  func values(_ share: [Double], _ isOpen: [Bool]) -> [Double]? {
    var values = [Double](repeating: 0, count: program.variables.count)
    for (site, variable) in siteVariable.enumerated() where variable >= 0 {
      values[variable] = isOpen[site] ? 1 : program.variables[variable].lower
    }
    for demand in 0..<problem.demandCount {
      for site in 0..<problem.siteCount where share[demand * problem.siteCount + site] > 0 {
        let variable = pairVariable[site * problem.demandCount + demand]
        guard variable >= 0 else { return nil }
        values[variable] = share[demand * problem.siteCount + site]
      }
    }
    return values
  }

  /// Demand-major shares and the open sites, rounded where the solver's tolerance blurs them.
  func read(_ values: [Double]) -> (share: [Double], isOpen: [Bool]) {
    var share = [Double](repeating: 0, count: pairVariable.count)
    for demand in 0..<problem.demandCount {
      for site in 0..<problem.siteCount {
        let variable = pairVariable[site * problem.demandCount + demand]
        guard variable >= 0, values[variable] > 1e-9 else { continue }
        share[demand * problem.siteCount + site] = values[variable] > 1 - 1e-9 ? 1 : values[variable]
      }
    }
    return (share, siteVariable.map { $0 >= 0 && values[$0] > 0.5 })
  }
}
