import ChannelTypes

/// A history and its forecast with bands: the wider the chance, the paler the band.
struct FanChart {
  struct Step {
    var period: Period
    var mean: Double
    /// Central intervals, widest first.
    var bands: [ClosedRange<Double>]
  }

  var history: [(period: Period, value: Double)]
  var forecast: [Step]
  /// Central probability of each band, widest first: 95, 80, 50.
  var levels: [Int]
  var unit: String

  func drawing(width: Double, height: Double) -> SVG {
    var drawing = SVG(width: width, height: height)
    let values =
      history.map(\.value) + forecast.flatMap { [$0.mean] + $0.bands.flatMap { [$0.lowerBound, $0.upperBound] } }
    let bottom = height - 20
    let scale = LinearScale(covering: values, from: bottom, to: 18, tickCount: height < 170 ? 3 : 4)
    let frame = Frame(width: width, height: height, labels: scale.labels)
    let periods = history.map(\.period) + forecast.map(\.period)
    let step = (frame.right - frame.left) / Double(max(1, periods.count - 1))
    func x(_ index: Int) -> Double { frame.left + Double(index) * step }

    frame.drawValueAxis(scale, in: &drawing)
    frame.drawPeriodAxis(periods, position: x, in: &drawing)
    drawForecast(in: &drawing, scale: scale, x: x)
    drawing.path(history.enumerated().map { Point(x($0), scale($1.value)) }, "line history")
    if let last = history.last, history.count == 1 {
      drawing.circle(Point(x(0), scale(last.value)), radius: 2.5, "dot history")
    }
    drawReadings(in: &drawing, frame: frame, scale: scale, step: step, x: x)
    return drawing
  }

  private func drawForecast(in drawing: inout SVG, scale: LinearScale, x: (Int) -> Double) {
    guard !forecast.isEmpty else { return }
    // Bands and line start at the last observation, where nothing is uncertain.
    let anchor = history.last.map { [Point(x(history.count - 1), scale($0.value))] } ?? []
    for level in levels.indices {
      let inside = forecast.indices.filter { level < forecast[$0].bands.count }
      drawing.area(
        anchor + inside.map { Point(x(history.count + $0), scale(forecast[$0].bands[level].upperBound)) },
        anchor + inside.map { Point(x(history.count + $0), scale(forecast[$0].bands[level].lowerBound)) },
        "band band\(min(level + 1, 3))")
    }
    let line = anchor + forecast.enumerated().map { Point(x(history.count + $0), scale($1.mean)) }
    drawing.path(line, "line plan")
    if line.count == 1 { drawing.circle(line[0], radius: 2.5, "dot plan") }
  }

  private func drawReadings(
    in drawing: inout SVG, frame: Frame, scale: LinearScale, step: Double, x: (Int) -> Double
  ) {
    func mark(_ index: Int, _ value: Double, _ reading: String, _ style: String) {
      guard value.isFinite else { return }
      drawing.mark(reading) { drawing in
        frame.drawHitArea(around: x(index), step: step, in: &drawing)
        drawing.circle(Point(x(index), scale(value)), radius: 3, "dot hidden \(style)")
      }
    }
    for (index, point) in history.enumerated() {
      mark(index, point.value, say("\(point.period): \(NumberText.compact(point.value)) \(unit)"), "history")
    }
    let level = levels.firstIndex(of: 80) ?? levels.indices.last
    for (index, point) in forecast.enumerated() {
      let (period, mean) = (point.period, NumberText.compact(point.mean))
      var reading = say("\(period): \(mean) \(unit)")
      if let level, level < point.bands.count {
        let (low, high) = (point.bands[level].lowerBound, point.bands[level].upperBound)
        reading = say(
          "\(period): \(mean) \(unit), \(levels[level]) %: \(NumberText.compact(low)) to \(NumberText.compact(high))")
      }
      mark(history.count + index, point.mean, reading, "plan")
    }
  }
}
