import Tables

/// Checks that bytes are text that a specification may hold.
enum SpecificationText {
  /// The text without a byte-order mark; nil where the bytes are not UTF-8 text, with the finding that says where.
  static func decode(_ bytes: [UInt8], file: String, findings: inout Findings) -> String? {
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    guard let problem = firstProblem(bytes, file) else { return String(decoding: bytes, as: UTF8.self) }
    let before = bytes[..<problem.offset]
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let head = String(decoding: before[lineStart...], as: UTF8.self)
    let place = SourcePlace(file: file, line: line, column: head.count + 1)
    findings.add(
      Diagnostic(
        SpecificationCodes.notUTF8, .error, problem.message, at: place,
        excerpt: Diagnostic.Excerpt(text: String(head.suffix(80)) + "�", caret: min(head.count, 80), length: 1),
        hint: problem.hint))
    return nil
  }

  private struct Problem {
    var offset: Int
    var message: String
    var hint: String
  }

  private static func firstProblem(_ bytes: [UInt8], _ file: String) -> Problem? {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return Problem(offset: 0, message: "the file is UTF-16, not UTF-8", hint: "save it as UTF-8")
    }
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .valid(let scalar):
        if let name = forbidden(scalar.first ?? 0, length: scalar.count) {
          return Problem(
            offset: offset, message: "\(name) in the text", hint: "is this a text file? delete the character")
        }
        offset += scalar.count
      case .error:
        let legacy = looksLikeGB18030(bytes)
        let hex = String(bytes[offset], radix: 16, uppercase: true)
        return Problem(
          offset: offset, message: "byte 0x\(hex) is not UTF-8" + (legacy ? "; the file looks like GB18030" : ""),
          hint: legacy
            ? "convert it: iconv -f GB18030 -t UTF-8 \(file) > new.yaml" : "save the file as UTF-8 in your editor")
      case .emptyInput: return nil
      }
    }
  }

  /// The name of a control character that YAML does not allow.
  private static func forbidden(_ byte: UInt8, length: Int) -> String? {
    guard length == 1 else { return nil }
    switch byte {
    case 0: return "a NUL byte"
    case 9, 10, 13: return nil
    case ..<32, 127: return "control character 0x\(String(byte, radix: 16, uppercase: true))"
    default: return nil
    }
  }

  /// Whether every byte above 0x7F begins a pair or quadruple of GB18030.
  private static func looksLikeGB18030(_ bytes: [UInt8]) -> Bool {
    var index = 0
    while index < bytes.count {
      if bytes[index] < 0x80 {
        index += 1
        continue
      }
      guard (0x81...0xFE).contains(bytes[index]), index + 1 < bytes.count else { return false }
      switch bytes[index + 1] {
      case 0x40...0x7E, 0x80...0xFE: index += 2
      case 0x30...0x39:
        guard index + 3 < bytes.count, (0x81...0xFE).contains(bytes[index + 2]),
          (0x30...0x39).contains(bytes[index + 3])
        else { return false }
        index += 4
      default: return false
      }
    }
    return true
  }
}
