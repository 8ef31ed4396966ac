import ChannelTypes

/// What `sluice check` prints about the tables that it read: rows, periods, gaps.
public struct DataProfile {
  private let inputs: [RunView.Input]

  public init(_ inputs: [RunView.Input]) { self.inputs = inputs }

  public var text: String {
    var table = TextTable([
      .init("table", .left), .init("file", .left), .init("rows"), .init("columns"), .init("periods", .left),
      .init("gaps"),
    ])
    for input in inputs {
      let periods = input.periods.map { "\($0.lowerBound)..\($0.upperBound)" } ?? ""
      table.add(
        input.table, input.file, NumberText.grouped(input.rows), NumberText.grouped(input.columns), periods,
        input.periods == nil ? "" : NumberText.grouped(input.gaps))
    }
    return table.text
  }
}
