/// Where a backtest pretends that the present is.
///
/// With 36 periods, horizon 12, three windows and step 1, training ends after 22, 23 and 24 periods, and each window is
/// tested on the 12 periods that follow its training.
public struct RollingOrigin: Sendable, Hashable {
  /// Periods forecast from each origin.
  public var horizon: Int
  public var windows: Int
  /// Periods between origins.
  public var step: Int
  /// Windows with a shorter training part are left out.
  public var minimumTraining: Int

  public init(horizon: Int, windows: Int = 3, step: Int = 1, minimumTraining: Int = 1) {
    precondition(horizon >= 1 && windows >= 0 && step >= 1 && minimumTraining >= 1, "windows move forward in time")
    self.horizon = horizon
    self.windows = windows
    self.step = step
    self.minimumTraining = minimumTraining
  }

  /// The lengths of the training parts, ascending: the last one leaves exactly `horizon` periods to test on.
  public func origins(count: Int) -> [Int] {
    (0..<windows).map { count - horizon - $0 * step }.filter { $0 >= minimumTraining }.reversed()
  }
}
