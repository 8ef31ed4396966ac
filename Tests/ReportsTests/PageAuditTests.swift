import Foundation
import Testing

@testable import Reports

/// What holds for every page, whatever its sections.
@Suite struct PageAuditTests {
  private static let view = SampleRun.view()

  private static func sections() -> [PageSection] { HTMLReport(view).sections }

  /// A chart that nobody can check is decoration: it comes with a sentence that says what it shows, with its numbers
  /// as a table, and with the name of the file that has them.
  @Test func everyChartHasASentenceATableAndASource() {
    for section in Self.sections() {
      for block in section.blocks {
        let views = block.choice?.options ?? []
        guard !block.charts.isEmpty || !block.moreCharts.isEmpty || views.contains(where: { !$0.charts.isEmpty }) else {
          continue
        }
        let name = "\(section.id): \(block.heading ?? "")"
        #expect(!block.sentences.isEmpty || !section.lead.isEmpty, "\(name) has no sentence")
        #expect(block.source != nil, "\(name) has no source")
        let hasTable = block.openTable != nil || block.foldedTable != nil
        #expect(hasTable || views.allSatisfy { $0.charts.isEmpty || $0.table != nil }, "\(name) has no table")
      }
    }
  }

  @Test func everyChartTellsItsValuesAndWhatItIs() {
    for section in Self.sections() {
      for block in section.blocks {
        let charts = block.charts + block.moreCharts + (block.choice?.options.flatMap(\.charts) ?? [])
        for chart in charts {
          let drawing = chart.drawing
          #expect(drawing.contains("class=\"mark\""), "\(section.id): \(drawing.prefix(200))")
          #expect(!drawing.contains("aria-label=\"\"") && !drawing.contains("<desc></desc>"))
        }
      }
    }
  }

  @Test func idsAreUniqueAndLinksLeadSomewhere() throws {
    let html = try HTMLReport(Self.view).render()
    let ids = Self.attributes("id", in: html)
    #expect(ids.count == Set(ids).count)
    let links = Self.attributes("href", in: html)
    #expect(!links.isEmpty && links.allSatisfy { $0.hasPrefix("#") && ids.contains(String($0.dropFirst())) })
    #expect(Self.attributes("for", in: html).allSatisfy(ids.contains))
  }

  @Test func nothingOutsideThePageIsNamed() throws {
    let html = try HTMLReport(Self.view).render()
    let withoutNames = html.replacingOccurrences(of: "xmlns=\"http://www.w3.org/2000/svg\"", with: "")
    #expect(!withoutNames.contains("http:") && !withoutNames.contains("https:") && !withoutNames.contains("//cdn"))
    // Neither text can end its element, and both are told by their hash.
    for text in [Page.script, Page.style] {
      #expect(!text.contains("</") && !text.contains("<!--") && text.utf8.allSatisfy { $0 < 0x80 })
    }
    #expect(html.components(separatedBy: "'sha256-").count == 3)
    #expect(!html.contains("'unsafe-inline'") && !html.contains("'unsafe-eval'"))
    #expect(!Page.script.contains("eval") && !Page.script.contains("innerHTML"))
  }

  /// The hash of nothing and of `abc` as FIPS 180-4 and RFC 4648 give them.
  @Test func thePolicyHashesAsBrowsersDo() {
    let policy = PagePolicy.text(style: "", script: "abc")
    #expect(policy.contains("style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"))
    #expect(policy.contains("script-src 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='"))
    #expect(["", "f", "fo", "foo"].map { PagePolicy.base64(Array($0.utf8)) } == ["", "Zg==", "Zm8=", "Zm9v"])
  }

  /// Aggregates first: the page of seventy times as many partners has hardly more to load.
  @Test func thousandsOfPartnersFitThePage() throws {
    let few = try HTMLReport(Self.view).render().utf8.count
    let many = try HTMLReport(SampleRun.view(SampleRun.manyPartners(times: 70))).render().utf8.count
    #expect(few < 1_500_000 && many < 3_000_000, "\(few) and \(many) bytes")
    #expect(Page.script.utf8.count < 8_000 && Page.style.utf8.count < 16_000)
  }

  private static func attributes(_ name: String, in html: String) -> [String] {
    html.components(separatedBy: " \(name)=\"").dropFirst().map { String($0.prefix { $0 != "\"" }) }
  }
}
