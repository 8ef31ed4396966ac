/// The lowest concave function above an item's function on its domain: concave arcs of the function itself, joined by
/// chords.
///
/// An S-curve from l to u is a chord from l to the point t whose tangent passes through (l, f(l)), then the curve; an
/// item of whole units is a chain of points; an item that is nothing or at least m has a chord from nothing.
///
/// Source: Horst & Tuy, *Global Optimization* (3rd ed. 1996), ch. X on separable problems; the chain of arcs is Graham's
/// scan with tangents in place of points.
struct ConcaveEnvelope: Sendable {
  /// A part of the domain on which envelope and function agree; a point where `from` = `to`.
  struct Arc: Sendable {
    var from: Double
    var to: Double
    /// The slope of the envelope to the right of `from` and to the left of `to`; equal at a point, where unused.
    var slopeFrom: Double
    var slopeTo: Double
  }

  let function: ReturnFunction
  /// Left to right.
  private(set) var arcs: [Arc] = []
  /// The slope of the chord between an arc and the next: falling.
  private(set) var chords: [Double] = []

  var lower: Double { arcs[0].from }
  var upper: Double { arcs[arcs.count - 1].to }
  /// Whether the envelope is the function, so that there is nothing to branch on.
  var isExact: Bool { zip(arcs, arcs.dropFirst()).allSatisfy { $0.to == $1.from } }

  init(_ function: ReturnFunction, on domain: ItemDomain, from lower: Double, to upper: Double) {
    self.function = function
    for piece in domain.pieces(of: function, from: lower, to: upper) {
      if piece.isConcave, piece.to > piece.from {
        push(
          Arc(
            from: piece.from, to: piece.to, slopeFrom: function.slope(at: piece.from),
            slopeTo: function.slopeBefore(piece.to)))
      } else {
        push(point: piece.from)
        if piece.to > piece.from { push(point: piece.to) }
      }
    }
  }

  /// The same for a part of the domain: where all arcs are points, those inside it.
  func restricted(on domain: ItemDomain, from lower: Double, to upper: Double) -> ConcaveEnvelope {
    guard domain.step > 0, domain.minimumIfAny == 0, function.isConcave else {
      return ConcaveEnvelope(function, on: domain, from: lower, to: upper)
    }
    let margin = 1e-9 * domain.step
    let kept = arcs.indices.filter { arcs[$0].from >= lower - margin && arcs[$0].from <= upper + margin }
    guard let first = kept.first, let last = kept.last else {
      return ConcaveEnvelope(function, on: domain, from: lower, to: upper)
    }
    var part = self
    part.arcs = Array(arcs[first...last])
    part.chords = Array(chords[first..<last])
    return part
  }

  private mutating func push(point x: Double) {
    if let last = arcs.last, last.to >= x { return }
    push(Arc(from: x, to: x, slopeFrom: 0, slopeTo: 0))
  }

  /// Adds an arc to the right: arcs that lie below its common tangent with an earlier one disappear.
  private mutating func push(_ new: Arc) {
    var new = new
    while let last = arcs.last {
      let tangent = bridge(last, new)
      if arcs.count > 1, tangent.left <= last.from, chords[chords.count - 1] <= tangent.slope {
        arcs.removeLast()
        chords.removeLast()
        continue
      }
      arcs[arcs.count - 1] = cut(last, to: tangent.left)
      new = cut(new, from: tangent.right)
      chords.append(tangent.slope)
      break
    }
    arcs.append(new)
  }

  private func cut(_ arc: Arc, from: Double? = nil, to: Double? = nil) -> Arc {
    var arc = arc
    if let from, from > arc.from { (arc.from, arc.slopeFrom) = (from, function.slope(at: from)) }
    if let to, to < arc.to { (arc.to, arc.slopeTo) = (to, function.slopeBefore(to)) }
    return arc
  }

  /// The line above both arcs that touches both: Newton's method on its slope inside a bracket. The lines of slope m
  /// that touch either arc are φ(m) = max f − m·x; their difference falls with m.
  private func bridge(_ a: Arc, _ b: Arc) -> (left: Double, right: Double, slope: Double) {
    if a.to == b.from, a.from == a.to || b.from == b.to || a.slopeTo >= b.slopeFrom {
      let slope = a.from == a.to ? b.slopeFrom : b.from == b.to ? a.slopeTo : 0.5 * (a.slopeTo + b.slopeFrom)
      return (a.to, b.from, slope)
    }
    var (low, high) = (-Double.infinity, Double.infinity)
    var slope = (function.value(at: b.to) - function.value(at: a.from)) / (b.to - a.from)
    var (left, right) = (a.to, b.from)
    for _ in 0..<120 {
      left = touch(a, slope)
      right = touch(b, slope)
      guard right > left else { break }
      let chord = (function.value(at: right) - function.value(at: left)) / (right - left)
      if abs(chord - slope) <= 4e-16 * abs(chord) { return (left, right, chord) }
      if chord > slope { low = slope } else { high = slope }
      guard low.isFinite, high.isFinite else {
        slope = chord
        continue
      }
      guard low.nextUp < high else { break }
      slope = chord > low && chord < high ? chord : low + 0.5 * (high - low)
    }
    return (left, right, slope)
  }

  private func touch(_ arc: Arc, _ slope: Double) -> Double {
    arc.from == arc.to ? arc.from : function.argument(atSlope: slope, from: arc.from, to: arc.to)
  }

  /// The amounts at which envelope(x) − price · x is largest: an interval on a chord of just that slope, one point
  /// otherwise, with how far it falls per unit of price.
  func respond(to price: Double) -> (least: Double, most: Double, moves: Double) {
    // Chords fall: everything left of a chord that is steeper than the price is behind.
    var (behind, ahead) = (0, chords.count)
    while behind < ahead {
      let middle = (behind + ahead) / 2
      if chords[middle] > price { behind = middle + 1 } else { ahead = middle }
    }
    for index in behind..<arcs.count {
      let arc = arcs[index]
      if arc.to > arc.from {
        if price >= arc.slopeFrom { return (arc.from, arc.from, 0) }
        if price > arc.slopeTo {
          let x = function.argument(atSlope: price, from: arc.from, to: arc.to)
          let curvature = function.curvature(at: x)
          return (x, x, curvature < 0 ? -1 / curvature : 0)
        }
      }
      guard index < chords.count else { return (arc.to, arc.to, 0) }
      if price > chords[index] { return (arc.to, arc.to, 0) }
      if price == chords[index] {
        var next = index + 1
        while next < chords.count, chords[next] == price, arcs[next].from == arcs[next].to { next += 1 }
        return (arc.to, arcs[next].from, 0)
      }
    }
    return (upper, upper, 0)
  }

  /// The chord above x; nil where envelope and function agree.
  func chord(over x: Double) -> (from: Double, to: Double, slope: Double)? {
    // The last arc that starts at or before x.
    var (behind, ahead) = (0, arcs.count)
    while behind < ahead {
      let middle = (behind + ahead) / 2
      if arcs[middle].from <= x { behind = middle + 1 } else { ahead = middle }
    }
    guard behind > 0, behind < arcs.count, x > arcs[behind - 1].to else { return nil }
    return (arcs[behind - 1].to, arcs[behind].from, chords[behind - 1])
  }

  func value(at x: Double) -> Double {
    guard let chord = chord(over: x) else { return function.value(at: x) }
    return function.value(at: chord.from) + chord.slope * (x - chord.from)
  }

  /// A slope of the envelope at x: to the right, but at the upper end.
  func slope(at x: Double) -> Double {
    if let chord = chord(over: x) { return chord.slope }
    for index in arcs.indices {
      if x < arcs[index].to { return function.slope(at: max(x, arcs[index].from)) }
      if x == arcs[index].to, index < chords.count { return chords[index] }
    }
    let last = arcs[arcs.count - 1]
    return last.to > last.from ? last.slopeTo : chords.last ?? function.slope(at: x)
  }
}

/// Which amounts an item may take between its bounds.
public struct ItemDomain: Sendable, Hashable {
  /// Nothing, or at least this; 0 where anything goes. Nothing is allowed whatever the lower bound says.
  public var minimumIfAny: Double
  /// Amounts are multiples of this; 0 where they are continuous.
  public var step: Double

  public init(minimumIfAny: Double = 0, step: Double = 0) {
    self.minimumIfAny = minimumIfAny
    self.step = step
  }

  public static let everything = ItemDomain()

  var isEverything: Bool { minimumIfAny == 0 && step == 0 }

  var isProper: Bool {
    minimumIfAny >= 0 && minimumIfAny < .infinity && step >= 0 && step < .infinity
  }

  /// How far x is from the nearest amount of the domain.
  func violation(at x: Double) -> Double {
    var distance = step > 0 ? abs(x - (x / step).rounded() * step) : 0
    if x > 0, x < minimumIfAny { distance = max(distance, min(x, minimumIfAny - x)) }
    return distance
  }

  struct Piece {
    var from: Double
    var to: Double
    var isConcave: Bool
  }

  /// The most multiples of `step` that are looked at one by one.
  static let largestCount = 200_000.0

  /// The domain within `lower...upper` as pieces on which the function is concave, or is to be bridged by a chord.
  func pieces(of function: ReturnFunction, from lower: Double, to upper: Double) -> [Piece] {
    if step > 0 {
      let first = max((lower / step - 1e-9).rounded(.up), 0)
      let last = (upper / step + 1e-9).rounded(.down)
      var points = (first <= last ? stride(from: first, through: last, by: 1).map { $0 * step } : [])
      if minimumIfAny > 0 { points.removeAll { $0 != 0 && $0 < minimumIfAny * (1 - 1e-12) } }
      if points.isEmpty { points = [lower] }
      return points.map { Piece(from: $0, to: $0, isConcave: false) }
    }
    guard minimumIfAny > 0, lower < minimumIfAny else { return function.pieces(from: lower, to: upper) }
    var pieces: [Piece] = []
    if lower <= 0 || upper < minimumIfAny {
      pieces.append(Piece(from: max(0, lower), to: max(0, lower), isConcave: false))
    }
    if upper >= minimumIfAny { pieces += function.pieces(from: max(minimumIfAny, lower), to: upper) }
    return pieces
  }

  /// The multiple of the step that is nearest to x within bounds; nil where amounts are continuous.
  func nearestStep(to x: Double, within bounds: ItemBounds) -> Double? {
    guard step > 0, minimumIfAny == 0 else { return nil }
    return min(max((x / step).rounded() * step, bounds.lower), bounds.upper)
  }

  /// Where to split at x, between amounts on which envelope and function agree: the two sides' inner ends.
  func split(_ function: ReturnFunction, at x: Double, lower: Double, upper: Double, chord: (from: Double, to: Double))
    -> (below: Double, above: Double)
  {
    if step > 0 {
      let below = max(lower, (x / step).rounded(.down) * step)
      return (below, below + step)
    }
    if minimumIfAny > 0, x < minimumIfAny || chord.from < minimumIfAny, lower < minimumIfAny {
      return (max(0, lower), minimumIfAny)
    }
    // Where a piece starts or ends: both sides are then exact, or are chords of a convex piece.
    let ends = function.pieces(from: lower, to: upper).map(\.from).filter { $0 > chord.from && $0 < chord.to }
    if let nearest = ends.min(by: { abs($0 - x) < abs($1 - x) }) { return (nearest, nearest) }
    let margin = 1e-3 * (chord.to - chord.from)
    let inside = min(max(x, chord.from + margin), chord.to - margin)
    return (inside, inside)
  }
}

extension ReturnFunction {
  /// Splits `from...to` into pieces on which the function is concave, or convex or straight.
  ///
  /// Inflections of plain curves are exact; those of averages of S-curves, and of S-curves with a quadratic penalty,
  /// are found as changes of sign of f″ on a grid of 256 points, then by bisection.
  func pieces(from: Double, to: Double) -> [ItemDomain.Piece] {
    guard to > from else { return [ItemDomain.Piece(from: from, to: from, isConcave: false)] }
    switch family {
    case .zero: return [ItemDomain.Piece(from: from, to: to, isConcave: false)]
    case .logarithm, .exponentialSaturation, .hill, .power:
      return [ItemDomain.Piece(from: from, to: to, isConcave: true)]
    case .generalHill, .logistic: return pieces(from: from, to: to, splitAt: [inflection])
    case .composed: break
    }
    let composition = composition
    let ends = [from] + composition.kinks(from: from, to: to) + [to]
    return zip(ends, ends.dropFirst()).flatMap { start, end -> [ItemDomain.Piece] in
      if composition.isPiecewiseLinear { return [ItemDomain.Piece(from: start, to: end, isConcave: false)] }
      return pieces(
        from: start, to: end,
        splitAt: composition.knownInflections(from: start, to: end) ?? scannedInflections(from: start, to: end))
    }
  }

  private func pieces(from: Double, to: Double, splitAt splits: [Double]) -> [ItemDomain.Piece] {
    let ends = [from] + splits.filter { $0 > from && $0 < to } + [to]
    return zip(ends, ends.dropFirst()).map { start, end in
      ItemDomain.Piece(from: start, to: end, isConcave: curvature(at: 0.5 * (start + end)) <= 0)
    }
  }

  private func scannedInflections(from: Double, to: Double) -> [Double] {
    let count = 256
    // Closer together towards the start, where curves bend.
    let grid = (0...count).map { step in
      let share = Double(step) / Double(count)
      return from + (to - from) * share * (0.05 + 0.95 * share)
    }
    let isConvex = grid.map { curvature(at: $0) > 0 }
    return (0..<count).compactMap { index in
      guard isConvex[index] != isConvex[index + 1] else { return nil }
      var (low, high) = (grid[index], grid[index + 1])
      for _ in 0..<100 {
        let middle = 0.5 * (low + high)
        guard middle > low, middle < high else { break }
        if (curvature(at: middle) > 0) == isConvex[index] { low = middle } else { high = middle }
      }
      return 0.5 * (low + high)
    }
  }
}
