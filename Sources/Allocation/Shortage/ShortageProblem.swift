public import Tables

/// Who gets scarce supply: a floor for everybody, then by priority.
///
/// For each product with supply S, requests r_i, floors f_i and weights w_i > 0, in whole units:
///
/// ```
/// f_i ≤ x_i ≤ r_i,   Σ x_i = min(S, Σ r_i)
/// fair:           the vector of weighted fill rates x_i / (w_i · r_i), sorted ascending, is lexicographically largest
/// weighted_fill:  maximise Σ w_i · x_i / r_i
/// ```
///
/// With strict tiers a tier gets nothing above its floors until all before it have what they asked for.
public struct ShortageProblem: AllocationProblem {
  public enum Rule: String, Sendable, CaseIterable {
    case fair
    case weightedFill = "weighted_fill"
  }

  public struct Product: Sendable {
    public var name: String
    public var supply: Int
    public var place: SourcePlace?

    public init(_ name: String, supply: Int, at place: SourcePlace? = nil) {
      self.name = name
      self.supply = supply
      self.place = place
    }
  }

  public struct Request: Sendable {
    public var partner: String
    /// Index of a product.
    public var product: Int
    public var units: Int
    public var floor: Int
    public var weight: Double
    /// 1 comes first.
    public var tier: Int
    public var place: SourcePlace?
    /// Where the floor is written.
    public var floorPlace: SourcePlace?

    public init(
      _ partner: String, product: Int = 0, units: Int, floor: Int = 0, weight: Double = 1, tier: Int = 1,
      at place: SourcePlace? = nil
    ) {
      self.partner = partner
      self.product = product
      self.units = units
      self.floor = floor
      self.weight = weight
      self.tier = tier
      self.place = place
    }
  }

  public var products: [Product]
  public var requests: [Request]
  public var rule: Rule
  public var tiersAreStrict: Bool

  public init(products: [Product], requests: [Request], rule: Rule = .fair, tiersAreStrict: Bool = false) {
    self.products = products
    self.requests = requests
    self.rule = rule
    self.tiersAreStrict = tiersAreStrict
  }

  /// Requests of each product.
  func members() -> [[Int]] {
    var members = [[Int]](repeating: [], count: products.count)
    for (index, request) in requests.enumerated() { members[request.product].append(index) }
    return members
  }

  var defect: Diagnostic? {
    for product in products where product.supply < 0 {
      return Diagnostic(
        AllocationCodes.improperValue, .error, "the supply of `\(product.name)` is negative", at: product.place)
    }
    for request in requests {
      if !products.indices.contains(request.product) || request.units < 0 || request.units > 1 << 50
        || request.floor < 0 || !(request.weight > 0 && request.weight.isFinite)
      {
        return Diagnostic(
          AllocationCodes.improperValue, .error,
          "`\(request.partner)`: units and floor must be 0 or more, the weight above 0", at: request.place)
      }
    }
    return nil
  }
}

public struct ShortageSolution: Sendable {
  /// By request.
  public var units: [Int]
  /// By product: the lowest weighted fill rate in the tier that supply ends in, or Σ weight · fill rate.
  public var objectives: [Double]

  /// Σ over products for `weighted_fill`, the lowest for `fair`.
  public var objective: Double
}
