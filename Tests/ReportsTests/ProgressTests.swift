import Foundation
import Testing

@testable import Reports

/// What is said of work that is under way.
@Suite struct ProgressTests {
  @Test func `nothing is said about the rest before there is a speed`() {
    var progress = WorkProgress()
    progress.plan("forecast", weight: 9)
    progress.plan("stock", weight: 1)
    progress.start("forecast")
    #expect(progress.remaining(after: 0.2) == nil && progress.remaining(after: 5) == nil)
    progress.advance("forecast", done: 50, of: 100)
    // 45 % in nine seconds: 11 more.
    #expect(progress.fraction == 0.45)
    #expect(abs((progress.remaining(after: 9) ?? 0) - 11) < 1e-9)
    progress.finish("forecast")
    progress.start("stock")
    #expect(abs((progress.remaining(after: 18) ?? 0) - 2) < 1e-9)
    progress.finish("stock")
    #expect(progress.fraction == 1 && progress.remaining(after: 20) == 0)
  }

  @Test func `the speed is that of the last half minute`() {
    var progress = WorkProgress()
    progress.plan("credit")
    progress.advance("credit", done: 0, of: 1000)
    // Slow for 60 s, then ten times as fast.
    for second in 1...60 {
      progress.advance("credit", done: second, of: 1000)
      _ = progress.remaining(after: Double(second))
    }
    for second in 61...95 {
      progress.advance("credit", done: 60 + (second - 60) * 10, of: 1000)
      _ = progress.remaining(after: Double(second))
    }
    let remaining = progress.remaining(after: 95) ?? 0
    #expect(abs(remaining - 59) < 3, "\(remaining)")
    // Nothing moves any more: after a while nothing is promised.
    for second in 96...130 { _ = progress.remaining(after: Double(second)) }
    #expect(progress.remaining(after: 131) == nil)
  }

  @Test func `what was taken over does not count`() {
    var progress = WorkProgress()
    progress.plan("forecast", weight: 90)
    progress.plan("stock", weight: 10)
    progress.skip("forecast")
    progress.finish("forecast")
    #expect(progress.fraction == 0)
    progress.advance("stock", done: 1, of: 2)
    #expect(progress.fraction == 0.5)
  }

  @Test func `a line for people`() {
    var progress = WorkProgress()
    progress.advance("forecast", done: 812, of: 2413)
    progress.start("churn")
    let early = ProgressText.line(progress, elapsed: 2.4, remaining: nil)
    #expect(early == "forecast 812 of 2,413, churn; 3 s so far")
    let later = ProgressText.line(progress, elapsed: 3, remaining: 200)
    #expect(later == "forecast 812 of 2,413, churn; 16 %, about 3 min left")
    #expect(ProgressText.duration(.infinity) == "days" && ProgressText.duration(7300) == "2 h 1 min")
  }

  @Test func `an object a line for programs`() throws {
    var progress = WorkProgress()
    progress.advance("forecast", done: 812, of: 2413)
    progress.start("a \"quoted\"\nname")
    let text = ProgressText.json(progress, elapsed: 3.14, remaining: 5.87)
    let lines = text.split(separator: "\n")
    #expect(
      lines.first
        == #"{"event":"progress","stage":"forecast","done":812,"total":2413,"elapsed_s":3.1,"eta_s":5.9}"#)
    #expect(lines.count == 2)
    let second = try #require(try JSONSerialization.jsonObject(with: Data(lines[1].utf8)) as? [String: Any])
    #expect(second["stage"] as? String == "a \"quoted\"\nname" && second["total"] is NSNull)
  }
}
