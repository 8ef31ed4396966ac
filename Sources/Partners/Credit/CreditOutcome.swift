/// What the credit stage found of each partner: what later stages read.
public struct CreditOutcome: Sendable {
  public struct Assessed: Sendable {
    public var partner: String
    public var region: String
    public var chance: DefaultModel.Assessment
    public var band: RiskBand
    public var rating: String
    /// Nil for a partner without a limit.
    public var line: CreditLine?
    public var cell: RiskMatrix.Cell

    public init(
      partner: String, region: String, chance: DefaultModel.Assessment, band: RiskBand, rating: String,
      line: CreditLine?, cell: RiskMatrix.Cell
    ) {
      self.partner = partner
      self.region = region
      self.chance = chance
      self.band = band
      self.rating = rating
      self.line = line
      self.cell = cell
    }
  }

  public let all: [Assessed]
  private let positions: [String: Int]

  public init(_ all: [Assessed] = []) {
    self.all = all
    positions = Dictionary(all.enumerated().map { ($1.partner, $0) }, uniquingKeysWith: { first, _ in first })
  }

  public subscript(partner: String) -> Assessed? { positions[partner].map { all[$0] } }
}
