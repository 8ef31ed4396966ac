import Tables

/// Who gives stock to whom, for many products over the same places.
///
/// ```
/// minimise   Σ cost_ij · y_pij + Σ missingCost_pj · missing_pj + Σ keepingCost_pi · kept_pi
///              + Σ vehicleCost_ij · vehicles_ij
/// subject to Σ over j of y_pij + kept_pi = surplus_pi           for every product and place with too much
///            Σ over i of y_pij + missing_pj = shortage_pj       for every product and place with too little
///            Σ over p of size_p · y_pij ≤ vehicleSize_ij · vehicles_ij,  vehicles whole, at most so many
///            y_pij = 0 or at least minimum_p, a multiple of pack_p
/// ```
///
/// y: units moved, whole where surpluses and shortages are. Without vehicles, packs and minimum quantities products do
/// not touch one another: a transportation problem each, solved exactly by the network simplex method. With them, one
/// mixed-integer program.
public struct TransfersProblem: AllocationProblem {
  public struct Place: Sendable {
    public var name: String
    /// Coordinates, in the unit of distances.
    public var x: Double?
    public var y: Double?

    public init(_ name: String, x: Double? = nil, y: Double? = nil) {
      self.name = name
      self.x = x
      self.y = y
    }
  }

  public struct Product: Sendable {
    public var name: String
    /// What a unit that stays missing costs, and what a unit costs that stays where it is too much.
    public var missingCost: Double
    public var keepingCost: Double
    /// Room that a unit takes in a vehicle.
    public var size = 1.0
    /// The least that is moved on a lane at all, and the multiple in which it is moved.
    public var minimum = 1
    public var pack = 1

    public init(_ name: String, missingCost: Double, keepingCost: Double = 0) {
      self.name = name
      self.missingCost = missingCost
      self.keepingCost = keepingCost
    }
  }

  /// What a product has too much (units > 0) or too little (units < 0) at a place.
  public struct Position: Sendable {
    public var product: Int
    public var place: Int
    public var units: Double
    /// In place of the product's own costs.
    public var missingCost: Double?
    public var keepingCost: Double?
    /// What a unit that is promoted where it lies gains.
    public var promotionGain: Double?

    public init(product: Int, place: Int, units: Double) {
      self.product = product
      self.place = place
      self.units = units
    }
  }

  /// A way between two places with its own terms.
  public struct Lane: Sendable {
    public var from: Int
    public var to: Int
    /// Per unit; nil for the cost of all other ways.
    public var cost: Double?
    public var days: Double?
    public var isClosed = false
    /// A vehicle's room and cost; nil where units travel one by one.
    public var vehicleSize: Double?
    public var vehicleCost = 0.0
    public var maximumVehicles: Int?

    public init(from: Int, to: Int) {
      self.from = from
      self.to = to
    }
  }

  /// What it costs to move a unit where no lane says otherwise.
  public enum UnitCosts: Sendable {
    /// Places × places, row = from.
    case matrix([Double])
    /// handling + perDistance · straight-line distance, rounded to whole amounts before `handling` is added if asked.
    case distance(perDistance: Double, handling: Double, isRounded: Bool)
    case uniform(Double)
    /// Only the lanes that are listed.
    case lanesOnly
  }

  public var places: [Place]
  public var products: [Product]
  public var positions: [Position]
  public var unitCosts: UnitCosts
  public var lanes: [Lane] = []
  /// Lanes that take longer are not used; nil where time does not matter.
  public var maximumDays: Double?
  /// What a day on the way costs a unit.
  public var costPerDay = 0.0

  public init(places: [Place], products: [Product], positions: [Position], unitCosts: UnitCosts) {
    self.places = places
    self.products = products
    self.positions = positions
    self.unitCosts = unitCosts
  }

  /// Whether products share something, or move in more than single units.
  var isShared: Bool {
    lanes.contains { $0.vehicleSize != nil } || products.contains { $0.minimum > 1 || $0.pack > 1 }
  }

  /// Places × places: a unit on its way, without vehicles; infinite where there is none.
  ///
  /// Complexity: once for all products.
  func costMatrix() -> [Double] {
    let count = places.count
    var costs: [Double]
    switch unitCosts {
    case .matrix(let values): costs = values
    case .uniform(let cost): costs = [Double](repeating: cost, count: count * count)
    case .lanesOnly: costs = [Double](repeating: .infinity, count: count * count)
    case .distance(let perDistance, let handling, let isRounded):
      costs = [Double](repeating: .infinity, count: count * count)
      for from in 0..<count {
        guard let x = places[from].x, let y = places[from].y else { continue }
        for to in 0..<count {
          guard let otherX = places[to].x, let otherY = places[to].y else { continue }
          let (across, along) = (x - otherX, y - otherY)
          let cost = perDistance * (across * across + along * along).squareRoot()
          costs[from * count + to] = (isRounded ? cost.rounded(.toNearestOrEven) : cost) + handling
        }
      }
    }
    for lane in lanes {
      let index = lane.from * count + lane.to
      if let cost = lane.cost { costs[index] = cost }
      if let days = lane.days {
        if let maximumDays, days > maximumDays { costs[index] = .infinity }
        costs[index] += days * costPerDay
      }
      if lane.isClosed { costs[index] = .infinity }
    }
    return costs
  }

  /// What is out of range; nil where nothing is.
  var defect: Diagnostic? {
    func finding(_ text: String) -> Diagnostic { Diagnostic(AllocationCodes.improperValue, .error, text) }
    if case .matrix(let values) = unitCosts, values.count != places.count * places.count {
      return finding("the matrix of costs does not fit \(places.count) places")
    }
    for product in products {
      guard product.missingCost.isFinite, product.keepingCost.isFinite else {
        return finding("costs of `\(product.name)` must be finite")
      }
      guard product.minimum >= 1, product.pack >= 1, product.size >= 0, product.size.isFinite else {
        return finding("`\(product.name)`: minimum and pack are at least 1, size is 0 or more")
      }
    }
    for position in positions {
      guard products.indices.contains(position.product), places.indices.contains(position.place),
        position.units.isFinite, abs(position.units) < 1e15
      else { return finding("a stock position names no product or place, or has no finite number of units") }
    }
    for lane in lanes {
      guard places.indices.contains(lane.from), places.indices.contains(lane.to) else {
        return finding("a lane joins places that are not there")
      }
      if let size = lane.vehicleSize, !(size > 0 && size.isFinite) {
        return finding("a vehicle from `\(places[lane.from].name)` to `\(places[lane.to].name)` has no room")
      }
    }
    return nil
  }
}

/// The best transfers of a `TransfersProblem`.
public struct TransfersSolution: Sendable {
  public struct Move: Sendable, Hashable {
    public var product: Int
    public var from: Int
    public var to: Int
    public var units: Double
    /// Without vehicles.
    public var cost: Double
  }

  public struct Trip: Sendable, Hashable {
    /// Index of a lane.
    public var lane: Int
    public var vehicles: Int
    /// Room that is filled.
    public var load: Double
  }

  /// Ordered by product, giver and receiver.
  public var moves: [Move] = []
  public var trips: [Trip] = []
  /// By position: units that stay too much (of them `promoted`), or stay missing.
  public var left: [Double]
  public var promoted: [Double]
  /// By position: what a unit less of surplus, or more of shortage, costs; nil where vehicles, packs or minimum
  /// quantities let no price exist.
  public var prices: [Double]?
  public var objective = 0.0
  public var bound = 0.0
  public var isOptimal = true
  /// Whether a limit of work was met before anything was found.
  public var isStopped = false
}
