import ChannelTypes
import Glibc
import LinearAlgebra
import Regression

/// Chances that partners stop paying within a year, from their accounts, their bureau score and how they paid.
///
/// An observation is a partner and a calendar year in which invoices of it fell due: a default where one of them was
/// unpaid for too long. Two steps give a chance:
///
/// 1. A score from the accounts of the year before: a logistic regression with Firth's penalty, because defaults are
///    rare (Firth, *Biometrika* 80, 1993), its intercept set so that expected and seen defaults are as many (Puhr et al.,
///    *Statistics in Medicine* 36, 2017). A ratio whose sign is against all sense is left out, so that the score is
///    monotone: never lower with more debt, never higher with more cash or a better bureau score. With fewer than ten
///    defaults the score is the mean of all.
/// 2. The own record, drawn towards the score as if that had been seen for `priorYears` more years: the mean of a beta
///    distribution. Never lower with one default more.
public struct DefaultModel: Sendable {
  /// What the accounts say; more is worse for the first, better for the others.
  public struct Predictors: Sendable, Hashable {
    public var liabilitiesToAssets: Double
    /// Held within ±5: a firm without debt has no ratio to speak of.
    public var cashToLiabilities: Double
    public var bureauScore: Double

    public init(liabilitiesToAssets: Double, cashToLiabilities: Double, bureauScore: Double) {
      self.liabilitiesToAssets = liabilitiesToAssets
      self.cashToLiabilities = max(-5, min(5, cashToLiabilities))
      self.bureauScore = bureauScore
    }

    /// Nil where one of them is not stated.
    public init?(_ statement: FinancialStatement) {
      guard let assets = statement.assets, let liabilities = statement.liabilities, assets > .zero,
        liabilities > .zero, let cash = statement.operatingCash, statement.bureauScore.isFinite
      else { return nil }
      self.init(
        liabilitiesToAssets: liabilities.double / assets.double,
        cashToLiabilities: cash.double / liabilities.double, bureauScore: statement.bureauScore)
    }

    /// In the order of `DefaultModel.ratios`; scores in hundreds keep the design well scaled.
    fileprivate var values: [Double] { [liabilitiesToAssets, cashToLiabilities, bureauScore / 100] }
  }

  public struct Observation: Sendable {
    public var partner: String
    public var year: Int
    /// Of the year before; nil where its accounts are missing.
    public var predictors: Predictors?
    public var isDefault: Bool

    public init(_ partner: String, year: Int, predictors: Predictors?, isDefault: Bool) {
      self.partner = partner
      self.year = year
      self.predictors = predictors
      self.isDefault = isDefault
    }
  }

  /// A partner's chance and what it rests on.
  public struct Assessment: Sendable, Hashable {
    public var probability: Double
    /// From the accounts, or the mean of all.
    public var score: Double
    public var isFromAccounts: Bool
    public var recordYears: Int
    public var recordDefaults: Int

    public init(probability: Double, score: Double, isFromAccounts: Bool, recordYears: Int, recordDefaults: Int) {
      self.probability = probability
      self.score = score
      self.isFromAccounts = isFromAccounts
      self.recordYears = recordYears
      self.recordDefaults = recordDefaults
    }
  }

  public static let fewestDefaults = 10
  /// For how many years of own record the score counts.
  public static let priorYears = 2.0
  /// Ratio and whether more of it makes a default likelier (+1) or less likely (−1).
  public static let ratios: [(name: String, sign: Double)] = [
    ("liabilities_to_assets", 1), ("cash_to_liabilities", -1), ("bureau_score", -1),
  ]

  public let observations: Int
  public let defaults: Int
  /// Mean chance: (defaults + ½) ÷ (observations + 1).
  public let mean: Double
  /// Ratios that are used: their place in `ratios` and their coefficient; empty without a regression.
  public private(set) var terms: [(ratio: Int, coefficient: Double)] = []
  private var intercept = 0.0
  private var records: [String: (years: Int, defaults: Int)] = [:]

  public var isRegression: Bool { !terms.isEmpty }

  /// Complexity: O(observations) for the records and each of some tens of iterations of the fit.
  public init(_ observations: [Observation]) {
    self.observations = observations.count
    defaults = observations.count { $0.isDefault }
    mean = (Double(defaults) + 0.5) / (Double(observations.count) + 1)
    for observation in observations {
      records[observation.partner, default: (0, 0)].years += 1
      if observation.isDefault { records[observation.partner, default: (0, 0)].defaults += 1 }
    }
    let known = observations.filter { $0.predictors != nil }
    if known.count(where: \.isDefault) >= Self.fewestDefaults, known.contains(where: { !$0.isDefault }) { fit(known) }
  }

  /// The chance that the accounts alone tell.
  public func score(_ predictors: Predictors) -> Double {
    guard isRegression else { return mean }
    let values = predictors.values
    return Self.logistic(terms.reduce(intercept) { $0 + $1.coefficient * values[$1.ratio] })
  }

  /// The chance of default within a year, above 0 and below 1.
  public func assess(_ partner: String, _ predictors: Predictors?) -> Assessment {
    let record = records[partner] ?? (0, 0)
    let usesAccounts = isRegression && predictors != nil
    let score = predictors.map { self.score($0) } ?? mean
    return Assessment(
      probability: Self.drawn(score, defaults: record.defaults, years: record.years), score: score,
      isFromAccounts: usesAccounts, recordYears: record.years, recordDefaults: record.defaults)
  }

  /// (defaults + score · priorYears) ÷ (years + priorYears), kept off 0 and 1.
  static func drawn(_ score: Double, defaults: Int, years: Int) -> Double {
    let drawn = (Double(defaults) + priorYears * score) / (Double(years) + priorYears)
    return min(0.9999, max(0.0001, drawn))
  }

  private static func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  private mutating func fit(_ rows: [Observation]) {
    let columns = Self.ratios.indices.map { ratio in rows.map { $0.predictors?.values[ratio] ?? 0 } }
    let response = rows.map { $0.isDefault ? 1.0 : 0 }
    var used = Array(Self.ratios.indices)
    while !used.isEmpty {
      let elements = rows.map { _ in 1.0 } + used.flatMap { columns[$0] }
      let design = DesignMatrix(
        Matrix(rows: rows.count, columns: used.count + 1, elements: elements),
        names: ["(intercept)"] + used.map { Self.ratios[$0].name })
      guard let fitted = try? FirthRegression().fit(design, response: response),
        fitted.coefficients.count == used.count + 1, fitted.coefficients.allSatisfy({ $0.isFinite })
      else { return }
      if let wrong = used.indices.first(where: { fitted.coefficients[$0 + 1] * Self.ratios[used[$0]].sign <= 0 }) {
        used.remove(at: wrong)
        continue
      }
      terms = used.indices.map { (used[$0], fitted.coefficients[$0 + 1]) }
      let slopes = rows.indices.map { row in terms.reduce(0) { $0 + $1.coefficient * columns[$1.ratio][row] } }
      intercept = Self.intercept(slopes, defaults: response.reduce(0, +), near: fitted.coefficients[0])
      return
    }
  }

  /// The intercept at which as many defaults are expected as were seen. Expected defaults rise with it, so that halving
  /// finds it.
  private static func intercept(_ slopes: [Double], defaults: Double, near start: Double) -> Double {
    var (low, high) = (start - 20, start + 20)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if slopes.reduce(0, { $0 + logistic(middle + $1) }) < defaults { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

extension DefaultModel {
  /// What is to be learnt from: every partner-year whose invoices decided it, with the accounts of the year before.
  public static func observations(_ collections: Collections, _ statements: FinancialStatements) -> [Observation] {
    collections.records.flatMap { record in
      record.years.compactMap { year in
        year.isDefault.map { isDefault in
          Observation(
            record.partner, year: year.year,
            predictors: statements.statement(record.partner, year: year.year - 1).flatMap(Predictors.init),
            isDefault: isDefault)
        }
      }
    }
  }
}
