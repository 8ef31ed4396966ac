internal import Mustache

/// The report of a run as one HTML file: charts are drawn in the page, nothing is loaded from anywhere.
///
/// Sections whose tables the run does not have are left out. The same run gives the same bytes: the page carries no
/// date.
public struct HTMLReport {
  private let view: RunView

  public init(_ view: RunView) { self.view = view }

  /// The page as text in UTF-8.
  public func render() throws(ReportError) -> String {
    let page = Page(
      title: view.plan, version: view.version, provenance: provenance, footer: footer, sections: sections)
    return try Self.render(page)
  }

  /// A page as text, with the templates of this module.
  static func render(_ page: Page) throws(ReportError) -> String {
    let library = try library()
    guard let html = library.render(page, withTemplate: "report") else {
      throw .template("report")
    }
    return Markup.printable(html)
  }

  var sections: [PageSection] {
    let found = [
      PageSection.alerts(view), .monitor(view), .data(view), .forecast(view), .drivers(view), .targets(view),
      .funnel(view), .partners(view), .allocation(view), .incentives(view), .stock(view), .credit(view), .churn(view),
      .coverage(view), .conflict(view), .scenarios(view), .method(view),
    ].compactMap(\.self)
    var summary = PageSection.summary(view)
    summary.keepLinks(to: Set(found.map { "#" + $0.id }))
    return [summary] + found
  }

  private var provenance: String {
    var parts = [say("Run \(view.run)")]
    if view.scenario != "base" { parts.append(say("scenario \(view.scenario)")) }
    parts += [say("amounts in \(view.currency)"), say("seed \(view.seed)"), say("Sluice \(view.version)")]
    return parts.joined(separator: " · ")
  }

  private var footer: String {
    say(
      "Made by Sluice \(view.version) from the run’s own tables. Every figure here is in the CSV file named below its "
        + "chart; the same inputs and seed give the same figures.")
  }

  /// The templates of this module, parsed.
  private static func library() throws(ReportError) -> MustacheLibrary {
    var templates: [String: MustacheTemplate] = [:]
    let sources = [
      ("report", PackageResources.report_mustache), ("section", PackageResources.section_mustache),
      ("block", PackageResources.block_mustache), ("table", PackageResources.table_mustache),
      ("choice", PackageResources.choice_mustache),
    ]
    for (name, bytes) in sources {
      do {
        templates[name] = try MustacheTemplate(string: text(bytes))
      } catch {
        throw .template(name)
      }
    }
    return MustacheLibrary(templates: templates)
  }

  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// Why a report could not be made.
public enum ReportError: Error, Equatable {
  /// A page template of this name does not parse or render: a defect of the program.
  case template(String)
}
