import Probability

/// A key figure in the base and in a trial.
public struct FigureChange: Sendable, Hashable {
  public var stage: StageName
  /// Stable, `snake_case`.
  public var name: String
  public var label: String
  /// Where the base calls it otherwise, such as the sum over another number of periods.
  public var baseLabel: String?
  public var unit: String
  public var better: Indicator.Direction
  /// NaN where only the trial has the figure.
  public var base: Double
  /// NaN where only the base has the figure.
  public var value: Double
  /// The 80 % interval of the change over the draws that both share; nil where the figure has no draws. It is the
  /// noise of the change, not of the figure: what both have in common cancels.
  public var noise: ClosedRange<Double>?

  public var change: Double { value - base }
  /// Against the size of the base; NaN where that is nothing.
  public var relativeChange: Double { base != 0 ? change / abs(base) : .nan }
  /// Whether base and trial agree to the last digit.
  public var isSame: Bool { base == value || (base.isNaN && value.isNaN) }
  /// Whether the change is for the better; nil where it is neither.
  public var isGain: Bool? {
    guard !isSame, change.isFinite else { return nil }
    return switch better {
    case .higher: change > 0
    case .lower: change < 0
    case .neutral: nil
    }
  }

  /// Every figure of two runs, in the order of the second, then those that only the first has.
  static func between(_ base: Run, _ other: Run) -> [FigureChange] {
    let before = Dictionary(base.figures.map { ($0.indicator.name, $0) }, uniquingKeysWith: { first, _ in first })
    let after = other.figures
    let names = Set(after.map(\.indicator.name))
    let shared = after.map { figure in
      FigureChange(figure.stage, before[figure.indicator.name]?.indicator, figure.indicator)
    }
    let gone = base.figures.filter { !names.contains($0.indicator.name) }.map {
      FigureChange($0.stage, $0.indicator, nil)
    }
    return shared + gone
  }

  private init(_ stage: StageName, _ base: Indicator?, _ trial: Indicator?) {
    let known = trial ?? base
    self.stage = stage
    name = known?.name ?? ""
    label = known?.label ?? ""
    if let base, base.label != label { baseLabel = base.label }
    unit = known?.unit ?? ""
    better = known?.better ?? .neutral
    self.base = base?.value ?? .nan
    value = trial?.value ?? .nan
    guard let base, let trial, !base.draws.isEmpty, base.draws.count == trial.draws.count else { return }
    let differences = zip(trial.draws, base.draws).map { $0 - $1 }.sorted()
    let (low, high) = (differences.quantileOfAscending(0.1), differences.quantileOfAscending(0.9))
    if low.isFinite, high.isFinite { noise = low...max(low, high) }
  }
}

extension Run {
  /// The key figures of all stages with the stage that gives each.
  public var figures: [(stage: StageName, indicator: Indicator)] {
    stages.flatMap { stage in (stage.output?.indicators ?? []).map { (stage.name, $0) } }
  }
}
