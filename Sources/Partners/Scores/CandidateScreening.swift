public import ChannelTypes
public import Tables

/// What a firm must bring, and how those that do are ordered.
public struct CandidateRules: Sendable {
  /// Attributes that can be weighed in the order of candidates.
  public enum Attribute: String, Sendable, Hashable, CaseIterable {
    case predictedSales = "predicted_sales"
    case outlets, customers, staff
    case yearsInTrade = "years_in_trade"
    case bureauScore = "bureau_score"
  }

  /// People for our products only; nil for no such rule.
  public var dedicatedStaff: Double? = 1
  public var outlets: Double?
  public var needsFixedOffice = true
  public var needsSharedData = true
  /// Months of predicted sales that its working capital pays stock for; nil for no such rule.
  public var stockMonths: Double? = 1
  /// Sales of the first year that count as meeting the target; nil for twelve times the field staff's guess.
  public var target: Money?
  /// Together 1.
  public var weights: [(attribute: Attribute, weight: Double)] = [
    (.predictedSales, 0.4), (.outlets, 0.2), (.customers, 0.2), (.yearsInTrade, 0.1), (.bureauScore, 0.1),
  ]
  public var place: SourcePlace?

  public init() {}
}

/// A firm that may become a partner; nil or NaN where nothing is said.
public struct Candidate: Sendable, Hashable {
  public var id: String
  public var name: String?
  public var region = ""
  public var city: String?
  public var channelType: String?
  public var outlets = Double.nan
  public var staff = Double.nan
  public var dedicatedStaff = Double.nan
  public var customers = Double.nan
  public var workingCapital = Double.nan
  public var yearsInTrade = Double.nan
  public var bureauScore = Double.nan
  public var hasFixedOffice: Bool?
  public var sharesData: Bool?
  /// The field staff's guess, a month.
  public var expectedMonthlySales: Money?
  public var row = -1

  public init(_ id: String) { self.id = id }

  /// All candidates of a table, in its order.
  public static func all(_ table: Table) -> [Candidate] {
    guard let ids = table.text("candidate_id") else { return [] }
    let (names, regions, cities) = (table.text("name"), table.text("region"), table.text("city"))
    let (channels, guesses) = (table.text("channel_type"), table.money("expected_monthly_sales"))
    let (office, data) = (table.integers("fixed_office"), table.integers("shares_data"))
    let numbers: [(WritableKeyPath<Candidate, Double>, [Double]?)] = [
      (\.outlets, table.numbers("outlets")), (\.staff, table.numbers("staff")),
      (\.dedicatedStaff, table.numbers("dedicated_staff")), (\.customers, table.numbers("customers_n")),
      (\.workingCapital, table.numbers("working_capital")), (\.yearsInTrade, table.numbers("years_in_trade")),
      (\.bureauScore, table.numbers("bureau_score")),
    ]
    return (0..<table.rowCount).compactMap { row in
      guard let id = ids[row] else { return nil }
      var candidate = Candidate(id)
      candidate.name = names?[row]
      candidate.region = regions?[row] ?? ""
      candidate.city = cities?[row]
      candidate.channelType = channels?[row]
      if let office, office[row] != Unknown.integer { candidate.hasFixedOffice = office[row] == 1 }
      if let data, data[row] != Unknown.integer { candidate.sharesData = data[row] == 1 }
      if let guesses, guesses[row] != Unknown.money { candidate.expectedMonthlySales = guesses[row] }
      for (path, values) in numbers { if let values { candidate[keyPath: path] = values[row] } }
      candidate.row = row
      return candidate
    }
  }
}

/// A candidate with what may be expected of it.
public struct ScreenedCandidate: Sendable, Hashable {
  public var candidate: Candidate
  /// First-year sales: as likely above as below; nil without a model.
  public var predictedSales: Money?
  /// In four cases of five sales lie between.
  public var lower: Money?
  public var upper: Money?
  public var target: Money?
  /// Chance of meeting the target; NaN without a model or a target.
  public var probability: Double
  /// Must-have rules that it fails, and those that nothing is known about.
  public var failedRules: [String]
  public var unknownRules: [String]
  /// 0 … 100 among the candidates; NaN where nothing is known.
  public var score: Double
  /// From 1; those that fail a rule come after those that pass.
  public var rank: Int
  /// What each attribute makes of the mean partner's first year; the amounts sum to the prediction.
  public var steps: [Step]

  public struct Step: Sendable, Hashable {
    public var label: String
    public var factor: Double
    public var amount: Money
  }

  public var passes: Bool { failedRules.isEmpty && unknownRules.isEmpty }
}

extension FirstYearModel {
  /// Screens candidates: the prediction, the rules by name, the order.
  public static func screen(
    _ candidates: [Candidate], _ model: FirstYearModel?, _ rules: CandidateRules
  ) -> [ScreenedCandidate] {
    var screened = candidates.map { screen($0, model, rules) }
    let scales = rules.weights.map { item in
      RobustScale(screened.map { value(item.attribute, $0) }, method: .quantile)
    }
    for index in screened.indices {
      screened[index].score = ScoreEvaluation.weighted(
        zip(rules.weights, scales).map { ($0.weight, $1.scaled(value($0.attribute, screened[index]))) })
    }
    screened.sort { left, right in
      if left.passes != right.passes { return left.passes }
      let (a, b) = (left.score.isNaN ? -1 : left.score, right.score.isNaN ? -1 : right.score)
      return a == b ? left.candidate.id < right.candidate.id : a > b
    }
    for index in screened.indices { screened[index].rank = index + 1 }
    return screened
  }

  private static func value(_ attribute: CandidateRules.Attribute, _ screened: ScreenedCandidate) -> Double {
    switch attribute {
    case .predictedSales: screened.predictedSales?.double ?? .nan
    case .outlets: screened.candidate.outlets
    case .customers: screened.candidate.customers
    case .staff: screened.candidate.staff
    case .yearsInTrade: screened.candidate.yearsInTrade
    case .bureauScore: screened.candidate.bureauScore
    }
  }

  private static func screen(
    _ candidate: Candidate, _ model: FirstYearModel?, _ rules: CandidateRules
  ) -> ScreenedCandidate {
    var result = ScreenedCandidate(
      candidate: candidate, target: rules.target ?? candidate.expectedMonthlySales.map { $0 * 12 }, probability: .nan,
      failedRules: [], unknownRules: [], score: .nan, rank: 0, steps: [])
    if let model {
      let prediction = model.predict(Attributes(candidate))
      (result.predictedSales, result.lower, result.upper) = (prediction.median, prediction.lower, prediction.upper)
      result.steps = prediction.steps
      if let target = result.target { result.probability = model.chance(ofReaching: target, prediction) }
    }
    func must(_ name: String, _ isMet: Bool?) {
      guard let isMet else { return result.unknownRules.append(name) }
      if !isMet { result.failedRules.append(name) }
    }
    func atLeast(_ value: Double, _ limit: Double) -> Bool? { value.isNaN ? nil : value >= limit }
    if let least = rules.dedicatedStaff { must("dedicated_staff", atLeast(candidate.dedicatedStaff, least)) }
    if let least = rules.outlets { must("outlets", atLeast(candidate.outlets, least)) }
    if rules.needsFixedOffice { must("fixed_office", candidate.hasFixedOffice) }
    if let months = rules.stockMonths {
      let sales = result.predictedSales ?? candidate.expectedMonthlySales.map { $0 * 12 }
      must("working_capital", sales.flatMap { atLeast(candidate.workingCapital, months * $0.double / 12) })
    }
    if rules.needsSharedData { must("shares_data", candidate.sharesData) }
    return result
  }
}
