public import Tables

/// One change of a specification: `budget.quarter=*0.85` from the command line or a scenario.
public struct Patch: Sendable {
  public enum Change: Sendable {
    case replace(LocatedNode)
    case adjust(Adjustment)
  }

  /// The keys from the top; `*` stands for every key of a section, `+` at the end for a further item of a list.
  public var path: [String]
  public var change: Change
  public var origin: Origin

  /// Reads `key.path=value` as `--set` takes it.
  /// - Returns: nil where it cannot be understood; `findings` then says why.
  public init?(setting: String, findings: inout Findings) {
    let origin = Origin(.commandLine, at: SourcePlace(file: "--set \(setting)"))
    guard let equals = setting.firstIndex(of: "="), let path = Patch.path(setting[..<equals]) else {
      findings.add(
        Diagnostic(
          SpecificationCodes.malformedSetting, .error, "`--set \(setting)` is not `key.path=value`", at: origin.place,
          hint: "for example --set budget.quarter=1000000, or --set budget.quarter=*0.9"))
      return nil
    }
    let value = String(setting[setting.index(after: equals)...])
    self.init(path: path, value: value, origin: origin, findings: &findings)
  }

  /// A number or period that is known already, such as one of an edited workbook.
  public init(path: [String], value: String, from origin: Origin) {
    self.init(path: path, change: .replace(LocatedNode(known: value, from: origin)), origin: origin)
  }

  /// A further item of a list: a section with these keys and values, of which names are taken as text.
  public init(
    appendingTo path: [String], _ section: [(key: String, value: String, isName: Bool)], from origin: Origin
  ) {
    let entries = section.map {
      LocatedNode.Entry(
        key: $0.key, keyOrigin: origin, value: LocatedNode(known: $0.value, isName: $0.isName, from: origin))
    }
    self.init(path: path + ["+"], change: .replace(LocatedNode(.mapping(entries), from: origin)), origin: origin)
  }

  /// Reads an entry of a scenario's `set:`.
  ///
  /// - Parameter readsText: whether text in quotes is read as `--set` reads it: JSON has no other way to write `2026-01`.
  /// - Returns: nil where it cannot be understood; `findings` then says why.
  public init?(
    key: String, value: LocatedNode, of scenario: String, source: SourceText, readsText: Bool = false,
    findings: inout Findings
  ) {
    var origin = value.origin
    origin.layer = .scenario
    origin.scenario = scenario
    guard let path = Patch.path(key[...]) else {
      findings.add(
        source.diagnostic(
          SpecificationCodes.malformedSetting, .error, "`\(key)` is not a path of keys", at: origin,
          hint: "write it like budget.quarter"))
      return nil
    }
    // A bare -20 is a number; "-20" in quotes is 20 less.
    if case .scalar(let scalar) = value.content, let text = scalar.text, "*+-=".contains(text.first ?? " "),
      !(scalar.style == .plain && text.first == "-" && DecimalText.isNumber(text.dropFirst()))
    {
      self.init(path: path, value: text, origin: origin, findings: &findings)
    } else if readsText, case .scalar(let scalar) = value.content, scalar.style == .quoted, let text = scalar.text {
      self.init(path: path, value: text, origin: origin, findings: &findings)
    } else {
      self.init(path: path, change: .replace(value.moved(to: .scenario, scenario)), origin: origin)
    }
  }

  private init(path: [String], change: Change, origin: Origin) {
    self.path = path
    self.change = change
    self.origin = origin
  }

  private init?(path: [String], value: String, origin: Origin, findings: inout Findings) {
    if let sign = value.first.flatMap(Adjustment.Operation.init(rawValue:)) {
      let operand = String(value.dropFirst())
      guard DecimalText.isNumber(operand) else {
        let hint =
          sign.share(operand).map { "write *\($0)" }
          ?? DecimalText.repaired(operand).map { "write \(sign.rawValue)\($0)" }
        findings.add(
          Diagnostic(
            SpecificationCodes.malformedSetting, .error,
            "`\(operand)` after `\(sign.rawValue)` is no number such as 0.85 or 5 in `\(value)`",
            at: origin.place, hint: hint ?? "to set a value that starts with `\(sign.rawValue)`, write `=\(value)`"))
        return nil
      }
      self.init(
        path: path, change: .adjust(Adjustment(operation: sign, operand: operand, origin: origin)), origin: origin)
      return
    }
    if value.hasPrefix("=") {
      let scalar = LocatedNode.Scalar(text: String(value.dropFirst()), style: .plain)
      self.init(path: path, change: .replace(LocatedNode(.scalar(scalar), from: origin)), origin: origin)
      return
    }
    guard let node = LocatedNode(value: value, from: origin, findings: &findings) else { return nil }
    self.init(path: path, change: .replace(node), origin: origin)
  }

  /// Splits `a.b."c.d"` at the points outside quotes; nil where a part is empty.
  static func path(_ text: Substring) -> [String]? {
    var parts: [String] = [""]
    var isQuoted = false
    for character in text {
      switch character {
      case "\"": isQuoted.toggle()
      case "." where !isQuoted: parts.append("")
      default: parts[parts.count - 1].append(character)
      }
    }
    let trimmed = parts.map { part in String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
    return isQuoted || trimmed.contains("") ? nil : trimmed
  }
}

extension Adjustment.Operation {
  /// What `*85%`, `+10%` and `-10%` mean as factors: 0.85, 1.1, 0.9; nil for anything else.
  fileprivate func share(_ operand: String) -> String? {
    guard let last = operand.last, "%％".contains(last), let percent = Double(operand.dropLast()), percent.isFinite
    else {
      return nil
    }
    let factor =
      switch self {
      case .multiply: percent / 100
      case .add: 1 + percent / 100
      case .subtract: 1 - percent / 100
      }
    return ((factor * 1e6).rounded() / 1e6).written
  }
}

extension LocatedNode {
  /// A single value that is taken as it stands; a name is text, whatever it looks like.
  fileprivate init(known text: String, isName: Bool = false, from origin: Origin) {
    self.init(.scalar(Scalar(text: text, style: isName ? .quoted : .plain)), from: origin)
  }

  /// The value of a setting or variable, which may be a list or section in brackets.
  init?(value text: String, from origin: Origin, findings: inout Findings) {
    do {
      let events = try yamlEvents(of: Array(text.utf8))
      guard let node = YAMLComposer.compose(events, from: .setting(origin), findings: &findings) else {
        self.init(.scalar(Scalar(text: "", style: .plain)), from: origin)
        return
      }
      self = node
    } catch {
      findings.add(
        Diagnostic(
          SpecificationCodes.malformedSetting, .error, "`\(text)` is not a value: \(error.problem)", at: origin.place,
          hint: "put it in quotes"))
      return nil
    }
  }

  /// The same values as part of a later layer.
  fileprivate func moved(to layer: Origin.Layer, _ scenario: String) -> LocatedNode {
    var node = self
    node.origin.layer = layer
    node.origin.scenario = scenario
    switch content {
    case .scalar: break
    case .sequence(let items): node.content = .sequence(items.map { $0.moved(to: layer, scenario) })
    case .mapping(let entries):
      node.content = .mapping(
        entries.map { Entry(key: $0.key, keyOrigin: $0.keyOrigin, value: $0.value.moved(to: layer, scenario)) })
    }
    return node
  }
}
