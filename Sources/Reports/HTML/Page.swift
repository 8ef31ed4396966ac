import Mustache
import Planning

/// What the templates are filled with. Plain text throughout, escaped by the templates; only `drawing` is markup.
///
/// Names differ between levels, because a template looks for an absent name in the levels above.
struct Page {
  var title: String
  var version: String
  var provenance: String
  var footer: String
  var sections: [PageSection]
  /// What kind of page it is, above the title.
  var eyebrow = say("Channel plan")

  static let style = HTMLReport.text(PackageResources.style_css)
  static let script = HTMLReport.text(PackageResources.page_js)
}

struct PageSection {
  var id: String
  var title: String
  /// The question that the section answers.
  var question: String
  /// What it says, in a few sentences.
  var lead: [String] = []
  var tiles: [Tile] = []
  var hasTiles: Bool { !tiles.isEmpty }
  var blocks: [Block] = []

  init(_ id: String, _ title: String, question: String) {
    self.id = id
    self.title = title
    self.question = question
  }

  /// Links to places that the page does not have become plain text.
  mutating func keepLinks(to places: Set<String>) {
    for block in blocks.indices {
      for row in blocks[block].openTable?.rows.indices ?? 0..<0 {
        for cell in blocks[block].openTable?.rows[row].cells.indices ?? 0..<0 {
          guard let link = blocks[block].openTable?.rows[row].cells[cell].link, !places.contains(link) else { continue }
          blocks[block].openTable?.rows[row].cells[cell].link = nil
        }
      }
    }
  }
}

/// A key figure.
struct Tile {
  var label: String
  var value: String
  var note: String
  /// `gain` or `loss` where the sign is good or bad news; empty otherwise.
  var style = ""
  /// How it moved since an earlier run; nil where none was named.
  var since: String?
}

/// A statement with the charts and the table that show it.
struct Block {
  enum Layout: String { case small, half, full }

  var heading: String?
  var sentences: [String] = []
  var keys: [Key] = []
  var layout = Layout.full
  var charts: [PageChart] = []
  /// Further charts, folded away.
  var moreCharts: [PageChart] = []
  var moreSummary = ""
  /// Views of which the reader picks one.
  var choice: Choice?
  var terms: [Term] = []
  /// A table that is always shown.
  var openTable: PageTable?
  /// A table behind a line that opens it.
  var foldedTable: PageTable?
  /// The files that hold the data.
  var source: String?

  init(_ heading: String? = nil, _ sentences: [String] = []) {
    self.heading = heading
    self.sentences = sentences
  }
}

/// An entry of a chart's legend.
struct Key {
  var style: String
  var label: String

  init(_ style: String, _ label: String) {
    self.style = style
    self.label = label
  }
}

struct Term {
  var term: String
  var meaning: String

  init(_ term: String, _ meaning: String) {
    self.term = term
    self.meaning = meaning
  }
}

/// A finished drawing; a wide one comes with a second version for small screens.
struct PageChart {
  static let narrowWidth = 340.0

  var caption: String?
  var drawing: String

  /// A drawing that fits every screen.
  init(_ drawing: SVG, caption: String? = nil, title: String, description: String) {
    self.caption = caption
    self.drawing = drawing.document(title: title, description: description)
  }

  /// The drawing at two widths, of which the style sheet shows one.
  init(
    caption: String? = nil, width: Double, title: String, description: String, draw: (_ width: Double) -> SVG
  ) {
    self.caption = caption
    drawing =
      draw(width).document(title: title, description: description, variant: "wide")
      + draw(Self.narrowWidth).document(title: title, description: description, variant: "narrow")
  }
}

/// A table as the templates read it.
struct PageTable {
  struct Column {
    var title: String
    var style: String
  }
  struct Row { var cells: [Cell] }
  struct Cell {
    var text: String
    var style: String
    /// A place on the page, `#churn`; nil for plain text.
    var link: String?
  }

  // Styles of cells: numbers, short words, other text. Every cell has one, so their names are short.
  private static let (number, short, text, sentence) = ("n", "s", "t", "t l")
  /// Added to the style of a text with a word that no column has room for: it may break anywhere.
  private static let unbroken = " w"

  var name: String
  var summary: String
  var columns: [Column]
  var rows: [Row]

  /// - Parameter name: what the table holds, for the line that opens it and for screen readers.
  init(_ table: TextTable, name: String) {
    self.name = name
    summary = say("Table: \(name)")
    // Short words, codes and periods stay on one line, sentences get a wide column.
    let styles = table.columns.enumerated().map { index, column in
      if column.alignment == .right { return Self.number }
      let widest = table.rows.map { TerminalText.width($0[index]) }.max() ?? 0
      return widest <= 12 ? Self.short : widest <= 60 ? Self.text : Self.sentence
    }
    columns = zip(table.columns, styles).map { Column(title: $0.title, style: Self.style($1, $0.title)) }
    rows = table.rows.map { row in
      Row(
        cells: zip(row, styles).map {
          Cell(text: $1 == Self.number ? $0.typographic : $0, style: Self.style($1, $0))
        })
    }
  }

  private static func style(_ style: String, _ text: String) -> String {
    guard text.utf8.count > 30 else { return style }
    return text.split(separator: " ").contains { TerminalText.width(String($0)) > 30 } ? style + unbroken : style
  }
}

// The templates find members through these instead of reflection: many times faster, and a misspelt name in a
// template is found by the test that renders it.

extension Page: MustacheParent {
  func child(named name: String) -> Any? {
    switch name {
    case "title": title
    case "version": version
    case "provenance": provenance
    case "footer": footer
    case "policy": PagePolicy.text(style: Self.style, script: Self.script)
    case "style": Self.style
    case "script": Self.script
    case "sections": sections
    case "eyebrow": eyebrow
    case "language": Language.current.rawValue
    case "sectionsLabel": say("Sections")
    default: nil
    }
  }
}

extension PageSection: MustacheParent {
  func child(named name: String) -> Any? {
    switch name {
    case "id": id
    case "title": title
    case "question": question
    case "lead": lead
    case "hasTiles": hasTiles
    case "tiles": tiles
    case "blocks": blocks
    default: nil
    }
  }
}

extension Tile: MustacheParent {
  func child(named name: String) -> Any? {
    switch name {
    case "label": label
    case "value": value
    case "note": note
    case "style": style
    case "since": since
    default: nil
    }
  }
}

extension Block: MustacheParent {
  func child(named name: String) -> Any? {
    switch name {
    case "heading": heading
    case "sentences": sentences
    case "hasKeys": !keys.isEmpty
    case "keys": keys
    case "layout": layout.rawValue
    case "hasCharts": !charts.isEmpty
    case "charts": charts
    case "hasMore": !moreCharts.isEmpty
    case "moreCharts": moreCharts
    case "moreSummary": moreSummary
    case "hasChoice": choice != nil
    case "choice": choice
    case "hasTerms": !terms.isEmpty
    case "terms": terms
    case "openTable": openTable
    case "foldedTable": foldedTable
    case "source": source.map { say("Data: \($0)") }
    default: nil
    }
  }
}

extension Key: MustacheParent {
  func child(named name: String) -> Any? { name == "style" ? style : name == "label" ? label : nil }
}

extension Term: MustacheParent {
  func child(named name: String) -> Any? { name == "term" ? term : name == "meaning" ? meaning : nil }
}

extension PageChart: MustacheParent {
  func child(named name: String) -> Any? { name == "caption" ? caption : name == "drawing" ? drawing : nil }
}

extension PageTable: MustacheParent {
  func child(named name: String) -> Any? {
    switch name {
    case "name": self.name
    case "summary": summary
    case "columns": columns
    case "rows": rows
    default: nil
    }
  }
}

extension PageTable.Column: MustacheParent {
  func child(named name: String) -> Any? { name == "title" ? title : name == "style" ? style : nil }
}

extension PageTable.Row: MustacheParent {
  func child(named name: String) -> Any? { name == "cells" ? cells : nil }
}

extension PageTable.Cell: MustacheParent {
  func child(named name: String) -> Any? {
    switch name {
    case "text": text
    case "style": style
    case "link": link
    default: nil
    }
  }
}
