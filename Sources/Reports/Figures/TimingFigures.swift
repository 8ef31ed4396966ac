import Planning

/// What a run cost by stage, for the summary and the report's method section.
struct TimingFigures {
  private let timings: RunTimings

  init(_ timings: RunTimings) { self.timings = timings }

  /// The table and a line below it.
  var text: String { table.text + sentence + "\n" }

  /// The same, folded away.
  var block: Block {
    var block = Block(say("What it cost"), [sentence])
    block.foldedTable = PageTable(table, name: say("seconds and rows by stage"))
    block.source = "run.json"
    return block
  }

  private var sentence: String {
    let total = NumberText.grouped(timings.stages.reduce(0) { $0 + $1.seconds }, decimals: 2)
    let memory = NumberText.grouped(timings.peakMegabytes, decimals: 0)
    return say("\(total) s in stages on up to \(timings.threads) threads; \(memory) MB of memory at most.")
  }

  private var table: TextTable {
    var table = TextTable([
      .init(say("stage"), .left), .init(say("seconds")), .init(say("share")), .init(say("rows in")),
      .init(say("rows out")),
    ])
    for stage in timings.stages {
      table.add(
        Prose.words(stage.name.rawValue), NumberText.grouped(stage.seconds, decimals: 2),
        NumberText.grouped(stage.share * 100, decimals: 1) + " %",
        NumberText.grouped(Double(stage.rowsIn), decimals: 0),
        NumberText.grouped(Double(stage.rowsOut), decimals: 0))
    }
    return table
  }
}
