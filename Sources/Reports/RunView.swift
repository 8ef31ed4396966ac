public import ChannelTypes
public import Planning
public import Tables

/// Everything a report is made from: what a run did, and the tables it wrote.
///
/// Text and HTML are rendered from this value alone, so that a report can be made again from a run folder. The columns
/// of the tables are the stages' output contract; a section whose tables are absent is left out.
public struct RunView: Sendable {
  /// One stage and what became of it.
  public struct StageStatus: Sendable {
    public enum Outcome: String, Sendable { case ran, skipped, failed }

    public var stage: StageName
    public var outcome: Outcome
    /// Why it was skipped or failed; empty where it ran.
    public var note: String

    public init(_ stage: StageName, _ outcome: Outcome, note: String = "") {
      self.stage = stage
      self.outcome = outcome
      self.note = note
    }
  }

  /// One table that the run read.
  public struct Input: Sendable {
    /// `sales`.
    public var table: String
    /// The path as the plan writes it.
    public var file: String
    public var rows: Int
    public var columns: Int
    /// The first and the last period, for tables that have one.
    public var periods: ClosedRange<Period>?
    /// Periods in the range of which the table has no row.
    public var gaps: Int
    /// SHA-256 or another hash of the bytes; empty where it was not taken.
    public var hash: String

    public init(
      table: String, file: String, rows: Int, columns: Int, periods: ClosedRange<Period>? = nil, gaps: Int = 0,
      hash: String = ""
    ) {
      self.table = table
      self.file = file
      self.rows = rows
      self.columns = columns
      self.periods = periods
      self.gaps = gaps
      self.hash = hash
    }
  }

  /// One value of the plan and where it comes from.
  public struct Setting: Sendable {
    public var key: String
    public var value: String
    /// `plan.yaml:23`, `--set`, `default`.
    public var origin: String

    public init(_ key: String, _ value: String, origin: String = "") {
      self.key = key
      self.value = value
      self.origin = origin
    }
  }

  /// The name of the run folder.
  public var run: String
  public var plan: String
  public var scenario: String
  /// `CNY`.
  public var currency: String
  public var seed: UInt64
  /// The version of Sluice.
  public var version: String
  /// SHA-256 over the inputs of all stages; empty where it was not taken.
  public var inputHash: String
  /// Where the files are, as it is to be printed; empty where the run wrote none.
  public var folder: String
  public var inputs: [Input]
  public var stages: [StageStatus]
  public var settings: [Setting]
  public var indicators: [Indicator]
  public var certificates: [Certificate]
  public var findings: Findings
  /// The stages' output tables by name, as named in their files.
  public var tables: [String: Table]
  /// What the run cost; nil where it was not asked for.
  public var timings: RunTimings?

  public init(
    run: String, plan: String, scenario: String = "base", currency: String, seed: UInt64, version: String,
    inputHash: String = "", folder: String = "", inputs: [Input] = [], stages: [StageStatus] = [],
    settings: [Setting] = [],
    indicators: [Indicator] = [], certificates: [Certificate] = [], findings: Findings = Findings(),
    tables: [String: Table] = [:]
  ) {
    self.run = run
    self.plan = plan
    self.scenario = scenario
    self.currency = currency
    self.seed = seed
    self.version = version
    self.inputHash = inputHash
    self.folder = folder
    self.inputs = inputs
    self.stages = stages
    self.settings = settings
    self.indicators = indicators
    self.certificates = certificates
    self.findings = findings
    self.tables = tables
  }
}
