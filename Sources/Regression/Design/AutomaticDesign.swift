/// The default design for a table of predictors about which nothing else is known.
///
/// A number becomes a smooth curve (`SmoothCurve`), or a straight line where it has two values; text becomes a factor
/// whose rare levels are taken together (`GroupedLevels`); missing values are marked. Columns that cannot tell anything
/// are left out, with a note: those with one value, and keys, in which every row differs. The outcome is not looked at,
/// so that the design may be learnt before the rows are divided into folds.
public struct AutomaticDesign: Sendable, Hashable, Codable {
  /// Knots of a curve at most.
  public var knots: Int
  /// Levels with fewer rows are taken together.
  public var leastLevelRows: Int

  public init(knots: Int = 8, leastLevelRows: Int = 10) {
    self.knots = knots
    self.leastLevelRows = leastLevelRows
  }

  /// The design with what was left out and why, in plain sentences.
  public struct Choice: Sendable, Hashable {
    public var specification: DesignSpecification
    public var notes: [String]
  }

  /// - Parameter names: the predictors to use; nil for all of them.
  public func choose(_ predictors: Predictors, names: [String]? = nil) throws(RegressionError) -> Choice {
    var terms: [DesignSpecification.Term] = []
    var notes: [String] = []
    for name in (names ?? predictors.names).sorted() {
      switch predictors[name] {
      case nil: throw .unknownPredictor(name)
      case .numeric(let numbers): number(name, numbers, &terms, &notes)
      case .factor(let codes, let levels): text(name, codes, levels, &terms, &notes)
      }
    }
    return Choice(specification: DesignSpecification(terms, missing: .mark, unseen: .reference), notes: notes)
  }

  private func number(
    _ name: String, _ numbers: [Double], _ terms: inout [DesignSpecification.Term], _ notes: inout [String]
  ) {
    let known = numbers.filter { !$0.isNaN }
    let different = Set(known)
    if different.count <= 1, different.isEmpty || known.count == numbers.count {
      notes.append(left(name, different.isEmpty ? "it has no value" : "it is the same in every row"))
    } else if isRunningNumber(known, different.count) {
      notes.append(left(name, "it numbers the rows"))
    } else {
      terms.append(different.count <= 2 ? .numeric(name, standardised: false) : .smooth(name, knots: knots))
    }
  }

  /// Every whole number of a range once.
  private func isRunningNumber(_ known: [Double], _ different: Int) -> Bool {
    guard known.count > 20, different == known.count, let least = known.min(), let most = known.max() else {
      return false
    }
    return most - least == Double(known.count - 1) && known.allSatisfy { $0 == $0.rounded() }
  }

  private func text(
    _ name: String, _ codes: [Int32], _ levels: [String], _ terms: inout [DesignSpecification.Term],
    _ notes: inout [String]
  ) {
    let known = codes.filter { $0 >= 0 }
    let different = Set(known).count
    if different == 0 {
      notes.append(left(name, "it has no value"))
    } else if different == 1, known.count == codes.count {
      notes.append(left(name, "it is the same in every row"))
    } else if known.count > 20, Double(different) >= 0.9 * Double(known.count) {
      notes.append(left(name, "nearly every row has a value of its own, as in a key"))
    } else {
      let grouped = GroupedLevels(codes: codes, levels: levels, leastRows: leastLevelRows)
      guard !grouped.levels.isEmpty else {
        notes.append(left(name, "none of its \(different) levels has \(leastLevelRows) rows"))
        return
      }
      if grouped.merged > 1 {
        notes.append("\(grouped.merged) levels of `\(name)` with fewer than \(leastLevelRows) rows are taken together")
      }
      terms.append(.groupedFactor(name, leastRows: leastLevelRows))
    }
  }

  private func left(_ name: String, _ reason: String) -> String { "`\(name)` is left out: \(reason)" }
}
