/// A link from one part of a package to another (ECMA-376 part 2, 6.5).
struct Relationship {
  var id: String
  /// Ends in `/worksheet`, `/styles`, `/sharedStrings`; what stands before differs between the forms of the standard.
  var type: String
  /// The path of the part in the archive.
  var target: String
}

enum PartPath {
  static func folder(of part: String) -> String {
    part.lastIndex(of: "/").map { String(part[..<$0]) } ?? ""
  }

  /// The part that lists the relationships of another.
  static func relationships(of part: String) -> String {
    let folder = folder(of: part)
    let name = folder.isEmpty ? part : String(part.dropFirst(folder.count + 1))
    return (folder.isEmpty ? "" : folder + "/") + "_rels/\(name).rels"
  }

  /// A target as it is written, seen from a folder: `worksheets/sheet1.xml`, `../x.xml`, `/xl/x.xml`.
  static func resolve(_ target: String, from folder: String) -> String {
    var steps = target.hasPrefix("/") ? [] : folder.split(separator: "/")
    for step in target.split(separator: "/") {
      switch step {
      case ".": continue
      case "..": if !steps.isEmpty { steps.removeLast() }
      default: steps.append(step)
      }
    }
    return steps.joined(separator: "/")
  }
}

extension ZipArchive {
  /// The relationships that a part lists, with targets seen from the folder `base`.
  func relationships(_ part: String, base: String) throws(SpreadsheetFailure) -> [Relationship] {
    let visitor = RelationshipsVisitor(base: base)
    try visit(part, visitor)
    return visitor.relationships
  }
}

private final class RelationshipsVisitor: XMLVisitor {
  let base: String
  var relationships: [Relationship] = []
  let failure: SpreadsheetFailure? = nil

  init(base: String) { self.base = base }

  func start(_ name: XMLName, _ attributes: XMLAttributes) {
    guard name == "Relationship", let id = attributes["Id"], let type = attributes["Type"],
      let target = attributes["Target"], attributes["TargetMode"] != "External"
    else { return }
    relationships.append(Relationship(id: id, type: type, target: PartPath.resolve(target, from: base)))
  }
  func end(_ name: XMLName) {}
  func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}

/// The sheets and the date system of a workbook (ECMA-376 part 1, 18.2).
final class WorkbookVisitor: XMLVisitor {
  var isWorkbook = false
  var is1904 = false
  var sheets: [(name: String, relationship: String, isHidden: Bool)] = []
  let failure: SpreadsheetFailure? = nil

  func start(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "workbook": isWorkbook = true
    case "workbookPr": is1904 = attributes.flag("date1904") ?? false
    case "sheet":
      guard let title = attributes["name"] else { return }
      let isHidden = attributes["state"].map { $0 != "visible" } ?? false
      sheets.append((title, attributes["id"] ?? "", isHidden))
    default: break
    }
  }
  func end(_ name: XMLName) {}
  func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}

/// The styles of cells, by the number that cells name (ECMA-376 part 1, 18.8).
final class StylesVisitor: XMLVisitor {
  private(set) var styles: [CellStyle] = []
  private var meanings: [Int: CellStyle.Meaning] = [:]
  private var isInCellFormats = false
  let failure: SpreadsheetFailure? = nil

  func start(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "numFmt":
      guard let id = attributes.count("numFmtId"), let code = attributes["formatCode"] else { return }
      meanings[id] = CellStyle.meaning(ofCode: code)
    case "cellXfs": isInCellFormats = true
    case "xf" where isInCellFormats:
      let id = attributes.count("numFmtId") ?? 0
      styles.append(CellStyle(meaning: meanings[id] ?? CellStyle.meaning(ofBuiltIn: id), isLocked: true))
    case "protection" where isInCellFormats && !styles.isEmpty:
      styles[styles.count - 1].isLocked = attributes.flag("locked") ?? true
    default: break
    }
  }
  func end(_ name: XMLName) { if name == "cellXfs" { isInCellFormats = false } }
  func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}

/// The texts that cells share (ECMA-376 part 1, 18.4). Pieces of rich text are joined; readings of Japanese text
/// (`rPh`) are left out.
final class SharedStringsVisitor: XMLVisitor {
  private(set) var strings: [String] = []
  private var current: [UInt8] = []
  private var isText = false
  private var isReading = false
  let failure: SpreadsheetFailure? = nil

  func start(_ name: XMLName, _ attributes: XMLAttributes) {
    switch name {
    case "si": current.removeAll(keepingCapacity: true)
    case "t": isText = !isReading
    case "rPh": isReading = true
    default: break
    }
  }
  func end(_ name: XMLName) {
    switch name {
    case "si": strings.append(SpreadsheetText.decoded(current))
    case "t": isText = false
    case "rPh": isReading = false
    default: break
    }
  }
  func text(_ bytes: UnsafeBufferPointer<UInt8>) { if isText { current.append(contentsOf: bytes) } }
}

enum SpreadsheetText {
  /// The text of a cell: `_x000D_` stands for a character that XML cannot hold (ECMA-376 part 1, 22.9.2.19).
  static func decoded(_ bytes: [UInt8]) -> String {
    guard bytes.contains(UInt8(ascii: "_")) else { return String(decoding: bytes, as: UTF8.self) }
    var result: [UInt8] = []
    var place = 0
    while place < bytes.count {
      if let unit = escape(bytes, place), let scalar = Unicode.Scalar(unit), unit != 0 {
        result.append(contentsOf: Array(String(Character(scalar)).utf8))
        place += 7
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The number in `_xHHHH_` at a place.
  private static func escape(_ bytes: [UInt8], _ place: Int) -> UInt16? {
    guard place + 7 <= bytes.count, bytes[place] == 95, bytes[place + 1] == 120, bytes[place + 6] == 95 else {
      return nil
    }
    let digits = bytes[(place + 2)..<(place + 6)]
    guard digits.allSatisfy({ ($0 &- 48 < 10) || (($0 | 0x20) &- 97 < 6) }) else { return nil }
    return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
