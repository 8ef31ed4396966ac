public import ChannelTypes
public import Specifications

/// `risk:` what reserves are to cover, and how losses are shared with partners.
public struct RiskSettings: Sendable {
  /// The chance with which a reserve is to suffice, in percent.
  public var confidence = Located(95.0)
  /// A reserve to be judged; nil for none.
  public var reserve: Located<Money>?
  public var sharing = SharingSettings()

  public init() {}

  /// `risk.sharing:` the maker's part of what a fall of sales costs its partners.
  public struct SharingSettings: Sendable {
    /// Percent below the forecast that a partner bears alone.
    public var beyond = Located(10.0)
    /// The maker's share of what is lost beyond it, in percent.
    public var makerShare = Located(50.0)

    public init() {}
  }
}
