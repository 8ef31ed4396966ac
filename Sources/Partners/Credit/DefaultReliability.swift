/// How well chances of default held in a year that the model had not seen.
public struct DefaultReliability: Sendable {
  /// Partners of similar predicted chance.
  public struct Group: Sendable, Hashable {
    public var partners: Int
    /// Mean predicted chance, and the share that defaulted.
    public var predicted: Double
    public var observed: Double
    public var defaults: Int
  }

  /// The year held out.
  public var year: Int
  /// From the least to the most likely.
  public var groups: [Group]
  /// Mean squared error of the chances, and of the mean of the earlier years in their place (Brier, *Monthly Weather
  /// Review* 78, 1950).
  public var brier: Double
  public var brierOfMean: Double
  /// The chance that a partner that defaulted had been given a higher chance than one that did not; ties count half.
  /// NaN where only one kind occurred.
  public var discrimination: Double

  private static let groupCount = 5

  /// Learns from all years before the last and looks at that; nil with fewer than two years, or fewer defaults before
  /// it than a regression needs.
  public init?(_ observations: [DefaultModel.Observation]) {
    guard let last = observations.lazy.map(\.year).max() else { return nil }
    let earlier = observations.filter { $0.year < last }
    guard earlier.count(where: \.isDefault) >= DefaultModel.fewestDefaults else { return nil }
    let model = DefaultModel(earlier)
    let tested = observations.filter { $0.year == last }
      .map { (chance: model.assess($0.partner, $0.predictors).probability, isDefault: $0.isDefault) }
      .sorted { ($0.chance, $0.isDefault ? 1 : 0) < ($1.chance, $1.isDefault ? 1 : 0) }
    let count = Double(tested.count)
    year = last
    func error(_ chance: Double, _ isDefault: Bool) -> Double {
      let miss = chance - (isDefault ? 1 : 0)
      return miss * miss
    }
    brier = tested.reduce(0) { $0 + error($1.chance, $1.isDefault) } / count
    brierOfMean = tested.reduce(0) { $0 + error(model.mean, $1.isDefault) } / count
    discrimination = Self.discrimination(tested)
    let size = Self.groupCount
    groups = (0..<size).compactMap { group in
      let members = tested[tested.count * group / size..<tested.count * (group + 1) / size]
      guard !members.isEmpty else { return nil }
      let defaults = members.count(where: \.isDefault)
      return Group(
        partners: members.count, predicted: members.reduce(0) { $0 + $1.chance } / Double(members.count),
        observed: Double(defaults) / Double(members.count), defaults: defaults)
    }
  }

  /// The area under the ROC curve by ranks (Mann and Whitney, *Annals of Mathematical Statistics* 18, 1947).
  private static func discrimination(_ ascending: [(chance: Double, isDefault: Bool)]) -> Double {
    let positives = Double(ascending.count(where: \.isDefault))
    let negatives = Double(ascending.count) - positives
    guard positives > 0, negatives > 0 else { return .nan }
    var rankSum = 0.0
    var start = 0
    while start < ascending.count {
      var end = start
      while end < ascending.count, ascending[end].chance == ascending[start].chance { end += 1 }
      let rank = Double(start + end + 1) / 2
      rankSum += rank * Double(ascending[start..<end].count(where: \.isDefault))
      start = end
    }
    return (rankSum - positives * (positives + 1) / 2) / (positives * negatives)
  }
}
