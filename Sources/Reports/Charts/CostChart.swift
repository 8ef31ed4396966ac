internal import Glibc

/// A measure over cost, the cost on a logarithmic axis: who is accurate, and what it takes.
struct CostChart {
  struct Dot {
    var name: String
    var cost: Double
    var value: Double
    var reading: String
  }

  var dots: [Dot]
  var xTitle: String
  var yTitle: String
  /// Costs below it are drawn at it: what a clock can tell.
  var least = 0.001

  func drawing(width: Double, height: Double) -> SVG {
    var drawing = SVG(width: width, height: height)
    let dots = dots.filter { $0.cost.isFinite && $0.value.isFinite }
    let y = LinearScale(covering: dots.map(\.value), includesZero: false, from: height - 36, to: 32, tickCount: 4)
    let frame = Frame(width: width, height: height, labels: y.labels, top: 32, bottom: 36, right: 14)
    let costs = dots.map { log10(max(least, $0.cost)) }
    let first = (costs.min() ?? 0).rounded(.down)
    let last = max(first + 1, (costs.max() ?? 1).rounded(.up))
    func x(_ power: Double) -> Double { frame.left + (power - first) / (last - first) * (frame.right - frame.left) }
    frame.drawValueAxis(y, in: &drawing)
    for power in stride(from: first, through: last, by: 1) {
      drawing.line(Point(x(power), frame.top), Point(x(power), frame.bottom), "grid")
      let anchor: SVG.Anchor = power == last ? .end : .middle
      drawing.text(NumberText.digits(pow(10, power)), at: Point(x(power), frame.bottom + 14), anchor, "tick")
    }
    drawing.text(yTitle, at: Point(0, 24), .start, "axis-title")
    drawing.text(xTitle, at: Point(frame.right, height - 4), .end, "axis-title")
    for (dot, cost) in zip(dots, costs) {
      let centre = Point(x(cost), y(dot.value))
      drawing.mark(dot.reading) { $0.circle(centre, radius: 5, "bubble plan") }
      let fits = centre.x + Frame.textWidth(dot.name) + 12 < width
      drawing.text(
        dot.name, at: Point(centre.x + (fits ? 8 : -8), centre.y + 4), fits ? .start : .end, "tick")
    }
    return drawing
  }
}
