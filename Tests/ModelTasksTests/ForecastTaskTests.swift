import Foundation
import ModelTasks
import Tables
import Testing

/// `ForecastTask` on small tables.
@Suite struct ForecastTaskTests {
  private struct Result {
    var isDone: Bool
    var text: String
    var findings: [Diagnostic]

    /// The lines after the header, split at commas.
    var rows: [[String]] {
      text.split(separator: "\n").dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        .map { $0.map(String.init) }
    }
    var summaries: [String] { findings.map(\.summary) }
  }

  private func forecast(
    _ table: String, ids: [String] = ["id"], horizon: Int = 3, _ edit: (inout ForecastRequest) -> Void = { _ in }
  ) throws -> Result {
    let desk = try Desk()
    let path = try desk.write(table, to: "table.csv")
    return try forecast(path: path, ids: ids, horizon: horizon, edit)
  }

  private func forecast(
    path: String, ids: [String] = ["id"], horizon: Int = 3, _ edit: (inout ForecastRequest) -> Void = { _ in }
  ) throws -> Result {
    var request = ForecastRequest(
      table: TableReference(path: path), ids: ids, time: "t", value: "y", horizon: horizon)
    request.models = ["naive"]
    edit(&request)
    var findings = Findings()
    var bytes: [UInt8] = []
    let isDone = ForecastTask.run(
      request,
      to: .stream {
        bytes += $0
        return true
      }, findings: &findings)
    return Result(isDone: isDone, text: String(decoding: bytes, as: UTF8.self), findings: findings.kept)
  }

  private static func table(_ times: [String]) -> String {
    "id,t,y\n" + times.enumerated().map { "a,\($1),\($0)\n" }.joined()
  }

  /// The last times of a history, and the three that follow.
  private static let notations: [String: (history: [String], next: [String])] = [
    "numbers": (["8", "9", "10"], ["11", "12", "13"]),
    "numbers with zeros": (["008", "009", "010"], ["011", "012", "013"]),
    "every fifth": (["10", "15", "20"], ["25", "30", "35"]),
    "years": (["1998", "1999", "2000"], ["2001", "2002", "2003"]),
    "days": (["2024-02-26", "2024-02-27", "2024-02-28"], ["2024-02-29", "2024-03-01", "2024-03-02"]),
    "weeks by their day": (["2024-12-16", "2024-12-23"], ["2024-12-30", "2025-01-06", "2025-01-13"]),
    "first days of months": (["2024-10-01", "2024-11-01"], ["2024-12-01", "2025-01-01", "2025-02-01"]),
    "last days of months": (["2023-11-30", "2023-12-31", "2024-01-31"], ["2024-02-29", "2024-03-31", "2024-04-30"]),
    "thirtieth of months": (["2023-11-30", "2023-12-30", "2024-01-30"], ["2024-02-29", "2024-03-30", "2024-04-30"]),
    "last days of quarters": (["2023-06-30", "2023-09-30"], ["2023-12-31", "2024-03-31", "2024-06-30"]),
    "months": (["2024-10", "2024-11"], ["2024-12", "2025-01", "2025-02"]),
    "months with M": (["2024M10", "2024M11"], ["2024M12", "2025M01", "2025M02"]),
    "months without separator": (["202410", "202411"], ["202412", "202501", "202502"]),
    "dates without separator": (["20240228", "20240229"], ["20240301", "20240302", "20240303"]),
    "short dates": (["2024/9/30", "2024/10/1"], ["2024/10/2", "2024/10/3", "2024/10/4"]),
    "quarters": (["2024Q2", "2024Q3"], ["2024Q4", "2025Q1", "2025Q2"]),
    "quarters with dash": (["2024-Q3", "2024-Q4"], ["2025-Q1", "2025-Q2", "2025-Q3"]),
    "ISO weeks": (["2020-W51", "2020-W52"], ["2020-W53", "2021-W01", "2021-W02"]),
    "midnights": (
      ["2024-01-30 00:00:00", "2024-01-31 00:00:00"],
      ["2024-02-01 00:00:00", "2024-02-02 00:00:00", "2024-02-03 00:00:00"]
    ),
    "working days": (
      ["2024-03-04", "2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08", "2024-03-11", "2024-03-12"],
      ["2024-03-13", "2024-03-14", "2024-03-15"]
    ),
  ]

  @Test(arguments: notations.keys.sorted())
  func `times go on in the table's own writing`(name: String) throws {
    let notation = try #require(Self.notations[name])
    let result = try forecast(Self.table(notation.history))
    #expect(result.isDone && result.findings.isEmpty, "\(result.findings.map(\.message))")
    #expect(result.rows.map { $0[1] } == notation.next)
  }

  @Test func `columns are named as typed`() throws {
    let result = try forecast(Self.table(["1", "2", "3", "4"])) {
      $0.models = ["Naive", "S-Naive"]
      $0.levels = ["95", "80"].compactMap(ForecastRequest.Level.init)
    }
    #expect(
      result.text.hasPrefix(
        "unique_id,ds,Naive,Naive-lo-95,Naive-hi-95,Naive-lo-80,Naive-hi-80,"
          + "S-Naive,S-Naive-lo-95,S-Naive-hi-95,S-Naive-lo-80,S-Naive-hi-80\na,5,3,"))
    for row in result.rows {
      let numbers = row.dropFirst(2).compactMap(Double.init)
      #expect(numbers.count == 10)
      #expect(numbers[1] <= numbers[3] && numbers[3] <= numbers[0] && numbers[0] <= numbers[4])
    }
  }

  // MARK: Rows in any order, in any size of file

  /// Three series with a gap, and the same rows in disorder.
  private static let grouped = """
    id,t,y
    b,1,10
    b,2,20
    b,4,15
    a,1,1
    a,2,3
    a,3,2
    c,7,5

    """

  @Test func `rows in any order give the same forecasts`() throws {
    let scattered = "id,t,y\nb,4,15\na,3,2\nb,1,10\nc,7,5\na,1,1\nb,2,20\na,2,3\n"
    let one = try forecast(Self.grouped)
    let other = try forecast(scattered)
    #expect(one.isDone && one.text == other.text)
    #expect(one.rows.map { $0[0] } == ["b", "b", "b", "a", "a", "a", "c", "c", "c"])
  }

  @Test func `a table that is not kept gives the same forecasts`() throws {
    var text = "id,t,y\n"
    for series in 0..<300 { for time in 1...20 { text += "s\(series),\(time),\((series * 7 + time * 13) % 17)\n" } }
    let kept = try forecast(text) { $0.models = ["ses", "drift"] }
    let streamed = try forecast(text) {
      $0.models = ["ses", "drift"]
      $0.keptRows = 500
    }
    #expect(kept.isDone && kept.rows.count == 900 && kept.text == streamed.text)
  }

  @Test func `threads do not change a byte`() throws {
    var text = "id,t,y\n"
    for series in 0..<700 { for time in 1...12 { text += "s\(series),\(time),\((series + time * time) % 23)\n" } }
    let one = try forecast(text) { $0.models = ["ses"] }
    let four = try forecast(text) {
      $0.models = ["ses"]
      $0.threads = 4
    }
    #expect(one.isDone && one.text == four.text)
  }

  @Test func `rows that a condition leaves out are not looked at`() throws {
    let text = "id,t,y,split\na,1,1,train\na,2,2,train\na,3,nonsense,test\na,never,4,test\n"
    let result = try forecast(text) { $0.conditions = ["split=train", "t>=1"].compactMap { RowCondition($0) } }
    #expect(result.isDone && result.rows.first == ["a", "3", "2"])
  }

  @Test func `keys are joined, and slashes that make two names one are refused`() throws {
    let result = try forecast("s,b,t,y\n1,x,1,5\n1,y,1,6\n", ids: ["s", "b"], horizon: 1)
    #expect(result.rows == [["1/x", "2", "5"], ["1/y", "2", "6"]])
    let same = try forecast("s,b,t,y\n1/x,y,1,5\n1,x/y,1,6\n", ids: ["s", "b"], horizon: 1)
    #expect(!same.isDone && same.summaries == ["F108 table.csv"])
  }

  @Test func `names come back as they were, except formulas`() throws {
    let result = try forecast("id,t,y\n\"a \"\"b\"\", c\",1,1\n=1+1,1,1\n-5,1,1\n", horizon: 1)
    let lines = result.text.split(separator: "\n").dropFirst()
    #expect(lines.map(String.init) == ["\"a \"\"b\"\", c\",2,1", "'=1+1,2,1", "-5,2,1"])
  }

  // MARK: What is unknown

  @Test func `missing periods and empty values are unknown, and counted`() throws {
    let result = try forecast("id,t,y\na,1,4\na,2,\na,5,8\nb,1,1\nb,2,2\n", horizon: 1) {
      $0.models = ["seasonal_naive"]
    }
    #expect(result.isDone && result.summaries == ["F104 table.csv"])
    let message = try #require(result.findings.first?.message)
    #expect(message.contains("2 periods in 1 series have no row") && message.contains("1 values inside"))
  }

  @Test func `rows without a value at the end are the future`() throws {
    let result = try forecast("id,t,y\na,1,1\na,2,2\na,3,\na,4,\nb,1,\n", horizon: 2)
    #expect(result.rows.map { Array($0.prefix(2)) } == [["a", "3"], ["a", "4"]])
    #expect(result.summaries == ["F105 table.csv"])
  }

  @Test func `series without history are forecast from their peers`() throws {
    var text = "id,t,y,kind\n"
    for series in 0..<6 {
      for time in 1...24 {
        text += "s\(series),\(time),\(Double(10 + series) * (time % 4 == 0 ? 3 : 1)),k\n"
      }
    }
    text += "new,23,50,k\nnew,24,150,k\n"
    let result = try forecast(text, horizon: 4) {
      $0.models = ["seasonal_naive"]
      $0.season = 4
      $0.peers = ["kind"]
    }
    #expect(result.summaries == ["F106 table.csv"])
    let own = result.rows.filter { $0[0] == "new" }.compactMap { Double($0[2]) }
    #expect(own == [50, 50, 50, 150], "the peers' season at the level of the series")
  }

  @Test func `drivers explain what values alone do not`() throws {
    var text = "id,t,y,price\n"
    for series in 0..<8 {
      for time in 1...64 {
        let price = (time + series) % 5 == 0 ? 2.0 : 4.0
        let value = 1000 * pow(price, -2) * (1 + 0.02 * sin(Double(time * (series + 3))))
        text += "s\(series),\(time),\(time > 60 ? "" : "\(value)"),\(price)\n"
      }
    }
    let result = try forecast(text, horizon: 4) {
      $0.models = ["auto"]
      $0.drivers = ["price"]
    }
    #expect(result.isDone, "\(result.findings.map(\.message))")
    for row in result.rows {
      let price = (Int(row[1])! + Int(row[0].dropFirst())!) % 5 == 0 ? 2.0 : 4.0
      let value = try #require(Double(row[2]))
      #expect(abs(value / (1000 * pow(price, -2)) - 1) < 0.1, "\(row)")
    }
  }

  @Test func `drivers that end too early are refused with their place`() throws {
    let text = "id,t,y,p\n" + (1...12).map { "a,\($0),\($0),\($0 % 3)\n" }.joined() + "a,13,,1\n"
    let result = try forecast(text, horizon: 2) {
      $0.models = ["auto"]
      $0.drivers = ["p"]
    }
    #expect(!result.isDone && result.text.isEmpty && result.summaries == ["F110 table.csv:14:7"])
  }

  @Test func `a series without drivers ahead goes on with their usual values`() throws {
    var text = "id,t,y,p\n"
    for time in 1...32 {
      let price = time % 3 == 0 ? 2 : 4
      let value = time > 30 ? "" : "\(40 / price + time % 2)"
      text += "a,\(time),\(value),\(price)\n"
      if time <= 30 { text += "b,\(time),\(value),\(price)\n" }
    }
    let result = try forecast(text, horizon: 2) {
      $0.models = ["auto"]
      $0.drivers = ["p"]
    }
    #expect(result.isDone && result.rows.count == 4 && result.summaries.contains("F110 table.csv:61:9"))
  }

  // MARK: What is refused

  @Test func `all that is wrong is found in one pass, with its place`() throws {
    let result = try forecast("id,t,y\na,1,2\na,2,3\na,2,4\nb,1,1\nb,１,x\nb,2,１２\n,3,1\na,3\n") {
      $0.models = ["nave"]
    }
    #expect(!result.isDone && result.text.isEmpty)
    #expect(
      Set(result.summaries) == [
        "F109 ", "D113 table.csv:9:4", "D130 table.csv:6:3", "D104 table.csv:6:5", "D130 table.csv:7:5",
        "D137 table.csv:8:1", "D141 table.csv:4:3",
      ])
  }

  @Test(arguments: [
    "", "id,t,y\n", "id,t\na,1\n", "id,t,y\na,then,1\n", "id,t,y\na,1,NaN\n", "id,t,y\na,1,1e999\n",
    "id,t,y\na,1,1\na,2,2\na,9000000000,3\n", "id,t,y\n\"a,1,1\n", "id,t,y,y\na,1,1,1\n",
  ])
  func `a table that cannot be forecast is an error`(table: String) throws {
    let result = try forecast(table)
    #expect(!result.isDone && result.text.isEmpty && !result.findings.isEmpty)
    #expect(result.findings.allSatisfy { $0.place != nil })
  }

  @Test func `a date off the step is found`() throws {
    var dates = (0..<40).map { "20\(20 + $0 / 12)-\(["0", ""][$0 % 12 / 9])\($0 % 12 + 1)-01" }
    dates[30] = dates[30].replacingOccurrences(of: "-01", with: "-02").replacingOccurrences(
      of: "-02-02", with: "-01-02")
    let result = try forecast(Self.table(dates))
    #expect(!result.isDone && result.summaries == ["F102 table.csv:32:3"], "\(result.findings.map(\.message))")
  }

  // MARK: Overrides

  @Test func `overrides stand beside the baseline with their reason`() throws {
    let desk = try Desk()
    let table = try desk.write("id,t,y\na,1,5\na,2,7\n", to: "table.csv")
    let overrides = try desk.write(
      "unique_id,ds,value,delta,reason,author\na,3,10,,promotion,Li\na,4,,-2,fair moved,\n", to: "overrides.csv")
    let result = try forecast(path: table) { $0.overrides = TableReference(path: overrides) }
    #expect(
      result.text
        == "unique_id,ds,naive,final,reason,author\na,3,7,10,promotion,Li\na,4,7,5,fair moved,\na,5,7,7,,\n")
  }

  @Test func `overrides without reason, twice, or outside the forecast are refused`() throws {
    let desk = try Desk()
    let table = try desk.write("id,t,y\na,1,5\na,2,7\n", to: "table.csv")
    let overrides = try desk.write(
      "unique_id,ds,value,delta,reason\na,3,10,,\na,3,11,,x\na,4,,,x\na,9,1,,x\nb,3,1,,x\n", to: "overrides.csv")
    let result = try forecast(path: table) { $0.overrides = TableReference(path: overrides) }
    #expect(!result.isDone && result.text.isEmpty)
    #expect(
      result.summaries == [
        "F120 overrides.csv:2:9", "F121 overrides.csv:4:5", "F123 overrides.csv:3:1", "F122 overrides.csv:5:3",
      ])
  }

  @Test func `codes are unique and explained`() {
    let codes = ForecastTaskCodes.all + ModelTaskCodes.all
    #expect(Set(codes.map(\.id)).count == codes.count)
    #expect(codes.allSatisfy { $0.explanation.count > 40 })
  }
}
