import Glibc

/// Distances between places.
public enum PlaceDistances {
  /// How coordinates are meant.
  public enum Coordinates: String, Sendable, Hashable, CaseIterable {
    /// x and y in a plane: straight lines.
    case plane
    /// x: longitude, y: latitude, in degrees: kilometres along great circles of a sphere of 6,371 km.
    case degrees
  }

  /// Row-major: from each of the first places to each of the second.
  public static func between(
    _ from: [(x: Double, y: Double)], _ to: [(x: Double, y: Double)], _ coordinates: Coordinates
  ) -> [Double] {
    from.flatMap { one in to.map { distance(one, $0, coordinates) } }
  }

  private static func distance(
    _ one: (x: Double, y: Double), _ other: (x: Double, y: Double), _ coordinates: Coordinates
  ) -> Double {
    let (dx, dy) = (other.x - one.x, other.y - one.y)
    guard coordinates == .degrees else { return hypot(dx, dy) }
    let radian = Double.pi / 180
    let (a, b) = (sin(dy * radian / 2), sin(dx * radian / 2))
    let h = a * a + cos(one.y * radian) * cos(other.y * radian) * b * b
    return 2 * 6371 * asin(min(1, h.squareRoot()))
  }

  /// Shortest ways between all nodes of a graph whose edges may be used in both directions; infinite where there is
  /// none. Of several edges between two nodes the last one counts, as the files of the OR-Library want it.
  ///
  /// Complexity: nodes³ (Floyd 1962).
  public static func shortestWays(
    nodeCount: Int, edges: [(from: Int, to: Int, length: Double)]
  ) -> [Double] {
    var way = [Double](repeating: .infinity, count: nodeCount * nodeCount)
    for node in 0..<nodeCount { way[node * nodeCount + node] = 0 }
    for edge in edges where edge.from != edge.to {
      way[edge.from * nodeCount + edge.to] = edge.length
      way[edge.to * nodeCount + edge.from] = edge.length
    }
    for middle in 0..<nodeCount {
      let through = Array(way[middle * nodeCount..<(middle + 1) * nodeCount])
      for from in 0..<nodeCount {
        let first = way[from * nodeCount + middle]
        guard first.isFinite else { continue }
        for to in 0..<nodeCount where first + through[to] < way[from * nodeCount + to] {
          way[from * nodeCount + to] = first + through[to]
        }
      }
    }
    return way
  }
}
