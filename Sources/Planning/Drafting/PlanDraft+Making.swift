import ChannelTypes
public import Tables

extension PlanDraft {
  /// More files than this are not looked at.
  public static let mostFiles = 1000

  /// Drafts a plan from the files of a folder: samples of each, and as much of them as proves a key. Nil, with a
  /// finding, where the folder cannot be read or holds no table.
  ///
  /// O(bytes of the files), once to sample and once to read what became a table.
  public static func fromFolder(_ folder: String, findings: inout Findings) -> PlanDraft? {
    let entries: [FolderListing.Entry]
    do throws(FileError) { entries = try FolderListing.entries(of: folder) } catch {
      findings.add(
        Diagnostic(
          DraftCodes.noFolder, "`\(folder)` is not a folder that can be read", at: SourcePlace(file: folder),
          hint: "name the folder that holds your CSV files and workbooks"))
      return nil
    }
    var files: [SampledFile] = []
    var leftOut: [LeftOut] = []
    for entry in entries.prefix(mostFiles) {
      switch sample(entry, in: folder) {
      case .success(let found): files += found
      case .failure(let reason): leftOut.append(reason.file)
      }
    }
    if entries.count > mostFiles {
      leftOut.append(
        LeftOut(
          file: folder, reason: "only the first \(mostFiles) of \(entries.count) files were looked at", isQuestion: true
        ))
    }
    guard !files.isEmpty else {
      let list = leftOut.prefix(3).map { "\($0.file): \($0.reason)" }
      findings.add(
        Diagnostic(
          DraftCodes.noTables, "`\(folder)` holds no CSV file or workbook that can be read",
          at: SourcePlace(file: folder),
          hint: "export the tables as .csv or .xlsx into this folder", notes: list))
      return nil
    }
    var draft = make(from: files, name: folderName(folder), leftOut: leftOut)
    draft.review()
    return draft
  }

  private struct NoTable: Error { let file: LeftOut }

  private static let endings = [".csv", ".tsv", ".txt", ".tab", ".dat", ".psv"]

  private static func sample(_ entry: FolderListing.Entry, in folder: String) -> Result<[SampledFile], NoTable> {
    func left(_ reason: String, _ isQuestion: Bool) -> Result<[SampledFile], NoTable> {
      .failure(NoTable(file: LeftOut(file: entry.name, reason: reason, isQuestion: isQuestion)))
    }
    if entry.isFolder { return left("a folder; its files are not looked at", false) }
    let lowered = entry.name.lowercased()
    let stem = lowered.hasSuffix(".gz") ? String(lowered.dropLast(3)) : lowered
    let isWorkbook = [".xlsx", ".xlsm"].contains(where: lowered.hasSuffix)
    guard isWorkbook || endings.contains(where: stem.hasSuffix) else {
      let isSheet = [".xls", ".xlsb", ".ods", ".numbers", ".et"].contains(where: stem.hasSuffix)
      return left(
        isSheet ? "a spreadsheet of another form; save it as .xlsx" : "not a .csv, .tsv, .txt or .xlsx file", isSheet)
    }
    if entry.name.contains("*") { return left("a `*` in the name of a file would be a pattern; rename it", true) }
    let path = folder.hasSuffix("/") ? folder + entry.name : folder + "/" + entry.name
    if isWorkbook {
      // Office applications keep a lock file beside an open workbook.
      if entry.name.hasPrefix("~$") { return left("the lock of an open workbook", false) }
      do throws(TableSample.Failure) {
        let sheets = try SheetSample.read(path, displayPath: entry.name) { figure(of: $0) }
        return .success(
          sheets.map { sheet in
            let name = entry.name + (sheet.sheet.map { "#" + $0 } ?? "")
            return SampledFile(name: name, sheet, ColumnDictionary.standard)
          })
      } catch {
        switch error {
        case .empty: return left("the workbook has no table", true)
        case .unreadable(let finding): return left(finding.message, true)
        }
      }
    }
    do throws(TableSample.Failure) {
      let sample = try TableSample.read(path, displayPath: entry.name)
      let width = sample.names.count
      if sample.unevenRows > sample.columns[0].count {
        return left("most rows do not have the \(width) cells of the first line; are there title lines above it?", true)
      }
      if sample.columns[0].isEmpty { return left("a header and no rows", true) }
      return .success([SampledFile(name: entry.name, sample)])
    } catch {
      switch error {
      case .empty: return left("the file is empty", false)
      case .unreadable(let finding): return left(finding.message, true)
      }
    }
  }

  /// Which column of which table the figures under periods are, by what stands around them: units sold where nothing
  /// says otherwise.
  static func figure(of captions: [String]) -> String {
    let dictionary = ColumnDictionary.standard
    let names = captions.map { HeaderName($0) }
    let isMoney = captions.contains { caption in ["元", "¥", "￥"].contains(where: caption.contains) }
    for name in names where !name.tokens.isEmpty {
      let tables = dictionary.scores(ofFile: name)
      let table = tables.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
      if let table, table.value > tables[.sales] ?? 0 {
        switch table.key {
        case .budget, .targets: return "amount"
        case .inventory: return "on_hand"
        default: break
        }
      }
      let figures = dictionary.scores(name, in: .sales).filter { Measure(rawValue: $0.key) != nil }
      guard let best = figures.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else { continue }
      return isMoney ? best.key.replacing("_qty", with: "_value") : best.key
    }
    return isMoney ? "sell_out_value" : "sell_out_qty"
  }

  /// A name that a plan may have, from the last part of a path.
  static func folderName(_ path: String) -> String {
    let last = path.split(separator: "/").last { $0 != "." && $0 != ".." } ?? "plan"
    let kept = last.unicodeScalars.filter {
      $0.properties.isAlphabetic || $0.properties.numericType != nil || "-_".unicodeScalars.contains($0)
    }
    let name = String(String.UnicodeScalarView(kept).prefix(60))
    return name.isEmpty ? "plan" : name
  }

  /// Decides which file is which table and which column is which; samples only.
  static func make(from files: [SampledFile], name: String, leftOut: [LeftOut]) -> PlanDraft {
    let dictionary = ColumnDictionary.standard
    var assignment = TableAssignment(files, dictionary)
    assignment.join()
    let chinese = files.contains { file in
      file.columns.contains { $0.header.tokens.contains { $0.unicodeScalars.contains { $0.value >= 0x4E00 } } }
    }
    var draft = PlanDraft(
      name: name, currency: currency(of: files, isChinese: chinese),
      tables: assignment.drafts(), leftOut: leftOut + assignment.leftOut)
    draft.hasChineseNames = chinese
    draft.leftOut.sort { $0.file < $1.file }
    draft.chooseMeasure()
    return draft
  }

  private static func currency(of files: [SampledFile], isChinese: Bool) -> Choice<String> {
    let signs: [(code: String, words: [String])] = [
      ("CNY", ["元", "¥", "rmb", "cny", "人民币"]), ("USD", ["$", "usd"]), ("EUR", ["€", "eur"]), ("GBP", ["£", "gbp"]),
    ]
    for file in files {
      for column in file.columns {
        let unit = column.header.unit
        for (code, words) in signs where words.contains(where: { !unit.isEmpty && unit.contains($0) }) {
          return Choice(code, "the unit of `\(column.name)` in \(file.name)")
        }
        guard column.isGroupedNumber, let cell = column.distinct.first else { continue }
        for (code, words) in signs where words.contains(where: cell.contains) {
          return Choice(code, "the sign in `\(cell)` of \(file.name)")
        }
      }
    }
    if isChinese { return Choice("CNY", "the names of columns are Chinese") }
    return Choice(
      "CNY", "no unit of money was found", question: "which currency are the amounts in? such as USD or EUR")
  }

  /// What is forecast: sell-out where there is one, else sell-in.
  private mutating func chooseMeasure() {
    guard let sales = self[.sales] else { return }
    frequency.reason = "the sales cannot be read yet, which would tell it"
    if let value = ["sell_out_value", "sell_in_value"].first(where: {
      sales[$0] != nil && sales[$0]?.origin == sales[$0.replacing("value", with: "qty")]?.origin
    }) {
      // Amounts stand in for units: what is forecast is money, and is called so.
      measure = Choice(
        value == "sell_out_value" ? .sellOutValue : .sellInValue, "money: no column holds units")
    } else if let quantity = sales["sell_out_qty"] {
      measure = Choice(.sellOutQuantity, quantity.source.map { "`\($0)`" } ?? quantity.reason)
    } else if let quantity = sales["sell_in_qty"] {
      measure = Choice(.sellInQuantity, "the file has no sell-out; " + (quantity.source.map { "`\($0)`" } ?? ""))
    }
  }
}
