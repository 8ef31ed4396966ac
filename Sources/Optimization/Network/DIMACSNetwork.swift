extension NetworkFlow {
  /// Reads a minimum-cost flow problem in the DIMACS form (*The First DIMACS International Algorithm Implementation
  /// Challenge: Problem Definitions and Specifications*, 1990): `c` comments, one line `p min NODES ARCS`, lines
  /// `n NODE SUPPLY` for nodes whose supply is not 0, lines `a FROM TO LOWER UPPER COST`. Nodes count from 1; a
  /// negative upper bound, or `inf`, stands for none.
  public init(dimacs text: some StringProtocol) throws(NetworkFlowError) {
    var supplies: [Double]?
    var arcs: [Arc] = []
    var expected = 0
    var number = 0
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard let kind = fields.first, kind != "c" else { continue }
      func invalid(_ text: String) -> NetworkFlowError { .invalid("line \(number): \(text)") }
      switch (kind, fields.count) {
      case ("p", 4):
        guard supplies == nil else { throw invalid("a second line p") }
        guard fields[1] == "min", let nodes = Int(fields[2]), let count = Int(fields[3]), nodes >= 0, count >= 0,
          nodes <= 100_000_000
        else { throw invalid("expected p min NODES ARCS") }
        supplies = [Double](repeating: 0, count: nodes)
        expected = count
      case ("n", 3):
        guard let nodes = supplies?.count else { throw invalid("a node before the line p") }
        guard let node = Int(fields[1]), (1...max(1, nodes)).contains(node), nodes > 0, let supply = Double(fields[2])
        else { throw invalid("expected n NODE SUPPLY with a node from 1 to \(nodes)") }
        supplies?[node - 1] = supply
      case ("a", 6):
        guard let nodes = supplies?.count else { throw invalid("an arc before the line p") }
        guard let from = Int(fields[1]), let to = Int(fields[2]), let lower = Double(fields[3]),
          let upper = Double(fields[4]), let cost = Double(fields[5]), from >= 1, from <= nodes, to >= 1, to <= nodes
        else { throw invalid("expected a FROM TO LOWER UPPER COST with nodes from 1 to \(nodes)") }
        arcs.append(
          Arc(from: from - 1, to: to - 1, lower: lower, upper: upper < 0 ? .infinity : upper, cost: cost))
      default: throw invalid("expected a line c, p min NODES ARCS, n NODE SUPPLY or a FROM TO LOWER UPPER COST")
      }
    }
    guard let supplies else { throw .invalid("there is no line p min NODES ARCS") }
    guard arcs.count == expected else { throw .invalid("\(expected) arcs are announced, \(arcs.count) listed") }
    self.init(supplies: supplies, arcs: arcs)
    if let defect { throw .invalid(defect) }
  }
}
