internal import LinearAlgebra

extension MixedFit {
  /// The effects of every term, in the order of the specification.
  static func byTerm(
    _ random: [RandomTerm], _ factors: [RandomFactor], _ effects: ProfiledDeviance.Effects
  ) -> [RandomEffects] {
    random.indices.map { index in
      let (k, part) = place(index, factors)
      let (factor, q) = (factors[k], factors[k].width)
      var covariance: [Double] = []
      var (values, deviations): ([Double], [Double]) = ([], [])
      for j in part.columns { for i in part.columns { covariance.append(effects.covariances[k][i + j * q]) } }
      for level in factor.levels.indices {
        for i in part.columns {
          values.append(effects.effects[k][level * q + i])
          deviations.append(effects.deviations[k][level * q + i])
        }
      }
      return RandomEffects(
        factor: factor.name, columns: random[index].columns, correlated: part.correlated, levels: factor.levels,
        covariance: covariance, effects: values, conditionalDeviations: deviations)
    }
  }

  /// The factor of a term, and the term's part of it.
  private static func place(_ term: Int, _ factors: [RandomFactor]) -> (Int, RandomFactor.Part) {
    for (k, factor) in factors.enumerated() {
      for part in factor.parts where part.term == term { return (k, part) }
    }
    preconditionFailure("every term belongs to a factor")
  }

  /// Variances, then covariances of each term; the residual variance last, where there is one.
  static func components(
    _ terms: [RandomEffects], _ factors: [RandomFactor], _ errors: ProfiledDeviance.ComponentErrors?,
    residual: Double?
  ) -> [VarianceComponent] {
    var components: [VarianceComponent] = []
    for (index, term) in terms.enumerated() {
      let (k, part) = place(index, factors)
      let q = part.columns.count
      func component(_ i: Int, _ j: Int) -> VarianceComponent {
        let position = part.columns.lowerBound + i + (part.columns.lowerBound + j) * factors[k].width
        return VarianceComponent(
          factor: term.factor, column: term.columns[j], other: i == j ? nil : term.columns[i],
          estimate: term.covariance[i + j * q], standardError: errors.map { $0.covariances[k][position] },
          deviation: i == j ? term.standardDeviations[i] : term.correlation(i, j))
      }
      for i in 0..<q { components.append(component(i, i)) }
      guard term.correlated else { continue }
      for j in 0..<q {
        for i in j + 1..<max(q, j + 1) { components.append(component(i, j)) }
      }
    }
    if let residual {
      components.append(
        VarianceComponent(
          factor: nil, column: "", other: nil, estimate: residual, standardError: errors?.residual,
          deviation: residual.squareRoot()))
    }
    return components
  }

  /// Per term the mean over rows of zᵀΣz: in the standardised basis the trace of σ²ΛΛᵀ over the term's columns.
  static func termVariances(
    _ random: [RandomTerm], _ factors: [RandomFactor], _ lambdas: [[Double]], _ variance: Double
  ) -> [Double] {
    random.indices.map { index in
      let (k, part) = place(index, factors)
      var sum = 0.0
      for j in part.columns {
        for i in part.columns {
          let value = lambdas[k][i + j * factors[k].width]
          sum += value * value
        }
      }
      return variance * sum
    }
  }
}
