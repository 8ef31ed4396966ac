import Foundation
import Testing

@testable import Reports

/// The colours of the page against the rules for contrast and for readers who see colours differently.
@Suite struct PageStyleTests {
  /// The custom properties of the page: screen by day, screen by night, paper.
  private static let themes: [[String: Colour]] = {
    Page.style.components(separatedBy: ":root {").dropFirst().map { rule in
      var colours: [String: Colour] = [:]
      for declaration in rule.prefix(while: { $0 != "}" }).split(separator: ";") {
        let parts = declaration.split(separator: ":").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        if parts.count == 2, let colour = Colour(parts[1]) { colours[parts[0]] = colour }
      }
      return colours
    }
  }()

  @Test func thereIsADayANightAndAPaperThemeWithTheSameNames() throws {
    #expect(Self.themes.count == 3)
    #expect(Set(Self.themes.map { $0.keys.sorted() }).count == 1)
    #expect(Self.themes[0] == Self.themes[2], "paper looks like the day")
  }

  /// WCAG 2.2, success criteria 1.4.3 (text, 4.5 : 1) and 1.4.11 (marks, 3 : 1).
  @Test(arguments: 0..<3) func contrastsSuffice(theme: Int) throws {
    let colours = Self.themes[theme]
    for ground in ["--paper", "--soft"] {
      let ground = try #require(colours[ground])
      for text in ["--ink", "--muted", "--plan", "--gain", "--loss", "--alarm"] {
        #expect(try #require(colours[text]).contrast(with: ground) >= 4.5, "\(text)")
      }
    }
    for mark in ["--plan", "--gain", "--loss", "--now", "--quiet", "--ink"] {
      let ratio = try #require(colours[mark]).contrast(with: #require(colours["--paper"]))
      #expect(ratio >= 3, "\(mark): \(ratio)")
    }
  }

  /// Text in a cell of a heat map is legible at every depth.
  @Test(arguments: 0..<3) func cellsOfHeatMapsAreLegible(theme: Int) throws {
    let colours = Self.themes[theme]
    let (paper, ink) = (try #require(colours["--paper"]), try #require(colours["--ink"]))
    let depths = (0...9).compactMap { level -> Double? in
      guard let rule = Page.style.range(of: ".heat.q\(level) { fill-opacity: ") else { return nil }
      return Double(Page.style[rule.upperBound...].prefix { $0 != ";" })
    }
    #expect(depths.count == 10 && depths == depths.sorted())
    for name in ["--plan", "--loss", "--gain"] {
      for depth in depths {
        let ground = try #require(colours[name]).over(paper, opacity: depth)
        #expect(ink.contrast(with: ground) >= 4.5, "\(name) at \(depth)")
      }
    }
  }

  /// What differs in meaning differs for readers without red or green cones; a difference of 20 in Lab is far above
  /// what neighbours of a legend need. Gain and plan are the same hue without blue cones, and never mean opposites.
  @Test(arguments: 0..<3) func coloursDifferWithoutRedOrGreenCones(theme: Int) throws {
    let colours = Self.themes[theme]
    for (first, second) in [("--gain", "--loss"), ("--plan", "--loss"), ("--plan", "--gain"), ("--plan", "--quiet")] {
      let (first, second) = (try #require(colours[first]), try #require(colours[second]))
      for sight in Colour.sights { #expect(first.seen(by: sight).distance(to: second.seen(by: sight)) >= 20) }
    }
  }
}

/// A colour in sRGB, each part from 0 to 1.
private struct Colour: Equatable {
  var parts: [Double]

  init?(_ text: String) {
    guard text.hasPrefix("#"), text.count == 7, let number = UInt32(text.dropFirst(), radix: 16) else { return nil }
    parts = [16, 8, 0].map { Double(number >> $0 & 255) / 255 }
  }

  private init(linear: [Double]) {
    parts = linear.map { value in
      let value = min(1, max(0, value))
      return value <= 0.003_130_8 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
    }
  }

  private var linear: [Double] { parts.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) } }
  private var luminance: Double { zip(linear, [0.2126, 0.7152, 0.0722]).reduce(0) { $0 + $1.0 * $1.1 } }

  /// The ratio of WCAG 2.2.
  func contrast(with other: Self) -> Double {
    let (a, b) = (luminance, other.luminance)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  func over(_ ground: Self, opacity: Double) -> Self {
    var mixed = self
    mixed.parts = zip(parts, ground.parts).map { $0 * opacity + $1 * (1 - opacity) }
    return mixed
  }

  /// Full protanopia and deuteranopia: G. Machado, M. Oliveira, L. Fernandes, “A Physiologically-based Model for
  /// Simulation of Color Vision Deficiency”, IEEE TVCG 15 (2009), table 1, severity 1.
  static let sights: [[[Double]]] = [
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
  ]

  func seen(by sight: [[Double]]) -> Self { Self(linear: Self.product(sight, linear)) }

  /// CIE 1976, in L*a*b* under D65.
  func distance(to other: Self) -> Double {
    zip(lab, other.lab).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  private var lab: [Double] {
    let xyz = Self.product(
      [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], linear)
    let f = zip(xyz, [0.95047, 1, 1.08883]).map { value, white in
      value / white > 0.008856 ? cbrt(value / white) : 7.787 * value / white + 16.0 / 116
    }
    return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
  }

  private static func product(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
    matrix.map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
  }
}
