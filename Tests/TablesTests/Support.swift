import ChannelTypes
import Glibc
import Tables

/// A folder for one test, removed with everything in it when the test is over.
final class Scratch {
  let path: String

  init() {
    var template = Array("/tmp/sluice-tables-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { buffer in
      mkdtemp(buffer.baseAddress!).map { String(cString: $0) } ?? ""
    }
  }

  deinit {
    for name in names() {
      chmod("\(path)/\(name)", 0o700)
      unlink("\(path)/\(name)")
      rmdir("\(path)/\(name)")
    }
    rmdir(path)
  }

  /// The names in the folder, hidden ones included.
  func names() -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) -> String {
    let descriptor = open(file(name), O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    var written = 0
    while written < bytes.count {
      written += bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
    close(descriptor)
    return file(name)
  }

  func bytes(_ name: String) -> [UInt8] {
    let descriptor = open(file(name), O_RDONLY)
    defer { close(descriptor) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count <= 0 { return result }
      result += chunk[..<count]
    }
  }
}

/// The schema of the examples: the columns that most tests need, one of each type.
let salesSchema = Schema(
  "sales", key: ["period", "partner_id"],
  [
    ColumnSchema("period", .period, required: true, "the period of the sale"),
    ColumnSchema("partner_id", .text, required: true, "the partner that sold"),
    ColumnSchema("quantity", .integer, range: 0...1e12, unit: "units"),
    ColumnSchema("price", .real),
    ColumnSchema("value", .money),
    ColumnSchema("channel", .text, vocabulary: ["online", "agent", "vertical"]),
    ColumnSchema("promoted", .flag),
  ])

/// Reads a text as a table.
func read(
  _ text: String, _ schema: Schema = salesSchema, columns: [String: ColumnOrigin] = [:], periodsAreNumbers: Bool = false
) -> (table: Table?, findings: Findings) {
  read(bytes: Array(text.utf8), schema, columns: columns, periodsAreNumbers: periodsAreNumbers)
}

func read(
  bytes: [UInt8], name: String = "sales.csv", _ schema: Schema = salesSchema, columns: [String: ColumnOrigin] = [:],
  periodsAreNumbers: Bool = false, limit: Int = 50
) -> (table: Table?, findings: Findings) {
  let scratch = Scratch()
  let path = scratch.write(name, bytes)
  var findings = Findings(limit: limit)
  let reference = TableReference(
    path: path, displayPath: "data/\(name)", columns: columns, periodsAreNumbers: periodsAreNumbers)
  let table = CSVReader.read(reference, schema: schema, findings: &findings)
  return (table, findings)
}

/// A schema with one column besides whatever the file has.
func schema(_ type: ColumnType, required: Bool = false, range: ClosedRange<Double>? = nil) -> Schema {
  Schema("t", [ColumnSchema("x", type, required: required, range: range)])
}

extension Findings {
  var codes: [String] { kept.map(\.code.id) }
  var only: Diagnostic? { kept.count == 1 ? kept[0] : nil }
}

extension Diagnostic {
  /// The part of the excerpt that the caret marks.
  var marked: String? {
    excerpt.map { excerpt in
      let characters = Array(excerpt.text)
      let end = min(characters.count, excerpt.caret + excerpt.length)
      return excerpt.caret <= end ? String(characters[excerpt.caret..<end]) : ""
    }
  }
}
