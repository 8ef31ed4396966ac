internal import LinearAlgebra

/// The cumulative baseline hazard of every stratum: steps at its event times, for a row at the centre of the covariates.
public struct BaselineHazard: Sendable, Hashable, Codable {
  /// The baseline of one stratum.
  public struct Curve: Sendable, Hashable, Codable {
    /// Its name; empty where there are no strata.
    public let stratum: String
    /// The distinct event times, ascending.
    public let times: [Double]
    /// After each of them, for a row whose covariates equal `centre`.
    public let cumulativeHazard: [Double]
    /// Σ dN / S₀² (with its analogue for ties): the variance that the hazard would have with b known.
    let variance: [Double]
    /// times × p: the integral of the mean covariates at risk by the hazard.
    let means: Matrix

    /// Steps up to and including a time.
    func steps(upTo time: Double) -> Int { RiskSets.countUpTo(time, times, 0..<times.count) }

    /// The cumulative hazard at any time; constant after the last event.
    public func cumulativeHazard(at time: Double) -> Double {
      let steps = steps(upTo: time)
      return steps > 0 ? cumulativeHazard[steps - 1] : 0
    }
  }

  /// In the order of the strata's names.
  public let curves: [Curve]
  /// One per estimated coefficient.
  public let centre: [Double]

  var strataNames: [String] { curves.map(\.stratum) }

  /// Source: Breslow's estimator, and with Efron ties the increments that match them: Therneau and Grambsch (2000),
  /// section 10.2.
  init(_ likelihood: CoxLikelihood, _ state: CoxLikelihood.State, _ sums: CoxLikelihood.RiskSums, names: [String]) {
    let scale = exponential(-state.shift)
    let risk = likelihood.risk
    let p = likelihood.columns.count
    centre = likelihood.centres
    curves = zip(names, risk.strata).map { name, blocks in
      var (hazard, variance) = (CompensatedSum(), CompensatedSum())
      var (hazards, variances): ([Double], [Double]) = ([], [])
      for block in blocks {
        hazard.add(state.scalars[block].sum * scale)
        variance.add(state.scalars[block].square * scale * scale)
        hazards.append(hazard.value)
        variances.append(variance.value)
      }
      var means = Matrix(rows: blocks.count, columns: p)
      for column in 0..<p {
        var sum = 0.0
        for (index, block) in blocks.enumerated() {
          sum += likelihood.meanHazard(block, column, state, sums) * scale
          means[index, column] = sum
        }
      }
      return Curve(
        stratum: name, times: Array(risk.times[blocks]), cumulativeHazard: hazards, variance: variances, means: means)
    }
  }
}

extension CoxLikelihood {
  /// Σ over the terms of an event time of hazard × mean covariate: a S₁ − b D₁.
  func meanHazard(_ block: Int, _ column: Int, _ state: State, _ sums: RiskSums) -> Double {
    let terms = state.scalars[block]
    let all = terms.square * sums.atRisk(block, column)
    guard tied[block] >= 0 else { return all }
    return all - terms.tiedSquare * sums.tied(tied[block], column)
  }
}
