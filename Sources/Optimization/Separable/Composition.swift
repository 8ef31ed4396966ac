import Glibc

/// A function made of others: Σ weight · part(q(x)) − unitCost · x − quadratic · (x − anchor)² − absolute · |x − anchor|,
/// where q turns an amount into units, by tiers.
///
/// Averages of concave functions and penalties for moving keep a function concave. Tiers whose unit price falls with
/// the amount, and parts that are S-curves, do not: such functions are solved over their concave envelopes.
public struct Composition: Sendable, Hashable {
  public struct Part: Sendable, Hashable {
    public var weight: Double
    public var function: ReturnFunction
  }

  /// From `from` on, each unit of amount buys this many units: one over the unit price of the tier.
  public struct Tier: Sendable, Hashable {
    public var from: Double
    public var unitsPerAmount: Double

    public init(from: Double, unitsPerAmount: Double) {
      self.from = from
      self.unitsPerAmount = unitsPerAmount
    }
  }

  public internal(set) var parts: [Part]
  public internal(set) var unitCost = 0.0
  public internal(set) var anchor = 0.0
  public internal(set) var quadratic = 0.0
  public internal(set) var absolute = 0.0
  /// Ascending, the first from 0; empty where amounts are units.
  public internal(set) var tiers: [Tier] = []

  enum Side { case left, right }

  var isProper: Bool {
    let numbers = [unitCost, anchor, quadratic, absolute]
    guard !numbers.contains(where: { !$0.isFinite }), quadratic >= 0, absolute >= 0 else { return false }
    guard !parts.contains(where: { !($0.weight > 0 && $0.weight < .infinity && $0.function.isProper) }) else {
      return false
    }
    guard let first = tiers.first else { return true }
    return first.from == 0 && zip(tiers, tiers.dropFirst()).allSatisfy { $0.from < $1.from }
      && !tiers.contains { !($0.unitsPerAmount > 0 && $0.unitsPerAmount < .infinity && $0.from < .infinity) }
  }

  var isConcave: Bool {
    parts.allSatisfy { $0.function.isConcave }
      && zip(tiers, tiers.dropFirst()).allSatisfy { $0.unitsPerAmount >= $1.unitsPerAmount }
  }

  /// Units bought with x, and how many the next bit buys.
  private func units(at x: Double, _ side: Side) -> (units: Double, rate: Double) {
    guard !tiers.isEmpty else { return (x, 1) }
    var units = 0.0
    for index in tiers.indices {
      let end = index + 1 < tiers.count ? tiers[index + 1].from : .infinity
      if x < end || (x == end && side == .left) {
        return (units + tiers[index].unitsPerAmount * (x - tiers[index].from), tiers[index].unitsPerAmount)
      }
      units += tiers[index].unitsPerAmount * (end - tiers[index].from)
    }
    return (units, 0)
  }

  private func amount(ofUnits units: Double) -> Double {
    var bought = 0.0
    for index in tiers.indices {
      let end = index + 1 < tiers.count ? tiers[index + 1].from : .infinity
      let more = tiers[index].unitsPerAmount * (end - tiers[index].from)
      if units <= bought + more { return tiers[index].from + (units - bought) / tiers[index].unitsPerAmount }
      bought += more
    }
    return units
  }

  func value(at x: Double) -> Double {
    let units = units(at: x, .right).units
    let returns = parts.reduce(0) { $0 + $1.weight * $1.function.value(at: units) }
    let move = x - anchor
    return returns - unitCost * x - quadratic * move * move - absolute * abs(move)
  }

  func slope(at x: Double, _ side: Side) -> Double {
    let (units, rate) = units(at: x, side)
    let returns = parts.reduce(0) {
      $0 + $1.weight * (side == .right ? $1.function.slope(at: units) : $1.function.slopeBefore(units))
    }
    let move = x - anchor
    let sign: Double = move > 0 || (move == 0 && side == .right) ? 1 : -1
    return returns * rate - unitCost - 2 * quadratic * move - absolute * sign
  }

  func curvature(at x: Double) -> Double {
    let (units, rate) = units(at: x, .right)
    return parts.reduce(0) { $0 + $1.weight * $1.function.curvature(at: units) } * rate * rate - 2 * quadratic
  }

  /// Where the function may have a kink inside `from...to`.
  func kinks(from: Double, to: Double) -> [Double] {
    var kinks = tiers.map(\.from)
    if absolute > 0 { kinks.append(anchor) }
    for part in parts {
      if case .composed(let inner) = part.function.detail {
        kinks += inner.kinks(from: 0, to: .infinity).map(amount(ofUnits:))
      }
    }
    return Set(kinks.filter { $0 > from && $0 < to }).sorted()
  }

  /// Whether the function is a straight line between kinks.
  var isPiecewiseLinear: Bool { quadratic == 0 && parts.allSatisfy { $0.function.family == .zero } }

  /// Inside a piece without kinks: the inflections that are known exactly, or nil where they must be looked for.
  func knownInflections(from: Double, to: Double) -> [Double]? {
    if parts.allSatisfy({ $0.function.isConcave }) { return [] }
    guard parts.count == 1, quadratic == 0, parts[0].function.family != .composed else { return nil }
    let (units, rate) = units(at: from, .right)
    let x = from + (parts[0].function.inflection - units) / rate
    return x > from && x < to ? [x] : []
  }
}

extension ReturnFunction {
  var composition: Composition {
    guard case .composed(let composition) = detail else {
      return Composition(parts: [Composition.Part(weight: 1, function: self)])
    }
    return composition
  }

  private init(_ composition: Composition) {
    self.init(.composed, amplitude: 0, detail: .composed(composition))
  }

  /// The weighted sum of functions of the same amount; with equal weights 1 / count where none are given: what is
  /// expected over draws of a curve.
  public static func average(of functions: [ReturnFunction], weights: [Double]? = nil) -> Self {
    let equal = 1 / Double(max(1, functions.count))
    return Self(
      Composition(
        parts: functions.indices.map { Composition.Part(weight: weights?[$0] ?? equal, function: functions[$0]) }))
  }

  /// Less `quadratic` · (x − anchor)² + `absolute` · |x − anchor|: moving away from a present amount has a price.
  public func withMovePenalty(around anchor: Double, absolute: Double = 0, quadratic: Double = 0) -> Self {
    var composition = nested
    (composition.anchor, composition.absolute, composition.quadratic) = (anchor, absolute, quadratic)
    return Self(composition)
  }

  /// Less `cost` per unit of the amount.
  public func lessUnitCost(_ cost: Double) -> Self {
    var composition = composition
    composition.unitCost += cost
    return Self(composition)
  }

  /// The function of units that the amount buys at tiers of unit prices.
  public func throughTiers(_ tiers: [Composition.Tier]) -> Self {
    Self(
      {
        var composition = Composition(parts: [Composition.Part(weight: 1, function: self)])
        composition.tiers = tiers
        return composition
      }())
  }

  /// The composition that a penalty can be added to: this one where it has none yet.
  private var nested: Composition {
    if case .composed(let own) = detail, own.absolute == 0, own.quadratic == 0 { return own }
    return Composition(parts: [Composition.Part(weight: 1, function: self)])
  }
}
