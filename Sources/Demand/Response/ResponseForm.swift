internal import ChannelTypes

/// A candidate shape of the response to one spend type: family, saturation and carry-over. What is left is its height.
struct ResponseForm: Sendable, Hashable {
  let family: ResponseCurve.Family
  /// At the typical intensity of the spend type; the same grid serves every family.
  let elasticity: Double
  let carryOver: CarryOver

  static let elasticities = [0.15, 0.3, 0.5, 0.7, 0.9]
  static let retentions = [0, 0.25, 0.5, 0.75]

  /// The grid, families outermost.
  static let all: [ResponseForm] = ResponseCurve.Family.allCases.flatMap { family in
    elasticities.flatMap { elasticity in
      retentions.map { ResponseForm(family: family, elasticity: elasticity, carryOver: CarryOver(retention: $0)) }
    }
  }

  /// The curve that is 1 at an intensity of 1.
  var unitCurve: ResponseCurve { ResponseCurve(family: family, elasticity: elasticity, value: 1, at: 1) }
}

/// The regressors of one spend type: for every form, the panel of unit responses h(a_rt / (size_r · typical)).
///
/// Intensity is spend relative to the size of the region, in units of the spend type's typical intensity, so that a
/// form means the same in a large region and in a small one.
struct ResponseColumns: Sendable {
  let rowCount: Int
  /// Form after form, region-major.
  private(set) var values: [Double]

  /// - Parameter spend: region-major spend in units of size × typical intensity.
  init(intensity: [Double], panel: ResponsePanel) {
    rowCount = panel.rowCount
    let curves = ResponseForm.all.map(\.unitCurve)
    let smoothed = ResponseForm.retentions.map { retention in
      panel.regions.indices.flatMap { CarryOver(retention: retention).smoothed(intensity[panel.rows(of: $0)]) }
    }
    values = []
    values.reserveCapacity(rowCount * curves.count)
    for (index, curve) in curves.enumerated() {
      values.append(contentsOf: smoothed[index % ResponseForm.retentions.count].map { curve.value(at: $0) })
    }
  }

  func column(_ form: Int) -> ArraySlice<Double> { values[form * rowCount..<(form + 1) * rowCount] }

  func whitened(_ errors: ErrorModel, periodCount: Int) -> ResponseColumns {
    var copy = self
    copy.values = []
    copy.values.reserveCapacity(values.count)
    for form in ResponseForm.all.indices {
      copy.values.append(contentsOf: errors.whitened(Array(column(form)), periodCount: periodCount))
    }
    return copy
  }
}
