import Tables

/// The `README.md` of a sample network: what it is, how it was made, what is in it.
struct DataCard {
  private let network: SampleNetwork
  private let compressed: Bool

  init(_ network: SampleNetwork, compressed: Bool) {
    self.network = network
    self.compressed = compressed
  }

  var text: String {
    let specification = network.specification
    let from = NetworkSpecification.firstMonth
    let rows = network.tables.map { table in
      "| `\(table.name)` | \(table.rowCount) | \(table.columns.map(\.name).joined(separator: ", ")) |"
    }
    return """
      # telecom-dealers: a made-up dealer network with known truth

      A telecom maker (5G terminals, routers, switches, optical modules, data plans, repeaters, cabling) sells through \
      \(specification.partners) partners
      in \(specification.servedCities) of \(specification.listedCities) listed cities of \(specification.regions) \
      regions: \(specification.products) products, \(from) to \(specification.lastMonth). No firm, person or figure in it
      is real; city names and rough positions are.

      ```
      sluice check plan.yaml
      sluice run plan.yaml
      ```

      ## How it was made

      By the seeded generator of Sluice (`SampleNetwork`), seed \(specification.seed); `sluice init --demo \
      --partners \(specification.partners) --seed \(specification.seed)` writes it
      again. The same sizes and seed give the same bytes on the same processor model. The model is written down as a
      formula at the head of `Sources/SampleNetwork/Truth.swift`; the values that were drawn are in `truth.json`.

      ## Units

      Amounts are CNY, prices CNY a unit, quantities units, `period` a month, other dates days. Shares lie between 0 and 1,
      columns that end in `_pct` are percentages, `satisfaction` runs from 0 to 100. `margin` is the maker's contribution
      as a share of sell-out at net prices; it is before incentives and spend. An empty cell is unknown; 0 is zero.

      ## What makes it hard, on purpose

      - Spend follows the demand that managers expect, and a shock that they foresee and no table shows. Only part of it
        varies on its own; five planned experiments with control regions are in `experiments`.
      - Responses: two spend types are S-shaped with a delayed (Weibull) carry-over; the others are a power, a Hill curve,
        a logarithm and an exponential with geometric carry-over. `outcome_value` is what the books credit, not the cause.
      - Net prices fall when demand is weak, so that price and demand move together for a reason that is not elasticity.
      - Stock-outs hide demand: sell-out is what could be sold, `stockout_days` tells when it was cut.
      - Noise has heavy tails (Student's t with 4 degrees of freedom, rare projects of 3 to 8 times the mean); one region
        and one partner in twelve shift their level for good; small dealers sell now and then.
      - The Lunar New Year falls into January or February; 618 and 11.11 move online sales most.
      - A third of the partners join late, some leave (hazard: sales trend, satisfaction, stock-outs, tenure, complaints).
        Products are launched and phased out. One partner in eight is pushed goods at quarter ends.
      - One partner-month in 170 was never reported, and 6 % of the partners are late with the last month: those rows are
        missing, not zero. `sales` is by month of the partner's own report.
      - `drivers` holds one series that moves nothing (`purchasing_index`).

      ## Truth

      `truth.json` holds: price elasticity by product and region; seasonal index by family; effect of the Lunar New Year;
      effects of promotion, rivals and delivery delay; response of margin to each spend by region (family, amplitude,
      scale, shape, carry-over, margin and marginal margin at the current monthly spend); hazards of partners and of
      customers by segment, with expected and realised departures; level shifts; partners that left; and per month the
      expected demand, the units asked for and the units sold.

      ## Tables

      | table | rows | columns |
      |---|---:|---|
      \(rows.joined(separator: "\n"))

      \(compressed ? "Tables are gzip-compressed CSV. " : "")`inventory` has a count a year before the end and one at \
      the end; between them, for a partner whose reports are
      complete, closing stock = opening stock + sell-in - sell-out - returns.

      ## Licence

      Apache-2.0, like the generator. Use it for anything; it says nothing about any real firm.

      """
  }
}
