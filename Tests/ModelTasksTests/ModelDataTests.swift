import ModelTasks
import Regression
import Specifications
import Tables
import Testing

@Suite struct ModelDataTests {
  @Test func `a term without a kind is a number or a factor as its column is`() throws {
    let (data, findings) = try Desk().read(
      "y,x,region,code\n1,2.5,east,1\n2,,west,2\n3,4,,1\n", "response: y\nterms: [x, region, {factor: code}]\n")
    let model = try #require(data, "\(findings.map(\.message))")
    #expect(
      model.specification.terms == [
        .numeric("x", standardised: false), .factor("region", reference: nil), .factor("code", reference: nil),
      ])
    #expect(model.predictors["y"]?.numbers == [1, 2, 3])
    #expect(model.predictors["x"]?.numbers?.map(\.isNaN) == [false, true, false])
    #expect(model.predictors["region"]?.words == ["east", "west", nil])
    #expect(model.predictors["code"]?.words == ["1", "2", "1"])
    #expect(model.keys.map(\.name) == ["row"])
  }

  @Test func `only the columns that the model needs are read`() throws {
    let (data, _) = try Desk().read("y,x,z\n1,2,bad\n3,4,\"also bad\"\n", "response: y\nterms: [x]\n")
    #expect(data?.predictors.names == ["x", "y"])
  }

  @Test func `a slip in a column of numbers is an error with its place`() throws {
    let (data, findings) = try Desk().read(
      "y,x\n1,10\n2,12O\n3,１４\n4,15\n5,16\n", "response: y\nterms: [x]\n")
    #expect(data == nil)
    #expect(findings.map(\.summary).prefix(2) == ["D104 table.csv:3:3", "D130 table.csv:4:3"])
    #expect(findings.contains { $0.code.id == "R104" && $0.hint?.contains("{factor: x}") == true })
  }

  @Test func `a factor may hold numbers and words`() throws {
    let (data, _) = try Desk().read("y,x\n1,10\n2,12O\n3,14\n4,15\n", "response: y\nterms: [{factor: x}]\n")
    #expect(data?.predictors["x"]?.words == ["10", "12O", "14", "15"])
  }

  @Test func `codes with leading zeros are levels`() throws {
    let (data, _) = try Desk().read("y,x\n1,0010\n2,0012\n3,0012\n", "response: y\nterms: [x]\n")
    #expect(data?.specification.terms == [.factor("x", reference: nil)])
  }

  @Test func `columns that are not there are all named, with near names and their places in the model file`() throws {
    let (data, findings) = try Desk().read(
      "y,tenure,region\n1,2,east\n", "response: y\nterms: [tenur, {factor: Region}, {spline: nowhere}]\n")
    #expect(data == nil)
    #expect(
      findings.map(\.summary).sorted() == ["R101 model.yaml:2:25", "R101 model.yaml:2:43", "R101 model.yaml:2:9"])
    #expect(findings.contains { $0.hint == "did you mean `tenure`?" })
    #expect(findings.contains { $0.hint == "did you mean `region`?" })
    #expect(findings.contains { $0.hint?.contains("y, tenure, region") == true })
  }

  @Test func `automatic terms leave out roles and keys`() throws {
    var table = "id,y,x,region,w\n"
    for row in 0..<30 { table += "C\(row)-x,\(row % 3),\(row),\(row % 2 == 0 ? "east" : "west"),1\n" }
    let (data, findings) = try Desk().read(table, "response: y\nweights: w\n")
    #expect(data?.predictors.names == ["region", "w", "x", "y"])
    #expect(data?.specification.terms == nil)
    #expect(findings.map(\.code.id) == ["R107"])
  }

  @Test func `expressions are computed from columns`() throws {
    let (data, findings) = try Desk().read(
      "y,u,v\n1,1,3\n2,2,4\n", "response: log(y)\nterms: [{log: u}, u * v]\n")
    let model = try #require(data, "\(findings.map(\.message))")
    #expect(model.predictors["log(u)"]?.numbers == [0, 0.6931471805599453])
    #expect(model.predictors["u * v"]?.numbers == [3, 8])
    #expect(model.predictors["log(y)"]?.numbers?.first == 0)
  }

  @Test func `an expression over a column that is not there names it`() throws {
    let (data, findings) = try Desk().read("y,price\n1,1\n", "response: y\nterms: [{log: prise}]\n")
    #expect(data == nil)
    #expect(findings.first?.hint == "did you mean `price`?")
  }

  // MARK: Outcomes

  @Test func `an outcome in words needs its event`() throws {
    let (data, findings) = try Desk().read(
      "churn,x\nNo,1\nYes,2\n", "response: churn\nfamily: binomial\nterms: [x]\n")
    #expect(data == nil)
    #expect(findings.map(\.summary) == ["R103 model.yaml:1:11"])
    #expect(findings.first?.hint?.contains("event: Yes") == true)
  }

  @Test func `an event that does not occur is named`() throws {
    let (data, findings) = try Desk().read(
      "churn,x\nNo,1\nYes,2\n", "response: churn\nfamily: binomial\nevent: yes\nterms: [x]\n")
    #expect(data == nil)
    #expect(findings.map(\.summary) == ["R102 model.yaml:3:1"])
    #expect(findings.first?.hint == "did you mean `Yes`?")
  }

  // MARK: Joins and folds

  @Test func `a table is joined by key, and rows without a partner are counted`() throws {
    let desk = try Desk()
    try desk.write("id,fold,label\nb,1,9\na,0,8\n", to: "folds.csv")
    let (data, findings) = try desk.read(
      "id,y,x\na,1,2\nb,2,3\nc,3,4\n", "response: y\njoin: {file: folds.csv, on: id}\nfolds: [fold]\n")
    let model = try #require(data, "\(findings.map(\.message))")
    #expect(model.predictors["fold"]?.words == ["0", "1", nil])
    // A joined column is no automatic term: it may be the outcome under another name.
    #expect(model.predictors.names == ["fold", "x", "y"])
    #expect(findings.map(\.summary) == ["R106 folds.csv"])
    #expect(model.keys.map(\.name) == ["id"])
  }

  @Test func `rows are joined by their number from 0`() throws {
    let desk = try Desk()
    try desk.write("row,test\n1,1\n0,0\n", to: "splits.csv")
    let (data, _) = try desk.read(
      "y,x\n1,2\n2,3\n", "response: y\nterms: [x]\njoin: {file: splits.csv, on: row}\nholdouts: [test]\n")
    #expect(data?.predictors["test"]?.numbers == [0, 1])
  }

  @Test func `a key that is there twice is refused with its line`() throws {
    let desk = try Desk()
    try desk.write("id,fold\na,0\nb,1\na,1\n", to: "folds.csv")
    let (data, findings) = try desk.read(
      "id,y\na,1\nb,2\n", "response: y\njoin: {file: folds.csv, on: id}\nfolds: [fold]\n")
    #expect(data == nil)
    #expect(findings.map(\.summary) == ["D141 folds.csv:4:1"])
  }

  @Test func `a key that one table lacks is named`() throws {
    let desk = try Desk()
    try desk.write("ident,fold\na,0\n", to: "folds.csv")
    let (data, findings) = try desk.read(
      "id,y\na,1\n", "response: y\njoin: {file: folds.csv, on: id}\nfolds: [fold]\n")
    #expect(data == nil)
    #expect(findings.map(\.summary) == ["R105 model.yaml:2:29"])
  }

  @Test func `drawn folds are of equal size, with events in each, and follow the seed`() throws {
    var table = "y,x\n"
    for row in 0..<50 { table += "\(row % 5 == 0 ? 1 : 0),\(row)\n" }
    func folds(_ seed: Int) throws -> [String?] {
      let (data, findings) = try Desk().read(
        table, "response: y\nfamily: binomial\nterms: [x]\nfolds: {count: 5, seed: \(seed)}\n")
      let model = try #require(data, "\(findings.map(\.message))")
      let name = try #require(model.specification.folds.first)
      return model.predictors[name]?.words ?? []
    }
    let first = try folds(1)
    for fold in 0..<5 {
      let rows = first.indices.filter { first[$0] == String(fold) }
      #expect(rows.count == 10 && rows.count { $0 % 5 == 0 } == 2)
    }
    #expect(try folds(1) == first)
    #expect(try folds(2) != first)
  }
}
