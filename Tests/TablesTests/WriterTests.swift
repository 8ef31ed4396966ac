import ChannelTypes
import Tables
import Testing

@Suite struct WriterTests {
  private let table = Table(
    name: "t",
    columns: [
      .text("name", ["=SUM(A1)", "+1", "-2", "@x", "\tt", "'=x", "'plain", "a,b", "q\"q", nil] as [String?]),
      .integer("n", [-1, 2, nil, 4, 5, 6, 7, 8, 9, 10] as [Int?]),
      .real("r", [-0.5, .nan, .infinity, 1e20, 0.1, 5, 6, 7, 8, 1e-7]),
      .money("m", (0..<10).map { Money(tenThousandths: Int64($0) * -12_345) }),
    ])

  @Test func textIsGuardedAndNumbersAreNot() {
    let lines = CSVWriter.text(table).split(separator: "\n").map(String.init)
    #expect(
      lines == [
        "name,n,r,m", "'=SUM(A1),-1,-0.5,0.00", "'+1,2,,-1.2345", "'-2,,,-2.469", "'@x,4,1e+20,-3.7035",
        "'\tt,5,0.1,-4.938", "''=x,6,5,-6.1725", "'plain,7,6,-7.407", "\"a,b\",8,7,-8.6415",
        "\"q\"\"q\",9,8,-9.876", ",10,1e-07,-11.1105",
      ])
  }

  @Test func gzipDependsOnTheContentOnly() throws {
    let scratch = Scratch()
    try CSVWriter.write(table, to: scratch.file("a.csv.gz"))
    try CSVWriter.write(table, to: scratch.file("b.csv.gz"))
    let bytes = scratch.bytes("a.csv.gz")
    #expect(bytes == scratch.bytes("b.csv.gz"))
    // No name, no time: flags and the four bytes of the time are zero (RFC 1952, 2.3).
    #expect(Array(bytes[0..<8]) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
    #expect(scratch.names() == ["a.csv.gz", "b.csv.gz"])
  }

  @Test func nothingHalfWrittenIsLeft() throws {
    let scratch = Scratch()
    scratch.write("old.csv", Array("old".utf8))
    do {
      var file = try AtomicFile(path: scratch.file("old.csv"))
      try file.append(Array("new".utf8))
      // Not committed.
    }
    #expect(scratch.names() == ["old.csv"])
    #expect(scratch.bytes("old.csv") == Array("old".utf8))
    try AtomicFile.write("new", to: scratch.file("old.csv"))
    #expect(scratch.bytes("old.csv") == Array("new".utf8))
    #expect(throws: FileError.isDirectory(path: scratch.path)) { try AtomicFile.write("x", to: scratch.path) }
    let nowhere = scratch.file("no/such/file.csv")
    #expect(throws: FileError.noSuchDirectory(path: nowhere)) { try CSVWriter.write(table, to: nowhere) }
  }

  @Test func everyFileErrorHasACode() {
    let errors: [(FileError, String)] = [
      (.missing(path: "a/b"), "D101"), (.isDirectory(path: "a"), "D102"), (.unreadable(path: "a", reason: "r"), "D103"),
      (.damagedArchive(path: "a", reason: "r"), "D105"), (.noSuchDirectory(path: "a"), "D190"),
      (.notWritable(path: "a", reason: "r"), "D191"), (.noSpace(path: "a"), "D192"),
      (.writeFailed(path: "a", reason: "r"), "D193"),
    ]
    for (error, code) in errors {
      #expect(error.diagnostic.code.id == code)
      #expect(error.diagnostic.hint != nil)
      #expect(error.diagnostic.message.contains("`a"))
    }
  }

  @Test(.enabled(if: WriterTests.hasSysFS, "needs a folder that nobody may write to"))
  func readOnlyFolder() {
    #expect(throws: FileError.notWritable(path: "/sys/x.csv", reason: "permission denied")) {
      try AtomicFile.write("x", to: "/sys/x.csv")
    }
  }

  static var hasSysFS: Bool { (try? TextFile.read("/sys/kernel/mm/transparent_hugepage/enabled")) != nil }

  @Test func codesAreCompleteAndExplained() {
    let ids = DataCodes.all.map(\.id)
    #expect(ids == ids.sorted())
    #expect(Set(ids).count == ids.count)
    for code in DataCodes.all {
      #expect(code.id.hasPrefix("D1"))
      #expect(code.explanation.split(separator: ". ").count >= 2, "\(code.id)")
      #expect(!code.title.isEmpty && !code.title.hasSuffix("."))
    }
  }

  @Test func jsonIsExactAndOrdered() throws {
    let value: JSONValue = [
      "z": 1, "a": [1, 2.5, nil, true], "text": "quote \" slash \\ line\n\u{1} 渠道",
      "nested": ["amount": .money(Money(tenThousandths: 12_345)), "bad": .number(.nan), "list": []],
      "rows": [["x": 1], ["x": 2]],
    ]
    #expect(
      value.compact
        == #"{"z":1,"a":[1,2.5,null,true],"text":"quote \" slash \\ line\n\u0001 渠道","#
        + #""nested":{"amount":1.2345,"bad":null,"list":[]},"rows":[{"x":1},{"x":2}]}"#)
    #expect(
      value.indented == """
        {
          "z": 1,
          "a": [1, 2.5, null, true],
          "text": "quote \\" slash \\\\ line\\n\\u0001 渠道",
          "nested": {
            "amount": 1.2345,
            "bad": null,
            "list": []
          },
          "rows": [
            {"x": 1},
            {"x": 2}
          ]
        }
        """)
    let rows = Table(name: "t", columns: [.text("a", ["x", nil] as [String?]), .real("b", [1.5, .nan])])
    #expect(JSONWriter.value(rows).compact == #"[{"a":"x","b":1.5},{"a":null,"b":null}]"#)
    let scratch = Scratch()
    try JSONWriter.write(["a": 1], to: scratch.file("x.json"))
    #expect(try TextFile.read(scratch.file("x.json")) == "{\"a\": 1}\n")
  }
}

@Suite struct RowTests {
  private let table = Table(
    name: "t",
    columns: [
      .text("region", ["east", "west", "east", nil, "west", "east"] as [String?]),
      .period("month", form: .month, [1, 1, 2, 1, 1, 1].map { Period.month(2026, $0) }),
      .integer("n", [6, 5, 4, 3, 2, 1]), .real("r", [0.5, -1, .nan, -0.25, 0, 1e9]),
    ])

  @Test func groupsAreContiguousAndInOrderOfAppearance() {
    let groups = GroupIndex(table, by: ["region", "month"])
    #expect(groups.count == 4)
    #expect((0..<4).map { Array(groups[$0]) } == [[0, 5], [1, 4], [2], [3]])
    #expect(groups.groups == [0, 1, 2, 3, 1, 0])
    #expect((0..<4).map(groups.firstRow) == [0, 1, 2, 3])
    #expect(GroupIndex(table, by: []).count == 1)
    #expect(GroupIndex([.real("x", [])], rowCount: 0).count == 0)
  }

  /// Against a dictionary of keys as texts.
  @Test func manyGroupsAgreeWithADictionary() {
    var random = TestStream(3)
    let a = (0..<20_000).map { _ in random.below(40) }
    let b = (0..<20_000).map { _ in Double(random.below(300)) / 7 }
    let groups = GroupIndex([.integer("a", a), .real("b", b)], rowCount: 20_000)
    var expected: [String: [Int32]] = [:]
    for row in 0..<20_000 { expected["\(a[row])/\(b[row])", default: []].append(Int32(row)) }
    #expect(groups.count == expected.count)
    for group in 0..<groups.count {
      let row = groups.firstRow(group)
      #expect(expected["\(a[row])/\(b[row])"] == Array(groups[group]))
    }
  }

  @Test func rowsAreSelectedFilteredAndSorted() {
    #expect(table.filtered { $0 % 2 == 1 }.integers("n") == [5, 3, 1])
    #expect(table.selecting(rows: [5, 0, 0]).integers("n") == [1, 6, 6])
    #expect(table.selecting(columns: ["n", "none", "region"]).columns.map(\.name) == ["n", "region"])
    let sorted = table.sorted(by: ["region", "n"])
    #expect(sorted.integers("n") == [3, 1, 4, 6, 2, 5])
    #expect(table.sorted(by: ["r"]).integers("n") == [4, 5, 3, 2, 6, 1])
    #expect(table.sorted(by: ["month"]).integers("n") == [6, 5, 3, 2, 1, 4])
  }

  @Test func keysAreLookedUp() throws {
    let lookup = RowLookup(TextColumn(["P1", "P2", "P1", nil]))
    #expect(lookup["P1"] == 0 && lookup["P2"] == 1 && lookup["P3"] == nil && lookup.count == 2)
    #expect(lookup.matching(TextColumn(["P2", "P9", nil, "P1"])) == [1, nil, nil, 0])
  }

  @Test func tablesAreBuiltFromRows() {
    struct Move { var region: String, plan: Money, rate: Double? }
    let rows = [Move(region: "a", plan: Money(1), rate: 0.5), Move(region: "b", plan: Money(2), rate: nil)]
    let table = Table(
      name: "moves", rows: rows,
      columns: [
        .text("region") { $0.region }, .money("plan") { $0.plan }, .real("rate") { $0.rate ?? .nan },
        .integer("length") { $0.region.count },
        .period("month", form: .month) { _ in .month(2026, 1) },
      ])
    #expect(CSVWriter.text(table) == "region,plan,rate,length,month\na,1.00,0.5,1,2026-01\nb,2.00,,1,2026-01\n")
    #expect(Column.constant("x", "all", count: 3).text(2) == "all")
    #expect(Column.constant("x", nil, count: 3).isKnown(0) == false)
  }
}

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("shangai", "shanghai"), ("Partner ID", "partner_id"), ("sellout_qty", "sell_out_qty"), ("regoin", "region"),
    ("ｒｅｇｉｏｎ", "region"), ("xyz", nil), ("", nil), ("p", nil),
  ])
  func nearestName(name: String, expected: String?) {
    let names = ["region", "partner_id", "sell_in_qty", "sell_out_qty", "shanghai"]
    #expect(Suggestion.closest(to: name, among: names) == expected)
  }

  @Test func distancesAreCounted() {
    #expect(Suggestion.levenshtein("kitten", "sitting") == 3)
    #expect(Suggestion.levenshtein("", "abc") == 3)
    #expect(Suggestion.levenshtein("ab", "ba") == 1)
    #expect(Suggestion.levenshtein("渠道", "渠到") == 1)
  }
}
