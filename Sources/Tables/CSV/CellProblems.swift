/// What is wrong with a cell.
struct CellProblem {
  var code: DiagnosticCode
  /// The cell as far as it is shown.
  var text: String
  /// Further words for the message, after “in column …”.
  var detail: String
  var hint: String?

  init(_ code: DiagnosticCode, text: String = "", detail: String = "", hint: String? = nil) {
    self.code = code
    self.text = text
    self.detail = detail
    self.hint = hint
  }
}

/// The wrong cells of a table, one group for each column and kind: a column with ten thousand wrong cells is one
/// finding, not ten thousand.
struct CellProblems {
  struct Group {
    var problem: CellProblem
    var column: String
    var field: Int
    var first: Range<Int>
    /// Where some of the further ones are.
    var further: [Int] = []
    var furtherCount = 0
    /// The row that a repeated one repeats.
    var earlier: Int?
  }

  static let furtherShown = 3
  private(set) var groups: [Group] = []

  mutating func add(_ problem: CellProblem, _ column: String, _ field: Int, _ range: Range<Int>) {
    for index in groups.indices where groups[index].field == field && groups[index].problem.code == problem.code {
      groups[index].furtherCount += 1
      if groups[index].further.count < Self.furtherShown { groups[index].further.append(range.lowerBound) }
      return
    }
    groups.append(Group(problem: problem, column: column, field: field, first: range))
  }

  mutating func add(_ group: Group) { groups.append(group) }

  /// A row that is left out, or a cell in quotation marks that does not end as it should.
  mutating func add(_ irregularity: Tokenizer.Irregularity, width: Int) {
    switch irregularity.kind {
    case .fieldCount(let count):
      let code = count < width ? DataCodes.tooFewFields : DataCodes.tooManyFields
      let detail =
        "the row has \(count) cell\(count == 1 ? "" : "s") and the header \(width) name\(width == 1 ? "" : "s")"
      let hint =
        count < width
        ? "fill in the missing separators; a line end inside a cell needs quotation marks around the cell"
        : "a separator inside a cell needs quotation marks around the cell"
      add(CellProblem(code, detail: detail, hint: hint), "", -1, irregularity.range)
    case .openQuote:
      let detail = "the quotation mark that begins here is never closed"
      add(
        CellProblem(DataCodes.openQuote, detail: detail, hint: "close it, or write a quotation mark as \"\" in quotes"),
        "", -1, irregularity.range)
    case .textAfterQuote:
      let detail = "text follows the closing quotation mark of a cell"
      add(
        CellProblem(DataCodes.textAfterQuote, detail: detail, hint: "write a quotation mark inside a cell twice"), "",
        -1, irregularity.range)
    }
  }
}
