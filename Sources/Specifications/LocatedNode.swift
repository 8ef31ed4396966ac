public import Tables

/// A value of a specification with the place that it was written: what a YAML file becomes before anything is known
/// about its meaning.
public struct LocatedNode: Sendable, Equatable {
  public enum Content: Sendable, Equatable {
    case scalar(Scalar)
    case sequence([LocatedNode])
    case mapping([Entry])
  }

  /// One value as it was written.
  public struct Scalar: Sendable, Equatable {
    public enum Style: Sendable { case plain, quoted, block }
    /// Nil where only a change is known (`--set forecast.horizon=+6` on a plan that leaves the horizon to its
    /// default).
    public var text: String?
    public var style: Style
    /// Changes by later layers, in their order; the typed read applies them.
    public var adjustments: [Adjustment] = []

    /// Whether nothing was written: an empty value, `~` or `null`.
    public var isNull: Bool {
      guard let text, style == .plain else { return false }
      return text.isEmpty || text == "~" || text.lowercased() == "null"
    }
  }

  /// A key and its value; entries keep the order of the file.
  public struct Entry: Sendable, Equatable {
    public var key: String
    public var keyOrigin: Origin
    public var value: LocatedNode
  }

  public var content: Content
  public var origin: Origin

  public init(_ content: Content, from origin: Origin) {
    self.content = content
    self.origin = origin
  }

  /// What the node is, for messages.
  var kind: String {
    switch content {
    case .scalar(let scalar): scalar.isNull ? "nothing" : "a single value"
    case .sequence: "a list"
    case .mapping: "a section with keys"
    }
  }

  /// The value of a key; nil where the node is no mapping or has no such key.
  public subscript(key: String) -> LocatedNode? {
    guard case .mapping(let entries) = content else { return nil }
    return entries.first { $0.key == key }?.value
  }
}

/// Where a key or value comes from.
public struct Origin: Sendable, Hashable {
  /// The layers of a specification; a later one overrides an earlier one.
  public enum Layer: Int, Sendable, Hashable, Comparable {
    case file, localFile, environment, scenario, workbook, commandLine
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  public var layer: Layer
  /// `plan.yaml:33:12`, `--set budget.quarter=*0.9`, `SLUICE_BUDGET_QUARTER`, `edited.xlsx#Plan budget!E7`.
  public var place: SourcePlace
  /// How many characters of the line to mark.
  public var length: Int
  /// The scenario whose patch this is.
  public var scenario: String?

  public init(_ layer: Layer, at place: SourcePlace, length: Int = 1, scenario: String? = nil) {
    self.layer = layer
    self.place = place
    self.length = length
    self.scenario = scenario
  }

  /// For the list of resolved values: `plan.yaml:33`, `scenario budget_cut (plan.yaml:61)`.
  public var description: String {
    let line =
      place.sheet == nil ? SourcePlace(file: place.file, line: place.line).description : place.description
    return scenario.map { "scenario \($0) (\(line))" } ?? line
  }
}

/// A change of a number or period that an earlier layer or the default gives.
public struct Adjustment: Sendable, Hashable {
  public enum Operation: Character, Sendable, Hashable {
    case multiply = "*"
    case add = "+"
    case subtract = "-"
  }

  public var operation: Operation
  /// The number after the sign, as written.
  public var operand: String
  public var origin: Origin
}
