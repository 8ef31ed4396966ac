/// Series that add up: bottom series, and the sums of them that are forecast too.
///
/// Every level is a partition of the bottom series, given by the values of some key columns: region; region and product;
/// none for the total. Levels may be nested (region > city > partner), crossed (region and product) or both. The node
/// order is level by level as given, aggregates first, the bottom series last; within a level nodes are numbered as they
/// are met.
///
/// The summing matrix S (nodes × bottom series) is never formed. A level is summed from the smallest level that refines
/// it, by a parent pointer per node of that level, so that S x and Sᵀ y cost one addition per pointer, and memory is a
/// few integers a node.
public struct Hierarchy: Sendable {
  /// A key of the bottom series, such as the region: one value per bottom series.
  public struct KeyColumn: Sendable {
    public let name: String
    public let values: [String]

    public init(_ name: String, _ values: [String]) {
      self.name = name
      self.values = values
    }
  }

  public struct Level: Sendable {
    /// The names of its columns joined by `/`; `total` for none.
    public let name: String
    /// The numbers of its nodes.
    public let nodes: Range<Int>
  }

  /// How a level is summed.
  struct Link: Sendable {
    let level: Int
    /// The finer level whose nodes are its parts.
    let source: Int
    /// Per node of the source, in its order, the node of this level that it belongs to, counted from the level's first.
    let parents: [Int32]
  }

  /// As given; the last one holds the bottom series.
  public let levels: [Level]
  /// The values of the key columns of each node joined by `/`, in node order.
  public let nodeNames: [String]
  /// In an order in which every source is complete before it is used.
  let links: [Link]
  /// A longest chain of nested levels that ends at the bottom series, fine to coarse: per level above the bottom one
  /// the pointers from the level before it.
  let chain: [Link]
  /// How many bottom series each node sums.
  let bottomCounts: [Int]

  public var nodeCount: Int { nodeNames.count }
  public var bottomCount: Int { levels[levels.count - 1].nodes.count }
  public var aggregateCount: Int { nodeCount - bottomCount }
  /// The numbers of the bottom series, in the order of the key columns.
  public var bottomNodes: Range<Int> { aggregateCount..<nodeCount }
  /// Whether all levels form one chain of refinements.
  public var isNested: Bool { chain.count == levels.count - 1 }

  /// - Parameters:
  ///   - columns: what identifies the bottom series; one value per series.
  ///   - levels: the columns of each aggregate level; an empty list is the total. Two lists that sort the series alike
  ///     count once; one that tells every series apart is the bottom level itself and is left out.
  /// - Complexity: O(series · levels²).
  public init(columns: [KeyColumn], levels: [[String]]) throws(ReconciliationError) {
    let count = columns.first?.values.count ?? 0
    guard count > 0 else { throw .noSeries }
    for column in columns where column.values.count != count {
      throw .unequalKeys(column: column.name, expected: count, found: column.values.count)
    }
    var partitions: [Partition] = []
    for names in levels {
      var keys: [KeyColumn] = []
      for name in names {
        guard let column = columns.first(where: { $0.name == name }) else { throw .unknownColumn(name) }
        keys.append(column)
      }
      let partition = Partition(keys, count: count)
      if partition.names.count < count && !partitions.contains(where: { $0.groups == partition.groups }) {
        partitions.append(partition)
      }
    }
    partitions.append(Partition(bottom: columns, count: count))
    self.init(partitions)
  }

  /// All levels of crossed nests: with `[[region, city, partner], [product]]` the total, region, city, partner, product,
  /// region/product, city/product and the bottom series partner/product.
  ///
  /// A finer column of a nest counts within the coarser ones: a city of the same name in another region is another city.
  public init(columns: [KeyColumn], nests: [[String]]) throws(ReconciliationError) {
    var levels: [[String]] = [[]]
    for nest in nests {
      let prefixes = (0...nest.count).map { Array(nest.prefix($0)) }
      levels = levels.flatMap { level in prefixes.map { level + $0 } }
    }
    // Coarse levels first; among equals those of the first nest.
    let order = levels.indices.sorted { (levels[$0].count, -$0) < (levels[$1].count, -$1) }
    try self.init(columns: columns, levels: order.map { levels[$0] })
  }

  /// The position of a node by name; nil where there is none. Two levels may use the same name: the first one counts.
  public func node(named name: String, level: String? = nil) -> Int? {
    let range = levels.first { $0.name == level }?.nodes ?? 0..<nodeCount
    return range.first { nodeNames[$0] == name }
  }

  /// The level of a node.
  public func level(ofNode node: Int) -> Level? { levels.first { $0.nodes.contains(node) } }

  /// Per bottom series the node of `level` that it belongs to.
  public func ancestors(level: Int) -> [Int] {
    guard level < levels.count - 1, let link = links.first(where: { $0.level == level }) else {
      return Array(bottomNodes)
    }
    let first = levels[link.source].nodes.lowerBound
    return ancestors(level: link.source).map { levels[level].nodes.lowerBound + Int(link.parents[$0 - first]) }
  }

  init(_ partitions: [Partition]) {
    var levels: [Level] = []
    var start = 0
    for partition in partitions {
      levels.append(Level(name: partition.name, nodes: start..<start + partition.names.count))
      start += partition.names.count
    }
    self.levels = levels
    nodeNames = partitions.flatMap(\.names)
    bottomCounts = partitions.flatMap(\.sizes)
    let refinement = Refinement(partitions)
    links = refinement.links
    chain = refinement.chain
  }
}

/// The bottom series sorted into groups, numbered as they are met.
struct Partition: Sendable {
  let name: String
  let names: [String]
  /// Per bottom series.
  let groups: [Int32]
  let sizes: [Int]

  init(_ keys: [Hierarchy.KeyColumn], count: Int) {
    var names = [keys.isEmpty ? "total" : ""]
    var groups = [Int32](repeating: 0, count: count)
    // Column by column: groups so far and the next key make the new groups.
    for (position, key) in keys.enumerated() {
      var numbers: [GroupKey: Int32] = [:]
      var next: [String] = []
      for series in 0..<count {
        let pair = GroupKey(group: groups[series], value: key.values[series])
        if let known = numbers[pair] {
          groups[series] = known
        } else {
          let prefix = position == 0 ? "" : names[Int(groups[series])] + "/"
          numbers[pair] = Int32(next.count)
          groups[series] = Int32(next.count)
          next.append(prefix + key.values[series])
        }
      }
      names = next
    }
    self.init(
      name: keys.isEmpty ? "total" : keys.map(\.name).joined(separator: "/"), names: names, groups: groups)
  }

  /// Every series alone.
  init(bottom keys: [Hierarchy.KeyColumn], count: Int) {
    self.init(
      name: keys.map(\.name).joined(separator: "/"),
      names: (0..<count).map { series in keys.map { $0.values[series] }.joined(separator: "/") },
      groups: (0..<Int32(count)).map { $0 })
  }

  init(name: String, names: [String], groups: [Int32]) {
    self.name = name
    self.names = names
    self.groups = groups
    var sizes = [Int](repeating: 0, count: names.count)
    for group in groups { sizes[Int(group)] += 1 }
    self.sizes = sizes
  }

  private struct GroupKey: Hashable {
    let group: Int32
    let value: String
  }

  /// The group of `coarse` that each group lies in; nil where one is split.
  func parents(in coarse: Partition) -> [Int32]? {
    var parents = [Int32](repeating: -1, count: names.count)
    for (group, above) in zip(groups, coarse.groups) {
      if parents[Int(group)] < 0 { parents[Int(group)] = above }
      guard parents[Int(group)] == above else { return nil }
    }
    return parents
  }
}

/// Which levels refine which.
private struct Refinement {
  var links: [Hierarchy.Link] = []
  var chain: [Hierarchy.Link] = []

  init(_ partitions: [Partition]) {
    let bottom = partitions.count - 1
    // Fine to coarse; no two levels are alike, so that a refinement always has more groups.
    let order = partitions.indices.sorted { (partitions[$0].names.count, $0) > (partitions[$1].names.count, $1) }
    // The longest chain from the bottom to each level, with the level before it.
    var length = [Int](repeating: 0, count: partitions.count)
    var before = [Hierarchy.Link?](repeating: nil, count: partitions.count)
    for (position, level) in order.enumerated() where level != bottom {
      var smallest: Hierarchy.Link?
      for finer in order[..<position] {
        guard let parents = partitions[finer].parents(in: partitions[level]) else { continue }
        let link = Hierarchy.Link(level: level, source: finer, parents: parents)
        smallest = link
        if length[finer] >= length[level] {
          length[level] = length[finer] + 1
          before[level] = link
        }
      }
      if let smallest { links.append(smallest) }
    }
    // Among equally long chains the one that ends at the finest level.
    var end = bottom
    for level in order where length[level] > length[end] { end = level }
    while let link = before[end] {
      chain.insert(link, at: 0)
      end = link.source
    }
  }
}
