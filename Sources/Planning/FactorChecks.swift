import Specifications
import Tables

/// Whether the names of `demand`, `supply`, `price` and `cost` are in the tables, and mean one thing.
struct FactorChecks {
  let plan: Plan
  let tables: [InputTable: Table]

  func report(to findings: inout Findings) {
    let sections = [("supply", plan.supply.factors), ("price", plan.price.factors), ("cost", plan.cost)]
    guard !plan.demand.factors.isEmpty || sections.contains(where: { !$0.1.entries.isEmpty }) else { return }
    // A table that was not read may have the name.
    let sources: [InputTable] = [.sales, .partners, .regions, .products]
    guard sources.allSatisfy({ plan.data[$0] == nil || tables[$0] != nil }) else { return }
    let regions = names("region")
    let products = names("product_id")
    let families = Set(tables[.products]?.text("family")?.dictionary ?? [])
    for factor in plan.demand.factors where factor.region != "all" && !regions.isEmpty {
      guard !regions.contains(factor.region) else { continue }
      findings.add(
        plan.diagnostic(
          NetworkCodes.unknownFactorName, .error, "`demand.\(factor.region)`: there is no region `\(factor.region)`",
          at: factor.factor.place, hint: Suggestion.hint(for: factor.region, among: regions.sorted() + ["all"])))
    }
    for (section, factors) in sections {
      for entry in factors.entries { report(entry, section, regions, families, products, &findings) }
    }
  }

  private func report(
    _ entry: NamedFactors.Entry, _ section: String, _ regions: Set<String>, _ families: Set<String>,
    _ products: Set<String>, _ findings: inout Findings
  ) {
    let kinds = [("region", regions), ("family", families), ("product", products)]
    let (id, asked): (String, [(String, Set<String>)])
    switch entry.name {
    case .all: return
    case .region(let name): (id, asked) = (name, [kinds[0]])
    case .family(let name): (id, asked) = (name, [kinds[1]])
    case .product(let name): (id, asked) = (name, [kinds[2]])
    case .any(let name): (id, asked) = (name, kinds)
    }
    let found = asked.filter { $0.1.contains(id) }.map(\.0)
    if found.isEmpty {
      let known = asked.flatMap { $0.1.sorted() }
      let noun = asked.count == 1 ? asked[0].0 : "region, family or product"
      findings.add(
        plan.diagnostic(
          NetworkCodes.unknownFactorName, .error, "`\(section).\(entry.name)`: there is no \(noun) `\(id)`",
          at: entry.place, hint: Suggestion.hint(for: id, among: known + (asked.count == 1 ? [] : ["all"]))))
    } else if found.count > 1 {
      findings.add(
        plan.diagnostic(
          NetworkCodes.ambiguousFactorName, .error,
          "`\(section).\(id)` is \(found.map { "a \($0)" }.joined(separator: " and "))", at: entry.place,
          hint: "write \(found.map { "`\($0):\(id)`" }.joined(separator: " or "))"))
    }
  }

  private func names(_ column: String) -> Set<String> {
    Set([InputTable.sales, .partners, .regions, .products].flatMap { tables[$0]?.text(column)?.dictionary ?? [] })
  }
}
