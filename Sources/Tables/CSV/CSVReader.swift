/// Reads text tables: comma, semicolon, tab or vertical bar between cells, decimal point or comma, UTF-8, UTF-16 or
/// GB18030, plain or gzip.
///
/// An empty cell is unknown; 0 is zero. Blanks around an unquoted cell are not part of it. Columns come from the file
/// by name, from the plan as constants, or from expressions over the file's numeric columns; columns that the schema
/// does not know are kept, with the narrowest type that fits all their cells.
public enum CSVReader {
  /// Reads a table and adds everything that is wrong with it to `findings`, all in one pass.
  ///
  /// - Returns: nil where there is an error among the findings of this table.
  /// - Complexity: O(bytes); the file is mapped, and memory is that of the columns.
  public static func read(_ reference: TableReference, schema: Schema, findings: inout Findings) -> Table? {
    var own = Findings(limit: findings.limit)
    let table = read(reference, schema, &own)
    findings.merge(own)
    return own.hasErrors ? nil : table
  }

  /// The names in the header of a table, without those that are empty; nil, with a finding, where there is none.
  ///
  /// A reader that derives its schema from the columns of the file asks for them first.
  public static func columnNames(_ reference: TableReference, findings: inout Findings) -> [String]? {
    do throws(EncodedText.Failure) {
      let text = try EncodedText.open(reference.path)
      return text.withBytes { bytes in
        guard !bytes.isEmpty, let header = TableHeader(bytes, DialectSniffer(bytes).dialect) else {
          findings.add(emptyFile(reference))
          return nil
        }
        return header.names.filter { !$0.isEmpty }
      }
    } catch {
      findings.add(finding(error, reference))
      return nil
    }
  }

  private static func read(_ reference: TableReference, _ schema: Schema, _ findings: inout Findings) -> Table? {
    do throws(EncodedText.Failure) {
      let text = try EncodedText.open(reference.path)
      return text.withBytes { bytes in
        guard !bytes.isEmpty else {
          findings.add(emptyFile(reference))
          return nil
        }
        var sniffer = DialectSniffer(bytes)
        sniffer.dialect.encoding = text.encoding
        sniffer.dialect.isCompressed = text.isCompressed
        guard let header = TableHeader(bytes, sniffer.dialect) else {
          findings.add(emptyFile(reference))
          return nil
        }
        let doubt = sniffer.settleDoubt(header, reference)
        let source = SourceText(bytes: bytes, dialect: sniffer.dialect, file: reference.displayPath)
        if let doubt, let cell = doubt.first { findings.add(doubt.finding(cell, source)) }
        if let sheet = CSVSheet.text(source, header, schema, reference, &findings) {
          return table(sheet, reference, schema, &findings)
        }
        guard let totals = TotalRows(bytes, sniffer.dialect, header), totals.areForeign(to: schema, reference, header)
        else {
          var reading = TableReading(source, header, schema, reference)
          return reading.table(&findings)
        }
        if totals.hasInnerSums, let sheet = CSVSheet.text(source, header, withSums: schema, reference, &findings) {
          return table(sheet, reference, schema, &findings)
        }
        totals.report(source, &findings)
        let rows = SourceText(
          bytes: UnsafeBufferPointer(rebasing: bytes[..<totals.end]), dialect: sniffer.dialect,
          file: reference.displayPath)
        var reading = TableReading(rows, header, schema, reference)
        return reading.table(&findings)
      }
    } catch {
      findings.add(finding(error, reference))
      return nil
    }
  }

  /// The table of a sheet.
  static func table(
    _ text: SheetText, _ reference: TableReference, _ schema: Schema, _ findings: inout Findings
  ) -> Table? {
    text.bytes.withUnsafeBufferPointer { bytes in
      guard let header = TableHeader(bytes, SheetText.dialect) else { return nil }
      let source = SourceText(
        bytes: bytes, dialect: SheetText.dialect, file: reference.displayPath, origins: text.origins)
      var reading = TableReading(source, header, schema, reference)
      return reading.table(&findings, summary: text.summary)
    }
  }

  static func emptyFile(_ reference: TableReference) -> Diagnostic {
    Diagnostic(
      DataCodes.emptyFile, "`\(reference.displayPath)` is empty", at: SourcePlace(file: reference.displayPath),
      hint: "a table begins with a line of column names")
  }

  static func finding(_ failure: EncodedText.Failure, _ reference: TableReference) -> Diagnostic {
    switch failure {
    case .file(let error):
      var finding = error.diagnostic
      finding.place = SourcePlace(file: reference.displayPath)
      finding.message = finding.message.replacing(reference.path, with: reference.displayPath)
      return finding
    case .text(let problem):
      let place = SourcePlace(file: reference.displayPath, line: problem.line)
      switch problem.kind {
      case .nul:
        return Diagnostic(
          DataCodes.nulBytes, "the file has \(problem.count) NUL byte\(problem.count == 1 ? "" : "s")", at: place,
          hint: "this is not a text file, or it is damaged; save the table as UTF-8 CSV")
      case .invalid:
        return Diagnostic(
          DataCodes.badEncoding, "the bytes here are neither UTF-8 nor GB18030", at: place,
          hint: "save the file as UTF-8; `iconv -f LATIN1 -t UTF-8` converts Western European text")
      case .wide:
        return Diagnostic(
          DataCodes.wideEncoding, "the file is UTF-32", at: place,
          hint: "save it as “CSV UTF-8”, or convert it with `iconv -f UTF-32 -t UTF-8`")
      }
    }
  }
}

extension DialectSniffer {
  /// Where the plan says that a doubtful column is grouped, commas are groups in the whole file; else the doubt stays.
  fileprivate mutating func settleDoubt(_ header: TableHeader, _ reference: TableReference) -> DecimalDoubt? {
    guard let doubt else { return nil }
    let grouped = reference.columns.values.compactMap { origin -> Int? in
      guard case .converted(let name, .groupedNumbers) = origin else { return nil }
      return header.firstIndex(of: name)
    }
    guard grouped.contains(where: { doubt.cells[$0] != nil }) else { return doubt }
    dialect.decimalMark = UInt8(ascii: ".")
    return nil
  }
}

extension DecimalDoubt {
  /// A warning, or an error where other numbers of the file say that commas are no decimal marks.
  func finding(_ range: Range<Int>, _ source: SourceText) -> Diagnostic {
    let cell = String(decoding: source.bytes[range], as: UTF8.self)
    let places = [range.lowerBound] + (contradiction.map { [$0.lowerBound] } ?? [])
    let lines = source.lines(of: places)
    let other = contradiction.map { contradiction in
      "line \(lines[1]) has `\(String(decoding: source.bytes[contradiction], as: UTF8.self))`, with a decimal point"
    }
    return Diagnostic(
      DataCodes.ambiguousDecimal, contradiction == nil ? .warning : .error,
      contradiction == nil
        ? "`\(cell)` was read with a decimal comma, and could be grouped"
        : "`\(cell)` may have a decimal comma or a thousands comma, and the file has numbers of both kinds",
      at: source.place(range.lowerBound, line: lines[0]), excerpt: source.excerpt(range),
      hint: "export numbers without grouping, or write in the plan: {column: …, numbers: grouped}",
      notes: other.map { [$0] } ?? [])
  }
}
