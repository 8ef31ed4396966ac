/// `alerts:` what is to be noticed.
public struct AlertSettings: Sendable {
  public init() {}
}
