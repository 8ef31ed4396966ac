public import ChannelTypes
public import Partners
public import Specifications
public import Tables

/// `targets.elastic:` when targets give way to a region's market.
public struct ElasticSettings: Sendable {
  public var rule = ElasticRule()
  /// How many recent months are compared with the same a year before.
  public var months = Located(3)
  /// Where the trigger is written: what audit lines cite.
  public var place = SourcePlace.default

  public init() {}
}

/// `targets.assess:` and what else the tracking of targets needs.
public struct TrackingSettings: Sendable {
  /// Nil where targets stay as they are.
  public var elastic: ElasticSettings?
  public var assessments: [AssessmentRule] = []
  /// Days after the end of a period until its assessment is due.
  public var dueDays = 5
  /// The chance to which the required uplift leads.
  public var assurance = Located(Percent(80))
  /// Documents that count towards the prepayment target.
  public var prepaymentKinds: [PromiseBook.Kind] = [.prepayment]
  /// A balance that is open for so many months is stuck.
  public var stuckMonths = Located(3)

  public init() {}
}
