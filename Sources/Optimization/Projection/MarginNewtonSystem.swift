import LinearAlgebra

/// The Newton equations of the margin prices: (A W Aᵀ) δ = residuals, where A sums classes into margins and W holds the
/// response of each class to its price.
///
/// The largest family is eliminated: its block is diagonal. With block D of that family, block C of the others and
/// coupling B, the rest solves (C − Bᵀ D⁻¹ B) δ = r − Bᵀ D⁻¹ r_D.
struct MarginNewtonSystem {
  private let search: MarginPriceSearch
  private let free: [Bool]
  private let eliminated: Range<Int>
  /// Free margins outside the eliminated family, and the place of each.
  private let rest: [Int]
  private let placeOf: [Int32]
  /// By margin id: its own response.
  private var diagonal: [Double]
  /// The lower triangle of the Schur complement, by columns.
  private var schur: [Double]
  private var right: [Double]

  init(_ search: MarginPriceSearch, free: [Bool]) {
    self.search = search
    self.free = free
    let classes = search.classes
    let starts = classes.familyStart
    var eliminated = 0..<0
    for family in 0..<classes.familyCount {
      let margins = starts[family]..<starts[family + 1]
      if margins.count > eliminated.count { eliminated = margins }
    }
    self.eliminated = eliminated
    rest = free.indices.filter { free[$0] && !eliminated.contains($0) }
    var places = [Int32](repeating: -1, count: free.count)
    for (place, margin) in rest.enumerated() { places[margin] = Int32(place) }
    placeOf = places
    diagonal = [Double](repeating: 0, count: free.count)
    schur = [Double](repeating: 0, count: rest.count * rest.count)
    right = rest.map { search.residuals[$0] }
    gather()
    eliminate()
  }

  /// A W Aᵀ of the rest, and the diagonal of all.
  private mutating func gather() {
    let classes = search.classes
    let n = rest.count
    for index in 0..<classes.count where search.inside[index] > 0 {
      let w = search.response[index]
      for margin in classes.marginRange(index) where margin >= 0 && free[Int(margin)] {
        diagonal[Int(margin)] += w
        let column = Int(placeOf[Int(margin)])
        guard column >= 0 else { continue }
        for other in classes.marginRange(index) where other >= 0 {
          let row = Int(placeOf[Int(other)])
          if row >= column { schur[row + column * n] += w }
        }
      }
    }
    // A margin whose cells all sit at bounds has no response of its own: a tenth of the response without bounds gives a
    // step of the right size, and the step rule does the rest. Ranges whose ends do not add up leave a residual along
    // the null vectors: a damping that fades with the error (Levenberg-Marquardt) keeps prices from running off on it.
    let damping = search.hasRanges ? min(1e-2, search.error) : 0
    for margin in free.indices where free[margin] {
      let full = search.fullCurvature[margin]
      var extra = 1e-11 * diagonal[margin] + damping * full
      if diagonal[margin] <= 1e-6 * full { extra = 0.1 * full }
      if diagonal[margin] + extra <= 0 { extra = 1 }
      diagonal[margin] += extra
      let place = Int(placeOf[margin])
      if place >= 0 { schur[place + place * n] += extra }
    }
  }

  private mutating func eliminate() {
    let n = rest.count
    guard n > 0 else { return }
    var coupling = [Double](repeating: 0, count: n)
    var touched: [Int] = []
    for margin in eliminated where free[margin] {
      couple(margin, &coupling, &touched)
      let inverse = 1 / diagonal[margin]
      for column in touched {
        let factor = coupling[column] * inverse
        right[column] -= factor * search.residuals[margin]
        for row in touched where row >= column { schur[row + column * n] -= factor * coupling[row] }
      }
      for place in touched { coupling[place] = 0 }
      touched.removeAll(keepingCapacity: true)
    }
  }

  /// The responses that an eliminated margin shares with the rest.
  private func couple(_ margin: Int, _ coupling: inout [Double], _ touched: inout [Int]) {
    let classes = search.classes
    for place in classes.memberStart[margin]..<classes.memberStart[margin + 1] {
      let index = Int(classes.members[place])
      guard search.inside[index] > 0 else { continue }
      let w = search.response[index]
      for other in classes.marginRange(index) where other >= 0 {
        let row = Int(placeOf[Int(other)])
        guard row >= 0 else { continue }
        if coupling[row] == 0 { touched.append(row) }
        coupling[row] += w
      }
    }
  }

  /// The Newton direction, by margin id; nil where the equations have no finite solution.
  func direction() -> [Double]? {
    let n = rest.count
    var direction = [Double](repeating: 0, count: free.count)
    var restDirection: [Double] = []
    if n > 0 {
      guard let solved = solveRest() else { return nil }
      restDirection = solved
      for (place, margin) in rest.enumerated() { direction[margin] = solved[place] }
    }
    var coupling = [Double](repeating: 0, count: n)
    var touched: [Int] = []
    for margin in eliminated where free[margin] {
      couple(margin, &coupling, &touched)
      var sum = search.residuals[margin]
      for place in touched {
        sum -= coupling[place] * restDirection[place]
        coupling[place] = 0
      }
      touched.removeAll(keepingCapacity: true)
      direction[margin] = sum / diagonal[margin]
    }
    return direction.isAllFinite ? direction : nil
  }

  /// Solves the Schur complement; its null vectors (prices that may move from one family to another) are held by a
  /// diagonal that is raised until the factorization stands.
  private func solveRest() -> [Double]? {
    let n = rest.count
    var matrix = Matrix(rows: n, columns: n, elements: schur)
    var raise = 1e-12
    for _ in 0..<6 {
      if let factor = try? Cholesky(matrix) { return factor.solve(right) }
      for place in 0..<n { matrix[place, place] += raise * diagonal[rest[place]] }
      raise *= 100
    }
    return nil
  }
}
