/// A step from a model to a simpler one with the same optimum, and the way back.
///
/// Source: the idea of reversible reductions is that of Agrawal, Verschueren, Diamond & Boyd, "A rewriting system for
/// convex optimization problems" (Journal of Control and Decision 5, 2018).
public protocol Reduction: Sendable {
  /// What the way back needs to know.
  associatedtype Memory: Sendable

  /// Whether the reduction can take the model as it is; one that has nothing to do can.
  func accepts(_ model: OptimizationModel) -> Bool
  /// The simpler model; only of a model that is accepted.
  func apply(_ model: OptimizationModel) -> (model: OptimizationModel, memory: Memory)
  /// The solution of the model from that of the simpler one.
  func invert(_ solution: ModelSolution, _ memory: Memory) -> ModelSolution
}

/// Reductions one after the other.
public struct ReductionChain: Sendable {
  /// The last model.
  public private(set) var model: OptimizationModel
  private var inverses: [@Sendable (ModelSolution) -> ModelSolution] = []

  /// - Throws: `refused`, with the reduction's name, where one cannot take the model.
  public init(_ model: OptimizationModel, _ reductions: [any Reduction]) throws(SolverError) {
    self.model = model
    for reduction in reductions { try append(reduction) }
  }

  private mutating func append(_ reduction: some Reduction) throws(SolverError) {
    guard reduction.accepts(model) else { throw .refused("a model that \(type(of: reduction)) cannot take") }
    let (reduced, memory) = reduction.apply(model)
    model = reduced
    inverses.append { reduction.invert($0, memory) }
  }

  /// The solution of the first model from that of the last.
  public func invert(_ solution: ModelSolution) -> ModelSolution {
    inverses.reversed().reduce(solution) { $1($0) }
  }
}
