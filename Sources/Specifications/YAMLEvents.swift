// The event interface of libyaml as Yams ships it. Yams' own composer stops at the first duplicate key and keeps no
// ends of values, and both are needed to report every finding of a file in one pass with its extent.
import CYaml

/// One event of a YAML stream with its extent in the file.
struct YAMLEvent {
  enum Kind {
    case documentStart, documentEnd
    case alias(String)
    case scalar(String, LocatedNode.Scalar.Style)
    case sequenceStart, sequenceEnd
    case mappingStart, mappingEnd
  }

  /// Line and column, counted from 1; columns in Unicode scalars.
  struct Mark: Equatable {
    var line: Int
    var column: Int
  }

  var kind: Kind
  var anchor: String?
  var tag: String?
  var start: Mark
  var end: Mark
}

/// Why a YAML stream cannot be read, in libyaml's words.
struct YAMLProblem: Error {
  var problem: String
  var context: String?
  var mark: YAMLEvent.Mark
  var contextMark: YAMLEvent.Mark?
}

/// All events of a UTF-8 text.
func yamlEvents(of bytes: [UInt8]) throws(YAMLProblem) -> [YAMLEvent] {
  // The parser points into itself, so it must not move.
  let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  defer { parser.deallocate() }
  guard yaml_parser_initialize(parser) == 1 else {
    throw YAMLProblem(problem: "out of memory", mark: YAMLEvent.Mark(line: 1, column: 1))
  }
  defer { yaml_parser_delete(parser) }
  let result = bytes.withUnsafeBufferPointer { buffer -> Result<[YAMLEvent], YAMLProblem> in
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
    var events: [YAMLEvent] = []
    var event = yaml_event_t()
    while yaml_parser_parse(parser, &event) == 1 {
      defer { yaml_event_delete(&event) }
      if event.type == YAML_STREAM_END_EVENT { return .success(events) }
      if let event = YAMLEvent(event) { events.append(event) }
    }
    return .failure(YAMLProblem(parser.pointee))
  }
  return try result.get()
}

extension YAMLEvent {
  /// Nil for the start of the stream.
  fileprivate init?(_ event: yaml_event_t) {
    let data = event.data
    switch event.type {
    case YAML_DOCUMENT_START_EVENT: kind = .documentStart
    case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
    case YAML_ALIAS_EVENT: kind = .alias(String(yaml: data.alias.anchor) ?? "")
    case YAML_SCALAR_EVENT:
      let bytes = UnsafeBufferPointer(start: data.scalar.value, count: data.scalar.length)
      kind = .scalar(String(decoding: bytes, as: UTF8.self), .init(data.scalar.style))
      anchor = String(yaml: data.scalar.anchor)
      tag = String(yaml: data.scalar.tag)
    case YAML_SEQUENCE_START_EVENT:
      kind = .sequenceStart
      anchor = String(yaml: data.sequence_start.anchor)
      tag = String(yaml: data.sequence_start.tag)
    case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
    case YAML_MAPPING_START_EVENT:
      kind = .mappingStart
      anchor = String(yaml: data.mapping_start.anchor)
      tag = String(yaml: data.mapping_start.tag)
    case YAML_MAPPING_END_EVENT: kind = .mappingEnd
    default: return nil
    }
    start = Mark(event.start_mark)
    end = Mark(event.end_mark)
  }
}

extension YAMLEvent.Mark {
  fileprivate init(_ mark: yaml_mark_t) {
    self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }
}

extension YAMLProblem {
  fileprivate init(_ parser: yaml_parser_t) {
    problem = parser.problem.map { String(cString: $0) } ?? "unreadable"
    context = parser.context.map { String(cString: $0) }
    contextMark = parser.context == nil ? nil : YAMLEvent.Mark(parser.context_mark)
    mark = YAMLEvent.Mark(parser.problem_mark)
  }
}

extension LocatedNode.Scalar.Style {
  fileprivate init(_ style: yaml_scalar_style_t) {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: self = .quoted
    case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: self = .block
    default: self = .plain
    }
  }
}

extension String {
  fileprivate init?(yaml pointer: UnsafeMutablePointer<yaml_char_t>?) {
    guard let pointer else { return nil }
    self.init(decodingCString: pointer, as: UTF8.self)
  }
}
