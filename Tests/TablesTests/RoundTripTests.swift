import ChannelTypes
import Tables
import Testing

/// A small generator of test data (SplitMix64), so that a failure can be repeated.
struct TestStream {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

@Suite struct RoundTripTests {
  private static let pieces = [
    "a", "P001", "渠道", "é", "\"", "\"\"", ",", ";", "\t", "\n", "\r\n", " ", "'", "=", "+1", "-", "@", "0", "1.5", "#",
    "😀",
  ]

  private func text(_ random: inout TestStream) -> String? {
    if random.below(8) == 0 { return nil }
    let text = (0...random.below(4)).map { _ in Self.pieces[random.below(Self.pieces.count)] }.joined()
    return text.isEmpty ? nil : text
  }

  private func real(_ random: inout TestStream) -> Double {
    switch random.below(5) {
    case 0: return .nan
    case 1: return Double(random.below(2_000_001) - 1_000_000) / 100
    case 2: return Double(bitPattern: random.next()).isFinite ? Double(bitPattern: random.next()).finiteOrZero : 0
    case 3: return Double(random.below(1000))
    default: return Double(random.next()) / 0x1p64
    }
  }

  private func randomTable(_ seed: UInt64) -> Table {
    var random = TestStream(seed)
    let rows = 1 + random.below(60)
    func make<T>(_ cell: (inout TestStream) -> T) -> [T] { (0..<rows).map { _ in cell(&random) } }
    let form = PeriodForm.allCases[random.below(5)]
    return Table(
      name: "t",
      columns: [
        .text("text", make(text)),
        .integer(
          "integer", make { $0.below(6) == 0 ? nil : Int(truncatingIfNeeded: Int64(bitPattern: $0.next()) >> 2) }),
        .real("real", make(real)),
        .money("money", make { $0.below(6) == 0 ? nil : Money(tenThousandths: Int64(bitPattern: $0.next()) >> 5) }),
        .period(
          "period", form: form,
          make { random -> Period? in
            random.below(6) == 0 ? nil : Period.day(CivilDate(daysSinceEpoch: random.below(60_000))).containing(form)
          }),
      ])
  }

  private func same(_ a: Table, _ b: Table) -> Bool {
    guard a.rowCount == b.rowCount, a.columns.map(\.name) == b.columns.map(\.name) else { return false }
    return zip(a.columns, b.columns).allSatisfy { left, right in
      left.type == right.type
        && (0..<a.rowCount).allSatisfy { row in
          if case .real(let x) = left.values, case .real(let y) = right.values {
            return x[row].isNaN ? y[row].isNaN : x[row] == y[row]
          }
          return left.text(row).map { Array($0.utf8) } == right.text(row).map { Array($0.utf8) }
        }
    }
  }

  private let everyType = Schema(
    "t",
    [
      ColumnSchema("text", .text), ColumnSchema("integer", .integer), ColumnSchema("real", .real),
      ColumnSchema("money", .money), ColumnSchema("period", .period),
    ])

  @Test func whatIsWrittenReadsBackTheSame() throws {
    let scratch = Scratch()
    for seed in 0..<150 as Range<UInt64> {
      let table = randomTable(seed)
      let name = seed % 2 == 0 ? "t.csv" : "t.csv.gz"
      try CSVWriter.write(table, to: scratch.file(name))
      var findings = Findings()
      let reference = TableReference(path: scratch.file(name))
      let back = CSVReader.read(reference, schema: everyType, findings: &findings)
      #expect(findings.codes == [], "seed \(seed)")
      let read = try #require(back, "seed \(seed)")
      // A column of unknown periods has no form of its own.
      #expect(same(table, read), "seed \(seed)")
    }
  }

  @Test func singleColumnsKeepTheirUnknownRows() throws {
    let table = Table(name: "t", columns: [.text("x", ["a", nil, "b", nil] as [String?])])
    #expect(CSVWriter.text(table) == "x\na\n\"\"\nb\n\"\"\n")
    let back = read(CSVWriter.text(table), schema(.text)).table
    #expect((0..<4).map { back?.text("x")?[$0] } == ["a", nil, "b", nil])
  }

  @Test func doublesAreReadAsTheStandardLibraryReadsThem() throws {
    var random = TestStream(11)
    var texts = [
      "0", "-0", "1", "9007199254740993", "0.1", "1e22", "1e23", "123456789012345678901234567890", "1e-22", "4.9e-324",
      "2.2250738585072011e-308", "1.7976931348623157e308", ".5", "5.", "+7", "00012.50", "1E5", "0.30000000000000004",
    ]
    for _ in 0..<20_000 {
      let digits = String(random.next()).prefix(1 + random.below(20))
      let point = random.below(digits.count + 1)
      var text = digits.prefix(point) + "." + digits.dropFirst(point)
      if random.below(3) == 0 { text += "e\(random.below(60) - 30)" }
      texts.append((random.below(2) == 0 ? "-" : "") + text)
    }
    let (table, findings) = read("a,x\n" + texts.map { "1,\($0)\n" }.joined(), schema(.real))
    #expect(findings.codes == [])
    let values = try #require(table?.numbers("x"))
    for (text, value) in zip(texts, values) {
      let bare = text.replacing(".e", with: ".0e") + (text.hasSuffix(".") ? "0" : "")
      #expect(Double(bare) == value, "\(text)")
    }
  }

  @Test func randomBytesNeverCrash() {
    let alphabet = Array("a1,;\t\"\n\r.-eQW2026-01\0\u{7F}=' ".utf8) + [0x81, 0x30, 0xC3, 0xA9, 0xE6, 0xB8, 0xFF, 0xFE]
    let prefixes: [[UInt8]] = [
      [], Array("period,partner_id,quantity,price,value,channel,promoted\n".utf8), [0xEF, 0xBB, 0xBF],
      [0x1F, 0x8B, 8, 0],
    ]
    for seed in 0..<1500 as Range<UInt64> {
      var random = TestStream(seed &* 977)
      var bytes = prefixes[random.below(prefixes.count)]
      for _ in 0..<random.below(120) { bytes.append(alphabet[random.below(alphabet.count)]) }
      let (table, findings) = read(bytes: bytes)
      #expect((table == nil) == findings.hasErrors, "seed \(seed)")
      for finding in findings.kept {
        if let excerpt = finding.excerpt {
          #expect(excerpt.caret >= 0 && excerpt.length >= 1 && excerpt.caret <= excerpt.text.count, "seed \(seed)")
        }
      }
    }
  }

  @Test func everyCutOfAFileIsReadOrRefused() {
    let text = Array("\u{FEFF}period;partner_id;price\r\n2026-01;\"P\"\"1\";1,5\r\n2026-02;渠道;\"2,25\"\r\n".utf8)
    for length in 0...text.count {
      let (table, findings) = read(bytes: Array(text.prefix(length)))
      #expect((table == nil) == findings.hasErrors, "cut after \(length) bytes")
    }
  }
}

extension Double {
  fileprivate var finiteOrZero: Double { isFinite ? self : 0 }
}
