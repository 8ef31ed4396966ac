import Planning
import Testing

@testable import Reports

/// The page as a reader meets it, in headless Chromium.
@Suite(.serialized, .enabled(if: Browser.path != nil, "Chromium is not installed; set CHROMIUM to its path"))
struct BrowserTests {
  private static func page() throws -> String { try HTMLReport(SampleRun.view()).render() }

  @Test func chartsAreDrawnAndNothingIsComplainedAbout() throws {
    let browser = try Browser(html: Self.page())
    #expect(browser.complaints.isEmpty)
    let sections = try browser.evaluate("document.querySelectorAll('main > section').length", as: Int.self)
    let drawn = try browser.evaluate(
      "[...document.querySelectorAll('main > section')].map(s => [...s.querySelectorAll('svg')]"
        + ".filter(c => c.getBoundingClientRect().width > 0).length)",
      as: [Int].self)
    #expect(drawn.count == sections && drawn.reduce(0, +) > 30)
    // Every chart with marks is one stop of the tab key.
    let stops = try browser.evaluate(
      "[...document.querySelectorAll('svg')].filter(c => c.querySelector('.mark'))"
        + ".every(c => c.querySelectorAll('[tabindex=\"0\"]').length === 1)", as: Bool.self)
    #expect(stops)
    // Nobody waits for it: it stands in the file, and is shown by day, by night and on paper.
    try browser.emulate(colours: "dark")
    #expect(try browser.text("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)")
    try browser.emulate(media: "print", colours: "dark")
    #expect(try browser.text("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)")
    #expect(try browser.text("getComputedStyle(document.querySelector('nav')).display") == "none")
  }

  /// What is wider than the page, with everything unfolded; what scrolls by itself may be.
  @Test(arguments: [400, 1200]) func nothingOverflows(width: Int) throws {
    let browser = try Browser(html: Self.page(), width: width)
    try browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    #expect(try browser.evaluate("document.documentElement.scrollWidth", as: Int.self) <= width)
    let wide = try browser.evaluate(
      """
      [...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, nav, svg'))
        .filter(e => { const box = e.getBoundingClientRect(); return box.right > innerWidth + 1 || box.left < -1; })
        .map(e => e.outerHTML.slice(0, 120))
      """, as: [String].self)
    #expect(wide.isEmpty)
    // Text of a chart is not cut off at its edge.
    let cut = try browser.evaluate(
      """
      [...document.querySelectorAll('svg text:not(.reading)')].filter(t => {
        const chart = t.ownerSVGElement.getBoundingClientRect(), box = t.getBoundingClientRect();
        return chart.width > 0 && (box.left < chart.left - 3 || box.right > chart.right + 3);
      }).map(t => t.ownerSVGElement.getAttribute('aria-label') + ': ' + t.textContent)
      """, as: [String].self)
    #expect(cut.isEmpty)
  }

  @Test func theSliderMovesAlongTheBudgets() throws {
    let browser = try Browser(html: Self.page())
    func shown() throws -> [String] {
      try browser.evaluate(
        "[...document.querySelectorAll('#budget .option')].filter(o => !o.hidden).map(o => o.textContent)",
        as: [String].self)
    }
    func output() throws -> String { try browser.text("document.querySelector('#budget output').textContent") }
    let first = try (shown(), output())
    #expect(first.0.count == 1)
    try browser.run("document.querySelector('#budget-input').focus()")
    try browser.press("ArrowLeft")
    let second = try (shown(), output())
    #expect(second.0.count == 1 && second.0 != first.0 && second.1 != first.1)
    #expect(try browser.text("document.querySelector('#budget-input').getAttribute('aria-valuetext')") == second.1)
    try browser.press("ArrowRight")
    #expect(try shown() == first.0)
    try browser.press("End")
    #expect(try output().hasPrefix("1,617,000"))
  }

  @Test func everyBlockShowsTheChosenScenario() throws {
    let browser = try Browser(html: Self.page())
    try browser.run("document.querySelectorAll('#scenario-figures input')[1].click()")
    let shown = try browser.evaluate(
      "[...document.querySelectorAll('[data-group=\"scenario\"] .option')].filter(o => !o.hidden)"
        + ".map(o => o.dataset.name)", as: [String].self)
    #expect(shown == ["budget_cut", "budget_cut", "budget_cut"])
  }

  @Test func chartsCanBeReadWithTheKeyboard() throws {
    let browser = try Browser(html: Self.page())
    let focused = "document.activeElement.closest('.mark')?.querySelector('title').textContent ?? ''"
    let reading =
      "document.activeElement.closest('svg')?.querySelector('.reading').textContent ?? ''"
    var title = ""
    for _ in 0..<60 where title.isEmpty {
      try browser.press("Tab")
      title = try browser.text(focused)
    }
    #expect(!title.isEmpty, "the tab key reaches a chart")
    #expect(try browser.text(reading) == title)
    try browser.press("ArrowRight")
    let next = try browser.text(focused)
    #expect(!next.isEmpty && next != title)
    #expect(try browser.text(reading) == next)
    try browser.press("Home")
    #expect(try browser.text(focused) == title)
    // The next stop is another chart or what follows, not the next mark.
    try browser.press("Tab")
    #expect(
      try browser.evaluate("document.activeElement.closest('svg') === null || (\(focused)) !== \"\"", as: Bool.self))
  }

  @Test func namesFromDataAreText() throws {
    let names = [
      "=1+1 <script>alert(1)</script> \"quotes\" & 'more'", "😀 华东</style></title></svg><img src=x onerror=alert(1)>",
    ]
    for name in names {
      var view = SampleRun.view(SampleRun.renamed(name))
      (view.plan, view.run) = (name, name)
      let browser = try Browser(html: HTMLReport(view).render())
      #expect(browser.complaints.isEmpty)
      #expect(try browser.evaluate("document.querySelectorAll('script').length", as: Int.self) == 1)
      #expect(try browser.evaluate("document.querySelectorAll('img').length", as: Int.self) == 0)
      #expect(try browser.text("document.querySelector('h1').textContent") == name)
      #expect(try browser.text("document.querySelector('#forecast').textContent").contains(name))
    }
  }
}
