public import ChannelTypes
public import Tables

/// A plan that was guessed from the files of a folder, with a reason for each decision and a question for each doubt.
///
/// `PlanDraft.make` looks at samples of the files and decides; `review` reads the tables as the plan would read them,
/// proves keys unique and learns the calendar; `yaml` is the plan file. Nothing is guessed silently: what is not
/// certain carries a question, which stands in the file as a comment that begins with `# ?`.
public struct PlanDraft: Sendable {
  /// A value of the plan and why it has it.
  public struct Choice<Value: Sendable>: Sendable {
    public var value: Value
    public var reason: String
    public var question: String?

    public init(_ value: Value, _ reason: String, question: String? = nil) {
      self.value = value
      self.reason = reason
      self.question = question
    }
  }

  /// Where a column of a table comes from.
  public struct Mapping: Sendable {
    public let column: String
    public var origin: ColumnOrigin
    public var reason: String
    public var question: String?

    /// The file's column, where it is one column as it stands or converted.
    public var source: String? {
      switch origin {
      case .named(let name), .converted(let name, _): name
      case .constant, .expression, .rowNumber: nil
      }
    }
  }

  /// A table of the plan.
  public struct TableDraft: Sendable {
    public let table: InputTable
    /// The file's name in the folder; of a workbook with the sheet behind it, `book.xlsx#Sheet`.
    public let file: String
    /// The path to open.
    public let path: String
    public var reason: String
    public var columns: [Mapping]
    public var questions: [String] = []
    /// Columns of the file that keep their names: drivers and selectors.
    public var others: [String]
    /// About how many rows there are, and how they are written.
    public var rows: Int
    public var dialect: CSVDialect
    /// The same in words.
    public var readAs: String
    /// Which column the figures of a sheet with a column for each period are.
    public var wideFigure: String?
    /// Why the table is written as a comment, to be taken in by hand; nil for a table of the plan.
    public var obstacle: String?

    public subscript(_ column: String) -> Mapping? { columns.first { $0.column == column } }

    func reference(periodsAreNumbers: Bool) -> TableReference {
      TableReference(
        path: path, displayPath: file,
        columns: Dictionary(columns.map { ($0.column, $0.origin) }, uniquingKeysWith: { first, _ in first }),
        periodsAreNumbers: periodsAreNumbers, wideFigure: wideFigure)
    }
  }

  /// A file that is no table of the plan.
  public struct LeftOut: Sendable {
    public let file: String
    public let reason: String
    /// Whether somebody should look at it: a table that was not recognised, not a picture.
    public let isQuestion: Bool
  }

  public var name: String
  public var currency: Choice<String>
  public var frequency = Choice(Frequency.month, "no sales table to learn it from")
  public var horizon = Choice(12, "a year of months")
  public var measure = Choice(Measure.sellOutQuantity, "the standard")
  /// Set where names are Chinese: the holidays of China move demand.
  public var hasChineseNames = false
  /// In the order of the documentation.
  public var tables: [TableDraft]
  public var leftOut: [LeftOut]
  /// What the reader of `check` would say of the data; the data need repair, not the plan.
  public var problems: [Diagnostic] = []

  public subscript(_ table: InputTable) -> TableDraft? { tables.first { $0.table == table } }

  /// Without sales there is nothing to forecast.
  var salesQuestion: String? {
    self[.sales] == nil ? "no file was recognised as sales (period, partner, product, units); which one is it?" : nil
  }

  /// Every question, with what it is about, in the order of the file.
  public var questions: [(about: String, text: String)] {
    var all: [(about: String, text: String)] = []
    func add(_ about: String, _ question: String?) { if let question { all.append((about, question)) } }
    add("currency", currency.question)
    add("calendar.frequency", frequency.question)
    add("data.sales", salesQuestion)
    for table in tables {
      if let obstacle = table.obstacle { add(table.file, obstacle) }
      for question in table.questions { add(table.file, question) }
      for mapping in table.columns { add("\(table.table.rawValue).\(mapping.column)", mapping.question) }
    }
    add("forecast.measure", measure.question)
    add("forecast.horizon", horizon.question)
    for file in leftOut where file.isQuestion { add(file.file, file.reason) }
    return all
  }
}
