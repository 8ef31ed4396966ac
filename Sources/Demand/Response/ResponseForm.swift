internal import ChannelTypes
internal import LinearAlgebra

/// A candidate shape of the response to one spend type: family, saturation and carry-over. What is left is its height.
struct ResponseForm: Sendable, Hashable {
  let family: ResponseCurve.Family
  /// At the typical intensity of the spend type; the same grid serves every family.
  let elasticity: Double
  let carryOver: CarryOver

  static let elasticities = [0.15, 0.3, 0.5, 0.7, 0.9]

  /// The grid, families outermost.
  static let all: [ResponseForm] = ResponseCurve.Family.allCases.flatMap { family in
    elasticities.flatMap { elasticity in
      CarryOver.grid.map { ResponseForm(family: family, elasticity: elasticity, carryOver: $0) }
    }
  }

  /// The curves of `all` that are 1 at an intensity of 1.
  static let unitCurves = all.map {
    ResponseCurve(family: $0.family, elasticity: $0.elasticity, value: 1, at: 1)
  }
}

/// The regressors of one spend type: for every form, the panel of unit responses h(a_rt / (size_r · typical)).
///
/// Intensity is spend relative to the size of the region, in units of the spend type's typical intensity, so that a
/// form means the same in a large region and in a small one.
struct ResponseColumns: Sendable {
  /// For each region, periods × forms.
  let blocks: [Matrix]

  /// - Parameter intensity: region-major spend in units of size × typical intensity.
  init(intensity: [Double], panel: ResponsePanel) {
    let curves = ResponseForm.unitCurves
    blocks = panel.regions.indices.map { region in
      let smoothed = CarryOver.grid.map { $0.smoothed(intensity[panel.rows(of: region)]) }
      let values = curves.enumerated().flatMap { form, curve in
        smoothed[form % smoothed.count].map { curve.value(at: $0) }
      }
      return Matrix(rows: panel.periodCount, columns: curves.count, elements: values)
    }
  }

  private init(blocks: [Matrix]) { self.blocks = blocks }

  /// Regressors that explain nothing: of a type on which the panel is not believed, but experiments are.
  var silenced: ResponseColumns {
    ResponseColumns(blocks: blocks.map { Matrix(rows: $0.rows, columns: $0.columns) })
  }

  /// One form, region-major.
  func column(_ form: Int) -> [Double] { blocks.flatMap { $0.column(form) } }

  func whitened(_ errors: ErrorModel) -> ResponseColumns {
    ResponseColumns(
      blocks: blocks.enumerated().map { region, block in
        let values = (0..<block.columns).flatMap { form in
          errors.whitened(block.column(form), region: region, periodCount: block.rows)
        }
        return Matrix(rows: block.rows, columns: block.columns, elements: values)
      })
  }

  /// All forms with the regions below one another: rows × forms.
  var stacked: Matrix {
    let forms = ResponseForm.all.count
    let values = (0..<forms).flatMap { column($0) }
    return Matrix(rows: values.count / forms, columns: forms, elements: values)
  }
}
