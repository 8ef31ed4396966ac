/// A point of a drawing, y downwards.
struct Point {
  var x: Double
  var y: Double

  init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }

  var isFinite: Bool { x.isFinite && y.isFinite }
}

/// An SVG drawing under construction.
///
/// Looks are left to the page's style sheet: shapes carry class names of our own, never data. All text passes through
/// `Markup.escaped`, all numbers through `Markup.number`, so that data cannot become markup and no coordinate is NaN.
struct SVG {
  enum Anchor: String { case start, middle, end }

  let width: Double
  let height: Double
  private(set) var body = ""
  private var hasMarks = false

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  mutating func line(_ from: Point, _ to: Point, _ style: String) {
    body +=
      "<line class=\"\(style)\" x1=\"\(Markup.number(from.x))\" y1=\"\(Markup.number(from.y))\" "
      + "x2=\"\(Markup.number(to.x))\" y2=\"\(Markup.number(to.y))\"/>"
  }

  /// Straight lines through the points; a point that is not finite interrupts them.
  mutating func path(_ points: [Point], _ style: String) {
    for run in points.split(whereSeparator: { !$0.isFinite }) where run.count > 1 {
      body += "<path class=\"\(style)\" d=\"M\(run.map(Self.pair).joined(separator: "L"))\"/>"
    }
  }

  /// The area between two lines over the same abscissae.
  mutating func area(_ upper: [Point], _ lower: [Point], _ style: String) {
    let outline = (upper + lower.reversed()).filter(\.isFinite)
    guard outline.count > 2 else { return }
    body += "<path class=\"\(style)\" d=\"M\(outline.map(Self.pair).joined(separator: "L"))Z\"/>"
  }

  mutating func rectangle(x: Double, y: Double, width: Double, height: Double, _ style: String) {
    body +=
      "<rect class=\"\(style)\" x=\"\(Markup.number(x))\" y=\"\(Markup.number(y))\" "
      + "width=\"\(Markup.number(max(0, width)))\" height=\"\(Markup.number(max(0, height)))\"/>"
  }

  mutating func circle(_ centre: Point, radius: Double, _ style: String) {
    body +=
      "<circle class=\"\(style)\" cx=\"\(Markup.number(centre.x))\" cy=\"\(Markup.number(centre.y))\" "
      + "r=\"\(Markup.number(radius))\"/>"
  }

  mutating func text(_ text: String, at point: Point, _ anchor: Anchor = .start, _ style: String = "label") {
    body +=
      "<text class=\"\(style)\" x=\"\(Markup.number(point.x))\" y=\"\(Markup.number(point.y))\" "
      + "text-anchor=\"\(anchor.rawValue)\">\(Markup.escaped(text))</text>"
  }

  /// A name cut to a width, which then tells all of itself as a tooltip; turned by so many degrees around its point.
  mutating func name(
    _ text: String, toWidth width: Double, at point: Point, _ anchor: Anchor = .end, _ style: String = "label",
    turned degrees: Int = 0
  ) {
    let short = text.shortened(toWidth: width)
    let (x, y) = (Markup.number(point.x), Markup.number(point.y))
    let turn = degrees == 0 ? "" : " transform=\"rotate(\(degrees) \(x) \(y))\""
    let whole = short == text ? "" : "<title>\(Markup.escaped(text))</title>"
    body +=
      "<text class=\"\(style)\" x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor.rawValue)\"\(turn)>"
      + "\(Markup.escaped(short))\(whole)</text>"
  }

  /// A mark that tells its values: on hover by the browser's tooltip, and in the chart's read-out line at the top
  /// right where it is hovered over or has the keyboard's focus.
  ///
  /// A chart is one stop of the tab key, its first mark; the page's script lets arrow keys walk on from there, so
  /// that a page with thousands of marks has as many stops as charts.
  mutating func mark(_ reading: String, _ draw: (inout SVG) -> Void) {
    let focus = hasMarks ? "" : " tabindex=\"0\" role=\"img\""
    body += "<g class=\"mark\"\(focus)><title>\(Markup.escaped(reading))</title>"
    draw(&self)
    body += "</g>"
    hasMarks = true
  }

  /// The finished drawing; `variant` is a class name that says on which screens it is shown.
  func document(title: String, description: String, variant: String = "") -> String {
    let classes = variant.isEmpty ? "chart" : "chart \(variant)"
    let (title, description) = (Markup.escaped(title), Markup.escaped(description))
    // The read-out is drawn last, above everything else.
    let reading =
      hasMarks
      ? "<text class=\"reading\" x=\"\(Markup.number(width - 2))\" y=\"11\" text-anchor=\"end\" aria-hidden=\"true\"></text>"
      : ""
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"\(classes)\" role=\"group\" aria-label=\"\(title)\" "
      + "viewBox=\"0 0 \(Markup.number(width)) \(Markup.number(height))\" width=\"\(Markup.number(width))\" "
      + "height=\"\(Markup.number(height))\"><desc>\(description)</desc>\(body)\(reading)</svg>"
  }

  private static func pair(_ point: Point) -> String { Markup.number(point.x) + " " + Markup.number(point.y) }
}
