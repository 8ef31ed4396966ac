import Planning
import Tables

/// The first sheet: which run it is, its key figures, how good its decisions are, and what is on the other sheets.
struct OverviewSheet {
  /// A sheet of the list.
  struct Entry {
    var sheet: String
    /// What it holds, in a few words; for a table the file that has the same rows.
    var about: String
    var rows: Int?
    /// What the sheet leaves out; empty where it is whole.
    var cut = ""
  }

  let view: RunView
  let entries: [Entry]

  func write(_ name: String, to file: inout XLSXFile) throws(FileError) {
    let sheet = try file.sheet(name)
    let (title, heading, header) = (file.format(.title), file.format(.heading), file.format(.header))
    let (plain, link, faint) = (file.format(CellFormat()), file.format(.link), file.format(.faint))
    for (index, width) in [44, 20, 16, 18, 16, 46].enumerated() { sheet.setWidth(Double(width), column: index + 1) }
    sheet.setTab(0x1F3FBF)
    sheet.write(view.plan, 1, 1, title)
    sheet.write(provenance, 2, 1, faint)
    var row = 4

    func write(_ text: String, titles: [String]) {
      sheet.write(text, row, 1, heading)
      for (index, title) in titles.enumerated() { sheet.write(title, row + 1, index + 1, header) }
      row += 2
    }
    if !view.indicators.isEmpty {
      write(say("Key figures"), titles: [say("figure"), say("value"), say("unit"), say("better"), say("name")])
      for indicator in view.indicators {
        sheet.write(say(label: indicator.label), row, 1, plain)
        sheet.write(indicator.value, row, 2, file.format(CellFormat(number: Self.numberFormat(indicator))))
        sheet.write(Unit.text(Self.unit(indicator)), row, 3, plain)
        sheet.write(indicator.better == .neutral ? "" : say(word: indicator.better.rawValue), row, 4, plain)
        sheet.write(indicator.name, row, 5, faint)
        row += 1
      }
      row += 1
    }
    if !view.certificates.isEmpty {
      write(
        say("How good the decisions are"),
        titles: [say("decision"), say("status"), say("reached"), say("bound"), say("unit"), say("in words")])
      let number = file.format(CellFormat(number: "#,##0.00"))
      for certificate in view.certificates {
        sheet.write(say(word: certificate.problem), row, 1, plain)
        sheet.write(say(word: certificate.status), row, 2, plain)
        sheet.write(certificate.objective, row, 3, number)
        sheet.write(certificate.bound, row, 4, number)
        sheet.write(Unit.text(certificate.unit), row, 5, plain)
        sheet.write(CertificateText.better(certificate.relativeGap), row, 6, plain)
        row += 1
      }
      row += 1
    }
    write(say("Sheets"), titles: [say("sheet"), say("rows"), say("what it holds"), "", "", say("left out")])
    let count = file.format(CellFormat(number: "#,##0"))
    for entry in entries {
      sheet.write(linkTo: entry.sheet, entry.sheet, row, 1, link)
      if let rows = entry.rows { sheet.write(Double(rows), row, 2, count) }
      sheet.write(entry.about, row, 3, plain)
      if !entry.cut.isEmpty { sheet.write(entry.cut, row, 6, plain) }
      row += 1
    }
    sheet.freeze(row: 3, column: 1)
    sheet.setPrint(headerRow: 1)
  }

  private var provenance: String {
    let parts = [
      say("Run \(view.run)"), say("scenario \(view.scenario)"), say("amounts in \(view.currency)"),
      say("seed \(view.seed)"), "Sluice \(view.version)",
    ]
    return parts.joined(separator: " · ")
  }

  /// Shares are shown as percentages, which need no unit.
  private static func unit(_ indicator: Indicator) -> String { indicator.unit == "share" ? "" : indicator.unit }

  private static func numberFormat(_ indicator: Indicator) -> String {
    if indicator.unit == "share" { return "0.0%" }
    return indicator.value.magnitude >= 100 || indicator.value == indicator.value.rounded() ? "#,##0" : "#,##0.00"
  }
}
