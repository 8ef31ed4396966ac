/// A workbook for a test: writes the XML parts and the zip archive (stored, without compression) itself, so that the
/// reader meets bytes that no other part of the package made.
struct TestWorkbook {
  var sheets: [TestSheet]
  var is1904 = false
  /// What stands before element names: `x:` as some programs write.
  var prefix = ""

  init(_ sheets: [TestSheet], is1904: Bool = false, prefix: String = "") {
    self.sheets = sheets
    self.is1904 = is1904
    self.prefix = prefix
  }

  /// A workbook of one sheet.
  init(_ name: String = "Sheet1", merged: [String] = [], _ rows: [[TestCell]]) {
    sheets = [TestSheet(name, merged: merged, rows)]
  }

  /// The formats of `TestCell.number(_, format:)`, in the order of the style numbers from 1.
  static let formats = [
    "yyyy\\-mm\\-dd", "yyyy\"年\"m\"月\"", "0.0%", "#,##0.00", "00000", "yyyy-mm-dd hh:mm", "mmm yyyy",
  ]

  var bytes: [UInt8] { Zip.archive(parts.map { ($0.name, Array($0.text.utf8)) }) }

  var parts: [(name: String, text: String)] {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    let namespace =
      (prefix.isEmpty ? "xmlns" : "xmlns:" + prefix.dropLast())
      + "=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"\(office)\""
    let package = "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\""
    var texts: [String] = []
    let sheetParts = sheets.enumerated().map { index, sheet in
      ("xl/worksheets/sheet\(index + 1).xml", sheet.xml(prefix, namespace, &texts))
    }
    let names = sheets.enumerated().map { index, sheet in
      "<\(prefix)sheet name=\"\(sheet.name.escaped)\" sheetId=\"\(index + 1)\" r:id=\"rId\(index + 1)\""
        + (sheet.isHidden ? " state=\"hidden\"" : "") + "/>"
    }
    let links = sheets.indices.map {
      "<Relationship Id=\"rId\($0 + 1)\" Type=\"\(office)/worksheet\" Target=\"worksheets/sheet\($0 + 1).xml\"/>"
    }
    let codes = Self.formats.enumerated().map {
      "<\(prefix)numFmt numFmtId=\"\(164 + $0)\" formatCode=\"\($1.escaped)\"/>"
    }
    let styles = Self.formats.indices.map { "<\(prefix)xf numFmtId=\"\(164 + $0)\"/>" }
    return [
      (
        "_rels/.rels",
        "<Relationships \(package)><Relationship Id=\"a\" Type=\"\(office)/officeDocument\" Target=\"/xl/workbook.xml\"/>"
          + "</Relationships>"
      ),
      (
        "xl/workbook.xml",
        "<\(prefix)workbook \(namespace)><\(prefix)workbookPr date1904=\"\(is1904 ? 1 : 0)\"/><\(prefix)sheets>"
          + names.joined() + "</\(prefix)sheets></\(prefix)workbook>"
      ),
      (
        "xl/_rels/workbook.xml.rels",
        "<Relationships \(package)>" + links.joined()
          + "<Relationship Id=\"s\" Type=\"\(office)/styles\" Target=\"styles.xml\"/>"
          + "<Relationship Id=\"t\" Type=\"\(office)/sharedStrings\" Target=\"../xl/sharedStrings.xml\"/></Relationships>"
      ),
      (
        "xl/styles.xml",
        "<\(prefix)styleSheet \(namespace)><\(prefix)numFmts>\(codes.joined())</\(prefix)numFmts><\(prefix)cellXfs>"
          + "<\(prefix)xf numFmtId=\"0\"/>\(styles.joined())<\(prefix)xf numFmtId=\"0\" applyProtection=\"1\">"
          + "<\(prefix)protection locked=\"0\"/></\(prefix)xf></\(prefix)cellXfs></\(prefix)styleSheet>"
      ),
      (
        "xl/sharedStrings.xml",
        "<\(prefix)sst \(namespace)>"
          + texts.map { "<\(prefix)si><\(prefix)t xml:space=\"preserve\">\($0.escaped)</\(prefix)t></\(prefix)si>" }
          .joined()
          + "</\(prefix)sst>"
      ),
    ] + sheetParts
  }
}

struct TestSheet {
  var name: String
  var isHidden = false
  var isProtected = false
  var merged: [String]
  var rows: [[TestCell]]

  init(
    _ name: String = "Sheet1", isHidden: Bool = false, isProtected: Bool = false, merged: [String] = [],
    _ rows: [[TestCell]]
  ) {
    self.name = name
    self.isHidden = isHidden
    self.isProtected = isProtected
    self.merged = merged
    self.rows = rows
  }

  fileprivate func xml(_ prefix: String, _ namespace: String, _ texts: inout [String]) -> String {
    var xml = "<\(prefix)worksheet \(namespace)><\(prefix)sheetData>"
    for (row, cells) in rows.enumerated() where !cells.isEmpty {
      xml += "<\(prefix)row r=\"\(row + 1)\">"
      for (column, cell) in cells.enumerated() {
        xml += cell.xml(prefix, Self.letters(column) + "\(row + 1)", &texts)
      }
      xml += "</\(prefix)row>"
    }
    xml += "</\(prefix)sheetData>"
    if isProtected { xml += "<\(prefix)sheetProtection sheet=\"1\"/>" }
    if !merged.isEmpty {
      xml +=
        "<\(prefix)mergeCells>" + merged.map { "<\(prefix)mergeCell ref=\"\($0)\"/>" }.joined()
        + "</\(prefix)mergeCells>"
    }
    return xml + "</\(prefix)worksheet>"
  }

  private static func letters(_ column: Int) -> String {
    let second = String(Character(Unicode.Scalar(UInt8(65 + column % 26))))
    return column < 26 ? second : String(Character(Unicode.Scalar(UInt8(64 + column / 26)))) + second
  }
}

enum TestCell: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral {
  case blank
  case text(String)
  case inline(String)
  case number(Double, format: Int)
  case formula(String, value: String, type: String)
  case boolean(Bool)
  case error(String)
  /// A number in an unlocked cell.
  case unlocked(Double)
  /// XML as it is, in place of the element of a cell.
  case raw(String)

  init(stringLiteral value: String) { self = value.isEmpty ? .blank : .text(value) }
  init(integerLiteral value: Int) { self = .number(Double(value), format: 0) }
  init(floatLiteral value: Double) { self = .number(value, format: 0) }

  fileprivate func xml(_ prefix: String, _ place: String, _ texts: inout [String]) -> String {
    func cell(_ attributes: String, _ content: String) -> String {
      "<\(prefix)c r=\"\(place)\"\(attributes)>\(content)</\(prefix)c>"
    }
    func value(_ text: String) -> String { "<\(prefix)v>\(text)</\(prefix)v>" }
    switch self {
    case .blank: return ""
    case .text(let text):
      texts.append(text)
      return cell(" t=\"s\"", value("\(texts.count - 1)"))
    case .inline(let text):
      return cell(" t=\"inlineStr\"", "<\(prefix)is><\(prefix)t>\(text.escaped)</\(prefix)t></\(prefix)is>")
    case .number(let number, let format): return cell(format == 0 ? "" : " s=\"\(format)\"", value("\(number)"))
    case .formula(let formula, let result, let type):
      return cell(
        type.isEmpty ? "" : " t=\"\(type)\"",
        "<\(prefix)f>\(formula.escaped)</\(prefix)f>" + (result.isEmpty ? "" : value(result.escaped)))
    case .boolean(let flag): return cell(" t=\"b\"", value(flag ? "1" : "0"))
    case .error(let text): return cell(" t=\"e\"", value(text))
    case .unlocked(let number): return cell(" s=\"\(TestWorkbook.formats.count + 1)\"", value("\(number)"))
    case .raw(let xml): return xml
    }
  }
}

extension String {
  var escaped: String {
    replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}

/// Zip archives without compression (APPNOTE.TXT, 4.3).
enum Zip {
  static func archive(_ parts: [(String, [UInt8])]) -> [UInt8] {
    var bytes: [UInt8] = []
    var directory: [UInt8] = []
    for (name, content) in parts {
      let start = bytes.count
      var common: [UInt8] = []
      append(20, 2, &common)
      append(0x0800, 2, &common)
      append(0, 2, &common)
      append(0x21_0000, 4, &common)
      append(Int(checksum(content)), 4, &common)
      append(content.count, 4, &common)
      append(content.count, 4, &common)
      append(name.utf8.count, 2, &common)
      append(0, 2, &common)
      bytes += [0x50, 0x4B, 3, 4] + common + Array(name.utf8) + content
      directory += [0x50, 0x4B, 1, 2, 20, 0] + common + [UInt8](repeating: 0, count: 10)
      append(start, 4, &directory)
      directory += Array(name.utf8)
    }
    let start = bytes.count
    bytes += directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
    append(parts.count, 2, &bytes)
    append(parts.count, 2, &bytes)
    append(directory.count, 4, &bytes)
    append(start, 4, &bytes)
    return bytes + [0, 0]
  }

  private static func append(_ value: Int, _ count: Int, _ bytes: inout [UInt8]) {
    for shift in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
  }

  /// CRC-32 of ISO 3309.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var state = UInt32.max
    for byte in bytes {
      state ^= UInt32(byte)
      for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0xEDB8_8320 : state >> 1 }
    }
    return ~state
  }
}
