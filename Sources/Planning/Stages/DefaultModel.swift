import ChannelTypes
import LinearAlgebra
import Regression
import Tables

/// Chances that partners stop paying within a year, from invoices and accounts.
///
/// An observation is a partner and a calendar year in which invoices of it fell due: a default where one of them was
/// unpaid so many days later. With at least ten defaults and accounts of the years before, a logistic regression on the
/// accounts tells partners apart (Firth's penalty, because defaults are rare: *Biometrika* 80, 1993); a ratio whose sign
/// is against all sense is left out, so that the score is monotone. Otherwise the own record is drawn towards the mean of
/// all as if it had been seen for two more years.
struct DefaultModel {
  /// By partner id.
  private(set) var probability: [String: Double] = [:]
  private(set) var isRegression = false
  private(set) var observations = 0
  private(set) var defaults = 0
  /// The ratios that are used, with their coefficients.
  private(set) var terms: [(name: String, coefficient: Double)] = []

  static let fewestDefaults = 10
  private static let priorYears = 2.0
  /// Ratio and whether more of it makes a default likelier (+1) or less likely (−1).
  private static let ratios: [(name: String, sign: Double)] = [
    ("liabilities_to_assets", 1), ("cash_to_liabilities", -1), ("bureau_score", -1),
  ]

  init(partners: [String], invoices: Table, accounts: Table?, defaultDays: Int) {
    let record = Self.record(invoices, defaultDays: defaultDays)
    observations = record.count
    defaults = record.count { $0.value }
    let mean = (Double(defaults) + 0.5) / (Double(observations) + 1)
    var years: [String: (count: Double, defaults: Double)] = [:]
    for (key, isDefault) in record {
      years[key.partner, default: (0, 0)].count += 1
      if isDefault { years[key.partner, default: (0, 0)].defaults += 1 }
    }
    for id in partners {
      let own = years[id] ?? (0, 0)
      probability[id] = (own.defaults + Self.priorYears * mean) / (own.count + Self.priorYears)
    }
    if defaults >= Self.fewestDefaults, let accounts { regress(record, Self.accounts(accounts), partners) }
  }

  private struct Key: Hashable {
    var partner: String
    var year: Int
  }

  private static func record(_ table: Table, defaultDays: Int) -> [Key: Bool] {
    guard let partner = table.text("partner_id"), let due = table.periods("due"), let paid = table.periods("paid"),
      due.form == .day, let issued = table.periods("issued")
    else { return [:] }
    // What is still open is judged on the last day that the table knows.
    let known = issued.ordinals + paid.ordinals
    let today = known.filter { $0 != Unknown.ordinal }.max() ?? 0
    var record: [Key: Bool] = [:]
    for row in 0..<table.rowCount {
      guard let id = partner[row], due.ordinals[row] != Unknown.ordinal, let year = due[row]?.containing(.year) else {
        continue
      }
      let end = paid.ordinals[row] == Unknown.ordinal ? today : paid.ordinals[row]
      let key = Key(partner: id, year: year.ordinal)
      record[key] = record[key] ?? false || Int(end) - Int(due.ordinals[row]) >= defaultDays
    }
    return record
  }

  private static func accounts(_ table: Table) -> [Key: [Double]] {
    guard let partner = table.text("partner_id"), let years = table.periods("year") else { return [:] }
    func column(_ name: String) -> [Double] { table.numbers(name) ?? Array(repeating: .nan, count: table.rowCount) }
    let (assets, liabilities) = (column("assets"), column("liabilities"))
    let (cash, score) = (column("op_cash"), column("bureau_score"))
    var accounts: [Key: [Double]] = [:]
    for row in 0..<table.rowCount {
      guard let id = partner[row], let year = years[row]?.containing(.year) else { continue }
      let values = [
        assets[row] > 0 ? liabilities[row] / assets[row] : .nan,
        liabilities[row] > 0 ? max(-5, min(5, cash[row] / liabilities[row])) : .nan, score[row] / 100,
      ]
      if values.allSatisfy({ $0.isFinite }) { accounts[Key(partner: id, year: year.ordinal)] = values }
    }
    return accounts
  }

  private mutating func regress(_ record: [Key: Bool], _ accounts: [Key: [Double]], _ partners: [String]) {
    let rows = record.keys.sorted { ($0.partner, $0.year) < ($1.partner, $1.year) }.compactMap { key in
      accounts[Key(partner: key.partner, year: key.year - 1)].map { (values: $0, isDefault: record[key] ?? false) }
    }
    guard rows.count(where: { $0.isDefault }) >= Self.fewestDefaults else { return }
    var used = Array(Self.ratios.indices)
    while !used.isEmpty {
      func design(_ values: [[Double]]) -> DesignMatrix {
        let columns = [values.map { _ in 1.0 }] + used.map { ratio in values.map { $0[ratio] } }
        return DesignMatrix(
          Matrix(rows: values.count, columns: columns.count, elements: columns.flatMap { $0 }),
          names: ["(intercept)"] + used.map { Self.ratios[$0].name })
      }
      guard
        let fit = try? FirthRegression().fit(design(rows.map(\.values)), response: rows.map { $0.isDefault ? 1 : 0 })
      else { return }
      if let wrong = used.indices.first(where: { fit.coefficients[$0 + 1] * Self.ratios[used[$0]].sign < 0 }) {
        used.remove(at: wrong)
        continue
      }
      isRegression = true
      terms = used.indices.map { (Self.ratios[used[$0]].name, fit.coefficients[$0 + 1]) }
      for id in partners {
        let latest = accounts.keys.filter { $0.partner == id }.max { $0.year < $1.year }
        guard let latest, let values = accounts[latest] else { continue }
        probability[id] = fit.predict(design([values]))[0]
      }
      return
    }
  }
}
