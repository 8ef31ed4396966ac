/// Which elements hang together, as pairs of them are joined one after the other.
///
/// Source: Tarjan & van Leeuwen, "Worst-case analysis of set union algorithms" (*Journal of the ACM* 31, 1984), with path
/// halving. Almost constant time a pair.
struct DisjointSets {
  private var parent: [Int]

  init(count: Int) { parent = Array(0..<count) }

  /// Joins the sets of two elements; false where they were one already.
  mutating func join(_ one: Int, _ other: Int) -> Bool {
    let (one, other) = (root(of: one), root(of: other))
    guard one != other else { return false }
    parent[one] = other
    return true
  }

  private mutating func root(of element: Int) -> Int {
    var element = element
    while parent[element] != element {
      parent[element] = parent[parent[element]]
      element = parent[element]
    }
    return element
  }
}
