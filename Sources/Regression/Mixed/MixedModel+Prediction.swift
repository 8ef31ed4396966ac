internal import LinearAlgebra

extension MixedModel {
  /// Predictions for rows of a design with the same columns, and random terms in the order of the fit. Levels are
  /// matched by name; a level that the fit had not seen has an effect of zero and is counted.
  public func predict(_ design: DesignMatrix, random: [RandomTerm]) -> MixedPrediction {
    MixedPrediction(design, coefficients, randomEffects, offset: nil, random: random)
  }
}

extension MixedPrediction {
  init(
    _ design: DesignMatrix, _ coefficients: [Double], _ randomEffects: [RandomEffects], offset: [Double]?,
    random: [RandomTerm]
  ) {
    precondition(design.matrix.columns == coefficients.count, "the design differs from that of the fit")
    precondition(
      random.map(\.factor) == randomEffects.map(\.factor) && random.map(\.columns) == randomEffects.map(\.columns),
      "the random terms differ from those of the fit")
    precondition(random.allSatisfy { $0.codes.count == design.matrix.rows }, "a random term does not fit the design")
    var population = design.matrix * coefficients
    if let offset { for row in population.indices { population[row] += offset[row] } }
    var values = population
    var unseen: [String: Int] = [:]
    for (effects, term) in zip(randomEffects, random) {
      let count = effects.add(term, to: &values)
      // Terms that share a factor miss the same rows.
      if count > 0 { unseen[effects.factor] = count }
    }
    self.init(values: values, population: population, unseen: unseen)
  }
}
