import ChannelTypes
import Foundation
import Planning
import Tables
import Testing

@testable import Reports

@Suite struct HTMLReportTests {
  @Test func everySectionWithDataIsThere() throws {
    let html = try HTMLReport(SampleRun.view()).render()
    for id in ["summary", "data", "forecast", "drivers", "allocation", "stock", "churn", "method"] {
      #expect(html.contains("<section id=\"\(id)\""))
    }
    #expect(html.utf8.count < 3_000_000)
    #expect(!html.contains("NaN"))
    #expect(!html.contains("{{"))
    // For looking at the page: the path of the file to write.
    if let path = ProcessInfo.processInfo.environment["SLUICE_REPORT_SAMPLE"] {
      try html.write(toFile: path, atomically: true, encoding: .utf8)
    }
  }
}
